"""What is granted and never used is told, action by action and resource by resource."""

from __future__ import annotations

import pytest

from infra.local.permissions.__main__ import main
from infra.local.permissions.report import grants, unused
from infra.local.permissions.used import FILE_NAME, Use, UsedFile, parsed, read_uses
from tests.infra.local.permissions.small import QUEUE, TABLE, Small, allow

pytestmark = pytest.mark.unit

INDEX = f"{TABLE}/index/*"


def use(action: str, resource: str, **conditions: tuple[str, ...]) -> Use:
    return Use(
        "Act", action, resource, "Policies[0][0]", {name.replace("_", ":"): of for name, of in conditions.items()}
    )


def left(small: Small, *uses: Use) -> list[str]:
    return [f"{grant.action} {grant.resource.split(':', 5)[-1]}" for grant in unused(small.template, uses)]


def test_each_action_on_each_resource_must_have_been_used(tmp_path):
    small = Small(tmp_path, allow(["dynamodb:GetItem", "dynamodb:Query"], [TABLE, INDEX]))
    assert len(grants(small.template)) == 4
    assert left(small, use("dynamodb:GetItem", TABLE), use("dynamodb:Query", f"{TABLE}/index/list1")) == [
        "dynamodb:Query table/small-rows",
        "dynamodb:GetItem table/small-rows/index/*",
    ]


def test_a_wildcard_is_as_wide_as_what_it_lets_through(tmp_path):
    small = Small(tmp_path, allow("sqs:*Message", QUEUE))
    assert left(small, use("sqs:SendMessage", QUEUE)) == [
        "sqs:DeleteMessage small-queue",
        "sqs:ReceiveMessage small-queue",
    ]


def test_each_value_of_a_condition_must_have_let_something_through(tmp_path):
    only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["P#*", "Q#*"]}}
    small = Small(tmp_path, allow("dynamodb:GetItem", TABLE, only))
    assert small.gets(Key={"pk": {"S": "P#1"}})
    uses = [found for line in small.used.known if (found := parsed(line))]
    (idle,) = unused(small.template, uses)
    assert idle.value == "dynamodb:LeadingKeys=Q#*"


def test_what_an_event_source_reads_counts_as_used(tmp_path):
    mapping = {"EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}, "FunctionName": {"Ref": "Act"}}
    more = {"Source": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping}}
    reads = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    assert left(Small(tmp_path, allow([*reads, "sqs:SendMessage"], QUEUE), more=more)) == [
        "sqs:SendMessage small-queue"
    ]


def test_uses_are_kept_once_and_outlive_a_cut_off_line(tmp_path):
    path = tmp_path / FILE_NAME
    for _ in range(2):
        UsedFile(path).note(use("dynamodb:GetItem", TABLE))
    with path.open("a", encoding="utf-8") as file:
        file.write('{"function": "Act", "act')
    assert [one.action for one in read_uses([path])] == ["dynamodb:GetItem"]


def test_the_report_is_printed_by_function(tmp_path, capsys):
    small = Small(tmp_path, allow(["dynamodb:GetItem", "dynamodb:PutItem"], TABLE))
    (tmp_path / "logs").mkdir()
    UsedFile(tmp_path / "logs" / FILE_NAME).note(use("dynamodb:GetItem", TABLE))
    assert main(["report", "--state", str(tmp_path), "--template", str(small.template.resources[0].file)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("2 grants, 1 used, 1 never used (1 uses seen)")
    assert "dynamodb:PutItem on table/small-rows" in said
