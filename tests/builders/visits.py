"""Visits in each state, pure and through the routes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from consultation.answer_visit.app import app as answer_visit
from consultation.apply_for_visit.app import app as apply_for_visit
from consultation.finish_visit.app import app as finish_visit
from consultation.view_visits.app import app as view_visits
from hospital.visits.model import AcceptedNotice, Refusal, State, Summary, Visit, VisitDoctor, VisitPatient
from tests.builders.delivery import Delivery
from tests.builders.gateway import call
from tests.builders.moments import START
from tests.builders.people import Clinic, PatientOf, Staff

SUMMARY = Summary(conclusion="紧张性头痛", advice="规律作息，一周后复诊")
REFUSAL = Refusal(reason="病情需要面诊", words="请尽快来院")
DAY = timedelta(days=1)


def a_visit(state: State = "applied", *, applied_at: datetime = START, answer_within: timedelta = DAY) -> Visit:
    """A visit in that state, moved there through the model, a minute a step."""
    visit = Visit.apply(
        organisation_id="org_1",
        patient=VisitPatient(person_id="per_patient", patient_id="pat_1", name="王芳"),
        doctor=VisitDoctor(id="prr_1", person_id="per_doctor", name="李明", title="主任医师", department="心内科"),
        complaint="头痛两天",
        notice=AcceptedNotice(notice_id="ref_1", notice_version=1),
        now=applied_at,
        answer_within=answer_within,
    )
    minute = timedelta(minutes=1)
    if state == "refused":
        return visit.refuse(REFUSAL, applied_at + minute)
    if state == "expired":
        return visit.expire(visit.answer_by)
    if state in ("accepted", "in_progress", "finished"):
        visit = visit.accept(applied_at + minute)
    if state in ("in_progress", "finished"):
        visit = visit.begin("cnv_1", applied_at + 2 * minute)
    return visit.finish(SUMMARY, applied_at + 3 * minute) if state == "finished" else visit


def application(clinic: Clinic, doctor: Staff | None = None, **changes: Any) -> dict[str, Any]:
    """The body of an application."""
    return {
        "doctor_id": (doctor or clinic.doctor).role.id,
        "complaint": "胸口闷了三天，走快就喘",
        "notice_id": clinic.notice.id,
        "notice_version": clinic.notice.version,
    } | changes


def applied(clinic: Clinic, patient: PatientOf, doctor: Staff | None = None) -> dict[str, Any]:
    """A visit that waits for the doctor (the clinic's first one), as the patient sees it."""
    visit: dict[str, Any] = call(
        apply_for_visit, "POST", "/visits", application(clinic, doctor), who=patient.caller
    ).ok(201)
    return visit


def accepted(clinic: Clinic, visit_id: str) -> dict[str, Any]:
    """The visit, after the clinic's first doctor took it."""
    visit: dict[str, Any] = call(answer_visit, "POST", f"/visits/{visit_id}/accept", {}, who=clinic.doctor.caller).ok()
    return visit


def in_progress(clinic: Clinic, patient: PatientOf, deliver: Delivery) -> dict[str, Any]:
    """A visit whose conversation is open, as the patient sees it."""
    visit_id = applied(clinic, patient)["id"]
    accepted(clinic, visit_id)
    deliver()
    return seen(visit_id, patient)


def finished(clinic: Clinic, visit_id: str) -> dict[str, Any]:
    """The visit, after the clinic's first doctor ended it."""
    visit: dict[str, Any] = call(
        finish_visit, "POST", f"/visits/{visit_id}/finish", SUMMARY.model_dump(), who=clinic.doctor.caller
    ).ok()
    return visit


def seen(visit_id: str, who: PatientOf | Staff) -> dict[str, Any]:
    """The visit as that person sees it."""
    visit: dict[str, Any] = call(view_visits, "GET", f"/visits/{visit_id}", who=who.caller).ok()
    return visit
