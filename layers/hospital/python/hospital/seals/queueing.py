"""The queue between the tables' streams and the sealer: FIFO, a group a chain, so that a chain is sealed by one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from hospital import aws, settings
from hospital.observability import count, say
from hospital.records import Item
from hospital.seals.model import SealedLine

PER_MESSAGE = 25  # lines of one chain: received in one transaction


def send_lines(items: Sequence[Item]) -> int:
    """Send the digests of lines to the sealer; how many were taken before the first that was not.

    Neighbours of the same chain share a message. A message that comes twice within five minutes is dropped by the
    queue; what comes later is known to the sealer.
    """
    algorithm = settings.current().audit_algorithm
    taken = 0
    for chain, group in groupby(items, key=lambda item: str(item["line_chain"]["S"])):
        found = list(group)
        for start in range(0, len(found), PER_MESSAGE):
            part = found[start : start + PER_MESSAGE]
            lines = [SealedLine.of(_table_of(item), item, algorithm).model_dump() for item in part]
            if not _sent(chain, {"chain": chain, "lines": lines}):
                return taken
            taken += len(part)
    return taken


def ask_for_seal(chain: str, now: datetime) -> bool:
    """Ask the sealer for blocks of all that waits in the chain."""
    return _sent(chain, {"chain": chain, "seal_at": now.isoformat()})


def _table_of(item: Item) -> str:
    return str(item["line_subject"]["S"]).partition(":")[0]


def _sent(chain: str, body: dict[str, object]) -> bool:
    client = aws.client("sqs")
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    try:
        client.send_message(
            QueueUrl=settings.current().audit_queue_url,
            MessageBody=text,
            MessageGroupId=chain,
            MessageDeduplicationId=hashlib.sha256(text.encode()).hexdigest(),
        )
    except client.exceptions.ClientError as error:
        say("the queue of audit lines refused a message", level="error", failure=error)
        count("audit_lines_refused")
        return False
    return True
