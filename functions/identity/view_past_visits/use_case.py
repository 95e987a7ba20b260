"""Reading past visits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from pydantic import BaseModel

from adapters import his
from adapters.his import HisVisit, Presented
from hospital.caller import Caller
from hospital.health_cards.model import shown_card
from hospital.health_cards.store import cards_of
from hospital.his_files.store import get_order, need_open
from hospital.verifications.store import require_verified


class DiagnosisView(BaseModel):
    """A diagnosis as the hospital's own system codes and words it."""

    code: str
    name: str


class PastVisitView(BaseModel):
    """A visit (就诊) in the past; `number` is the hospital's own."""

    number: str
    at: datetime
    department_name: str
    doctor_name: str
    diagnoses: list[DiagnosisView]

    @classmethod
    def of(cls, visit: HisVisit) -> PastVisitView:
        """The view of one's own visit."""
        found = [DiagnosisView(code=one.code, name=one.name) for one in visit.diagnoses]
        return cls(
            number=visit.number,
            at=visit.at,
            department_name=visit.department_name,
            doctor_name=visit.doctor_name,
            diagnoses=found,
        )


class PastVisitsView(BaseModel):
    """Visits from the day `since` on, newest first."""

    since: date
    visits: list[PastVisitView]


def view_past_visits(years: int, *, by: Caller, now: datetime) -> PastVisitsView:
    """The caller's, as the HIS holds them now. Raises `HisUnavailable`: nobody is told that there were none."""
    require_verified(by.person_id)
    link = need_open(by.person_id)
    shown = shown_card(cards_of(by.person_id), get_order(by.person_id).default_id)
    since = (now - timedelta(days=366 * years)).date()
    held = his.his().past_visits(Presented(link.patient_number or "", shown), since)
    return PastVisitsView(since=since, visits=[PastVisitView.of(visit) for visit in held.visits])
