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
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads = self._waiting = 0
        self._abandoned: set[Future[Any]] = set()

    def submit(self, call: Callable[[], Any]) -> Future[Any]:
        """Runs `call` on a thread; its answer or exception comes through the future."""
        future: Future[Any] = Future()
        self._tasks.put((future, call))
        with self._lock:
            if self._waiting < self._tasks.qsize() and self._threads < self.limit:
                self._begin()
        return future

    def abandon(self, future: Future[Any]) -> None:
        """Gives up a call: one that has not begun never will, the thread of one that runs is replaced."""
        if future.cancel():
            return
        with self._lock:
            if not future.done():
                self._abandoned.add(future)
                self._threads -= 1
                if self._tasks.qsize():
                    self._begin()

    def _begin(self) -> None:
        self._threads += 1
        threading.Thread(target=self._work, name="function", daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._lock:
                self._waiting += 1
            task = self._tasks.get()
            with self._lock:
                self._waiting -= 1
            if task is None:
                return
            future, call = task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                answer = call()
            except BaseException as error:  # the edge of a thread: whatever it was belongs to the one who waits
                future.set_exception(error)
            else:
                future.set_result(answer)
            with self._lock:
                if future in self._abandoned:
                    self._abandoned.remove(future)
                    return
