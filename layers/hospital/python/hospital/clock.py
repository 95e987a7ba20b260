"""The one source of time. Handlers ask `clock.now()` and pass it on; models only ever receive it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def _real() -> datetime:
    return datetime.now(UTC)


CLOCK: ContextVar[Clock] = ContextVar("clock", default=_real)
MACHINE: ContextVar[Clock] = ContextVar("machine", default=_real)


def now() -> datetime:
    """The present moment in UTC, to the millisecond, so that what is stored equals what was decided on."""
    moment = CLOCK.get()()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def machine() -> datetime:
    """The moment by this machine's own clock, for what other machines judge by theirs. In the cloud it is `now`; a
    local hospital's time may have been moved, and its relays do not know."""
    return MACHINE.get()()


@contextmanager
def reading(clock: Clock) -> Iterator[None]:
    """Within the block, time is what `clock` says."""
    token = CLOCK.set(clock)
    try:
        yield
    finally:
        CLOCK.reset(token)


@contextmanager
def standing(moment: datetime) -> Iterator[None]:
    """Within the block, time stands still at `moment`."""
    with reading(lambda: moment):
        yield


def text(moment: datetime) -> str:
    """`2026-11-21T06:30:00.000Z`: sorts as it reads, so it serves as a key as well as an answer."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def moment(written: str) -> datetime:
    """The inverse of `text`."""
    return datetime.fromisoformat(written)


def epoch(moment: datetime) -> int:
    """Whole seconds since 1970, rounded up: the unit of DynamoDB's expiry attribute."""
    return -int(-moment.timestamp() // 1)
