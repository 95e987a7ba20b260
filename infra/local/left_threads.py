"""Threads that functions start and leave running after they have answered.

On Lambda such threads freeze between calls and an environment may hold 1,024 of them; here they would pile up in the
hospital's own process. They are told to the log by the function's name, and refused at Lambda's limit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Started = list[threading.Thread]

STARTED: ContextVar[Started | None] = ContextVar("started_threads", default=None)
"""The threads that the running call has started; None outside of functions."""

MOST = 1024
"""Processes and threads of one execution environment of Lambda."""

_FIRST_TOLD = 8
_OUR_OWN = ("moto", "infra")


class LeftThreads:
    """Counts by function; asked after each call."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        self._tell = tell
        self._left: dict[str, Started] = {}
        self._told: dict[str, int] = {}
        self._lock = threading.Lock()

    def begin(self, function: str) -> None:
        """A call of the function begins here. Its list begins with what earlier calls left."""
        with self._lock:
            STARTED.set([thread for thread in self._left.get(function, []) if thread.is_alive()])

    def end(self, function: str) -> None:
        """The call has ended: what it leaves is counted, and told when it is twice as much as last time."""
        started = STARTED.get()
        STARTED.set(None)
        if not started and function not in self._left:
            return
        with self._lock:
            known = {*self._left.get(function, []), *(started or [])}
            left = self._left[function] = [thread for thread in known if thread.is_alive()]
            if len(left) < self._told.get(function, _FIRST_TOLD):
                return
            self._told[function] = 2 * len(left)
        sentence = f"has left {len(left)} threads running, such as {left[0].name!r}; end them before answering"
        self._tell(function, sentence)


@contextmanager
def threads_watched() -> Iterator[None]:
    """While this lasts, threads that functions start are known by `STARTED`."""
    start = threading.Thread.start

    def watched(thread: threading.Thread) -> None:
        started = STARTED.get()
        if started is None or _is_ours(thread):
            return start(thread)
        if sum(other.is_alive() for other in started) >= MOST:
            raise RuntimeError("can't start new thread")
        start(thread)
        started.append(thread)
        return None

    threading.Thread.start = watched  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        threading.Thread.start = start  # type: ignore[method-assign]


def _is_ours(thread: threading.Thread) -> bool:
    """Threads of the imitated cloud, started while a function calls it."""
    target = getattr(thread, "_target", None)
    modules = (type(thread).__module__, getattr(target, "__module__", None) or "")
    return any(module.partition(".")[0] in _OUR_OWN for module in modules)
