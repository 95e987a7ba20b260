"""Doing the same with many things at the same time: for what waits for others' answers, not for this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST = 48
"""Threads of one call; a function has 1,024 of them, and several calls share a process in the local hospital."""


def at_once(act: Callable[[T], R], on: Sequence[T], most: int = MOST) -> list[R]:
    """What `act` answers for each of `on`, in their order. All are tried; then the first failure is raised.

    The threads have ended when this returns: on Lambda one that is left freezes with the function.
    """
    if len(on) < 2:
        return [act(one) for one in on]
    with ThreadPoolExecutor(min(most, len(on)), thread_name_prefix="at-once") as threads:
        # Each gets a context of its own: a thread begins with an empty one, without environment and clock.
        running = [threads.submit(copy_context().run, act, one) for one in on]
    return [one.result() for one in running]
