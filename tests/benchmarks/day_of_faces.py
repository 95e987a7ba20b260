"""The part of the day in which somebody with that duty asks for faces in doubt; none waits, for none was before it. And
another system asks for a face, of a person who does not show it."""

from __future__ import annotations

from tests.benchmarks.day_of_emergencies import gives_duty
from tests.journeys.people import Clinic, Patient, a_key, an_id_number
from tests.journeys.sending import SendingSystem


def asks_for_faces(clinic: Clinic) -> None:
    """The list, and one that is not there."""
    officer, at = clinic.one("clerk"), f"/identity/face-reviews/fch_{'0' * 26}"
    gives_duty(clinic.one("org_admin"), "faces", "identity:review", officer)
    officer.ok("GET", "/identity/face-reviews")
    officer.refused(404, "face.check_not_found", "GET", f"{at}/pictures")
    officer.refused(404, "face.check_not_found", "POST", at, {"same": True})


def is_asked_for_a_face(clinic: Clinic) -> None:
    """The link is followed; the system reads that it was."""
    system = SendingSystem.let_in(clinic.one("org_admin"), "医保平台")
    asked, who = system.asks_for_face("王小明", an_id_number()), Patient.new(clinic.hospital, "王小明", verified=False)
    code = {"code": asked["link"].partition("code=")[2]}
    who.ok("POST", f"/identity/face-requests/{asked['id']}/open", code, key=a_key())
    assert system.reads_face(asked["id"]).json["state"] == "opened"
