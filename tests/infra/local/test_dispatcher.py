"""Deliveries of the small clinic in this process: streams, queues, schedules, and consumers that fail."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.addresses import Addresses, environment_of
from infra.local.cloud import furnish
from infra.local.dispatcher import Dispatcher
from infra.local.dispatcher.dead_letters import NotSentAgain
from infra.local.dispatcher.lateness import Lateness
from infra.local.dispatcher.streams import StreamSource
from infra.local.gateway.routes import read_apis
from infra.local.gateway.sockets import read_socket_api
from infra.local.gateway.throttle import Account
from infra.local.invoker import Invoker
from infra.local.store import Store, StoreUnwritable
from infra.local.store.testing import memory_cloud
from infra.local.template import Resource, Template, TemplateError, read_template
from infra.local.template.kinds import queue_url
from tests.infra.local.clinic import TEMPLATE
from tests.journeys.hospital import ROOT, eventually

pytestmark = pytest.mark.store


@dataclass
class Wired:
    """The clinic without its gateway."""

    template: Template
    store: Store
    invoker: Invoker
    dispatcher: Dispatcher
    reports: list[str] = field(default_factory=list)

    def write(self, sk: str, do: str = "", note: str = "") -> None:
        """One event row."""
        item = {"pk": "a", "sk": sk, "row": "event", "do": do or "nothing", "note": note or "nothing"}
        attributes = {name: {"S": value} for name, value in item.items()}
        boto3.client("dynamodb").put_item(TableName="small-rows", Item=attributes)

    def seen(self, kind: str) -> list[dict[str, str]]:
        """What consumers noted, by key."""
        items = boto3.client("dynamodb").scan(TableName="small-seen")["Items"]
        rows = [{name: next(iter(value.values())) for name, value in item.items()} for item in items]
        return sorted((row for row in rows if row["pk"] == kind), key=lambda row: row["sk"])

    def letters(self, queue: str) -> list[str]:
        """Bodies in a dead-letter queue."""
        found = boto3.client("sqs").receive_message(
            QueueUrl=queue_url(self.template.at(f"Clinic/{queue}")), MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return [message["Body"] for message in found.get("Messages", [])]


def wire(template: Template, store: Store) -> Wired:
    """Everything but the server. TemplateError when something cannot be wired."""
    furnish(template, store)
    reports: list[str] = []
    invoker = Invoker(
        template,
        environment_of(template, Addresses("127.0.0.1", 8820)),
        lambda function, _id, what: reports.append(f"{function}: {what}"),
    )
    account = Account()
    read_apis(template, invoker, account)
    read_socket_api(template, invoker, account)
    return Wired(template, store, invoker, Dispatcher(template, invoker, store), reports)


@pytest.fixture
def clinic() -> Iterator[Wired]:
    """The clinic, delivering."""
    with memory_cloud() as store:
        wired = wire(read_template(TEMPLATE), store)
        wired.dispatcher.start()
        yield wired
        wired.dispatcher.stop()
        time.sleep(0.1)  # a batch that has begun ends within the cloud it began in


def test_a_change_reaches_its_function_and_what_that_sends_reaches_the_next(clinic: Wired) -> None:
    clinic.write("1")
    assert eventually(lambda: clinic.seen("NOTE"))
    assert [row["of"] for row in clinic.seen("ROW")] == ["a/1"]


def test_a_commit_is_at_its_function_within_50_milliseconds(clinic: Wired) -> None:
    clinic.write("warm")
    assert eventually(lambda: clinic.seen("NOTE"))
    waits = []
    for n in range(10):
        began = time.time()
        clinic.write(f"{n}")
        row = eventually(lambda n=n: [row for row in clinic.seen("ROW") if row["of"] == f"a/{n}"])[0]
        waits.append(float(row["at"]) - began)
    # The quickest: what else this machine does at the time is not the dispatcher's doing.
    assert min(waits) < 0.05, waits


def test_rows_that_the_filter_does_not_let_pass_are_not_delivered_and_hold_nothing_up(clinic: Wired) -> None:
    client = boto3.client("dynamodb")
    client.put_item(TableName="small-rows", Item={"pk": {"S": "a"}, "sk": {"S": "0"}, "row": {"S": "audit"}})
    clinic.write("1")
    client.delete_item(TableName="small-rows", Key={"pk": {"S": "a"}, "sk": {"S": "1"}})
    clinic.write("2")
    assert eventually(lambda: len(clinic.seen("ROW")) == 2)
    assert [row["of"] for row in clinic.seen("ROW")] == ["a/1", "a/2"]
    source = next(s for s in clinic.dispatcher.sources if s.consumer == "Clinic/OnRowSource")
    assert eventually(lambda: clinic.store.checkpoint(source.consumer) == clinic.store.last_seq())


def test_a_row_reported_as_failed_is_tried_again_and_those_before_it_are_not(clinic: Wired) -> None:
    clinic.write("1")
    clinic.write("2", do="fail once")
    clinic.write("3")
    assert eventually(lambda: [row for row in clinic.seen("ROW") if row["of"] == "a/3"])
    order = [row["of"] for row in sorted(clinic.seen("ROW"), key=lambda row: float(row["at"]))]
    assert order.count("a/1") == 1 and order.count("a/2") == 2 and order.count("a/3") == 1
    assert order.index("a/3") > len(order) - 1 - order[::-1].index("a/2")


@pytest.mark.parametrize("do", ["fail", "raise"])
def test_a_row_that_always_fails_ends_among_the_dead_letters_and_the_next_goes_on(clinic: Wired, do: str) -> None:
    clinic.write("1", do=do)
    assert eventually(lambda: clinic.letters("OnRowDeadLetters"))
    letter = json.loads(clinic.letters("OnRowDeadLetters")[0])
    assert letter["requestContext"]["approximateInvokeCount"] == 3
    assert letter["DDBStreamBatchInfo"]["batchSize"] == 1
    assert len(clinic.seen("ROW")) == 3
    clinic.write("2")
    assert eventually(lambda: [row for row in clinic.seen("ROW") if row["of"] == "a/2"])
    assert any("gave up on changes" in report for report in clinic.reports)


def test_changes_that_were_given_up_are_sent_again_with_their_records(clinic: Wired) -> None:
    clinic.write("1", do="raise")
    box = next(box for box in clinic.dispatcher.mailboxes.values() if box.resource.logical_id == "OnRowDeadLetters")
    assert eventually(lambda: clinic.dispatcher.dead_letters.letters(box))
    (letter,) = clinic.dispatcher.dead_letters.letters(box)
    assert (letter.came_by, letter.to) == ("stream", "Clinic/OnRowSource")
    with pytest.raises(NotSentAgain, match="did not take it this time either: RuntimeError"):
        clinic.dispatcher.dead_letters.send_again(box, letter.id)
    function = clinic.invoker.find("yunzhen-Clinic-OnRow")
    assert function is not None
    taken: list[Any] = []
    function._handler = lambda event, _context: taken.extend(event["Records"])
    clinic.dispatcher.dead_letters.send_again(box, letter.id)
    assert [record["dynamodb"]["NewImage"]["sk"] for record in taken] == [{"S": "1"}]
    assert clinic.dispatcher.dead_letters.letters(box) == []


def test_a_message_reported_as_failed_comes_again_then_goes_to_the_dead_letters(clinic: Wired) -> None:
    clinic.write("1", note="fail")
    clinic.write("2")
    assert eventually(lambda: clinic.letters("OnNoteDeadLetters"))
    assert json.loads(clinic.letters("OnNoteDeadLetters")[0])["detail"]["of"] == "a/1"
    # The one that was done comes again only where the machine was slower than the queue's patience.
    assert [row["sk"] for row in clinic.seen("NOTE")][:3] == ["a/1#1", "a/1#2", "a/2#1"]


def test_the_clock_calls_at_once_since_a_call_may_have_been_missed(clinic: Wired) -> None:
    assert eventually(lambda: len(clinic.seen("TICK")) == 1)


def test_what_was_not_checkpointed_is_delivered_again(clinic: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    keep, failures = clinic.store.done, [StoreUnwritable("the disk is full")]

    def done(consumer: str, seq: int) -> None:
        if failures:
            raise failures.pop()
        keep(consumer, seq)

    monkeypatch.setattr(clinic.store, "done", done)
    clinic.write("1")
    assert eventually(lambda: len(clinic.seen("ROW")) == 2)
    assert any("the disk is full" in report for report in clinic.reports)
    clinic.write("2")
    assert eventually(lambda: len(clinic.seen("ROW")) == 3)


@dataclass
class Feed:
    """A change list made by hand: one batch."""

    checkpoints: list[int] = field(default_factory=list)

    def done(self, _consumer: str, seq: int) -> None:
        self.checkpoints.append(seq)


def stream_source(clinic: Wired, handler: Callable[[list[int]], Any], **properties: Any) -> Any:
    """The clinic's stream mapping with other properties, its function replaced by `handler(sequence numbers)`."""
    mapping = clinic.template.at("Clinic/OnRowSource")
    changed = Resource(**{**vars(mapping), "properties": {**mapping.properties, "FilterCriteria": None, **properties}})
    function = clinic.invoker.find("yunzhen-Clinic-OnRow")
    assert function is not None
    function._handler = lambda event, _context: handler(
        [int(record["dynamodb"]["SequenceNumber"]) for record in event["Records"]]
    )
    feed: Any = Feed()
    letters: list[str] = []
    table, kept = clinic.template.at("Rows"), clinic.store.deliveries
    source = StreamSource(
        changed, table, function, clinic.invoker, feed, lambda _, t: letters.append(t), kept, Lateness(None)
    )
    source.letters, source.feed = letters, feed  # type: ignore[attr-defined]
    return source


