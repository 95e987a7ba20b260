"""A table's changes to a function, in order, at least once, with a checkpoint after each batch."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from ..invoker import EventTooLarge, Function, InvocationFailed, Invoker
from ..store import Change
from ..template import Resource
from ..template.kinds import stream_arn
from .filters import passes, read_filters
from .lateness import Lateness

_RECORDS_LIVE = 24 * 3600.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 30.0
_LOOK_EVERY = 0.2
_LONGEST_WINDOW = 300


class ChangeFeed(Protocol):
    """What the store offers a consumer."""

    def register(self, consumer: str, tables: list[str]) -> None: ...

    def changes(self, consumer: str, tables: list[str], limit: int = 100, wait: float = 0) -> list[Change]: ...

    def done(self, consumer: str, seq: int) -> None: ...

    def checkpoint(self, consumer: str) -> int: ...

    def last_seq(self) -> int: ...


class Letters(Protocol):
    """Where the records are kept that a letter stands for."""

    def put_letter(self, name: str, consumer: str, text: str) -> None: ...


class StreamSource:
    """One event source mapping on one table. `send` puts a text into the queue with that ARN, `letters` keeps the
    records of those it had to give up."""

    def __init__(
        self,
        mapping: Resource,
        table: Resource,
        function: Function,
        invoker: Invoker,
        feed: ChangeFeed,
        send: Callable[[str, str], None],
        letters: Letters,
        lateness: Lateness,
    ) -> None:
        """TemplateError for what CreateEventSourceMapping would refuse, and for what is not delivered so here."""
        self.consumer, self.table, self.function = mapping.address, table.name("TableName"), function
        self._invoker, self._feed, self._send = invoker, feed, send
        self._letters, self._lateness = letters, lateness
        self._region, self._arn = mapping.place.region, stream_arn(table)
        self._keys = [key["AttributeName"] for key in table.get("KeySchema")]
        view = (table.get("StreamSpecification") or {}).get("StreamViewType")
        if view is None:
            raise mapping.wrong("EventSourceArn", f"the table {table.logical_id} has no stream")
        self._view = str(view)
        self._filters = read_filters(mapping)
        self._size, self._window = int(mapping.get("BatchSize", 100)), _window(mapping)
        self._attempts = int(mapping.get("MaximumRetryAttempts", -1))
        age = float(mapping.get("MaximumRecordAgeInSeconds", -1))
        self._longest = age if age >= 0 else _RECORDS_LIVE
        self._bisects = str(mapping.get("BisectBatchOnFunctionError", False)).lower() == "true"
        self._reports = "ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or [])
        self._on_failure = ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
        self._stopped = threading.Event()
        self._latest = mapping.get("StartingPosition") == "LATEST"

    def register(self) -> None:
        """Makes the consumer known to the store; before any change is trimmed."""
        self._feed.register(self.consumer, [self.table])
        if self._latest and not self._feed.checkpoint(self.consumer):
            self._feed.done(self.consumer, self._feed.last_seq())

    def stop(self) -> None:
        """No further batch is begun."""
        self._stopped.set()

    def run_once(self, wait: float) -> bool:
        """Waits for changes up to `wait` seconds and delivers them; whether there were any."""
        changes = self._gathered(wait)
        if not changes:
            return False
        records = [record for change in changes if passes(self._filters, record := self._record(change))]
        if records:
            self._stopped.wait(self._lateness.delay_of_shard(self.consumer))
        if self._deliver(records) and (not self._comes_again(records) or self._deliver(records)):
            self._feed.done(self.consumer, changes[-1].seq)
        return True

    def redeliver(self, records: list[dict[str, Any]]) -> str:
        """Records of a letter, once more; the error type when the function did not take them all, else nothing."""
        failed, problem = self._call(records)
        return problem or ("ReportBatchItemFailures" if failed else "")

    def _gathered(self, wait: float) -> list[Change]:
        """The next batch: what is there, or what has come at the end of the batching window."""
        changes = self._feed.changes(self.consumer, [self.table], limit=self._size, wait=wait)
        if changes and self._window:
            until = time.monotonic() + self._window
            while len(changes) < self._size and (left := until - time.monotonic()) > 0 and not self._stopped.is_set():
                self._stopped.wait(min(left, _LOOK_EVERY))
                changes = self._feed.changes(self.consumer, [self.table], limit=self._size, wait=0)
        return changes

    def _comes_again(self, records: list[dict[str, Any]]) -> bool:
        """Whether the batch is delivered a second time, as if its checkpoint had been lost."""
        return bool(records) and self._lateness.is_doubled(self.consumer)

    def _deliver(self, records: list[dict[str, Any]], attempt: int = 0) -> bool:
        """Tries until the records are taken or given up; False when stopped before that."""
        while records:
            failed, problem = self._call(records)
            if not failed:
                return True
            if len(failed) < len(records):
                # What came before the first failure is done for good.
                self._feed.done(self.consumer, _seq(failed[0]) - 1)
            elif problem and self._bisects and len(records) > 1:
                middle = len(records) // 2
                return self._deliver(records[:middle], attempt) and self._deliver(records[middle:], attempt)
            records = failed
            if self._is_over(records, attempt):
                self._give_up(records, problem or "ReportBatchItemFailures", attempt)
                return True
            if self._stopped.wait(min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE)):
                return False
            attempt += 1
        return True

    def _call(self, records: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
        """The records that are left to do, and the error type when the function failed as a whole."""
        try:
            answer = self._invoker.call(self.function, {"Records": records})
        except InvocationFailed as failure:
            return records, failure.kind
        except EventTooLarge:
            return records, "EventTooLarge"
        failures = (answer or {}).get("batchItemFailures") if isinstance(answer, dict | None) else None
        if not self._reports or not failures:
            return [], ""
        numbers = {str(failure.get("itemIdentifier")) for failure in failures if isinstance(failure, dict)}
        places = [n for n, record in enumerate(records) if record["dynamodb"]["SequenceNumber"] in numbers]
        # A failure that names no record of the batch fails the batch.
        return records[min(places) if len(places) >= len(numbers) else 0 :], ""

    def _is_over(self, records: list[dict[str, Any]], attempt: int) -> bool:
        age = time.time() - records[0]["dynamodb"]["ApproximateCreationDateTime"]
        return age > self._longest or 0 <= self._attempts <= attempt

    def _give_up(self, records: list[dict[str, Any]], problem: str, attempt: int) -> None:
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        self._invoker.report(self.function.name, "", f"gave up on changes {numbers[0]} to {numbers[-1]}: {problem}")
        if self._on_failure:
            request_id = str(uuid.uuid4())
            self._letters.put_letter(request_id, self.consumer, json.dumps(records))
            told = {
                "version": "1.0",
                "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "requestContext": {
                    "requestId": request_id,
                    "functionArn": self.function.arn,
                    "condition": "RetryAttemptsExhausted",
                    "approximateInvokeCount": attempt + 1,
                },
                "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": problem},
                "DDBStreamBatchInfo": {
                    "shardId": "shardId-00000000000000000000-00000000",
                    "startSequenceNumber": numbers[0],
                    "endSequenceNumber": numbers[-1],
                    "batchSize": len(records),
                    "streamArn": self._arn,
                },
            }
            self._send(self._on_failure, json.dumps(told))

    def _record(self, change: Change) -> dict[str, Any]:
        images = {"NewImage": change.new, "OldImage": change.old}
        wanted = {"NEW_AND_OLD_IMAGES": images, "KEYS_ONLY": {}}.get(self._view)
        if wanted is None:
            name = "NewImage" if self._view == "NEW_IMAGE" else "OldImage"
            wanted = {name: images[name]}
        image = change.new or change.old or {}
        return {
            "eventID": hashlib.md5(f"{self._arn}/{change.seq}".encode(), usedforsecurity=False).hexdigest(),
            "eventName": change.name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": self._region,
            "dynamodb": {
                "ApproximateCreationDateTime": change.at,
                "Keys": {name: image[name] for name in self._keys if name in image},
                **{name: picture for name, picture in wanted.items() if picture is not None},
                "SequenceNumber": f"{change.seq:021d}",
                "SizeBytes": len(json.dumps(image)),
                "StreamViewType": self._view,
            },
            "eventSourceARN": self._arn,
        }


def _seq(record: dict[str, Any]) -> int:
    return int(record["dynamodb"]["SequenceNumber"])


def _window(mapping: Resource) -> float:
    """Seconds to gather a batch."""
    if int(mapping.get("ParallelizationFactor", 1)) != 1:
        raise mapping.wrong("ParallelizationFactor", "only 1 is delivered here: one batch of a table at a time")
    if int(mapping.get("TumblingWindowInSeconds", 0)):
        raise mapping.wrong("TumblingWindowInSeconds", "is not delivered here")
    window = float(mapping.get("MaximumBatchingWindowInSeconds", 0))
    if not 0 <= window <= _LONGEST_WINDOW:
        raise mapping.wrong("MaximumBatchingWindowInSeconds", f"wants 0 to {_LONGEST_WINDOW}")
    return window
