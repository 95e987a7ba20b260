"""Opening the record of earlier visits."""

from __future__ import annotations

from datetime import datetime

from hospital.caller import Caller
from hospital.conversations.history import HistoryPage, MessageSearch, Span, as_readers_see, read_one, read_page
from hospital.conversations.store import get_tail
from hospital.paging import Page, Paging
from hospital.uploads.errors import FileNotFound
from hospital.uploads.model import VariantName
from hospital.uploads.opening import FileLink, link_to
from hospital.visits import keys
from hospital.visits.errors import VisitMovedOn, VisitNotFound
from hospital.visits.model import Visit
from hospital.visits.store import get_visit, visits

TREATED = ("accepted", "in_progress")
"""The states of a visit whose doctor treats the patient now."""


def earlier_visits(visit_id: str, paging: Paging, *, by: Caller, now: datetime) -> Page[Visit]:
    """The visits of the same file that were applied for before this one, newest first, as they stand now."""
    visit = _treated_now(visit_id, by, now)
    page = visits.page(
        "of_person",
        keys.person_visits_key(visit.person_id),
        cursor=paging.cursor,
        limit=paging.limit,
        newest_first=True,
        where=(visits["organisation_id"] == visit.organisation_id) & (visits["applied_at"] < _text(visit)),
    )
    return page.each(lambda earlier: earlier.as_of(now))


def earlier_messages(
    visit_id: str, earlier_id: str, search: MessageSearch, *, by: Caller, now: datetime
) -> HistoryPage:
    """What was said at one of them. A visit that was never taken has no messages."""
    earlier = _before(_treated_now(visit_id, by, now), earlier_id)
    if earlier.conversation_id is None:
        return HistoryPage([], True, 0)
    end = get_tail(earlier.conversation_id).last_seq
    page = read_page(earlier.conversation_id, Span(1, end), search)
    return HistoryPage(as_readers_see(page.messages), page.complete, page.last_seq)


def earlier_file(
    visit_id: str, earlier_id: str, seq: int, asked: VariantName, *, by: Caller, now: datetime
) -> FileLink:
    """An address for what was exchanged at one of them; `FileNotFound`."""
    earlier = _before(_treated_now(visit_id, by, now), earlier_id)
    if earlier.conversation_id is None:
        raise FileNotFound
    end = get_tail(earlier.conversation_id).last_seq
    message = read_one(earlier.conversation_id, Span(1, end), seq)
    return link_to(message.content if message is not None else {}, asked, now)


def _before(visit: Visit, earlier_id: str) -> Visit:
    """An earlier visit of the same file; `VisitNotFound` for any other."""
    earlier = get_visit(earlier_id)
    same_file = earlier.patient.patient_id == visit.patient.patient_id
    if not same_file or earlier.applied_at >= visit.applied_at:
        raise VisitNotFound
    return earlier


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
