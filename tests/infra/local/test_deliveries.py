"""Everything but queues in order: rules to functions, queues, workflows and HTTP, retries, dead letters, schedules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.dispatcher import invocations, rules
from tests.infra.local.post import Partner, Post, open_post, partner
from tests.journeys.hospital import eventually

pytestmark = pytest.mark.store


@pytest.fixture(scope="module")
def there() -> Iterator[Partner]:
    """Who is at the other end of HTTP."""
    with partner() as opened:
        yield opened


@pytest.fixture(scope="module")
def post(there: Partner) -> Iterator[Post]:
    """One post office; each test has ids of its own."""
    with open_post(Partner=there.address) as opened:
        yield opened


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries come at once."""
    monkeypatch.setattr(invocations, "RETRY_AFTER", (0.0, 0.0))
    monkeypatch.setattr(rules, "_FIRST_PAUSE", 0.01)


# ---- rules ----
@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ({"to": "w1", "weight": 11}, {"to": "w1", "said": "to w1, 11 kg"}),
        ({"to": 'w "2"', "weight": 1, "fragile": True}, {"to": 'w "2"', "said": 'to w "2", 1 kg'}),
        ({"to": "w3", "weight": 10, "fragile": False}, None),
        ({"to": "w4", "fragile": "true", "weight": 3}, None),
    ],
)
def test_a_rule_calls_a_function_with_what_its_transformer_makes(post: Post, detail: Any, expected: Any) -> None:
    post.put("parcel.sent.v1", detail)
    post.put("parcel.sent.v1", {"to": f"after {detail['to']}", "weight": 99})
    assert eventually(lambda: post.carried(f"after {detail['to']}"))
    if expected is None:
        assert post.carried(detail["to"]) == []
    else:
        assert eventually(lambda: post.carried(detail["to"])) == [expected]


def test_a_transformer_without_its_part_of_the_event_ends_as_a_dead_letter(post: Post) -> None:
    before = len(post.letters("Letters"))
    assert "EventId" in post.put("parcel.sent.v1", {"weight": 12, "id": "nowhere"})
    _, facts = post.letters("Letters")[before]
    assert facts["ERROR_CODE"] == "INVALID_JSON" and facts["RULE_ARN"].endswith("ToFunction")


def test_a_function_called_by_a_rule_is_tried_again_then_told_to_its_destination_and_its_dead_letters(
    post: Post, no_pauses: None
) -> None:
    arn = "yunzhen-Alone"
    boto3.client("lambda").invoke(
        FunctionName=arn, InvocationType="Event", Payload=json.dumps({"id": "bad", "do": "fail"})
    )
    assert eventually(lambda: post.letters("AloneLetters"))
    assert len(post.carried("bad")) == 2  # MaximumRetryAttempts: 1
    (body, facts), *_ = post.letters("AloneLetters")
    assert body == {"id": "bad", "do": "fail"} and "could not be carried" in facts["ErrorMessage"]
    told = next(one for one, _ in post.letters("Letters") if one.get("requestPayload") == body)
    assert told["requestContext"]["condition"] == "RetriesExhausted"
    assert told["requestContext"]["approximateInvokeCount"] == 2
    assert told["responsePayload"]["errorType"] == "RuntimeError"


def test_a_function_that_succeeds_tells_its_success_destination(post: Post) -> None:
    boto3.client("lambda").invoke(FunctionName="yunzhen-Alone", InvocationType="Event", Payload=b'{"id": "good"}')
    found = eventually(lambda: [one for one, _ in post.letters("Receipts") if one["requestPayload"] == {"id": "good"}])
    assert found[0]["requestContext"]["condition"] == "Success"


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ({"FunctionName": "yunzhen-Carrier", "Payload": b'{"id": "sync"}'}, 200),
        ({"FunctionName": "yunzhen-Carrier", "InvocationType": "DryRun", "Payload": b"{}"}, 204),
    ],
)
def test_invoke_answers_as_lambda_does(post: Post, call: dict[str, Any], status: int) -> None:
    assert boto3.client("lambda").invoke(**call)["StatusCode"] == status


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ({"FunctionName": "nobody", "Payload": b"{}"}, "ResourceNotFoundException"),
        ({"FunctionName": "yunzhen-Carrier", "Payload": b"{"}, "InvalidRequestContentException"),
        (
            {"FunctionName": "yunzhen-Carrier", "InvocationType": "Event", "Payload": b'"' + b"x" * 300_000 + b'"'},
            "RequestTooLargeException",
        ),
    ],
)
def test_invoke_refuses_as_lambda_does(post: Post, call: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as error:
        boto3.client("lambda").invoke(**call)
    assert error.value.response["Error"]["Code"] == code


def test_a_failing_function_is_answered_with_its_error(post: Post) -> None:
    answer = boto3.client("lambda").invoke(FunctionName="yunzhen-Carrier", Payload=b'{"id": "e", "do": "unknown"}')
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read())["errorType"] == "AddressUnknown"


# ---- PutEvents ----
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Detail": "[]"}, "MalformedDetail"),
        ({"Detail": "{"}, "MalformedDetail"),
        ({"DetailType": ""}, "InvalidArgument"),
        ({"DetailType": "x" * 129}, "InvalidArgument"),
        ({"Source": "aws.s3"}, "NotAuthorizedForSourceException"),
    ],
)
def test_an_entry_that_the_bus_refuses(post: Post, change: dict[str, str], code: str) -> None:
    assert post.put("some.thing.v1", {}, **change)["ErrorCode"] == code


