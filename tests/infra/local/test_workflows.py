"""State machines run by moto: what they call, how they fail and go on, and what a kill leaves of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.addresses import Addresses, environment_of
from infra.local.invoker import Invoker
from infra.local.template import TemplateError, read_template
from infra.local.workflows.machines import read_machines
from tests.infra.local.post import TEMPLATE, Post, open_post
from tests.journeys.hospital import ROOT, eventually

pytestmark = pytest.mark.store

ROUND = "arn:aws-cn:states:cn-northwest-1:123456789012:stateMachine:post-round"


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    """One post office; each execution has a name of its own."""
    with open_post() as opened:
        yield opened


def begin(name: str, **more: str) -> str:
    """Starts a round; the execution's ARN."""
    told = json.dumps({"id": name, "do": "", **more})
    found: str = boto3.client("stepfunctions").start_execution(stateMachineArn=ROUND, name=name, input=told)[
        "executionArn"
    ]
    return found


def token_of(post: Post, name: str) -> str:
    """The token that the round of that name waits with."""
    rows = eventually(lambda: [row for row in post.seen("token") if row["sk"].startswith(f"{name}#")])
    found: str = rows[-1]["token"]
    return found


def sign(token: str, **said: Any) -> None:
    """Answers the round that waits."""
    boto3.client("stepfunctions").send_task_success(taskToken=token, output=json.dumps({"by": "Li", **said}))


def ended(arn: str) -> dict[str, Any]:
    """How an execution ended."""
    client = boto3.client("stepfunctions")
    found: dict[str, Any] = eventually(
        lambda: d if (d := client.describe_execution(executionArn=arn))["status"] != "RUNNING" else None, 20
    )
    return found


def test_a_round_calls_waits_for_its_token_branches_and_ends(post: Post) -> None:
    arn = begin("r1")
    (row,) = [row for row in post.dispatcher.workflows.executions(ROUND) if row.name == "r1"]
    assert (row.status, json.loads(row.input)) == ("RUNNING", {"id": "r1", "do": ""})
    sign(token_of(post, "r1"), kilos=3)
    end = ended(arn)
    assert end["status"] == "SUCCEEDED" and json.loads(end["output"])["signed"] == {"by": "Li", "kilos": 3}
    assert [row["by"] for row in post.seen("SIGNED") if row["sk"] == "r1"] == ["Li"]
    assert eventually(lambda: post.dispatcher.workflows.executions(ROUND)[0].ended)


@pytest.mark.parametrize(
    ("name", "do", "way"),
    [
        ("r-unknown", "unknown", ["HandOut", "SendBack", "Delivered"]),
        ("r-fail", "fail", ["HandOut", "Lost"]),
        ("r-again", "once unavailable", ["HandOut", "WaitForSignature", "Both"]),
    ],
)
def test_errors_are_caught_and_retried_by_the_name_of_their_class(
    post: Post, name: str, do: str, way: list[str]
) -> None:
    arn = begin(name, do=do)
    if do == "once unavailable":
        sign(token_of(post, name), kilos=1)
    end = ended(arn)
    went = [
        event["stateEnteredEventDetails"]["name"]
        for event in post.dispatcher.workflows.history(ROUND, name)
        if "stateEnteredEventDetails" in event
    ]
    assert went[: len(way)] == way
    assert (end["status"], end.get("error")) == (("FAILED", "Lost") if do == "fail" else ("SUCCEEDED", None))


def test_a_refusal_of_whom_it_waits_for_is_caught_by_name(post: Post) -> None:
    arn = begin("r-refused")
    boto3.client("stepfunctions").send_task_failure(taskToken=token_of(post, "r-refused"), error="Refused", cause="no")
    assert json.loads(ended(arn)["output"])["end"] == {"outcome": "sent back"}


@pytest.mark.parametrize("token", ["nonsense", "used"])
def test_a_token_that_nobody_waits_with_is_refused(post: Post, token: str) -> None:
    if token == "used":
        arn = begin("r-used")
        token = token_of(post, "r-used")
        sign(token)
        ended(arn)
    with pytest.raises(ClientError) as error:
        sign(token)
    assert error.value.response["Error"]["Code"] in ("InvalidToken", "TaskTimedOut", "TaskDoesNotExist")


