"""Segments of HL7 v2.5.1 as the plain rows that `reading` understands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from adapters.his import reading
from adapters.his.hl7_message import Message, Segment

PATIENT_NUMBER, ID_NUMBER = "PI", "NNCHN"
"""Types of identifiers (table 0203): the patient's number there, and the national number of China's residents."""
CARD_TYPES: Mapping[str, str] = {"PT": "visit", "MC": "insurance", "MR": "record", "HC": "e_health"}
_ENDED = ("MDL", "MDC")
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?(?:\.\d+)?)?([+-]\d{4})?")


def organisation(told: Message) -> dict[str, Any]:
    """A location that is a facility."""
    place = told.first("LOC")
    return {
        "code": place.text(1, 4),
        "name": place.text(2),
        "parent_code": _above(told, 4),
        "address": place.text(5),
        "phone": place.text(6),
        "active": _stands(told),
    }


def department(told: Message) -> dict[str, Any]:
    """A location that is a point of care of a facility."""
    place = told.first("LOC")
    intro = (one.text(5, 2) for one in told.each("LCH") if one.text(4) == "INTRO")
    return {
        "code": place.text(1),
        "name": place.text(2),
        "organisation_code": place.text(1, 4),
        "parent_code": _above(told, 1),
        "introduction": next(intro, ""),
        "active": _stands(told),
    }


def member(told: Message) -> dict[str, Any]:
    """A member of staff."""
    who = told.first("STF")
    return {
        "code": who.text(1),
        "name": _name(who, 3),
        "role": who.text(4),
        "organisation_code": told.first("ORG").text(2),
        "department_code": who.text(8),
        "title": who.text(18),
        "introduction": told.first("NTE").text(3),
        "active": _stands(told) and who.text(7) != "I",
    }


def file(patient: Segment) -> dict[str, Any]:
    """Whose file a PID speaks of."""
    numbers = _identifiers(patient)
    return {
        "patient_number": numbers.get(PATIENT_NUMBER),
        "id_number": numbers.get(ID_NUMBER),
        "name": _name(patient, 5),
        "phone": patient.text(13),
    }


def patient_number(patient: Segment) -> str:
    """The number of the file; empty when the PID states none."""
    return _identifiers(patient).get(PATIENT_NUMBER, "")


def cards(patient: Segment, scans: Collection[str], now: datetime) -> Iterator[dict[str, Any]]:
    """The identifiers that are cards."""
    today = f"{now.astimezone(reading.CLINIC_TIME):%Y%m%d}"
    for one in patient.all(3):
        kind, until = CARD_TYPES.get(one.part(5)), one.part(8)[:8]
        if kind is not None:
            active = not until or until >= today
            yield {"kind": kind, "number": one.part(), "scannable": kind in scans, "active": active}


def visit(told: Message) -> dict[str, Any]:
    """A PV1 with its diagnoses."""
    seen = told.first("PV1")
    return {
        "number": seen.text(19),
        "at": _moment(seen.text(44)),
        "department_name": seen.text(3, 9),
        "department_code": seen.text(3),
        "doctor_name": f"{seen.text(7, 2)}{seen.text(7, 3)}",
        "diagnoses": [{"code": one.text(3), "name": one.text(3, 2)} for one in told.each("DG1")],
    }


def _identifiers(patient: Segment) -> dict[str, str]:
    return {one.part(5): one.part() for one in reversed(patient.all(3))}


def _name(of: Segment, field: int) -> str:
    return f"{of.text(field)}{of.text(field, 2)}"


def _above(told: Message, component: int) -> str:
    return next((one.text(6, component) for one in told.each("LRL") if one.text(4) == "PAR"), "")


def _stands(told: Message) -> bool:
    return told.first("MFE").text(1) not in _ENDED


def _moment(stamp: str) -> str:
    """A time stamp (TS) in ISO 8601; what is none stays as it is, for `reading` to refuse."""
    if not (found := _STAMP.fullmatch(stamp)):
        return stamp
    year, month, day, hour, minute, second, zone = found.groups()
    return f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone or ''}"
