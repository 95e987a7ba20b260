"""The edge of event consumers: functions fed by a queue that a rule of the bus fills.

    app = consumer(on_visit_accepted_open_conversation)

and, with `reader`, by a queue that other systems of the hospital fill.

Delivery is at least once and in no order. A consumer writes with `Work(by=who, once=event_id)`, so a second delivery
changes nothing. A record that fails goes back to the queue alone, and in the end to the dead letters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self

from hospital.caller import Caller, system
from hospital.errors import AlreadyDone, ChangedMeanwhile, Unavailable
from hospital.observability import count, say

Consume = Callable[[dict[str, Any], Caller], None]
ConsumeAll = Callable[[Sequence[dict[str, Any]], Caller], None]
Handler = Callable[[dict[str, Any], object], dict[str, Any]]


@dataclass(frozen=True)
class Letter:
    """What another system put into a queue: text attributes by their names in lower case, `sent_at` as SQS saw it."""

    id: str
    body: str
    attributes: Mapping[str, str]
    sent_at: datetime

    @classmethod
    def of(cls, record: dict[str, Any]) -> Self:
        """The message of an SQS record."""
        told = record.get("messageAttributes", {}).items()
        attributes = {name.lower(): one["stringValue"] for name, one in told if one.get("stringValue") is not None}
        sent_at = datetime.fromtimestamp(int(record["attributes"]["SentTimestamp"]) / 1000, UTC)
        return cls(record["messageId"], record["body"], attributes, sent_at)


Take = Callable[[Letter], None]


def consumer(consume: Consume, *, together: ConsumeAll | None = None) -> Handler:
    """The Lambda handler that gives `consume` each event's CloudEvents envelope and the function as `Caller`.

    `together` takes a whole batch in one act, for what many events write alike; when it raises, nothing of it was
    done, and the events are taken one by one.
    """
    name = consume.__name__

    def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
        records = event["Records"]
        if together is not None and len(records) > 1 and _consumed_together(records, name, together):
            return {"batchItemFailures": []}
        failed = [record["messageId"] for record in records if not _consumed(record, name, consume)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    return handle


def _consumed_together(records: Sequence[dict[str, Any]], name: str, together: ConsumeAll) -> bool:
    try:
        envelopes = [json.loads(record["body"])["detail"] for record in records]
        together(envelopes, system(name, because=envelopes[0]["id"]))
    except Exception as error:  # the edge: one by one, each failure is told with its event
        say("events are taken one by one", level="warning", failure=error, function=name, count=len(records))
        return False
    say("events were handled", function=name, count=len(records))
    return True


def reader(take: Take) -> Handler:
    """The Lambda handler that gives `take` each message of a queue that other systems write to."""
    name = take.__name__

    def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
        letters = [Letter.of(record) for record in event["Records"]]
        failed = [one.id for one in letters if not _done(partial(take, one), {"function": name, "event_id": one.id})]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    return handle


def _consumed(record: dict[str, Any], name: str, consume: Consume) -> bool:
    facts: dict[str, Any] = {"function": name}

    def act() -> None:
        envelope = json.loads(record["body"])["detail"]
        facts.update(event_id=envelope["id"], event_type=envelope["type"])
        consume(envelope, system(name, because=envelope["id"]))

    return _done(act, facts)


def _done(act: Callable[[], None], facts: dict[str, Any]) -> bool:
    """Whether what one message asks for is done; the queue brings it again if not."""
    try:
        act()
    except AlreadyDone:
        say("an event came again", **facts)
    except (Unavailable, ChangedMeanwhile):  # no failure: an outside party is away, or somebody wrote at this moment;
        # the queue brings it again, and in the end to the dead letters, which ring
        say("an event has to wait", level="warning", **facts)
        return False
    except Exception as error:  # the edge: one bad event must not stop the others, the queue brings it again
        say("an event was not handled", level="error", failure=error, **facts)
        count("event_failed", function=facts["function"])
        return False
    else:
        say("an event was handled", **facts)
    return True
