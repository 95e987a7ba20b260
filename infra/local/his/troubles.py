"""How an outside party of the local hospital misbehaves on demand, until it is told otherwise."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Literal, get_args

Mode = Literal["none", "slow", "down", "busy", "refuses", "garbage", "other_patient"]
"""Those of the HIS. slow: answers after `seconds`. down: hangs up. busy: 503. refuses: says no to everything. garbage:
answers what is no answer. other_patient: answers with somebody else's file."""
_LONGEST = 60.0


@dataclass(frozen=True)
class Trouble:
    """What goes wrong now; `left` calls go wrong, without end when it is None."""

    mode: str = "none"
    seconds: float = 0.0
    left: int | None = None


class Troubles:
    """The trouble of the moment, for all threads; `modes` are those that this party knows."""

    def __init__(self, modes: tuple[str, ...] = get_args(Mode)) -> None:
        self._modes = modes
        self._lock = threading.Lock()
        self._now = Trouble()

    @property
    def now(self) -> Trouble:
        """As it stands."""
        with self._lock:
            return self._now

    def change(self, asked: Any) -> Trouble:
        """Takes `{mode, seconds?, times?}`. ValueError for what is none."""
        if not isinstance(asked, dict) or asked.get("mode") not in self._modes:
            raise ValueError("mode is none of those known")
        seconds, times = asked.get("seconds", 0), asked.get("times")
        if not isinstance(seconds, int | float) or not (times is None or (isinstance(times, int) and times > 0)):
            raise ValueError("seconds and times are numbers")
        with self._lock:
            self._now = Trouble(asked["mode"], min(_LONGEST, max(0.0, float(seconds))), times)
            return self._now

    def meet(self) -> Trouble:
        """The trouble that this call meets; one that counts its calls ends after the last of them."""
        with self._lock:
            met = self._now
            if met.left is not None:
                self._now = Trouble() if met.left <= 1 else Trouble(met.mode, met.seconds, met.left - 1)
            return met
