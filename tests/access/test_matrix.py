"""The table of who may do what, against the registered routes and against what the running hospital answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from hospital.policy import PERMISSIONS
from hospital.reference.kinds import KINDS
from tests.access.matrix import ROLES
from tests.access.reading import GROUPS, Row, rows
from tests.access.routes import registered
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Device, Json, Patient, a_key, of_the_platform
from tests.journeys.sockets import Socket, ticket_for

NOWHERE = "0" * 26
IDS = {
    "doctor_id": f"prr_{NOWHERE}",
    "duty": "reader",
    "member_id": f"prr_{NOWHERE}",
    "session_id": f"ses_{NOWHERE}",
    "visit_id": f"vis_{NOWHERE}",
    "check_id": f"chk_{NOWHERE}",
    "face_request_id": f"frq_{NOWHERE}",
    "lost_phone_id": f"lph_{NOWHERE}",
    "patient_id": f"pat_{NOWHERE}",
    "merged_id": f"pat_{NOWHERE}",
    "blacklisting_id": f"blk_{NOWHERE}",
    "reading_id": f"idr_{NOWHERE}",
    "emergency_id": f"emr_{NOWHERE}",
    "conversation_id": f"cnv_{NOWHERE}",
    "item_id": f"ref_{NOWHERE}",
    "earlier_id": f"vis_{NOWHERE}",
    "person_id": f"per_{NOWHERE}",
    "export_id": f"exp_{NOWHERE}",
    "upload_id": f"upl_{NOWHERE}",
    "poll_id": f"pol_{NOWHERE}",
    "method_id": f"wcc_{NOWHERE}",
    "seq": "1",
    "chain_id": f"org_{NOWHERE}",
    "inspection_id": f"ins_{NOWHERE}",
    "organisation_id": f"org_{NOWHERE}",
    "his_sync_id": f"hsy_{NOWHERE}",
    "health_card_id": f"hcd_{NOWHERE}",
    "data_copy_id": f"dcp_{NOWHERE}",
    "department_id": f"dep_{NOWHERE}",
    "family_member_id": f"fam_{NOWHERE}",
    "practitioner_role_id": f"prr_{NOWHERE}",
    "paper_id": f"pap_{NOWHERE}",
    "dictionary": "drugs",
    "entry_id": f"drg_{NOWHERE}",
    "import_id": f"imp_{NOWHERE}",
    "sms_id": f"sms_{NOWHERE}",
    "system_id": f"sys_{NOWHERE}",
    "carrier": "tencent",
    "call_id": f"call_{NOWHERE}",
}
BODIES = {
    "accept": {},
    "refuse": {"reason_id": f"ref_{NOWHERE}"},
    "finish": {"conclusion": "结论", "advice": "建议"},
    "read": {"seq": 1},
    "retire": {"version": 1},
    "restore": {"version": 1},
}
REFUSALS = {"401": "identity.missing", "403": "policy.refused", "404": "reference.kind_unknown"}


@pytest.mark.unit
def test_every_route_is_in_the_table_and_nothing_else() -> None:
    """A new route needs a row; a row needs a route."""
    in_table = {row.route for row in rows()}
    assert registered() - in_table == set(), "routes that the table of tests/access/matrix.py does not name"
    assert in_table - registered() == set(), "rows whose route is gone"


@pytest.mark.unit
def test_every_role_and_every_kind_is_in_the_table() -> None:
    """A new role needs a column, a new kind of reference data a group."""
    assert set(ROLES) == {"nobody", *PERMISSIONS}
    assert sorted(kind for group in GROUPS.values() for kind in group) == sorted(kind.name for kind in KINDS)


@pytest.fixture(scope="module")
def clinic(hospital: HospitalProcess) -> Clinic:
    """One organisation for the whole table: nothing in it is changed by what is not allowed."""
    return Clinic.founded(hospital)


def signed_in(hospital: HospitalProcess, clinic: Clinic, role: str) -> Device:
    """Somebody of that role."""
    if role == "nobody":
        return Device(hospital)
    if role == "patient":
        return Patient.new(hospital)
    return of_the_platform(hospital, role) if role in ("operator", "partner") else clinic.one(role)


@pytest.mark.journey
@pytest.mark.parametrize("role", ROLES)
def test_the_hospital_answers_by_the_table(hospital: HospitalProcess, clinic: Clinic, role: str) -> None:
    """Each route of each role: what is not allowed is refused by its code, what is allowed is not refused."""
    person = signed_in(hospital, clinic, role)
    wrong = []
    for row in rows():
        for path in row.paths if row.method != "SOCKET" else []:
            # Signing out is tried by somebody who is not needed any more.
            device = signed_in(hospital, clinic, role) if path.endswith("/sign-out") else person
            wrong += list(_differences(device, row, path, row.answers[role]))
    assert wrong == []


def _differences(device: Device, row: Row, path: str, expected: str) -> Iterator[str]:
    answer = device.ask(row.method, path.format(**IDS), _body(row, path), key=a_key())
    code = answer.json["code"] if answer.status >= 400 else ""
    if expected == "yes":
        # A consent is asked where the route is one's own.
        fits = (answer.status not in (401, 403) or code == "consent.missing") and answer.status < 500
    else:
        fits = (str(answer.status), code) == (expected, REFUSALS[expected])
    if not fits:
        yield f"{row.method} {path}: the table says {expected}, the hospital {answer.status} {code}"


def _body(row: Row, path: str) -> Json | None:
    """A body that is well formed, or, for what everybody may call, one that is refused for its form alone."""
    if row.method in ("GET", "DELETE"):
        return None
    if re.search(r"/reference/\w+$", path):
        return {"content": {}}
    if row.method == "PUT":
        return {"version": 1, "content": {}}
    return BODIES.get(path.rsplit("/", 1)[1], {})


@pytest.mark.journey
@pytest.mark.parametrize("role", ROLES)
def test_the_socket_answers_by_the_table(hospital: HospitalProcess, clinic: Clinic, role: str) -> None:
    """Each action of a frame, likewise. Nobody gets no ticket, and so no socket."""
    answers = {row.written: row.answers[role] for row in rows() if row.method == "SOCKET"}
    person = signed_in(hospital, clinic, role)
    if role == "nobody":
        assert set(answers.values()) == {"401"}
        assert person.ask("POST", "/messaging/tickets", {}).status == 401
        return
    socket = Socket(person)
    heard = {"hello": "yes"}
    socket.say(action="ping")
    socket.hears("pong")
    heard["ping"] = "yes"
    more_of = {"send": {"type": "text", "content": {"text": "好"}}, "typing": {}, "present": {}}
    for action in sorted(answers.keys() - heard.keys()):
        more = more_of.get(action, {"seq": 1})
        name = {"id": a_key()} if action in ("send", "recall") else {}
        socket.say(action=action, conversation_id=IDS["conversation_id"], **name, **more)
        refusal = socket.hears("error")
        assert refusal["code"] in ("policy.refused", "conversation.not_found"), refusal
        heard[action] = "403" if refusal["code"] == "policy.refused" else "yes"
    socket.close()
    assert heard == answers
    assert ticket_for(person)["expires_in_seconds"] == 30
