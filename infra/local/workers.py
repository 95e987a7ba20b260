"""Threads that run functions. A call that never returns costs its thread, not the hospital."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

Task = tuple[Future[Any], Callable[[], Any]]


class Workers:
    """Up to `limit` calls at a time, later ones wait. Threads are daemons, so a hung one does not hold up the end.

    A call given up by `abandon` no longer counts towards the limit; its thread ends when it comes back.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads = self._unfinished = 0
        self._abandoned: set[Future[Any]] = set()

    def submit(self, call: Callable[[], Any]) -> Future[Any]:
        """Runs `call` on a thread; its answer or exception comes through the future."""
        future: Future[Any] = Future()
        with self._lock:
            self._unfinished += 1
            self._tasks.put((future, call))
            self._begin_if_short()
        return future

    def abandon(self, future: Future[Any]) -> None:
        """Gives up a call: one that has not begun never will, the thread of one that runs is replaced."""
        if future.cancel():
            return
        with self._lock:
            if not future.done():
                self._abandoned.add(future)
                self._threads -= 1
                self._unfinished -= 1
                self._begin_if_short()

    def _begin_if_short(self) -> None:
        """A further thread when there is work for it. Call with the lock held."""
        if self._threads < min(self.limit, self._unfinished):
            self._threads += 1
            threading.Thread(target=self._work, name="function", daemon=True).start()

    def _work(self) -> None:
        while True:
            future, call = self._tasks.get()
            if future.set_running_or_notify_cancel():
                _run(future, call)
            with self._lock:
                if future in self._abandoned:
                    self._abandoned.remove(future)
                    return
                self._unfinished -= 1


def _run(future: Future[Any], call: Callable[[], Any]) -> None:
    try:
        answer = call()
    except BaseException as error:  # the edge of a thread: whatever it was belongs to the one who waits
        future.set_exception(error)
    else:
        future.set_result(answer)
