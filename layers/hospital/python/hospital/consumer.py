"""The edge of event consumers: functions fed by a queue that a rule of the bus fills.

    app = consumer(on_visit_accepted_open_conversation)

Delivery is at least once and in no order. A consumer writes with `Work(by=who, once=event_id)`, so a second delivery
changes nothing. A record that fails goes back to the queue alone, and in the end to the dead letters.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hospital.caller import Caller, system
from hospital.errors import AlreadyDone, Unavailable
from hospital.observability import count, say

Consume = Callable[[dict[str, Any], Caller], None]
Handler = Callable[[dict[str, Any], object], dict[str, Any]]


def consumer(consume: Consume) -> Handler:
    """The Lambda handler that gives `consume` each event's CloudEvents envelope and the function as `Caller`."""
    name = consume.__name__

    def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
        failed = [record["messageId"] for record in event["Records"] if not _consumed(record, name, consume)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    return handle


def _consumed(record: dict[str, Any], name: str, consume: Consume) -> bool:
    facts: dict[str, Any] = {"function": name}
    try:
        envelope = json.loads(record["body"])["detail"]
        facts |= {"event_id": envelope["id"], "event_type": envelope["type"]}
        consume(envelope, system(name, because=envelope["id"]))
    except AlreadyDone:
        say("an event came again", **facts)
    except Unavailable:  # no failure: the queue brings it again, and in the end to the dead letters, which ring
        say("an event has to wait", level="warning", **facts)
        return False
    except Exception as error:  # the edge: one bad event must not stop the others, the queue brings it again
        say("an event was not handled", level="error", failure=error, **facts)
        count("event_failed", function=name)
        return False
    else:
        say("an event was handled", **facts)
    return True
