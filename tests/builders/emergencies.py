"""Rule BREAK-GLASS: doctors who may open a record in an emergency, officers who judge it, and opened records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from consultation.read_in_emergency.app import app as read_in_emergency
from tests.builders.gateway import Answer, call
from tests.builders.people import Clinic, PatientOf, Staff

WORDS = "患者昏迷送来急诊，需要过敏史和用药史。"


def with_right(staff: Staff, permission: str) -> Staff:
    """Somebody to whom a duty of their organisation grants that permission."""
    rights = staff.caller.permissions | {permission}
    return replace(staff, caller=replace(staff.caller, permissions=rights))


def a_reader(clinic: Clinic) -> Staff:
    """The clinic's second doctor, who treats nobody, with the duty of emergencies."""
    return with_right(clinic.colleague, "emergency:read")


def an_officer(clinic: Clinic) -> Staff:
    """A privacy officer: the clinic's clerk."""
    return with_right(clinic.clerk, "emergency:review")


def opened_record(clinic: Clinic, patient: PatientOf, doctor: Staff | None = None, **changes: Any) -> Answer:
    """The patient's record at the clinic, asked for by phone number."""
    body = {"by": "phone", "value": patient.phone, "reason": "cannot_answer", "words": WORDS} | changes
    who = (doctor or a_reader(clinic)).caller
    return call(read_in_emergency, "POST", "/emergency-readings", body, who=who)
