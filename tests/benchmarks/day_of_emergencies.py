"""The part of the day that is about rule BREAK-GLASS: a record opened in an emergency, and judged."""

from __future__ import annotations

from tests.benchmarks.day_of_talks import fetches
from tests.journeys.people import Clinic, Patient, Staff, a_key, of_the_platform

READINGS = "/consultation/emergency-readings"


def opens_in_emergency(patient: Patient, clinic: Clinic) -> None:
    """A doctor who does not treat the patient looks at everything; an officer judges; the patient reads of it."""
    officer, doctor = clinic.one("org_admin"), clinic.doctor(1)
    gives_duty(officer, "emergency", "emergency:read", doctor)
    gives_duty(officer, "privacy", "emergency:review", officer, of_the_platform(officer.hospital, "operator"))
    body = {"reason": "cannot_answer", "words": "患者昏迷送来急诊，需要过敏史。"}
    by_number = body | {"by": "phone", "value": patient.phone}
    opened = doctor.ok("POST", READINGS, by_number, key=a_key())
    doctor.ok("POST", READINGS, body | {"by": "file", "value": opened["patient_id"]}, key=a_key())
    at = f"{READINGS}/{opened['id']}"
    doctor.ok("GET", at)
    for visit in doctor.ok("GET", f"{at}/visits")["items"]:
        messages = doctor.ok("GET", f"{at}/visits/{visit['id']}/messages?limit=100")["items"]
        for seq in [one["seq"] for one in messages if one["type"] == "file"]:
            fetches(doctor, doctor.ok("GET", f"{at}/visits/{visit['id']}/files/{seq}")["url"])
    officer.ok("GET", "/consultation/emergency-reviews")
    at = f"/consultation/emergency-reviews/{opened['id']}"
    officer.ok("GET", at)
    officer.ok("POST", at, {"verdict": "justified", "words": "急诊记录可查。"}, key=a_key())
    patient.ok("GET", "/consultation/my-record-openings")


def gives_duty(admin: Staff, code: str, permission: str, member: Staff, giver: Staff | None = None) -> None:
    """The duty is written, and is the member's only one from now on; nobody gives one to themselves."""
    version = admin.ok("GET", "/identity/access/duties")["version"]
    duty = {"name": f"职责 {code}", "permissions": [permission], "version": version}
    admin.ok("PUT", f"/identity/access/duties/{code}", duty, key=a_key())
    place = f"/identity/access/staff/{member.role_id}"
    given = {"duties": [code], "scope": "own", "version": admin.ok("GET", place)["version"]}
    (giver or admin).ok("PUT", place, given, key=a_key())
