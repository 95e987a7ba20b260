"""One queue of moto's, as the services themselves reach it: without a call that a function's policy would be asked for.

moto's own long poll must not be used here: it judges groups of a FIFO queue once at its beginning, and spins with the
queue locked while only messages of a busy group are left.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterable, Mapping
from typing import Any

from moto.sqs.models import Message, sqs_backends

from ..template import Resource
from ..template.kinds import queue_arn, queue_name

_LOOK_EVERY = 1.0
"""Seconds until a waiting receiver looks again: nobody says when a message becomes visible once more."""


class Mailbox:
    """Sends, receives, deletes; safe for threads, since the store locks each queue for every one of these."""

    def __init__(self, queue: Resource) -> None:
        self.resource, self.arn, self.name = queue, queue_arn(queue), queue_name(queue)
        self.is_fifo = str(queue.get("FifoQueue", False)).lower() == "true"
        self.by_content = str(queue.get("ContentBasedDeduplication", False)).lower() == "true"
        self.visibility = int(queue.get("VisibilityTimeout", 30))
        redrive = queue.get("RedrivePolicy") or {}
        self.most_receives = int(redrive["maxReceiveCount"]) if redrive else None
        self.dead_letters = redrive.get("deadLetterTargetArn")
        self._place = queue.place

    @property
    def _backend(self) -> Any:
        return sqs_backends[self._place.account][self._place.region]

    @property
    def _queue(self) -> Any:
        return self._backend.get_queue(self.name)

    def send(self, body: str, *, group: str | None = None, attributes: Mapping[str, str] | None = None) -> str:
        """One message; `attributes` are message attributes of type String. Its id; an SQS error of moto's when
        refused."""
        told = {name: {"DataType": "String", "StringValue": text} for name, text in (attributes or {}).items() if text}
        return str(self._backend.send_message(self.name, body, message_attributes=told, group_id=group).id)

    def receive(self, most: int, wait: float) -> list[Message]:
        """Up to `most` messages, each invisible for the queue's time-out; waits up to `wait` seconds for the first."""
        until = time.monotonic() + wait
        queue = self._queue
        with queue._messages_lock:
            while True:
                found: list[Message] = self._backend.receive_message(self.name, most, 0, self.visibility, ["All"])
                left = until - time.monotonic()
                if found or left <= 0:
                    return found
                queue._messages_lock.wait(min(left, _LOOK_EVERY))

    def delete(self, messages: Iterable[Message]) -> None:
        """They are done. One that was purged meanwhile is gone already."""
        for message in messages:
            queue = self._queue
            with queue._messages_lock:
                if any(one.had_receipt_handle(message.receipt_handle) for one in queue._messages):
                    queue.delete_message(message.receipt_handle)

    def show_again(self, messages: Iterable[Message], seconds: int) -> None:
        """They become visible again in so many seconds."""
        for message in messages:
            self._backend.change_message_visibility(self.name, message.receipt_handle, seconds)

    def wake(self) -> None:
        """Whoever waits here looks again."""
        queue = self._queue
        with queue._messages_lock:
            queue._messages_lock.notify_all()

    # ---- for people who look ----
    def all(self) -> list[Message]:
        """Copies of all messages, the oldest first."""
        queue = self._queue
        with queue._messages_lock:
            return [copy.copy(message) for message in queue._messages]

    def counts(self) -> dict[str, int]:
        """How many wait, are delayed, and are being worked on."""
        messages = self.all()
        delayed = sum(message.delayed for message in messages)
        in_flight = sum(not message.delayed and not message.visible for message in messages)
        return {"waiting": len(messages) - delayed - in_flight, "delayed": delayed, "in_flight": in_flight}

    def take_out(self, message_id: str | None) -> list[Message]:
        """Removes one message, or all, received or not; answers them."""
        queue = self._queue
        with queue._messages_lock:
            found = [one for one in queue._messages if message_id is None or one.id == message_id]
            for message in found:
                message.receipt_handle = message.receipt_handle or f"taken-{message.id}"
                queue.delete_message(message.receipt_handle)
            return found

    def put_back(self, message: Message) -> None:
        """A message that lay elsewhere, as if it came now; its content and group stay."""
        message.approximate_receive_count, message.approximate_first_receive_timestamp = 0, None
        message.receipt_handle, message._old_receipt_handles = None, []
        message.visible_at, message.delayed_until = 0.0, 0.0
        message.mark_sent()
        self._queue.add_message(message)
