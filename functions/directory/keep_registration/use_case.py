"""One's own registration."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel

from adapters import id_check
from directory.paper_work import PaperAsked, asked_of
from directory.staff_views import PaperView, StaffView, paper_views
from hospital import secret_keys, settings
from hospital.caller import Caller
from hospital.errors import TooMany, Unavailable
from hospital.limits import Limit
from hospital.people.errors import CheckInFailed
from hospital.people.events import PractitionerChanged
from hospital.people.keys import check_in_key
from hospital.people.model import PractitionerRole
from hospital.people.papers import CheckIn
from hospital.people.store import check_ins, get_staff, papers_of, roles
from hospital.work import Work


class TooManyCheckIns(TooMany):
    """So many wrong numbers that the next has to wait."""

    code = "practitioner.too_many_tries"


WRONG_PER_DOCTOR = Limit("check_in_of_doctor", most=10, window=timedelta(hours=1), refusal=TooManyCheckIns)


class Registration(BaseModel):
    """How the caller stands, what they have shown, what is asked of them, and until when a doctor has checked in."""

    staff: StaffView
    papers: list[PaperView]
    asked: list[PaperAsked]
    checked_in_until: datetime | None


def view_registration(who: Caller, now: datetime) -> Registration:
    """The caller's own."""
    return _view(get_staff(who.practitioner_role_id), now)


def submit(*, by: Caller, now: datetime) -> Registration:
    """After a rejection, or when a paper ran out: somebody shall look again."""
    role = get_staff(by.practitioner_role_id)
    with Work(by=by) as work:
        submitted = work.change(roles, role, role.as_of(now).stands("submit"))
        work.emit(PractitionerChanged.of(submitted, "submitted"))
        return work.answer(_view(submitted, now))


def check_in(id_number: str, *, by: Caller, now: datetime) -> Registration:
    """The doctor is who they are registered as; it counts for one working session."""
    role = get_staff(by.practitioner_role_id)
    before = check_ins.get(check_in_key(role.id))
    number = id_number.upper()
    hashed = secret_keys.lookup_hash("id_number", number)
    # Taken before anybody is asked, so that many tries at once get no more than the limit.
    WRONG_PER_DOCTOR.take(role.id)
    if before is not None and before.number_hash not in (hashed, ""):
        raise CheckInFailed
    reference = _confirmed(role, number)
    until = now + timedelta(hours=settings.current().doctor_check_in_hours)
    after = CheckIn(id=role.id, number_hash=hashed, method="number", reference=reference, checked_at=now, until=until)
    with Work(by=by, doing="practitioner.check_in") as work:
        stored = work.add(check_ins, after) if before is None else work.change(check_ins, before, after)
        answer = work.answer(_view(role, now, stored))
    WRONG_PER_DOCTOR.give_back(role.id)
    return answer


def _confirmed(role: PractitionerRole, number: str) -> str:
    """What whoever keeps the register calls its answer."""
    try:
        found = id_check.checker().check(role.name, number)
    except Unavailable:
        WRONG_PER_DOCTOR.give_back(role.id)
        raise
    if found.result != "match":
        raise CheckInFailed
    return found.reference


def _view(role: PractitionerRole, now: datetime, check: CheckIn | None = None) -> Registration:
    check = check or check_ins.get(check_in_key(role.id))
    return Registration(
        staff=StaffView.of(role),
        papers=paper_views(role, papers_of(role.id), now),
        asked=asked_of(role),
        checked_in_until=check.until if check is not None and now < check.until else None,
    )