def test_a_name_is_one_execution(post: Post) -> None:
    arn = begin("r-name")
    assert begin("r-name") == arn  # the same input, while it runs
    with pytest.raises(ClientError) as error:
        begin("r-name", do="something else")
    assert error.value.response["Error"]["Code"] == "ExecutionAlreadyExists"
    sign(token_of(post, "r-name"))
    ended(arn)
    with pytest.raises(ClientError) as again:
        begin("r-name")
    assert again.value.response["Error"]["Code"] == "ExecutionAlreadyExists"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ({"stateMachineArn": ROUND + "s"}, "StateMachineDoesNotExist"),
        ({"stateMachineArn": ROUND, "name": "a b"}, "InvalidName"),
        ({"stateMachineArn": ROUND, "name": "bad-input", "input": "{"}, "InvalidExecutionInput"),
    ],
)
def test_a_start_that_is_refused_leaves_nothing(post: Post, call: dict[str, str], code: str) -> None:
    with pytest.raises(ClientError) as error:
        boto3.client("stepfunctions").start_execution(**call)
    assert error.value.response["Error"]["Code"] == code
    assert post.store.executions.find(ROUND, call.get("name", "")) is None


def test_a_rule_starts_a_workflow_once_for_an_event_that_comes_twice(post: Post) -> None:
    target = next(target for rule in post.dispatcher.bus.rules if rule.name == "ToRound" for target in rule.targets)
    event = post.dispatcher.bus.event("post", "round.wanted.v1", {"id": "ev-1", "do": ""})
    target.accept(event)
    target.accept(event)
    sign(token_of(post, "ev-1"))
    assert eventually(lambda: not post.dispatcher.deliveries.on_their_way())
    assert len([row for row in post.seen("carried") if row["of"] == "ev-1"]) == 2  # handed out, and waited


def test_starts_without_a_name_are_executions_of_their_own(post: Post) -> None:
    client = boto3.client("stepfunctions")
    told = json.dumps({"id": "anon", "do": "unknown"})
    arns = {client.start_execution(stateMachineArn=ROUND, input=told)["executionArn"] for _ in range(2)}
    assert len(arns) == 2 and {ended(arn)["status"] for arn in arns} == {"SUCCEEDED"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('"Next": "Both"', '"Next": "Bath"'), "WaitForSignature goes on to 'Bath', which is no state"),
        (("dynamodb:putItem", "dynamodb:scan"), "NoteInTable uses dynamodb:scan, which is not run here"),
        (('"StartAt": "HandOut",', '"StartAt": "HandOut", "QueryLanguage": "JSONata",'), "JSONata is not run here"),
        (('"Resource": "${Carrier}"', '"Resource": "${Carrier}-not"'), "-not, which is no function of the template"),
        (('"Type": "Succeed"', '"Type": "Success"'), "is no state machine that can be run"),
        (("${Table}", "${Tabel}"), "${Tabel} of the definition is not given"),
        (("${Table}", "post-seen"), "the definition has no ${Table}"),
    ],
)
def test_a_definition_that_cannot_be_run_is_named_before_anything_runs(
    tmp_path: Path, change: tuple[str, str], sentence: str
) -> None:
    for name in ("template.yaml", "round.asl.json"):
        text = (TEMPLATE.parent / name).read_text()
        if name.endswith("json"):
            assert change[0] in text
            text = text.replace(*change)
        text = text.replace("../../../../../layers", str(ROOT / "layers"))
        (tmp_path / name).write_text(text.replace("CodeUri: functions/", f"CodeUri: {TEMPLATE.parent / 'functions'}"))
    template = read_template(tmp_path / "template.yaml")
    invoker = Invoker(template, environment_of(template, Addresses("127.0.0.1", 8820)), lambda *_: None)
    with pytest.raises(TemplateError) as error:
        read_machines(template, invoker)
    assert "Round.Definition" in str(error.value) and sentence in str(error.value)
