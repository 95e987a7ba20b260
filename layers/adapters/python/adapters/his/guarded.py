"""What every HIS is held to, whichever adapter speaks to it: it is left alone for a while when it does not answer
(circuit breaker), and an answer about another patient than the one asked for is refused and counted."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime

from adapters.his.port import (
    His,
    HisAnsweredAnother,
    HisCards,
    HisDepartment,
    HisFile,
    HisOrganisation,
    HisPage,
    HisStaff,
    HisUnavailable,
    HisVisits,
    NewFile,
    Presented,
    WhoIs,
)
from hospital.breaker import Breaker
from hospital.errors import Unavailable
from hospital.observability import count, say

_BREAKER = Breaker("his")


class GuardedHis:
    """A `His` before another one. `whom` names it for the breaker."""

    def __init__(self, his: His, whom: str) -> None:
        self._his, self._whom = his, whom

    def organisations(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisOrganisation]:
        """See `His`."""
        with _Through(self._whom):
            return self._his.organisations(since, cursor)

    def departments(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisDepartment]:
        """See `His`."""
        with _Through(self._whom):
            return self._his.departments(since, cursor)

    def staff(self, since: datetime | None = None, cursor: str | None = None) -> HisPage[HisStaff]:
        """See `His`."""
        with _Through(self._whom):
            return self._his.staff(since, cursor)

    def find_file(self, who: WhoIs) -> HisFile | None:
        """See `His`. `HisAnsweredAnother` for a file of somebody else."""
        with _Through(self._whom):
            found = self._his.find_file(who)
        return None if found is None else _that_of(found, who)

    def open_file(self, new: NewFile, *, key: str) -> HisFile:
        """See `His`. `HisAnsweredAnother` for a file of somebody else."""
        with _Through(self._whom):
            opened = self._his.open_file(new, key=key)
        return _that_of(opened, new.who)

    def cards(self, presented: Presented) -> HisCards:
        """See `His`. `HisAnsweredAnother` for cards of another file."""
        with _Through(self._whom):
            found = self._his.cards(presented)
        _demand(found.patient_number == presented.patient_number)
        return found

    def past_visits(self, presented: Presented, since: date) -> HisVisits:
        """See `His`. `HisAnsweredAnother` for visits of another file."""
        with _Through(self._whom):
            found = self._his.past_visits(presented, since)
        _demand(found.patient_number == presented.patient_number)
        return found


class _Through:
    """The breaker; its own refusal to call is told as the HIS's."""

    def __init__(self, whom: str) -> None:
        self._calling = _BREAKER.through(whom)

    def __enter__(self) -> None:
        try:
            self._calling.__enter__()
        except Unavailable as resting:
            raise HisUnavailable(**resting.facts) from None

    def __exit__(self, *raised: object) -> None:
        self._calling.__exit__(*raised)  # type: ignore[arg-type]


def _that_of(found: HisFile, who: WhoIs) -> HisFile:
    _demand(found.id_number == who.id_number.upper() and _plain(found.name) == _plain(who.name))
    return found


def _demand(is_theirs: bool) -> None:
    if not is_theirs:
        say("the HIS answered with another patient; its answer is not used", level="error", adapter="his")
        count("his_answered_another")
        raise HisAnsweredAnother(adapter="his")


def _plain(name: str) -> str:
    """Names as people would call them equal: full-width letters, spaces, and the dots of long names aside."""
    kept = unicodedata.normalize("NFKC", name)
    return "".join(letter for letter in kept if not letter.isspace() and letter not in "·•・‧.").casefold()
