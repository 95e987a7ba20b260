"""Looking at visits."""

from __future__ import annotations

from datetime import datetime

from consultation.caring import readable_visit
from hospital.caller import Caller
from hospital.paging import Page, Paging
from hospital.visits import keys
from hospital.visits.model import State, Visit
from hospital.visits.store import visits


def my_visits(paging: Paging, *, state: State | None, by: Caller, now: datetime) -> Page[Visit]:
    """The caller's visits, newest first, as they stand now."""
    if by.is_patient:
        list_name, partition = "of_person", keys.person_visits_key(by.person_id)
    else:
        list_name, partition = "of_doctor", keys.doctor_visits_key(by.practitioner_role_id)
    page = visits.page(
        list_name,
        partition,
        cursor=paging.cursor,
        limit=paging.limit,
        newest_first=True,
        where=None if state is None else visits["state"].is_in(*_stored_as(state)),
    )
    standing = page.each(lambda visit: visit.as_of(now))
    if state is None:
        return standing
    return Page(items=[visit for visit in standing.items if visit.state == state], cursor=standing.cursor)


def view_visit(visit_id: str, *, by: Caller, now: datetime) -> Visit:
    """A visit of the caller's, within their data scope, or of a patient whom they treat, as it stands now."""
    return readable_visit(visit_id, by).as_of(now)


def _stored_as(state: State) -> tuple[State, ...]:
    """An expired visit may still be stored as applied: time passed, nobody wrote it down yet."""
    return ("expired", "applied") if state == "expired" else (state,)
