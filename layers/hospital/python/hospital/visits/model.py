"""The text consultation as a state machine: pure. A command and the time go in, the next state or an error comes out.

`TRANSITIONS` is the whole of it. It judges here, draws the diagram in the docs and drives the random walks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict

from hospital import ids
from hospital.caller import Caller
from hospital.records import SEALED, Record, Sealed
from hospital.visits.errors import NotTheDoctor, VisitMovedOn, VisitNotFound

State = Literal["applied", "accepted", "in_progress", "finished", "refused", "expired"]
Act = Literal["accept", "begin", "finish", "refuse", "expire"]

TRANSITIONS: Mapping[tuple[State, Act], State] = {
    ("applied", "accept"): "accepted",
    ("applied", "refuse"): "refused",
    ("applied", "expire"): "expired",
    ("accepted", "begin"): "in_progress",
    ("in_progress", "finish"): "finished",
}
OPEN: frozenset[State] = frozenset({"applied", "accepted", "in_progress"})


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class VisitPatient(_Part):
    """Whom the visit is about."""

    person_id: str
    patient_id: str
    name: str


class ActingFor(_Part):
    """That the account which applied and talks is not the patient's: who acts (`name`), by which place in their family,
    and what the patient is to them."""

    member_id: str
    relation: str
    name: str


class VisitDoctor(_Part):
    """Who was asked, as they were called then. `id` is the practitioner role's."""

    id: str
    person_id: str
    name: str
    title: str
    department: str
    department_id: str = ""


class Refusal(_Part):
    """Why the doctor did not take it: a reason from the organisation's list, and words of the doctor's own."""

    reason: str
    words: str = ""


class Summary(_Part):
    """What the doctor concludes and advises."""

    conclusion: str
    advice: str


class AcceptedNotice(_Part):
    """The notice that the patient accepted, and which version of it."""

    notice_id: str
    notice_version: int


class Visit(Record):
    """One text consultation. `person_id` is the account that applied and talks; whom the visit is about stands in
    `patient`, who is somebody else where it says `acting_for`."""

    service: Literal["text_consultation"] = "text_consultation"
    state: State = "applied"
    organisation_id: str
    patient: Annotated[VisitPatient, SEALED]
    person_id: str
    doctor: VisitDoctor
    complaint: Sealed
    notice: AcceptedNotice
    applied_at: datetime
    answer_by: datetime
    accepted_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    refusal: Annotated[Refusal | None, SEALED] = None
    summary: Annotated[Summary | None, SEALED] = None
    conversation_id: str | None = None
    acting_for: Annotated[ActingFor | None, SEALED] = None

    @classmethod
    def apply(
        cls,
        *,
        organisation_id: str,
        patient: VisitPatient,
        doctor: VisitDoctor,
        complaint: str,
        notice: AcceptedNotice,
        now: datetime,
        answer_within: timedelta,
        by_person_id: str = "",
        acting_for: ActingFor | None = None,
    ) -> Self:
        """A patient asks a doctor, who has until `answer_by` to answer; or somebody of their family does for them, by
        an account of their own (`by_person_id`)."""
        return cls(
            id=ids.new_id("vis"),
            organisation_id=organisation_id,
            patient=patient,
            person_id=by_person_id or patient.person_id,
            acting_for=acting_for,
            doctor=doctor,
            complaint=complaint,
            notice=notice,
            applied_at=now,
            answer_by=now + answer_within,
        )

    @property
    def spoken_as(self) -> str:
        """Under which name the account talks: the patient's, and whose hand it is."""
        return self.patient.name if self.acting_for is None else f"{self.patient.name}（{self.acting_for.name}代）"

    # -- what may happen to it ------------------------------------------------------------------------------------

    def accept(self, now: datetime) -> Self:
        """The doctor takes it."""
        return self._moved("accept", now, accepted_at=now)

    def begin(self, conversation_id: str, now: datetime) -> Self:
        """The conversation is open: patient and doctor can talk."""
        return self._moved("begin", now, started_at=now, conversation_id=conversation_id)

    def finish(self, summary: Summary, now: datetime) -> Self:
        """The doctor ends it with a summary that the patient keeps."""
        return self._moved("finish", now, ended_at=now, summary=summary)

    def refuse(self, refusal: Refusal, now: datetime) -> Self:
        """The doctor does not take it."""
        return self._moved("refuse", now, ended_at=now, refusal=refusal)

    def expire(self, now: datetime) -> Self:
        """Nobody answered in time. Too early, or answered meanwhile: `VisitMovedOn`."""
        if now < self.answer_by:
            raise VisitMovedOn(state=self.state)
        return self.having(state=self._next("expire"), ended_at=self.answer_by)

    def as_of(self, now: datetime) -> Self:
        """The visit as it stands at `now`: past its time it has expired, whether or not anybody wrote that down."""
        return self.expire(now) if self.state == "applied" and now >= self.answer_by else self

    # -- who may see and change it --------------------------------------------------------------------------------

    def seen_by(self, who: Caller) -> Self:
        """Itself, for its patient, who applied for them, and its doctor; `VisitNotFound` for everybody else."""
        if who.is_patient and who.person_id in (self.person_id, self.patient.person_id):
            return self
        if self._is_doctor(who):
            return self
        raise VisitNotFound

    def read_by(self, who: Caller) -> Self:
        """Itself, for its patient, its doctor, and staff whose data scope reaches it; `VisitNotFound` otherwise."""
        if not who.is_patient and who.reaches(self.organisation_id, self.doctor.department_id, self.doctor.id):
            return self
        return self.seen_by(who)

    def answered_by(self, who: Caller) -> Self:
        """Itself, for the doctor who was asked. Staff of the same organisation learn that it is not theirs."""
        if self._is_doctor(who):
            return self
        raise NotTheDoctor if who.of_organisation(self.organisation_id) else VisitNotFound

    def _is_doctor(self, who: Caller) -> bool:
        return who.of_organisation(self.organisation_id) and who.practitioner_role_id == self.doctor.id

    def _moved(self, act: Act, now: datetime, **changes: object) -> Self:
        standing = self.as_of(now)
        return standing.having(state=standing._next(act), **changes)

    def _next(self, act: Act) -> State:
        following = TRANSITIONS.get((self.state, act))
        if following is None:
            raise VisitMovedOn(state=self.state)
        return following


class OpenVisit(Record):
    """That a patient has an open visit with a doctor: there is room for one. `id` joins the two ids."""

    visit_id: str


def open_visit_id(patient_id: str, doctor_id: str) -> str:
    """The id of that claim."""
    return f"{patient_id}#{doctor_id}"
