"""Answering an application."""

from __future__ import annotations

from datetime import datetime

from consultation.answers import VisitView
from consultation.caring import care_begins
from hospital.caller import Caller
from hospital.paging import Page, Paging
from hospital.people.store import require_serving
from hospital.reference.errors import ItemNotFound
from hospital.reference.kinds import KINDS
from hospital.reference.store import get_item
from hospital.visits.errors import ReasonUnknown
from hospital.visits.events import VisitAccepted, VisitRefused
from hospital.visits.keys import queue_key
from hospital.visits.model import Refusal, Visit
from hospital.visits.store import get_visit, give_up_place, told_its_state, visits
from hospital.work import Work


def waiting_visits(paging: Paging, *, by: Caller, now: datetime) -> Page[Visit]:
    """Who waits for the caller, longest first; those past their time are not shown any more."""
    page = visits.page("queue", queue_key(by.practitioner_role_id), cursor=paging.cursor, limit=paging.limit)
    return Page(items=[visit for visit in page.items if visit.as_of(now).state == "applied"], cursor=page.cursor)


def accept_visit(visit_id: str, *, by: Caller, now: datetime) -> VisitView:
    """The doctor takes it: they treat the patient from now on, and a conversation opens. `NotApproved`,
    `NotCheckedIn`: not before they may serve patients."""
    visit = get_visit(visit_id).answered_by(by)
    require_serving(by.practitioner_role_id, now)
    with told_its_state(visit, now), Work(by=by, doing="care.begin") as work:
        accepted = work.change(visits, visit, visit.accept(now))
        care_begins(work, accepted)
        work.emit(VisitAccepted.of(accepted))
        return work.answer(VisitView.of(accepted))


def refuse_visit(visit_id: str, reason_id: str, words: str, *, by: Caller, now: datetime) -> VisitView:
    """The doctor does not take it; the patient is told why."""
    visit = get_visit(visit_id).answered_by(by)
    refusal = Refusal(reason=_reason(reason_id, visit.organisation_id), words=words)
    with told_its_state(visit, now), Work(by=by) as work:
        refused = work.change(visits, visit, visit.refuse(refusal, now))
        give_up_place(work, refused)
        work.emit(VisitRefused.of(refused))
        return work.answer(VisitView.of(refused))


def _reason(reason_id: str, organisation_id: str) -> str:
    """The words of a reason that the organisation uses."""
    try:
        reason = get_item(KINDS["refusal_reasons"], reason_id)
    except ItemNotFound:
        raise ReasonUnknown from None
    if reason.organisation_id != organisation_id or reason.retired:
        raise ReasonUnknown
    return str(reason.content["words"])
