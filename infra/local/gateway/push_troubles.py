"""What goes wrong between a function and a socket on demand: for tests and `/sandbox`.

    connections.troubles.shares = Shares(lost=0.05)     # every twentieth push never arrives, though it was taken

Nothing goes wrong by itself.
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Shares:
    """Shares of pushes (0 to 1), and seconds up to which a late one is late.

    `gone` is answered 410 though the socket is open, `busy` 429, `failed` 500; `lost` is taken and never sent;
    `doubled` is sent twice; `late` is sent when others behind it have been.
    """

    gone: float = 0.0
    busy: float = 0.0
    failed: float = 0.0
    lost: float = 0.0
    doubled: float = 0.0
    late: float = 0.0
    seconds: float = 0.5


@dataclass(frozen=True)
class Way:
    """What happens to one push: refused with a status, or sent so many times, so many seconds later."""

    status: int = 200
    times: int = 1
    later: float = 0.0


AS_EVER = Way()


class PushTroubles:
    """Draws the way of each push."""

    def __init__(self, seed: int = 0) -> None:
        self.shares = Shares()
        self._chance = random.Random(seed)

    def way(self) -> Way:
        """Of the next push."""
        shares = self.shares
        if shares == Shares():
            return AS_EVER
        for share, status in ((shares.gone, 410), (shares.busy, 429), (shares.failed, 500)):
            if self._chance.random() < share:
                return Way(status, 0)
        if self._chance.random() < shares.lost:
            return Way(times=0)
        times = 2 if self._chance.random() < shares.doubled else 1
        is_late = self._chance.random() < shares.late
        return Way(times=times, later=self._chance.random() * shares.seconds if is_late else 0.0)
