"""The one clock of a local hospital: the machine's time plus an offset, or standing still. Kept in the state folder.

Two kinds of time live here. *Hospital time* is what rules and people see: functions (`hospital.clock`), schedules, the
due-list, delayed messages, timers, expiry, the `Date` of answers. It follows this clock. *Transport time* is how long
the machine itself waits: function time-outs, retries, visibility, retention, the age of a change, sockets. It stays
the machine's, so that a leap of the clock loses nothing that is on its way; to what is on its way a leap looks like
a hospital that slept for so long.

The clock never goes back on a folder that has lived: events, audit lines and seals would lie in the future, and what
has fallen due has been done. A new folder may begin at any moment, in the past too.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

BEIJING = timezone(timedelta(hours=8))
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_STEP = re.compile(r"(\d+)([dhms])")
_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_MODES = {"standing": True, "running": False}
_FORMAT = 1


class ClockRefused(Exception):
    """The clock cannot be set so; the message is one sentence."""


class ClockGoesBack(ClockRefused):
    """The moment lies before the hospital's present."""


@dataclass(frozen=True)
class Setting:
    """What somebody wants of the clock. `to` is epoch seconds, None: leave it; `stands` None: leave that."""

    to: float | None = None
    stands: bool | None = None


class HospitalClock:
    """Call it for the present in epoch seconds. Safe for threads. Without a file it is forgotten with the process."""

    def __init__(self, file: Path | None = None, machine: Callable[[], float] = time.time) -> None:
        """ClockRefused when the file cannot be understood."""
        self._file, self._machine = file, machine
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._offset, self._stands_at = _read(file) if file is not None else (0.0, None)

    def __call__(self) -> float:
        stands_at = self._stands_at
        return self._machine() + self._offset if stands_at is None else stands_at

    def now(self) -> datetime:
        """The present as functions see it."""
        return datetime.fromtimestamp(self(), UTC)

    @property
    def offset(self) -> float:
        """Seconds by which it is ahead of the machine."""
        return self() - self._machine()

    @property
    def stands(self) -> bool:
        """Whether it stands still."""
        return self._stands_at is not None

    @property
    def is_moved(self) -> bool:
        """Whether it is anything but the machine's own time."""
        return self.stands or self._offset != 0.0

    def on_move(self, listener: Callable[[], None]) -> None:
        """Has `listener` called after each move, on the mover's thread: for those that wait for a moment."""
        self._listeners.append(listener)

    def set(self, setting: Setting, *, may_go_back: bool = False) -> None:
        """Kept before it holds. ClockRefused, ClockGoesBack."""
        with self._lock:
            present = self()
            to = present if setting.to is None else setting.to
            if not _EARLIEST.timestamp() <= to < _LATEST.timestamp():
                raise ClockRefused(f"The clock goes from {_EARLIEST.year} to {_LATEST.year - 1} only.")
            if to < present and not may_go_back:
                raise ClockGoesBack(
                    f"The hospital's clock is at {said(present)} and does not go back to {said(to)}: what happened"
                    " since would lie in the future. Begin anew with --reset, or use another --state folder."
                )
            stands = self.stands if setting.stands is None else setting.stands
            offset = self._offset if setting.to is None and not self.stands else to - self._machine()
            if self._file is not None:
                _keep(self._file, offset, to if stands else None)
            # One after the other is safe for readers: both say `to` at this moment.
            if stands:
                self._stands_at, self._offset = to, offset
            else:
                self._offset, self._stands_at = offset, None
        for listener in self._listeners:
            listener()


def read_setting(text: str, present: float) -> Setting:
    """What is written behind `CLOCK=`: `2026-12-01T08:00+08:00`, `+3d`, `+1d12h`, with or without `standing` or
    `running` behind it, or one of these alone. Without a zone it is Beijing time. ClockRefused."""
    to: float | None = None
    stands: bool | None = None
    for word in text.split():
        if word in _MODES and stands is None:
            stands = _MODES[word]
        elif to is None:
            to = _moment(word, present)
        else:
            raise _not_understood(text)
    if to is None and stands is None:
        raise _not_understood(text)
    return Setting(to, stands)


def said(moment: float) -> str:
    """`2026-12-01 08:00 (Beijing)`."""
    return datetime.fromtimestamp(moment, BEIJING).strftime("%Y-%m-%d %H:%M (Beijing)")


def _moment(word: str, present: float) -> float:
    if word.startswith("+"):
        steps = _STEP.findall(word)
        if not steps or "".join(number + unit for number, unit in steps) != word[1:]:
            raise _not_understood(word)
        return present + sum(int(number) * _UNITS[unit] for number, unit in steps)
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        raise _not_understood(word) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)).timestamp()


def _not_understood(text: str) -> ClockRefused:
    return ClockRefused(
        f"The clock does not understand {text!r}: it takes a moment such as 2026-12-01T08:00+08:00, a step such as"
        " +3d or +1d12h, and standing or running."
    )


def _read(file: Path) -> tuple[float, float | None]:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["format"] > _FORMAT:
            raise ClockRefused(f"The clock in {file} was kept by a newer version; update the hospital.")
        stands_at = kept["stands_at"]
        return float(kept["offset_seconds"]), None if stands_at is None else float(stands_at)
    except FileNotFoundError:
        return 0.0, None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ClockRefused(f"The clock in {file} cannot be read ({error}); take the file away to begin anew.") from None


def _keep(file: Path, offset: float, stands_at: float | None) -> None:
    text = json.dumps({"format": _FORMAT, "offset_seconds": offset, "stands_at": stands_at})
    new = file.with_suffix(".new")
    try:
        with new.open("w", encoding="utf-8") as kept:
            kept.write(text)
            kept.flush()
            os.fsync(kept.fileno())
        new.replace(file)
    except OSError as error:
        raise ClockRefused(f"The clock could not be kept in {file}: {error.strerror}.") from error
