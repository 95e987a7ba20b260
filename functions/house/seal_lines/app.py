"""Consumer of the queue of audit lines (FIFO: a group is a chain, and is served by one at a time)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from hospital.caller import Caller, system
from hospital.errors import ChangedMeanwhile
from hospital.observability import count, say
from hospital.seals.model import SealedLine
from hospital.seals.store import receive, seal_next_block

BLOCKS_PER_ORDER = 40  # what is left waits a minute more


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Receive and seal in order. What fails, and all of its chain behind it, the queue brings again."""
    failed: list[str] = []
    stopped: set[str] = set()
    for record in event["Records"]:
        chain = record["attributes"]["MessageGroupId"]
        if chain in stopped or not _done(json.loads(record["body"]), record["messageId"]):
            stopped.add(chain)
            failed.append(record["messageId"])
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _done(body: dict[str, Any], message_id: str) -> bool:
    by = system("seal_lines", because=message_id)
    try:
        if "lines" in body:
            receive(body["chain"], [SealedLine.model_validate(line) for line in body["lines"]], by)
        else:
            _seal(body["chain"], datetime.fromisoformat(body["seal_at"]), by)
    except ChangedMeanwhile:  # no failure: the same chain was sealed at this moment, and the queue brings it again
        say("audit lines have to wait", level="warning", function="seal_lines")
        return False
    except Exception as error:  # the edge: one bad message must not stop other chains, the queue brings it again
        say("audit lines were not sealed", level="error", failure=error, function="seal_lines")
        count("event_failed", function="seal_lines")
        return False
    return True


def _seal(chain: str, at: datetime, by: Caller) -> None:
    for number in range(BLOCKS_PER_ORDER):
        block = seal_next_block(chain, at, by)
        if block is None:
            break
        say("a block was sealed", count=len(block.lines), sequence=block.number, attempt=number)
