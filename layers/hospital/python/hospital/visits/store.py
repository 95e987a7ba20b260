"""Where visits are kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from hospital import clock, ids
from hospital.errors import ChangedMeanwhile, DomainError
from hospital.records import Key
from hospital.table import Collection
from hospital.visits import keys
from hospital.visits.errors import VisitAlreadyOpen, VisitMovedOn, VisitNotFound
from hospital.visits.events import VisitExpired
from hospital.visits.model import OPEN, OpenVisit, Visit, open_visit_id
from hospital.work import Work

visits = Collection(
    Visit,
    "clinical",
    key=lambda visit: keys.visit_key(visit.id),
    lists={
        "of_person": lambda visit: Key(keys.person_visits_key(visit.person_id), keys.since(visit.applied_at, visit.id)),
        "of_doctor": lambda visit: Key(keys.doctor_visits_key(visit.doctor.id), keys.since(visit.applied_at, visit.id)),
        "queue": lambda visit: (
            Key(keys.queue_key(visit.doctor.id), keys.since(visit.applied_at, visit.id))
            if visit.state == "applied"
            else None
        ),
    },
)
open_visits = Collection(
    OpenVisit,
    "clinical",
    key=lambda claim: keys.open_visit_key(claim.id),
    audited=False,  # says nothing that the visit's own line does not
)


def get_visit(visit_id: str) -> Visit:
    """The visit as it was last written; `VisitNotFound` when there is none."""
    visit = visits.get(keys.visit_key(visit_id)) if ids.is_id(visit_id) else None
    if visit is None:
        raise VisitNotFound
    return visit


@contextmanager
def told_its_state(visit: Visit, now: datetime, *also: type[DomainError]) -> Iterator[None]:
    """Who loses to another act at the last moment is told what the visit is now: `VisitMovedOn`. `also` names the
    errors by which another subject says that the visit moved on."""
    lost: tuple[type[DomainError], ...] = (ChangedMeanwhile, *also)
    try:
        yield
    except lost:
        raise VisitMovedOn(state=get_visit(visit.id).as_of(now).state) from None


def take_place(work: Work, visit: Visit, now: datetime) -> None:
    """A patient has one open visit with a doctor: this one. Raises `VisitAlreadyOpen` when there is another.

    One that ran out of time and that nobody has written down as expired yet is written down here.
    """
    place = OpenVisit(id=open_visit_id(visit.patient.patient_id, visit.doctor.id), visit_id=visit.id)
    held = open_visits.get(open_visits.key(place))
    if held is None:
        work.add(open_visits, place, otherwise=VisitAlreadyOpen())
        return
    earlier = get_visit(held.visit_id)
    if earlier.as_of(now).state in OPEN:
        raise VisitAlreadyOpen(visit_id=earlier.id)
    expired = work.change(visits, earlier, earlier.expire(now))
    work.emit(VisitExpired.of(expired))
    work.change(open_visits, held, held.having(visit_id=visit.id))


def give_up_place(work: Work, visit: Visit) -> None:
    """The visit is over: the patient may ask this doctor again."""
    place = OpenVisit(id=open_visit_id(visit.patient.patient_id, visit.doctor.id), visit_id=visit.id)
    work.remove(open_visits, place, when=open_visits["visit_id"] == visit.id)


def ahead_of(visit: Visit, now: datetime) -> int | None:
    """How many wait for the same doctor and came before, while this one waits.

    Who ran out of time waits no more, written down or not (to the second: times lie in the table as texts).
    """
    if visit.state != "applied":
        return None
    return visits.count_before(
        "queue",
        keys.queue_key(visit.doctor.id),
        keys.since(visit.applied_at, visit.id),
        where=visits["answer_by"] > clock.text(now)[: len("2026-11-21T06:30:00")],
    )
