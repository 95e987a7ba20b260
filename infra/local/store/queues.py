"""SQS messages kept, delayed ones too, and moto's queues made safe for threads.

Kept are a message's content, its queue and when it may first be seen. How often and until when it was received is
lost with the process: it is delivered again, at least once.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from moto.sqs.models import DEDUPLICATION_TIME_IN_SECONDS, Message, Queue, SQSBackend, sqs_backends

from .database import Database
from .seams import Seam

KEPT = (
    "message_attributes", "system_attributes", "sent_timestamp", "delayed_until", "deduplication_id", "group_id",
    "sequence_number",
)  # fmt: skip
"""What moto sets on a message after making it from id and body, and that must come back."""


class KeptQueues:
    """Every change of a queue runs under that queue's own lock, whose waiting lets others in."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def load(self) -> int:
        """Puts the kept messages into the queues that exist now, in the order in which they were sent."""
        count = 0
        for regions in list(sqs_backends.values()):
            for backend in list(regions.values()):
                for queue in list(backend.queues.values()):
                    count += self._load_queue(queue)
        return count

    def _load_queue(self, queue: Any) -> int:
        with queue._messages_lock:
            known = {message.id for message in queue._messages}
            rows = self._database.rows("SELECT id, body FROM messages WHERE queue=? ORDER BY position", (_row(queue),))
            found = [_message(name, text) for name, text in rows if name not in known]
            queue._messages.extend(found)
            if found:
                queue._messages_lock.notify_all()
        return len(found)

    def seams(self) -> list[Seam]:
        """Everything that adds, takes or walks through messages."""
        by_name = ("self", "queue_name")
        return [
            Seam(Queue, "add_message", ("self", "message"), self._add_message),
            Seam(Queue, "delete_message", ("self", "receipt_handle"), self._delete_message),
            Seam(SQSBackend, "receive_message", by_name, self._receive_message),
            Seam(SQSBackend, "change_message_visibility", by_name, _locked),
            Seam(SQSBackend, "purge_queue", by_name, self._emptied),
            Seam(SQSBackend, "delete_queue", by_name, self._emptied),
        ]

    def _add_message(self, original: Any) -> Any:
        """The message is in the file before the sender hears of it; also how moto moves to a dead-letter queue."""

        def add_message(queue: Any, message: Any) -> None:
            with queue._messages_lock:
                if self._came_before(queue, message):
                    return
                # moto may drop a FIFO duplicate here, and may hand the message on to a mapped function and delete it.
                before = len(queue._messages)
                original(queue, message)
                if len(queue._messages) > before:
                    self._keep_or_take_back(queue, message)

        return add_message

    def _came_before(self, queue: Any, message: Any) -> bool:
        """Is it a FIFO duplicate within five minutes? moto forgets a message's id when it is deleted; SQS does not.
        The same message put back (from its dead letters, say) is no duplicate of itself."""
        if not queue.fifo_queue or not message.deduplication_id:
            return False
        found = self._database.rows(
            "SELECT 1 FROM tokens WHERE token=? AND at>? AND digest<>?",
            (_duplicate_token(queue, message), self._clock() - DEDUPLICATION_TIME_IN_SECONDS, message.id),
        )
        return bool(found)

    def _keep_or_take_back(self, queue: Any, message: Any) -> None:
        try:
            with self._database.write() as connection:
                connection.execute(
                    "INSERT OR REPLACE INTO messages(id, queue, body) VALUES(?,?,?)",
                    (message.id, _row(queue), _text(message)),
                )
                if queue.fifo_queue and message.deduplication_id:
                    # Among the request tokens, which live a little longer than this has to.
                    row = (_duplicate_token(queue, message), message.id, self._clock())
                    connection.execute("INSERT OR REPLACE INTO tokens VALUES(?,?,?)", row)
        except BaseException:
            queue._messages.remove(message)
            raise

    def _delete_message(self, original: Any) -> Any:
        """moto swaps the list outside its lock and could lose a message sent meanwhile."""

        def delete_message(queue: Any, receipt_handle: str) -> None:
            with queue._messages_lock:
                gone = [(message.id,) for message in queue._messages if message.had_receipt_handle(receipt_handle)]
                if gone:
                    with self._database.write() as connection:
                        connection.executemany("DELETE FROM messages WHERE id=?", gone)
                original(queue, receipt_handle)

        return delete_message

    def _receive_message(self, original: Any) -> Any:
        """Messages past their queue's retention go first: moto would stop at them and never see those behind."""

        def receive_message(backend: Any, queue_name: str, *others: Any, **named: Any) -> Any:
            queue = backend.get_queue(queue_name)
            with queue._messages_lock:
                self._expire(queue)
                return original(backend, queue_name, *others, **named)

        return receive_message

    def _expire(self, queue: Any) -> None:
        oldest = (self._clock() - queue.message_retention_period) * 1000
        expired = {message for message in queue._messages if message.sent_timestamp < oldest}
        if not expired:
            return
        with self._database.write() as connection:
            connection.executemany("DELETE FROM messages WHERE id=?", [(message.id,) for message in expired])
        queue._messages = [message for message in queue._messages if message not in expired]
        queue._pending_messages.difference_update(expired)

    def _emptied(self, original: Any) -> Any:
        def emptied(backend: Any, queue_name: str) -> Any:
            queue = backend.get_queue(queue_name)
            with queue._messages_lock:
                answer = original(backend, queue_name)
                with self._database.write() as connection:
                    connection.execute("DELETE FROM messages WHERE queue=?", (_row(queue),))
                return answer

        return emptied


def _locked(original: Any) -> Any:
    """The same under the queue's lock."""

    def locked(backend: Any, queue_name: str, *others: Any, **named: Any) -> Any:
        with backend.get_queue(queue_name)._messages_lock:
            return original(backend, queue_name, *others, **named)

    return locked


def _duplicate_token(queue: Any, message: Any) -> str:
    return f"{_row(queue)}/{message.deduplication_id}"


def _row(queue: Any) -> str:
    return f"{queue.account_id}/{queue.region}/{queue.name}"


def _text(message: Any) -> bytes:
    kept = {name: getattr(message, name) for name in KEPT}
    return json.dumps({"body": message.body, **kept}, default=_bytes_mark).encode()


def _message(message_id: str, text: bytes) -> Any:
    kept = json.loads(text, object_hook=_from_mark)
    message = Message(message_id, kept.pop("body"))
    for name, value in kept.items():
        setattr(message, name, value)
    return message


def _bytes_mark(value: Any) -> dict[str, str]:
    if not isinstance(value, bytes):
        raise TypeError(f"a queue message holds {type(value).__name__}")
    return {"__bytes__": value.hex()}


def _from_mark(value: dict[str, Any]) -> Any:
    return bytes.fromhex(value["__bytes__"]) if value.keys() == {"__bytes__"} else value
