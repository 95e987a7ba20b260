"""How much is sent twice before anybody asks, by what the line to a receiver loses of itself.

Voice goes as RED where it is agreed, else as copies of the very same packets, spread in time because losses come in
runs. Pictures are copied only where the line has room for it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeVar

from media_fleet.plane.counts import Counts

if TYPE_CHECKING:
    from media_fleet.plane.forwarding import Forward
    from media_fleet.plane.legs import Leg

Choice = TypeVar("Choice")
_DISTANCES: tuple[tuple[float, tuple[int, ...]], ...] = (
    (0.5, (16, 14, 12, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)),
    (0.3, (12, 9, 7, 5, 4, 3, 2, 1)),
    (0.15, (7, 5, 3, 2, 1)),
    (0.05, (3, 2, 1)),
    (0.01, (1,)),
    (0.0, ()),
)
"""By loss: how many frames before each one are carried again, the farthest first."""
_VOICE_COPIES = ((0.6, 4), (0.4, 3), (0.2, 2), (0.05, 1), (0.0, 0))
_COPIES_OF_RED = ((0.7, 1), (0.0, 0))
_PICTURE_COPIES = ((0.7, 8), (0.5, 4), (0.3, 2), (0.12, 1), (0.0, 0))
_DELAYS = (0.012, 0.03, 0.06, 0.11, 0.17, 0.24, 0.32, 0.4)
_ROOM = 1.3
_MOST_WAITING = 512


class Copies:
    """Packets of a leg that go out again later: a queue for each delay, so that each is in order.

    By RTX where there is one, as a packet of its own; else the very same bytes, so that SRTP's number is used once.
    """

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: tuple[deque[tuple[float, Forward, int, bytes]], ...] = tuple(
            deque(maxlen=_MOST_WAITING) for _ in _DELAYS
        )

    def add(self, hearing: Forward, number: int, plain: bytes, times: int, at: float) -> None:
        """Sends a packet so many times more; `number`: its outgoing number. What RED carries is not copied unasked."""
        if hearing.carries and not hearing.copies:
            return
        for delay, waiting in zip(_DELAYS[:times], self._waiting, strict=False):
            waiting.append((at + delay, hearing, number, plain))

    def send(self, leg: Leg, at: float, counts: Counts) -> None:
        """Sends what is due, as far as the leg's allowance goes."""
        for waiting in self._waiting:
            while waiting and waiting[0][0] <= at:
                _, hearing, number, plain = waiting.popleft()
                if hearing.repairs.has_rtx:
                    counts.copied += hearing.repairs.copy(hearing, number, at)
                elif leg.may_repeat(len(plain), at):
                    leg.send_rtp(plain)
                    counts.copied += 1


def adapt(leg: Leg, at: float) -> None:
    """Chooses anew for all that a leg hears."""
    loss = leg.own_loss()
    pictures = False
    shown = [hearing for hearing in leg.forwards.values() if hearing.track.incoming.kind == "video"]
    of_pictures = sum(hearing.stream.rate for hearing in shown if hearing.stream is not None)
    fit = int((leg.estimate(at) / _ROOM - leg.media_rate) / max(1.0, of_pictures))
    for hearing in leg.forwards.values():
        if hearing.track.incoming.kind == "video":
            hearing.copies = max(0, min(_chosen(_PICTURE_COPIES, loss), fit))
            pictures = True
        elif hearing.red:
            _carry(hearing, _chosen(_DISTANCES, loss))
            hearing.copies = _chosen(_COPIES_OF_RED, loss)
        else:
            hearing.copies = _chosen(_VOICE_COPIES, loss)
    # The same bytes are told once: with nothing but voice, what is told is the loss of all copies together.
    leg.hidden = 0 if pictures else min((hearing.copies for hearing in leg.forwards.values()), default=0)


def _carry(hearing: Forward, distances: tuple[int, ...]) -> None:
    """Goes over to so many earlier frames; none: the frames go plain."""
    if hearing.carries != distances:
        hearing.carries = distances
        hearing.shape_anew()


def _chosen(table: tuple[tuple[float, Choice], ...], loss: float) -> Choice:
    return next(choice for least, choice in table if loss >= least)