def test_a_request_that_the_bus_refuses_as_a_whole(post: Post) -> None:
    with pytest.raises(ClientError, match="over the limit"):
        post.put("some.thing.v1", {"text": "x" * (256 * 1024)})
    with pytest.raises(ClientError) as error:
        post.put("some.thing.v1", {}, EventBusName="no-such-bus")
    assert error.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_events_are_noted_with_where_they_went_and_can_be_searched(post: Post) -> None:
    post.put("parcel.sent.v1", {"to": "noted", "weight": 77, "subject": "par_1", "sequence": "0000000004"})
    (found,) = post.store.events.page("par_1 parcel")
    assert (found.type, found.subject, found.sequence) == ("parcel.sent.v1", "par_1", "0000000004")
    assert found.went == [{"to": "yunzhen-Alone", "kind": "function"}]
    assert post.store.events.page("par_1 nothing-like-it") == []
    for number in range(3):
        post.put("page.turned.v1", {"subject": f"pg_{number}"})
    first = post.store.events.page("page.turned", limit=2)
    rest = post.store.events.page("page.turned", before=first[-1].n, limit=2)
    assert [one.subject for one in [*first, *rest]] == ["pg_2", "pg_1", "pg_0"]


# ---- HTTP destinations ----
def test_an_http_destination_gets_the_event_with_the_connections_key_after_it_was_busy(
    post: Post, there: Partner, no_pauses: None
) -> None:
    there.answers[:] = [(503, {}), (429, {})]
    post.put("partner.told.v1", {"id": 1})
    assert eventually(lambda: len(there.about(1)) == 3)
    got = there.about(1)[-1]
    assert got["path"] == "/letters/ward%203?v=1&q=2"
    assert got["headers"]["X-Key"] == "open sesame" and got["headers"]["X-House"] == "post"
    assert got["headers"]["Content-Type"] == "application/json; charset=utf-8"
    assert got["body"]["from"] == "post" and got["body"]["detail-type"] == "partner.told.v1"
    assert eventually(lambda: not post.dispatcher.deliveries.on_their_way())


@pytest.mark.parametrize(("number", "status", "tries"), [(2, 400, 1), (3, 500, 3)])
def test_an_http_destination_that_refuses_ends_as_a_dead_letter(
    post: Post, there: Partner, no_pauses: None, number: int, status: int, tries: int
) -> None:
    there.answers[:] = [(status, {})] * tries
    post.put("partner.told.v1", {"id": number})

    def letter() -> Any:
        return [facts for body, facts in post.letters("Letters") if body.get("detail") == {"id": number}]

    (facts,) = eventually(letter)
    assert len(there.about(number)) == tries and facts["ERROR_MESSAGE"] == f"HTTP status {status}"
    assert facts.get("EXHAUSTED_RETRY_CONDITION") == ("MaximumRetryAttempts" if tries > 1 else None)


def test_more_than_the_rate_waits_and_is_lost_nowhere(post: Post, there: Partner) -> None:
    for _ in range(30):
        post.put("partner.told.v1", {"id": "many"})
    assert eventually(lambda: len(there.about("many")) == 30, 30)


def test_what_is_on_its_way_is_kept_before_put_events_answers(post: Post, there: Partner) -> None:
    there.answers[:] = [(503, {"Retry-After": "3000"})]
    post.put("partner.told.v1", {"id": "kept"})
    kept = eventually(lambda: [one for one in post.dispatcher.deliveries.on_their_way() if '"kept"' in one.text])
    assert kept[0].target == "rule:ToPartner/partner"
    assert eventually(lambda: post.dispatcher.deliveries.on_their_way()[0].attempt == 1)
    assert post.dispatcher.deliveries.on_their_way()[0].due - kept[0].at > 2900  # as the partner asked
    post.dispatcher.deliveries.hurry()
    assert eventually(lambda: not post.dispatcher.deliveries.on_their_way())


# ---- the clock ----
def test_a_rule_with_a_schedule_fires_at_the_start_and_when_asked(post: Post) -> None:
    assert eventually(lambda: post.carried("hour"))
    assert post.dispatcher.run_schedule("EachHour")
    assert eventually(lambda: len(post.carried("hour")) == 2)


@pytest.mark.parametrize("expression", ["at({})", "rate(1 hours)"])
def test_a_schedule_that_a_function_made_fires_once_and_goes_when_it_is_done(post: Post, expression: str) -> None:
    client, told = boto3.client("scheduler"), f"scheduled {expression}"
    alone = "arn:aws-cn:lambda:cn-northwest-1:123456789012:function:yunzhen-Alone"
    client.create_schedule(
        Name=f"s{len(expression)}",
        ScheduleExpression=expression.format((datetime.now(UTC) - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S")),
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE",
        Target={"Arn": alone, "RoleArn": "arn:aws-cn:iam::123456789012:role/r", "Input": json.dumps({"id": told})},
    )
    assert eventually(lambda: post.carried(told))
    if expression == "at({})":
        assert eventually(lambda: client.list_schedules()["Schedules"] == [])
    assert len(post.carried(told)) == 1


def test_a_schedule_without_a_way_ends_as_a_dead_letter(post: Post) -> None:
    letters = post.box("Letters").arn
    boto3.client("scheduler").create_schedule(
        Name="lost",
        ScheduleExpression="at(2026-01-01T00:00:00)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws-cn:lambda:cn-northwest-1:123456789012:function:nobody",
            "RoleArn": "arn:aws-cn:iam::123456789012:role/r",
            "DeadLetterConfig": {"Arn": letters},
        },
    )
    found = eventually(lambda: [facts for _, facts in post.letters("Letters") if "SCHEDULE_ARN" in facts])
    assert found[0]["ERROR_CODE"] == "ResourceNotFoundException"
