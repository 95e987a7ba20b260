"""How a call went: told by devices, read by staff."""

from __future__ import annotations

from typing import Any

import pytest

from calling.measure_call.app import app
from tests.builders.calls import a_relay, acts, talking
from tests.builders.conversations import Talk
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import PatientOf, Staff, found_clinic, new_patient

pytestmark = pytest.mark.store

SAMPLE = {
    "at": "2026-11-21T06:30:02Z",
    "up_loss": 0.02,
    "down_loss": None,
    "jitter_ms": 8,
    "round_trip_ms": 41.5,
    "concealed": 0.001,
    "up_bps": 800_000,
    "down_bps": 1_200_000,
    "freezes": 1,
    "height": 720,
    "pictures_per_second": 24.5,
    "limited_by": "bandwidth",
}

NAMES = (
    "down_loss",
    "jitter_ms",
    "round_trip_ms",
    "concealed",
    "up_bps",
    "down_bps",
    "height",
    "pictures_per_second",
)


def tells(call_id: str, who: Staff | PatientOf, *samples: dict[str, Any]) -> Answer:
    return call(app, "POST", f"/calls/{call_id}/samples", {"items": list(samples)}, who=who.caller)


def reads(call_id: str, who: Staff | PatientOf) -> Answer:
    return call(app, "GET", f"/calls/{call_id}/samples", who=who.caller)


def test_samples_come_together_in_buckets_and_staff_reads_them(talk: Talk, time: Time):
    call_id = talking(talk, a_relay())
    second = SAMPLE | {"at": "2026-11-21T06:30:07Z", "up_loss": 0.04, "freezes": 2, "limited_by": None}
    later = {"at": "2026-11-21T06:31:01Z", "up_loss": 0.5, "set_up_ms": 9}
    assert tells(call_id, talk.patient, SAMPLE | {"set_up_ms": 740}, second).ok() == {"counted": 2}
    acts(call_id, "end", talk.doctor).ok()
    assert tells(call_id, talk.patient, later).ok() == {"counted": 3}
    (line,) = reads(call_id, talk.doctor).ok()["items"]
    nothing = dict.fromkeys(NAMES)
    first = {name: SAMPLE[name] for name in nothing}
    assert line == {
        "person_id": talk.patient.person.id,
        "name": talk.patient.person.name,
        "set_up_ms": 740,
        "seconds": 10,
        "buckets": [
            {"number": 0, "counted": 2, "up_loss": 0.03, "freezes": 3, "limited_by": "bandwidth", **first},
            {"number": 6, "counted": 1, "up_loss": 0.5, "freezes": 0, "limited_by": "none", **nothing},
        ],
    }


def test_who_reads_it(talk: Talk):
    call_id = talking(talk, a_relay())
    tells(call_id, talk.doctor, SAMPLE).ok()
    assert len(reads(call_id, talk.doctor).ok()["items"]) == 1
    reads(call_id, talk.patient).refused(403, "policy.refused")
    for who in (talk.clinic.colleague, talk.clinic.nurse, found_clinic().doctor):
        reads(call_id, who).refused(404, "call.not_found")
        tells(call_id, who, SAMPLE).refused(404, "call.not_found")
    tells(call_id, new_patient(), SAMPLE).refused(404, "call.not_found")


def test_what_cannot_have_been_measured_is_refused(talk: Talk):
    call_id = talking(talk, a_relay())
    for wrong in ({"up_loss": 1.5}, {"freezes": -1}, {"limited_by": "moon"}, {"at": "2026-11-21T06:30:02"}, {"x": 1}):
        tells(call_id, talk.doctor, SAMPLE | wrong).refused(400, "request.schema_broken")
    tells(call_id, talk.doctor, *[SAMPLE] * 61).refused(400, "request.schema_broken")
    tells(call_id, talk.doctor, SAMPLE | {"at": "2020-11-21T06:30:02Z"}).ok()
    assert reads(call_id, talk.doctor).ok()["items"][0]["buckets"] == []
