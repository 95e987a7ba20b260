"""Queues in batches and in order, and what is given up: told apart, and sent again until it succeeds."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.local.dispatcher import invocations
from infra.local.dispatcher.dead_letters import Letter, NotSentAgain
from infra.local.sandbox.deliveries import DeliveryRoutes
from infra.local.sandbox.workflows import WorkflowRoutes
from infra.local.template.kinds import queue_url
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


def send(post: Post, queue: str, *messages: dict[str, Any], group: str | None = None) -> None:
    """Messages into a queue, as a function would send them."""
    more = {"MessageGroupId": group} if group else {}
    for message in messages:
        boto3.client("sqs").send_message(
            QueueUrl=queue_url(post.template.at(queue)), MessageBody=json.dumps(message), **more
        )


def letter(post: Post, queue: str, text: str) -> Letter:
    """The letter that holds the text."""
    box = post.box(queue)
    found = eventually(lambda: [one for one in post.dispatcher.dead_letters.letters(box) if text in one.body], 15)
    assert found, f"no letter with {text} in {queue}"
    one: Letter = found[0]
    return one


# ---- queues ----
def test_messages_are_gathered_for_the_batching_window_and_filtered_by_their_body(post: Post) -> None:
    send(post, "Bundles", {"id": "other", "to": "kitchen"}, *({"id": f"b{n}", "to": "ward 1"} for n in range(12)))
    assert eventually(lambda: all(post.carried(f"b{n}") for n in range(12)))
    batches = [json.loads(row["ids"]) for row in post.seen("batch")]
    assert max(len(batch) for batch in batches if "b0" in batch or "b11" in batch) > 10
    assert post.carried("other") == []
    assert eventually(lambda: not post.box("Bundles").all())  # what no filter let pass is gone too


def test_a_fifo_group_comes_one_after_the_other_while_other_groups_go_on(post: Post) -> None:
    send(post, "Files", *({"id": f"x{n}"} for n in range(5)), group="x")
    send(post, "Files", {"id": "slow", "do": "fail"}, {"id": "behind"}, group="y")
    send(post, "Files", *({"id": f"z{n}"} for n in range(5)), group="z")
    assert eventually(lambda: post.carried("x4") and post.carried("z4"))
    for group in "xz":
        batches = [json.loads(row["ids"]) for row in sorted(post.seen("batch"), key=lambda row: row["sk"])]
        told = [name for batch in batches for name in batch if name[0] == group and name[1:].isdigit()]
        assert sorted(told) == [f"{group}{n}" for n in range(5)]  # each once
    # What failed is received again before what is behind it in its group.
    assert eventually(lambda: len(post.carried("slow")) >= 2, 20)


def test_a_fifo_group_is_never_worked_on_twice_at_the_same_time(post: Post) -> None:
    box, working, most = post.box("Files"), threading.Lock(), []
    source = next(s for s in post.dispatcher.sources if s.consumer == "FilesSource")
    original = source._failed  # type: ignore[attr-defined]

    def watched(messages: list[Any]) -> set[str]:
        if any(message.group_id == "one" for message in messages):
            most.append(working.acquire(blocking=False))
            try:
                found: set[str] = original(messages)
            finally:
                if most[-1]:
                    working.release()
            return found
        rest: set[str] = original(messages)
        return rest

    source._failed = watched  # type: ignore[attr-defined]
    send(post, "Files", *({"id": f"o{n}"} for n in range(8)), group="one")
    assert eventually(lambda: post.carried("o7"), 20)
    assert all(most) and len(most) >= 4
    assert eventually(lambda: not [one for one in box.all() if one.group_id == "one"])


# ---- dead letters ----
@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries come at once."""
    monkeypatch.setattr(invocations, "RETRY_AFTER", (0.0, 0.0))


def test_a_message_that_is_sent_again_after_the_fault_is_mended_succeeds(post: Post) -> None:
    send(post, "Bundles", {"id": "m1", "to": "ward 2", "do": "mend"})
    post.box("Bundles")
    first = eventually(lambda: post.carried("m1"), 15)
    assert len(first) == 1
    box = post.box("Bundles")
    box.show_again([one for one in box.all() if "m1" in one.body], 0)
    one = letter(post, "BundleLetters", '"m1"')
    assert (one.came_by, one.to) == ("queue", "Bundles")
    post.mend()
    post.dispatcher.dead_letters.send_again(post.box("BundleLetters"), one.id)
    assert eventually(lambda: len(post.carried("m1")) == 2 and not post.box("Bundles").all())
    assert not [one for one in post.box("BundleLetters").all() if "m1" in one.body]


def test_a_call_that_is_sent_again_succeeds_from_either_kind_of_letter(post: Post, at_once: None) -> None:
    item = {"pk": {"S": "mended"}, "sk": {"S": "?"}}
    boto3.client("dynamodb").delete_item(TableName="post-seen", Key=item)
    told = json.dumps({"id": "c1", "do": "mend"})
    boto3.client("lambda").invoke(FunctionName="yunzhen-Alone", InvocationType="Event", Payload=told)
    bare, record = letter(post, "AloneLetters", "c1"), letter(post, "Letters", "c1")
    assert {(one.came_by, one.to) for one in (bare, record)} == {("call", "yunzhen-Alone")}
    before = len(post.carried("c1"))
    post.mend()
    for queue, one in (("AloneLetters", bare), ("Letters", record)):
        post.dispatcher.dead_letters.send_again(post.box(queue), one.id)
    assert eventually(lambda: len(post.carried("c1")) == before + 2)
    assert not [one for one in post.box("AloneLetters").all() if "c1" in one.body]


