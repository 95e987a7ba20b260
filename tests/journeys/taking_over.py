"""What the hospital's own system holds, and runs that take it over."""

from __future__ import annotations

from tests.journeys.hospital import eventually
from tests.journeys.people import Json, Patient, Staff, a_key

VISIT = {
    "number": "J26030101",
    "at": "2026-03-01T09:30:00+08:00",
    "department_name": "心血管内科",
    "doctor_name": "李文静",
    "diagnoses": [{"code": "I10.x00", "name": "高血压病"}],
}


def told_to_his(admin: Staff, told: Json) -> None:
    """The hospital's own system has these rows, or has them no more."""
    assert admin.hospital.post("/sandbox/api/his/rows", told).status_code == 200


def runs_through(admin: Staff) -> Json:
    """A run that takes over everything, once it has ended."""
    asked = {"organisation_id": admin.clinic.organisation_id, "extent": "full"}
    run = str(admin.ok("POST", "/directory/his-syncs", asked, key=a_key())["id"])
    ended = eventually(lambda: admin.ok("GET", f"/directory/his-syncs/{run}")["state"] != "running", 60)
    assert ended, "the run against the HIS did not end"
    seen: Json = admin.ok("GET", f"/directory/his-syncs/{run}")
    return seen


def knows_the_clinic(admin: Staff) -> Json:
    """The hospital's own system has this organisation, a department with a nurse, and a nameless one; the rows."""
    own = admin.ok("GET", f"/directory/organisations/{admin.clinic.organisation_id}")
    below, place, badge = {"organisation_code": own["code"]}, a_key()[:8], a_key()[:8]
    rows = {
        "organisations": [{"code": own["code"], "name": own["name"]}],
        "departments": [{"code": place, "name": "换药室", **below}, {"code": a_key()[:8], "name": "", **below}],
        "staff": [{"code": badge, "name": "吴小刚", "role": "nurse", "department_code": place, **below}],
    }
    told_to_his(admin, {"rows": rows})
    return rows


def was_there_before(patient: Patient, *visits: Json) -> str:
    """The hospital's own system holds visits of this patient; their number there."""
    number = str(patient.ok("POST", "/identity/his-file", key=a_key())["patient_number"])
    told = {"patient_number": number, "visits": [*visits]}
    assert patient.hospital.post("/sandbox/api/his/files", told).status_code == 200
    return number
