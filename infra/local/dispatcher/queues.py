"""A queue's messages to a function: received, handed over in batches, deleted when done."""

from __future__ import annotations

import threading
from typing import Any

from ..invoker import EventTooLarge, Function, InvocationFailed, Invoker
from ..template import Resource
from ..template.kinds import queue_arn, queue_url
from ..workers import Workers

_MOST_AT_ONCE = 10


class QueueSource:
    """One event source mapping on one queue. What fails stays in the queue until its visibility time-out."""

    def __init__(self, mapping: Resource, queue: Resource, function: Function, invoker: Invoker, sqs: Any) -> None:
        self.consumer, self.function, self.url = mapping.address, function, queue_url(queue)
        self._arn, self._region, self._invoker, self._sqs = queue_arn(queue), mapping.place.region, invoker, sqs
        self._size = min(int(mapping.get("BatchSize", 10)), _MOST_AT_ONCE)
        self._reports = "ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or [])
        if mapping.get("FilterCriteria"):
            raise mapping.wrong("FilterCriteria", "is not known here for queues")
        concurrency = int((mapping.get("ScalingConfig") or {}).get("MaximumConcurrency", 5))
        self._turns = threading.Semaphore(concurrency)
        self._workers = Workers(concurrency)

    def stop(self) -> None:
        """Nothing to hand back: what was received and not deleted is received again."""

    def run_once(self, wait: float) -> bool:
        """Receives one batch, waiting up to `wait` seconds, and hands it over; whether there was one.

        Returns while the function still works on it, as long as it may work on several.
        """
        self._turns.acquire()
        messages = self._receive(wait)
        if not messages:
            self._turns.release()
            return False
        self._workers.submit(lambda: self._handle(messages))
        return True

    def _receive(self, wait: float) -> list[dict[str, Any]]:
        try:
            answer = self._sqs.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=self._size,
                WaitTimeSeconds=int(wait),
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
        except BaseException:
            self._turns.release()
            raise
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def _handle(self, messages: list[dict[str, Any]]) -> None:
        try:
            failed = self._failed(messages)
            entries = [
                {"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]}
                for n, message in enumerate(messages)
                if message["MessageId"] not in failed
            ]
            if entries:
                self._sqs.delete_message_batch(QueueUrl=self.url, Entries=entries)
        finally:
            self._turns.release()

    def _failed(self, messages: list[dict[str, Any]]) -> set[str]:
        """Ids of the messages that the function did not take."""
        everything = {message["MessageId"] for message in messages}
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

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        attributes = {
            name: {
                "dataType": value["DataType"],
                "stringValue": value.get("StringValue"),
                "stringListValues": [],
                "binaryListValues": [],
            }
            for name, value in message.get("MessageAttributes", {}).items()
        }
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": attributes,
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._arn,
            "awsRegion": self._region,
        }
