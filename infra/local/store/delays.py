"""Delayed messages wait for the hospital's clock; visibility and retention stay the machine's (`hospital_clock`)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.sqs.models import Message

from .seams import Patch, Seam


@contextmanager
def delays_by(clock: Callable[[], float]) -> Iterator[None]:
    """Within the block, SQS judges delays by `clock` (epoch seconds). A receiver that waits looks every second."""
    patch = Patch(delay_seams(clock))
    try:
        yield
    finally:
        patch.remove()


def delay_seams(clock: Callable[[], float]) -> list[Seam]:
    """Where moto sets and reads until when a message is delayed, in milliseconds."""

    def delay(_original: Any) -> Any:
        def delay(message: Any, delay_seconds: int) -> None:
            message.delayed_until = clock() * 1000 + int(delay_seconds) * 1000

        return delay

    def delayed(_original: Any) -> Any:
        return property(lambda message: bool(clock() * 1000 < message.delayed_until))

    return [
        Seam(Message, "delay", ("self", "delay_seconds"), delay),
        Seam(Message, "delayed", None, delayed),
    ]
