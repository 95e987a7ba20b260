"""What happened is carried to whoever waits for it, as stream, bus, rules and queues do it in the cloud.

Who waits for what is read from the templates' rules; the functions are the real ones, called one after another.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from infra.local.store import Change
from infra.local.template.reading import read_mapping
from tests.builders.acting import act
from tests.builders.cloud import ROOT, STREAMS, Cloud, client

Handler = Callable[[dict[str, Any], object], Any]
Envelope = dict[str, Any]
_READER = "delivery"


class Delivery:
    """Call it, and everything that happened so far has been reacted to, reactions to reactions included.

    `envelopes` holds what went over the bus, in order. `twice` delivers each event, each message and each audit line a
    second time. With `only` named, events of these types alone are carried: what else happened is told to nobody.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.only: frozenset[str] = frozenset()
        self._tables = [f"test-{name}" for name in STREAMS]
        self.envelopes: list[Envelope] = []
        events, sqs = client("events"), client("sqs")
        events.create_event_bus(Name="test-bus")
        self._queue = sqs.create_queue(QueueName="test-everything")["QueueUrl"]
        lines = sqs.create_queue(QueueName="test-audit-lines.fifo", Attributes={"FifoQueue": "true"})
        self._lines = lines["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        pattern = json.dumps({"source": [{"prefix": "hospital."}]})
        events.put_rule(Name="everything", EventBusName="test-bus", EventPattern=pattern)
        # moto reads each path of its default input anew for every event, which takes longer than all the rest.
        paths = {"type": "$.detail-type", "detail": "$.detail"}
        told = {"InputPathsMap": paths, "InputTemplate": '{"detail-type": "<type>", "detail": <detail>}'}
        target = {"Id": "queue", "Arn": arn, "InputTransformer": told}
        events.put_targets(Rule="everything", EventBusName="test-bus", Targets=[target])

    def __call__(self, *, twice: bool = False) -> list[str]:
        """The types of what went over the bus this time, in order, without those that only tell of audit lines."""
        before = len(self.envelopes)
        while changes := self._cloud.store.changes(_READER, self._tables):
            self._stream(changes, 2 if twice else 1)
            self._cloud.store.done(_READER, changes[-1].seq)
            if not self.only:
                self._seal(2 if twice else 1)
            for event in list(self._received()):
                self.envelopes.append(event["detail"])
                for _ in range(2 if twice else 1):
                    self.hand_over(event["detail"])
        types = [envelope["type"] for envelope in self.envelopes[before:]]
        return [event_type for event_type in types if event_type != "audit.line_written.v1"]

    def drop(self) -> None:
        """Forget what happened so far without telling anybody."""
        self._cloud.store.done(_READER, self._cloud.store.last_seq())

    def told(self, event_type: str) -> list[Envelope]:
        """The envelopes of that type that went over the bus."""
        return [envelope for envelope in self.envelopes if envelope["type"] == event_type]

    def hand_over(self, envelope: Envelope) -> None:
        """One event to each function whose rule asks for it; each has to handle it."""
        body = json.dumps({"detail-type": envelope["type"], "source": envelope["source"], "detail": envelope})
        for consume in consumers().get(envelope["type"], []):
            answer = act(consume, {"Records": [{"messageId": envelope["id"], "body": body}]})
            assert answer == {"batchItemFailures": []}, envelope

    def _stream(self, changes: list[Change], times: int) -> None:
        inserts = [change for change in changes if change.name == "INSERT" and change.new is not None]
        if self.only:
            inserts = [one for one in inserts if one.new.get("type", {}).get("S") in self.only]
        events = [one for one in inserts if one.new.get("row") == {"S": "event"} or "line_subject" in one.new]
        messages = [one for one in inserts if one.new.get("kind") == {"S": "Message"}]
        for handler, found, again in (
            ("house.publish_outbox.app", events, 1),
            ("messaging.on_message_stored_push.app", messages, times),
        ):
            for _ in range(again if found else 0):
                assert act(handler_of(f"{handler}.app"), {"Records": [_record(one) for one in found]}) == {
                    "batchItemFailures": []
                }

    def seal(self) -> None:
        """What each minute does: everything that waits is put into blocks."""
        handler_of("house.ask_for_seals.app.app")({}, None)
        self._seal(1)

    def _seal(self, times: int) -> None:
        for message in self._messages(self._lines):
            record = {
                "messageId": message["MessageId"],
                "body": message["Body"],
                "attributes": {"MessageGroupId": message["Attributes"]["MessageGroupId"]},
            }
            for _ in range(times):
                answer = handler_of("house.seal_lines.app.app")({"Records": [record]}, None)
                assert answer == {"batchItemFailures": []}, message["Body"]

    def _received(self) -> Iterator[dict[str, Any]]:
        return (json.loads(message["Body"]) for message in self._messages(self._queue))

    def _messages(self, queue: str) -> Iterator[dict[str, Any]]:
        sqs, wanted = client("sqs"), {"MaxNumberOfMessages": 10, "AttributeNames": ["All"]}
        while messages := sqs.receive_message(QueueUrl=queue, **wanted).get("Messages", []):
            yield from messages
            done = [{"Id": str(number), "ReceiptHandle": one["ReceiptHandle"]} for number, one in enumerate(messages)]
            sqs.delete_message_batch(QueueUrl=queue, Entries=done)


@cache
def consumers() -> dict[str, list[Handler]]:
    """Event type -> the handlers of the functions whose rules ask for it."""
    found: dict[str, list[Handler]] = {}
    for path in [*sorted((ROOT / "infra").glob("*.yaml")), *sorted((ROOT / "infra/areas").glob("*.yaml"))]:
        resources = read_mapping(path).get("Resources", {})
        for name, resource in resources.items():
            if resource["Type"] == "AWS::Events::Rule":
                function = resources[name.removesuffix("Rule")]["Properties"]
                for event_type in resource["Properties"]["EventPattern"]["detail-type"]:
                    found.setdefault(event_type, []).append(handler_of(function["Handler"]))
    return found


def handler_of(dotted: str) -> Handler:
    """The handler that a template names, such as `house.sweep_due.app.app`."""
    module, _, name = dotted.rpartition(".")
    handler: Handler = getattr(importlib.import_module(module), name)
    return handler


def _record(change: Change) -> dict[str, Any]:
    return {
        "eventName": change.name,
        "dynamodb": {"SequenceNumber": str(change.seq), "NewImage": change.new},
    }