def records(*numbers: int) -> list[dict[str, Any]]:
    """Stream records with these sequence numbers."""
    return [{"dynamodb": {"SequenceNumber": f"{n:021d}", "ApproximateCreationDateTime": time.time()}} for n in numbers]


@pytest.fixture
def unstarted() -> Iterator[Wired]:
    """The clinic, wired and still."""
    with memory_cloud() as store:
        yield wire(read_template(TEMPLATE), store)


def test_bisecting_gives_up_on_the_one_bad_record_only(unstarted: Wired) -> None:
    done: list[int] = []

    def handler(numbers: list[int]) -> None:
        if 5 in numbers:
            raise ValueError("5 cannot be taken")
        done.extend(numbers)

    source = stream_source(unstarted, handler, BisectBatchOnFunctionError=True, MaximumRetryAttempts=0)
    assert source._deliver(records(1, 2, 3, 4, 5, 6, 7, 8))
    assert sorted(done) == [1, 2, 3, 4, 6, 7, 8]
    assert [json.loads(letter)["DDBStreamBatchInfo"]["startSequenceNumber"] for letter in source.letters] == [
        f"{5:021d}"
    ]


def test_a_record_past_its_age_is_given_up_at_the_first_failure(unstarted: Wired) -> None:
    calls: list[int] = []

    def handler(numbers: list[int]) -> None:
        calls.extend(numbers)
        raise ValueError

    source = stream_source(unstarted, handler, MaximumRecordAgeInSeconds=60, MaximumRetryAttempts=-1)
    old = records(1)
    old[0]["dynamodb"]["ApproximateCreationDateTime"] -= 61
    assert source._deliver(old) and calls == [1] and len(source.letters) == 1


