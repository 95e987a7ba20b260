"""Reading why one is on a blacklist, and appealing."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital.blacklist.errors import BlacklistingNotFound
from hospital.blacklist.events import BlacklistingChanged
from hospital.blacklist.keys import blacklisted_key
from hospital.blacklist.model import Blacklisting, Reason, State
from hospital.blacklist.store import blacklistings, get_blacklisting
from hospital.caller import Caller
from hospital.organisations.store import organisation_names
from hospital.work import Work

_MOST = 50


class OwnBlacklisting(BaseModel):
    """Where one is on a blacklist, why, what one said and what was answered. Who wrote it is not told."""

    id: str
    organisation_id: str
    organisation_name: str
    state: State
    reason: Reason
    words: str
    listed_at: datetime
    may_appeal: bool
    appeal: str | None
    appealed_at: datetime | None
    decision: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, one: Blacklisting, names: dict[str, str]) -> OwnBlacklisting:
        """As its person sees it."""
        told = one.model_dump(include=set(cls.model_fields) & set(Blacklisting.model_fields))
        return cls(**told, organisation_name=names.get(one.organisation_id, ""), may_appeal=one.may_appeal)


class OwnBlacklistings(BaseModel):
    """All that count now."""

    items: list[OwnBlacklisting]


def view_own(who: Caller) -> OwnBlacklistings:
    """Where the caller is on a blacklist."""
    found = blacklistings.page("of_person", blacklisted_key(who.person_id), limit=_MOST).items
    names = organisation_names({one.organisation_id for one in found})
    return OwnBlacklistings(items=[OwnBlacklisting.of(one, names) for one in found])


def appeal(blacklisting_id: str, words: str, *, by: Caller, now: datetime) -> OwnBlacklisting:
    """The caller says something to it, once."""
    before = get_blacklisting(blacklisting_id)
    if before.person_id != by.person_id:
        raise BlacklistingNotFound
    names = organisation_names({before.organisation_id})
    with Work(by=by) as work:
        stored = work.change(blacklistings, before, before.appealed(words, now))
        work.emit(BlacklistingChanged.of(stored))
        return work.answer(OwnBlacklisting.of(stored, names))
