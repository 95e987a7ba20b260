"""Threads that run functions. A call that never returns costs its thread, not the hospital."""

from __future__ import annotations

import ctypes
import queue
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import botocore

Task = tuple[Future[Any], Callable[[], Any]]

# Whoever waits for AWS is not cut off: in this process that is the store, which must end what it has begun.
_NOT_CUT_OFF = str(Path(botocore.__file__).parent)
_ASK_AGAIN = 0.2


class CutOff(BaseException):
    """Raised within a call that was given up, wherever it is."""


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
        self._runs_on: dict[Future[Any], int] = {}

    def submit(self, call: Callable[[], Any]) -> Future[Any]:
        """Runs `call` on a thread; its answer or exception comes through the future."""
        future: Future[Any] = Future()
        with self._lock:
            self._unfinished += 1
            self._tasks.put((future, call))
            self._begin_if_short()
        return future

    def abandon(self, future: Future[Any]) -> None:
        """Gives up a call: one that has not begun never will, the thread of one that runs is replaced.

        One that only computes is ended; one that waits for something runs on until it has it."""
        if future.cancel():
            return
        with self._lock:
            if not future.done():
                self._abandoned.add(future)
                self._threads -= 1
                self._unfinished -= 1
                self._begin_if_short()
        self._end(future)

    def _end(self, future: Future[Any]) -> None:
        with self._lock:
            if future.done() or future not in self._abandoned or _cut_off(self._runs_on[future]):
                return
        again = threading.Timer(_ASK_AGAIN, self._end, (future,))
        again.daemon = True
        again.start()

    def _begin_if_short(self) -> None:
        """A further thread when there is work for it. Call with the lock held."""
        if self._threads < min(self.limit, self._unfinished):
            self._threads += 1
            threading.Thread(target=self._work, name="function", daemon=True).start()

    def _work(self) -> None:
        while True:
            future, call = self._tasks.get()
            try:
                with self._lock:
                    self._runs_on[future] = threading.get_ident()
                if future.set_running_or_notify_cancel():
                    _run(future, call)
                if self._is_over(future):
                    return
            except CutOff:  # it came a moment after the call had ended
                self._is_over(future)
                return

    def _is_over(self, future: Future[Any]) -> bool:
        """Whether the thread is over with its call, too."""
        with self._lock:
            self._runs_on.pop(future, None)
            if future in self._abandoned:
                self._abandoned.remove(future)
                return True
            self._unfinished -= 1
            return False


def _cut_off(thread: int) -> bool:
    """Whether the thread will be cut off, which it is not while it waits for AWS."""
    frame = sys._current_frames().get(thread)
    while frame is not None:
        if frame.f_code.co_filename.startswith(_NOT_CUT_OFF):
            return False
        frame = frame.f_back
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(CutOff))
    return True


def _run(future: Future[Any], call: Callable[[], Any]) -> None:
    try:
        answer = call()
    except BaseException as error:  # the edge of a thread: whatever it was belongs to the one who waits
        future.set_exception(error)
    else:
        future.set_result(answer)
