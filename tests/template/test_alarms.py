"""Every alarm tells somebody, and says where it stands what to do."""

from __future__ import annotations

import re

import pytest

from tests.template.reading import ROOT, Stack, references, stacks, walk

pytestmark = pytest.mark.unit

RUNBOOKS = (ROOT / "docs/runbooks.md").read_text(encoding="utf-8")
ALARM_TYPES = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
ALARMS = [
    pytest.param(properties, id=name)
    for stack in stacks()
    for kind in ALARM_TYPES
    for name, properties in stack.of_type(kind).items()
]
each_alarm = pytest.mark.parametrize("alarm", ALARMS)


def anchor(heading: str) -> str:
    """As a page of Markdown makes it from a heading."""
    return re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


ANCHORS = {anchor(heading) for heading in re.findall(r"^## (.+)$", RUNBOOKS, re.M)}


@each_alarm
def test_it_says_what_rings_and_where_it_stands_what_to_do(alarm):
    said = re.fullmatch(r"(.{10,}\.) docs/runbooks\.md#([\w-]+)", alarm["AlarmDescription"])
    assert said, alarm["AlarmDescription"]
    assert said[2] in ANCHORS


@each_alarm
def test_it_tells_somebody_and_is_quiet_when_nothing_happens(alarm):
    assert alarm["AlarmActions"] in ([{"Ref": "AlarmTopicArn"}], [{"Ref": "AlarmTopic"}])
    assert "AlarmRule" in alarm or alarm["TreatMissingData"] in ("notBreaching", "breaching")


def test_every_run_book_belongs_to_an_alarm():
    rung = {alarm.values[0]["AlarmDescription"].rpartition("#")[2] for alarm in ALARMS}
    assert rung == ANCHORS


def test_links_between_the_handbooks_lead_somewhere():
    texts = {
        name: (ROOT / "docs" / name).read_text(encoding="utf-8")
        for name in ("operate.md", "runbooks.md", "cloud-only.md")
    }
    anchors = {name: {anchor(found) for found in re.findall(r"^#+ (.+)$", text, re.M)} for name, text in texts.items()}
    for name, text in texts.items():
        for file, part in re.findall(r"\]\(([\w./-]*)#([\w-]+)\)", text):
            assert part in anchors[file or name], f"{name}: {file}#{part}"
        for file in re.findall(r"\]\(([\w./-]+)(?:#[\w-]+)?\)", text):
            assert (ROOT / "docs" / file).resolve().exists(), f"{name}: {file}"


def test_every_stream_rings_when_it_is_late_and_every_queue_when_it_gives_up():
    for stack in stacks():
        late = {
            name
            for alarm in stack.of_type("AWS::CloudWatch::Alarm").values()
            if alarm.get("MetricName") == "IteratorAge"
            for _, name in references(alarm["Dimensions"])
        }
        streams = {
            mapping["FunctionName"]["Ref"].removesuffix(".Alias")
            for mapping in stack.of_type("AWS::Lambda::EventSourceMapping").values()
            if "StartingPosition" in mapping
        }
        # A push that is late for five minutes is given up as a dead letter, which rings.
        assert streams - {"MessagingOnMessageStoredPush"} <= late
        letters = {name for name in stack.of_type("AWS::SQS::Queue") if name.endswith("DeadLetters")}
        rung = {name for _, name in references(list(stack.of_type("AWS::CloudWatch::Alarm").values()))}
        assert letters <= rung


def test_all_tables_are_watched():
    tables = {name.lower() for name in Stack(ROOT / "infra/tables.yaml").of_type("AWS::DynamoDB::Table")}
    alarm = Stack(ROOT / "infra/observability.yaml").of_type("AWS::CloudWatch::Alarm")["TableThrottles"]
    watched = {text.removeprefix("${Prefix}-") for at, text in walk(alarm["Metrics"]) if at.endswith(".Fn::Sub")}
    assert watched == tables
    assert len(alarm["Metrics"]) <= 10, "CloudWatch takes ten metrics in one alarm"


def test_a_deployment_is_taken_back_by_an_alarm_that_exists():
    alarms = Stack(ROOT / "infra/observability.yaml").of_type("AWS::CloudWatch::Alarm").values()
    names = [alarm["AlarmName"] for alarm in alarms]
    for stack in stacks():
        shared = stack.document.get("Globals", {}).get("Function")
        if shared:
            assert all(name in names for name in shared["DeploymentPreference"]["Alarms"])
