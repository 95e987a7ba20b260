"""A queue's messages to a function: received, gathered into batches, handed over, deleted when done.

Source: "Using Lambda with Amazon SQS", "How Lambda processes records from queue-based event sources".
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

from moto.sqs.exceptions import SQSException

from ..invoker import EventTooLarge, Function, InvocationFailed, Invoker
from ..template import Resource
from ..workers import Workers
from .filters import message_passes, read_message_filters
from .lateness import Lateness
from .mailbox import Mailbox

_MOST_AT_ONCE = 10
_LARGEST_BATCH = 10_000
_LONGEST_WINDOW = 300
_LARGEST_EVENT = 3 * 1024 * 1024
"""Characters of bodies after which a batch is handed over before it is full: Lambda takes 6 MB."""
_CONCURRENCY = 5
"""Batches that Lambda works on at the same time to begin with."""

_SEES_AGAIN_AFTER = 1
"""Seconds until a message whose deletion got lost comes again."""


class QueueSource:
    """One event source mapping on one queue. What fails stays in the queue until its visibility time-out.

    A FIFO queue gives no message of a group while an earlier one of it is out: so groups are served one after the
    other within themselves, and beside each other.
    """

    def __init__(
        self, mapping: Resource, mailbox: Mailbox, function: Function, invoker: Invoker, lateness: Lateness
    ) -> None:
        """TemplateError for what CreateEventSourceMapping would refuse."""
        self.consumer, self.function, self.mailbox = mapping.address, function, mailbox
        self._region, self._invoker, self._lateness = mapping.place.region, invoker, lateness
        self._size, self._window = _batch(mapping, mailbox)
        self._reports = "ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or [])
        self._filters = read_message_filters(mapping)
        if mailbox.visibility < function.timeout:
            sentence = f"the queue's visibility time-out ({mailbox.visibility} s) is below the function's time-out"
            raise mapping.wrong("EventSourceArn", f"{sentence} ({function.timeout:.0f} s), which Lambda refuses")
        concurrency = int((mapping.get("ScalingConfig") or {}).get("MaximumConcurrency", _CONCURRENCY))
        if not 2 <= concurrency <= 1000:
            raise mapping.wrong("ScalingConfig", "MaximumConcurrency wants 2 to 1000")
        self._turns = threading.Semaphore(concurrency)
        self._workers = Workers(concurrency)
        self._stopped = threading.Event()

    def stop(self) -> None:
        """No further batch is begun: what was received and not deleted is received again."""
        self._stopped.set()
        self.mailbox.wake()

    def run_once(self, wait: float) -> bool:
        """Gathers one batch, waiting up to `wait` seconds for its first message, and hands it over; whether there was
        one. Returns while the function still works on it, as long as it may work on several.
        """
        self._turns.acquire()
        try:
            messages = [] if self._stopped.is_set() else self._gathered(wait)
            wanted = [message for message in messages if message_passes(self._filters, message.body)]
            # What no filter lets pass is done with.
            self.mailbox.delete(message for message in messages if message not in wanted)
        except BaseException:
            self._turns.release()
            raise
        if not wanted:
            self._turns.release()
            return bool(messages)
        self._workers.submit(lambda: self._handle(wanted))
        return True

    def _gathered(self, wait: float) -> list[Any]:
        messages = self.mailbox.receive(min(self._size, _MOST_AT_ONCE), wait)
        until = time.monotonic() + self._window
        while messages and self._has_room(messages) and not self._stopped.is_set():
            left = until - time.monotonic()
            if left <= 0:
                break
            messages += self.mailbox.receive(min(self._size - len(messages), _MOST_AT_ONCE), left)
        return messages if self.mailbox.is_fifo else self._lateness.mix(self.consumer, messages)

    def _has_room(self, messages: list[Any]) -> bool:
        return len(messages) < self._size and sum(len(message.body) for message in messages) < _LARGEST_EVENT

    def _handle(self, messages: list[Any]) -> None:
        try:
            failed = self._failed(messages)
            done = [message for message in messages if message.id not in failed]
            lost = [message for message in done if self._deletion_is_lost(message)]
            self.mailbox.delete(message for message in done if message not in lost)
            # A queue that was purged, or deleted, meanwhile has nothing to show again.
            with contextlib.suppress(SQSException):
                self.mailbox.show_again(lost, _SEES_AGAIN_AFTER)
        finally:
            self._turns.release()
            if self.mailbox.is_fifo:
                self.mailbox.wake()  # the next of a group may be waiting for this one

    def _deletion_is_lost(self, message: Any) -> bool:
        """SQS may bring a deleted message again. Not the last time before it would count as a dead letter."""
        if self.mailbox.is_fifo or message.approximate_receive_count > 1:
            return False
        most = self.mailbox.most_receives
        return (most is None or most > 2) and self._lateness.is_doubled(self.consumer)

    def _failed(self, messages: list[Any]) -> set[str]:
        """Ids of the messages that the function did not take."""
        everything = {message.id for message in messages}
        try:
            answer = self._invoker.call(self.function, {"Records": [self._record(message) for message in messages]})
        except (InvocationFailed, EventTooLarge):
            return everything
        failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
        if not self._reports or not failures:
            return set()
        named = {str(failure.get("itemIdentifier")) for failure in failures if isinstance(failure, dict)}
        # A failure that names no message of the batch fails the batch.
        return named if named and named <= everything else everything

    def _record(self, message: Any) -> dict[str, Any]:
        return {
            "messageId": message.id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": _attributes(message),
            "messageAttributes": {name: _attribute(value) for name, value in message.message_attributes.items()},
            "md5OfBody": message.body_md5,
            "eventSource": "aws:sqs",
            "eventSourceARN": self.mailbox.arn,
            "awsRegion": self._region,
        }


def _batch(mapping: Resource, mailbox: Mailbox) -> tuple[int, float]:
    """Messages, and seconds to gather them."""
    size, window = int(mapping.get("BatchSize", 10)), int(mapping.get("MaximumBatchingWindowInSeconds", 0))
    largest = _MOST_AT_ONCE if mailbox.is_fifo else _LARGEST_BATCH
    if not 1 <= size <= largest:
        raise mapping.wrong("BatchSize", f"wants 1 to {largest}")
    if not 0 <= window <= (0 if mailbox.is_fifo else _LONGEST_WINDOW):
        sentence = "is for standard queues only" if mailbox.is_fifo else f"wants 0 to {_LONGEST_WINDOW}"
        raise mapping.wrong("MaximumBatchingWindowInSeconds", sentence)
    if size > _MOST_AT_ONCE and window < 1:
        raise mapping.wrong(
            "MaximumBatchingWindowInSeconds", f"wants at least 1 with more than {_MOST_AT_ONCE} at once"
        )
    return size, float(window)


def _attributes(message: Any) -> dict[str, str]:
    found = {
        "ApproximateReceiveCount": message.approximate_receive_count,
        "ApproximateFirstReceiveTimestamp": message.approximate_first_receive_timestamp,
        "SenderId": message.sender_id,
        "SentTimestamp": message.sent_timestamp,
        "MessageGroupId": message.group_id,
        "MessageDeduplicationId": message.deduplication_id,
        "SequenceNumber": message.sequence_number,
    }
    return {name: str(value) for name, value in found.items() if value is not None}


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    return {
        "dataType": value["DataType"],
        "stringValue": value.get("StringValue"),
        "stringListValues": [],
        "binaryListValues": [],
    }
