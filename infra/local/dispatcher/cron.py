"""Schedule expressions of EventBridge: `rate(5 minutes)`, `cron(0 18 ? * MON-FRI *)` and, of its Scheduler only,
`at(2026-12-01T08:00:00)`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_MONTHS = dict(zip(re.findall("...", "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"), range(1, 13), strict=True))
_DAYS = dict(zip(re.findall("...", "SUNMONTUEWEDTHUFRISAT"), range(1, 8), strict=True))


class Schedule:
    """When something is due, in that zone. `once` is the moment of an `at`."""

    def __init__(self, expression: str, zone: tzinfo = UTC, *, of_scheduler: bool = False) -> None:
        """ValueError for an expression that is not known."""
        rate, cron = _RATE.fullmatch(expression), _CRON.fullmatch(expression)
        at = _AT.fullmatch(expression) if of_scheduler else None
        self._zone = zone
        self.every = int(rate.group(1)) * _SECONDS[rate.group(2)] if rate else 0
        self.once = datetime.fromisoformat(at.group(1)).replace(tzinfo=zone).timestamp() if at else None
        if at:
            return
        if not rate and not cron:
            raise ValueError(f"{expression!r} is neither rate(...) nor cron(...)")
        if cron:
            minute, hour, day, month, weekday, year = cron.groups()
            if "?" not in (day, weekday):
                raise ValueError("one of day of month and day of week must be ?")
            self._minutes, self._hours = _numbers(minute, 0, 59, {}), _numbers(hour, 0, 23, {})
            self._days, self._months = _numbers(day, 1, 31, {}), _numbers(month, 1, 12, _MONTHS)
            self._weekdays, self._years = _numbers(weekday, 1, 7, _DAYS), _numbers(year, 1970, 2199, {})
        elif not self.every:
            raise ValueError("a rate is at least 1")

    def next_after(self, moment: float) -> float | None:
        """Epoch seconds of the next time after `moment`; None when there is none any more."""
        if self.once is not None:
            return self.once if self.once > moment else None
        if self.every:
            return moment + self.every
        start = datetime.fromtimestamp(moment, self._zone).replace(second=0, microsecond=0) + timedelta(minutes=1)
        day = start.replace(hour=0, minute=0)
        for _ in range(366 * 5):
            if self._on(day):
                for hour in sorted(self._hours):
                    for minute in sorted(self._minutes):
                        found = day.replace(hour=hour, minute=minute)
                        if found >= start:
                            return found.timestamp()
            day += timedelta(days=1)
        return None

    def _on(self, day: datetime) -> bool:
        weekday = day.isoweekday() % 7 + 1  # Sunday is 1
        return (
            day.year in self._years
            and day.month in self._months
            and day.day in self._days
            and weekday in self._weekdays
        )


def _numbers(text: str, low: int, high: int, names: dict[str, int]) -> set[int]:
    """The numbers that a field of a cron expression allows: `*`, `?`, `5`, `1-5`, `*/15`, `MON,FRI`."""
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        if span in ("*", "?"):
            first, last = low, high
        else:
            begin, _, end = span.partition("-")
            first = _number(begin, names)
            last = _number(end, names) if end else (high if step else first)
        if not low <= first <= last <= high:
            raise ValueError(f"{part!r} is outside {low} to {high}")
        found.update(range(first, last + 1, int(step) if step else 1))
    return found


def _number(text: str, names: dict[str, int]) -> int:
    if text.upper() in names:
        return names[text.upper()]
    if not text.isdigit():
        raise ValueError(f"{text!r} is not known in a cron expression")
    return int(text)