def test_a_rules_letter_goes_to_its_target_again(post: Post, there: Partner) -> None:
    there.answers[:] = [(404, {})]
    post.put("partner.told.v1", {"id": "again"})
    one = letter(post, "Letters", '"again"')
    assert (one.came_by, one.to, one.why) == ("rule", "PartnerPlace", "HTTP status 404")
    post.dispatcher.dead_letters.send_again(post.box("Letters"), one.id)
    assert eventually(lambda: len(there.about("again")) == 2)
    assert not [one for one in post.box("Letters").all() if "again" in one.body]


def test_a_letter_that_is_gone_is_not_sent_again(post: Post) -> None:
    with pytest.raises(NotSentAgain, match="not there any more"):
        post.dispatcher.dead_letters.send_again(post.box("Letters"), "no-such-message")


# ---- what people look at ----
def asked(post: Post, *calls: tuple[str, str, Any]) -> list[tuple[int, Any]]:
    """What the sandbox's routes answer to these calls."""

    async def ask() -> list[tuple[int, Any]]:
        app = web.Application()
        DeliveryRoutes(post.dispatcher).add_to(app.router)
        WorkflowRoutes(post.dispatcher.workflows).add_to(app.router)
        async with TestClient(TestServer(app)) as client:
            found = []
            for method, path, body in calls:
                text = body if isinstance(body, str | None) else json.dumps(body)
                answer = await client.request(method, f"/sandbox/api/{path}", data=text)
                found.append((answer.status, await answer.json()))
            return found

    return asyncio.run(ask())


def test_the_sandbox_shows_queues_letters_and_events_and_sends_again(post: Post, there: Partner) -> None:
    there.answers[:] = [(410, {})]
    post.put("partner.told.v1", {"id": "shown", "subject": "sub_1", "sequence": "0000000007"})
    one = letter(post, "Letters", '"shown"')
    (_, queues), (_, letters), (_, events) = asked(
        post,
        ("GET", "queues", None),
        ("GET", "dead-letters?queue=Letters", None),
        ("GET", "events?search=sub_1%20partner&limit=1", None),
    )
    shown = {queue["id"]: queue for queue in queues["items"]}
    assert shown["Letters"]["dead_letters"] and shown["Letters"]["waiting"] >= 1
    assert shown["Letters"]["oldest_seconds"] >= 0
    assert shown["Bundles"]["reader"] == "yunzhen-Carrier" and shown["Files"]["fifo"]
    assert queues["deliveries"]["seed"] is None
    (found,) = [each for each in letters["items"] if each["id"] == one.id]
    assert (found["came_by"], found["to"], found["why"]) == ("rule", "PartnerPlace", "HTTP status 410")
    (event,) = events["items"]
    assert (event["type"], event["subject"], event["sequence"]) == ("partner.told.v1", "sub_1", "0000000007")
    assert events["before"] == event["n"]

    again = {"queue": "Letters", "id": one.id}
    (status, sent), (_, gone) = asked(
        post, ("POST", "dead-letters/redrive", again), ("POST", "dead-letters/redrive", again)
    )
    assert (status, sent) == (200, {"sent": 1, "problems": []})
    assert gone["sent"] == 0 and gone["problems"][0]["code"] == "gone"
    assert eventually(lambda: len(there.about("shown")) == 2)


@pytest.mark.parametrize(
    ("call", "status", "code"),
    [
        (("POST", "dead-letters/redrive", "{"), 400, "sandbox.queue_not_named"),
        (("POST", "dead-letters/redrive", ["Letters"]), 400, "sandbox.queue_not_named"),
        (("POST", "dead-letters/redrive", {"queue": "Bundles"}), 404, "sandbox.no_such_queue"),
        (("GET", "events?before=x", None), 400, "sandbox.page_not_understood"),
        (("GET", "workflows/nobody/executions", None), 404, "sandbox.no_such_workflow"),
        (("GET", "workflows/post-round/executions/nobody", None), 404, "sandbox.no_such_workflow"),
    ],
)
def test_what_the_sandbox_does_not_understand_or_know(post: Post, call: Any, status: int, code: str) -> None:
    ((found, body),) = asked(post, call)
    assert (found, body["code"]) == (status, code)


def test_the_sandbox_draws_a_workflow_and_says_where_an_execution_stands(post: Post) -> None:
    client = boto3.client("stepfunctions")
    machine = "arn:aws-cn:states:cn-northwest-1:123456789012:stateMachine:post-round"
    told = json.dumps({"id": "drawn", "do": ""})
    client.start_execution(stateMachineArn=machine, name="drawn.1", input=told)
    assert eventually(lambda: [row for row in post.seen("token") if row["sk"].startswith("drawn")])
    (_, machines), (_, rows), (_, one) = asked(
        post,
        ("GET", "workflows", None),
        ("GET", "workflows/post-round/executions?status=RUNNING", None),
        ("GET", "workflows/post-round/executions/drawn.1", None),
    )
    drawn = machines["items"][0]["diagram"]
    assert drawn["start"] == "HandOut" and machines["items"][0]["counts"] == {"RUNNING": 1}
    ways = {(way["from"], way["to"], way["kind"]) for way in drawn["ways"]}
    assert {
        ("HandOut", "SendBack", "catch"),
        ("Both", "NoteInTable", "branch"),
        ("Rest", "WasItHeavy", "branch"),
    } <= ways
    assert ("Both", "WasItHeavy", "next") not in ways
    assert [state["name"] for state in drawn["states"] if state["waits"]] == ["WaitForSignature"]
    assert (rows["items"][0]["now"], rows["items"][0]["been"]) == (["WaitForSignature"], ["HandOut"])
    assert one["input"] == {"id": "drawn", "do": ""} and one["history"][0]["type"] == "ExecutionStarted"