def test_a_failure_that_names_no_record_fails_the_batch(unstarted: Wired) -> None:
    answers = iter([{"batchItemFailures": [{"itemIdentifier": "nonsense"}]}, {"batchItemFailures": []}])
    calls: list[list[int]] = []

    def handler(numbers: list[int]) -> Any:
        calls.append(numbers)
        return next(answers)

    assert stream_source(unstarted, handler)._deliver(records(1, 2))
    assert calls == [[1, 2], [1, 2]]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("Arn: !GetAtt OnNoteQueue.Arn}]", "Arn: !GetAtt Bus.Arn}]"), "OnNoteRule.Targets: arn:"),
        (("FunctionName: !Ref OnNote\n", "FunctionName: nobody\n"), "OnNoteSource.FunctionName: nobody is no function"),
        (
            ("EventSourceArn: !Ref RowsStreamArn", "EventSourceArn: arn:x"),
            "OnRowSource.EventSourceArn: arn:x is neither",
        ),
        (('Target: !Sub "integrations/${SocketIntegration}"', "Target: integrations/none"), "Route.Target: names no"),
        (("Schedule: rate(1 minute)", "Schedule: rate(1 week)"), "Tick.Events.EachMinute: 'rate(1 week)' is neither"),
        (("Type: Schedule,", "Type: S3,"), "Tick.Events.EachMinute: the type 'S3' is not known here"),
        (("$request.body.action", "$request.header.x"), "SocketApi.RouteSelectionExpression: only $request.body"),
        (
            ("!GetAtt OnNoteDeadLetters.Arn, max", '"arn:x", max'),
            "OnNoteQueue.RedrivePolicy: names a dead-letter queue",
        ),
        (("Handler: clinic.tick.app", "Handler: tick"), "Tick.Handler: wants a module and a name"),
        (("${Socket.Arn}/invocations", "${Bus}/invocations"), "SocketIntegration.IntegrationUri:"),
        (("${Echo.Arn}", "${Bus}"), "Api.DefinitionBody: GET /echo:"),
        (('"authorizerResultTtlInSeconds": 0', '"authorizerResultTtlInSeconds": 300'), "authorizer token: its answers"),
        (('"type": "aws_proxy"', '"type": "http"'), "Api.DefinitionBody: GET /echo: only aws_proxy"),
        (('"token": []', '"tokn": []'), "GET /secret: the security ['tokn'] is no authorizer"),
    ],
)
def test_what_cannot_be_wired_is_named(tmp_path: Path, change: tuple[str, str], sentence: str) -> None:
    folder = tmp_path / "clinic"
    shutil.copytree(TEMPLATE.parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    changed = 0
    for file in (folder / "clinic.yaml", folder / "openapi" / "clinic.json"):
        text = file.read_text()
        changed += change[0] in text
        file.write_text(text.replace(*change))
    assert changed, "the change finds nothing to change"
    root = folder / "template.yaml"
    root.write_text(root.read_text().replace("../../../../../layers", str(ROOT / "layers")))
    with memory_cloud() as store, pytest.raises(TemplateError) as error:
        wire(read_template(root), store)
    assert str(folder / "clinic.yaml") in str(error.value) and sentence in str(error.value)
