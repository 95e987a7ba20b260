"""Functions that run at the same time, yet the same way each time: one goes on while the others stand still.

Every call of a table or of a socket's endpoint is a turn: there a seeded chance decides whose is next, and whether the
function dies at that place, as Lambda's may at any. Two messages that race for a number, a function killed between
storing and answering, a reader between two writes: all of it happens, and happens again under the same seed.
"""

from __future__ import annotations

import contextvars
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.client import BaseClient

from tests.builders.sockets import REFUSALS

Post = Callable[[str, str, bytes], int]
"""The management endpoint: method, connection id, body; the status."""
_LONGEST = 60.0
"""Seconds that one function may go on without a turn: more means that it waits for another one, which stands still."""


class Killed(BaseException):
    """The function's machine is gone: nothing that it would have done next is done."""


def _gate() -> threading.Lock:
    """Shut: `acquire` waits until somebody releases it, once for each. A semaphore of one, without its cost."""
    gate = threading.Lock()
    gate.acquire()
    return gate


class _Task:
    def __init__(self, work: Callable[[], Any], done: Callable[[Any, BaseException | None], None]) -> None:
        self.done = done
        self.go, self.dies, self.ended = _gate(), False, False
        self.answer: Any = None
        self.error: BaseException | None = None
        self.work = work


class Turns:
    """Begin functions, then `step` until none is left. `deadly` is the share of turns at which a function dies."""

    def __init__(self, chance: random.Random, deadly: float = 0.0) -> None:
        self.deadly = deadly
        self.killed = 0
        self.wrote = False
        """Something was written since somebody last said otherwise: only then is there news in a stream."""
        self._chance = chance
        self._tasks: list[_Task] = []
        self._back = _gate()
        self._own = threading.local()

    def __len__(self) -> int:
        return len(self._tasks)

    def begin(self, work: Callable[[], Any], done: Callable[[Any, BaseException | None], None]) -> None:
        """`done` is told the answer, or what was raised."""
        task = _Task(work, done)
        self._tasks.append(task)
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(self._run, task), daemon=True).start()

    def step(self) -> None:
        """One function goes on to its next turn."""
        task = self._chance.choice(self._tasks)
        task.dies = self._chance.random() < self.deadly
        task.go.release()
        assert self._back.acquire(timeout=_LONGEST), "a function waits for one that stands still"
        if task.ended:
            self._tasks.remove(task)
            task.done(task.answer, task.error)

    def pause(self) -> None:
        """Called by a function: the others' turn. Elsewhere it is nothing."""
        task: _Task | None = getattr(self._own, "task", None)
        if task is None:
            return
        self._back.release()
        task.go.acquire()
        if task.dies:
            self.killed += 1
            raise Killed

    def _run(self, task: _Task) -> None:
        task.go.acquire()
        self._own.task = task
        try:
            task.answer = task.work()
        except BaseException as error:  # the edge of a thread: the one who began it is told
            task.error = error
        task.ended = True
        self._back.release()


@contextmanager
def taking(turns: Turns, post: Post) -> Iterator[None]:
    """Within the block every call of a table or socket is a turn, after a write once more; nobody really sleeps."""
    call, sleep = BaseClient._make_api_call, time.sleep

    def make_api_call(client: Any, operation: str, params: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        if service == "apigatewaymanagementapi":
            turns.pause()
            return _posted(client, operation, params, post)
        if service != "dynamodb":
            return call(client, operation, params)
        turns.pause()
        answer = call(client, operation, params)
        if not operation.startswith(("Get", "Query", "BatchGet")):
            turns.wrote = True
            turns.pause()
        return answer

    BaseClient._make_api_call = make_api_call
    time.sleep = lambda seconds: turns.pause()
    try:
        yield
    finally:
        BaseClient._make_api_call, time.sleep = call, sleep


def _posted(client: Any, operation: str, params: dict[str, Any], post: Post) -> dict[str, Any]:
    method = "POST" if operation == "PostToConnection" else "DELETE"
    status = post(method, params["ConnectionId"], params.get("Data", b""))
    if status < 300:
        return {"ResponseMetadata": {"HTTPStatusCode": status}}
    code = REFUSALS.get(status, "InternalFailure")
    error = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    raise client.exceptions.from_code(code)(error, operation)
