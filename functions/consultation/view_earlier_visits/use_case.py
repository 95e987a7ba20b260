"""Opening the record of earlier visits."""

from __future__ import annotations

from datetime import datetime

from consultation.records import recorded_file, recorded_messages
from hospital.caller import Caller
from hospital.conversations.history import HistoryPage, MessageSearch
from hospital.paging import CursorUnknown, Page, Paging
from hospital.people.keys import patient_id_of
from hospital.people.store import same_person
from hospital.uploads.model import VariantName
from hospital.uploads.opening import FileLink
from hospital.visits import keys
from hospital.visits.errors import VisitMovedOn, VisitNotFound
from hospital.visits.model import Visit
from hospital.visits.store import get_visit, visits

TREATED = ("accepted", "in_progress")
"""The states of a visit whose doctor treats the patient now."""


def earlier_visits(visit_id: str, paging: Paging, *, by: Caller, now: datetime) -> Page[Visit]:
    """The visits of the same file, and of those merged with it, that were applied for before this one, as they stand
    now: those of the account that applied, newest first, then those of the person's other accounts likewise."""
    visit = _treated_now(visit_id, by, now)
    people = same_person(visit.patient.person_id, visit.organisation_id)
    accounts = tuple(dict.fromkeys((visit.person_id, *people)))
    place, cursor = _place_in(paging.cursor, len(accounts))
    page = visits.page(
        "of_person",
        keys.person_visits_key(accounts[place]),
        cursor=cursor,
        limit=paging.limit,
        newest_first=True,
        where=(visits["organisation_id"] == visit.organisation_id) & (visits["applied_at"] < _text(visit)),
    )
    # One account may apply for several patients of its family: theirs are other files.
    files = _files_of(people, visit)
    same = [one.as_of(now) for one in page.items if one.patient.patient_id in files]
    further = page.cursor is None and place + 1 < len(accounts)
    return Page(items=same, cursor=f"{place + 1}." if further else page.cursor and f"{place}.{page.cursor}")


def earlier_messages(
    visit_id: str, earlier_id: str, search: MessageSearch, *, by: Caller, now: datetime
) -> HistoryPage:
    """What was said at one of them. A visit that was never taken has no messages."""
    return recorded_messages(_before(_treated_now(visit_id, by, now), earlier_id), search)


def earlier_file(
    visit_id: str, earlier_id: str, seq: int, asked: VariantName, *, by: Caller, now: datetime
) -> FileLink:
    """An address for what was exchanged at one of them; `FileNotFound`."""
    return recorded_file(_before(_treated_now(visit_id, by, now), earlier_id), seq, asked, now)


def _before(visit: Visit, earlier_id: str) -> Visit:
    """An earlier visit of the same file, or of one merged with it; `VisitNotFound` for any other."""
    earlier = get_visit(earlier_id)
    same_file = earlier.patient.patient_id == visit.patient.patient_id or earlier.patient.patient_id in _files_of(
        same_person(visit.patient.person_id, visit.organisation_id), visit
    )
    if not same_file or earlier.applied_at >= visit.applied_at:
        raise VisitNotFound
    return earlier


def _files_of(people: tuple[str, ...], visit: Visit) -> frozenset[str]:
    """Their files at the organisation of the visit."""
    return frozenset(patient_id_of(one, visit.organisation_id) for one in people)


def _place_in(cursor: str | None, accounts: int) -> tuple[int, str | None]:
    """Which of the person's accounts is read, and from where on: `1.<cursor of its list>`."""
    if cursor is None:
        return 0, None
    place, dot, rest = cursor.partition(".")
    if not dot or place not in map(str, range(accounts)):
        raise CursorUnknown
    return int(place), rest or None


def _treated_now(visit_id: str, by: Caller, now: datetime) -> Visit:
    """The visit by which the caller treats its patient: `VisitNotFound` for others, `VisitMovedOn` before and after."""
    visit = get_visit(visit_id).seen_by(by).as_of(now)
    if visit.state not in TREATED:
        raise VisitMovedOn(state=visit.state)
    return visit


def _text(visit: Visit) -> str:
    """The time of the application as it lies in the table."""
    text: str = visit.model_dump(mode="json", include={"applied_at"})["applied_at"]
    return text
