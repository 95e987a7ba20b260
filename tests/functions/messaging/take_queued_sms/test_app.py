"""Other systems by queue: each message answered in the words of HTTP, once or twice, and none sent twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hospital import clock
from messaging.take_queued_sms.app import app as take_queued
from tests.builders.acting import act
from tests.builders.cloud import Cloud, client, together
from tests.builders.delivery import Delivery
from tests.builders.inbox import Inbox
from tests.builders.moments import Time
from tests.builders.people import Clinic
from tests.builders.sending import PHONE, System

pytestmark = pytest.mark.store

TEXT = {"reference": "r-1", "phone": PHONE, "text": "报告已出"}
DONE: dict[str, Any] = {"batchItemFailures": []}


@pytest.fixture
def results(cloud: Cloud) -> str:
    """Address of the queue that results come in."""
    url: str = client("sqs").create_queue(QueueName="test-system-sms-results")["QueueUrl"]
    cloud.turn(SMS_RESULTS_URL=url)
    return url


@pytest.fixture(autouse=True)
def open_house(deliver: Delivery, clinic: Clinic, inbox: Inbox, results: str) -> None:
    deliver.drop()


@pytest.fixture
def system(clinic: Clinic) -> System:
    return System.let_in(clinic, most_a_day=4)


def letter(system: System, told: object = TEXT, *, id: str = "m-1", **wrong: str) -> dict[str, Any]:
    """A message as SQS hands it over, put there at this moment."""
    body = told if isinstance(told, str) else json.dumps(told)
    signed = system.signed("QUEUE", wrong.pop("path", "/system-sms"), body, **wrong)
    names = {name.replace("_", "-").title(): value for name, value in signed.items()}
    return {
        "messageId": id,
        "body": body,
        "attributes": {"SentTimestamp": str(clock.epoch(clock.now()) * 1000)},
        "messageAttributes": {name: {"dataType": "String", "stringValue": text} for name, text in names.items()},
    }


def taken(*letters: dict[str, Any]) -> list[str]:
    """Ids of the messages that have to come again."""
    answer = act(take_queued, {"Records": list(letters)})
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def told(results: str) -> list[dict[str, Any]]:
    """The results that came, by the ids of messages."""
    found = client("sqs").receive_message(QueueUrl=results, MaxNumberOfMessages=10).get("Messages", [])
    for one in found:
        client("sqs").delete_message(QueueUrl=results, ReceiptHandle=one["ReceiptHandle"])
    return sorted((json.loads(one["Body"]) for one in found), key=lambda one: str(one["message_id"]))


def test_a_message_is_a_text_and_its_result_is_that_of_http(system, results, deliver, inbox):
    assert taken(letter(system)) == []
    (first,) = told(results)
    assert (first["message_id"], first["status"], first["problem"]) == ("m-1", 202, None)
    assert first["result"] == system.posts("r-1").ok(202)
    assert taken(letter(system), letter(system, id="m-2")) == []  # brought again, and sent again
    deliver(twice=True)
    assert len(inbox.texts) == 1
    assert [one["result"]["id"] for one in told(results)] == [first["result"]["id"]] * 2


def test_two_doors_at_the_same_moment_are_one_text(system, deliver, inbox):
    answers = together(4, lambda number: system.posts("r-1"))
    assert {(one.status, one.json["id"]) for one in answers} == {(202, answers[0].json["id"])}
    deliver()
    assert len(inbox.texts) == 1


def test_each_refusal_has_the_words_of_http_and_holds_nothing_up(system, clinic, results):
    stingy = System.let_in(clinic, most_a_day=1)
    stingy.posts("r-1").ok(202)
    other = {**TEXT, "reference": "r-2"}
    letters = [
        letter(system, id="1"),
        letter(system, {**TEXT, "text": "另一条"}, id="2"),
        letter(system, other, id="3"),
        letter(stingy, {**TEXT, "reference": "r-3"}, id="4"),
        letter(system, "nonsense", id="5"),
        letter(system, {**TEXT, "phone": "1"}, id="6"),
        letter(system, {**TEXT, "text": "x" * 20_000}, id="7"),
    ]
    assert taken(*letters) == []
    heard = told(results)
    assert [one["status"] for one in heard] == [202, 409, 202, 429, 400, 400, 413]
    codes = [one["problem"] and one["problem"]["code"] for one in heard]
    assert codes == [
        None, "sms.reference_reused", None, "sms.quota_used_up", "request.invalid", "request.schema_broken",
        "request.too_large",
    ]  # fmt: skip


def test_who_is_not_known_is_refused_by_401_and_sends_nothing(system, results, deliver, inbox):
    unsigned = letter(system) | {"messageAttributes": {}}
    old = str(clock.epoch(clock.now()) - 301)
    wrong = [
        letter(system, id="2", key="another"),
        letter(system, id="3", moment=old),
        letter(system, id="4", path="/x"),
    ]
    assert taken(unsigned, *wrong, letter(System("sys_nobody", "k"), id="5")) == []
    assert {(one["status"], one["problem"]["code"], one["result"]) for one in told(results)} == {
        (401, "identity.missing", None)
    }
    deliver()
    assert inbox.texts == []


def test_what_lay_in_the_queue_while_the_house_was_down_is_taken(system, results, time: Time):
    waiting = letter(system)
    time.passes(hours=20)
    assert taken(waiting) == []
    assert told(results)[0]["status"] == 202


def test_where_no_result_can_be_told_the_message_comes_again_and_is_one_text(system, results, deliver, inbox):
    client("sqs").delete_queue(QueueUrl=results)
    assert taken(letter(system)) == ["m-1"]
    client("sqs").create_queue(QueueName="test-system-sms-results")
    assert taken(letter(system)) == []
    deliver()
    assert (len(told(results)), len(inbox.texts)) == (1, 1)
