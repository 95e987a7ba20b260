"""Other people's things: another patient's, another doctor's, another organisation's. They do not exist for one.

The rows are written by hand; `{visit}` and its like are ids of things that do exist.
"""

from __future__ import annotations

import pytest

from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Device, Patient, a_key, in_progress, of_the_platform

pytestmark = pytest.mark.journey
TAKES = 30

CONTENT = {"content": {"question": "几点开门？", "answer": "早上八点。"}, "version": 1}
NEW = {"content": CONTENT["content"]}
SUMMARY = {"conclusion": "结论", "advice": "建议"}
CONVERSATION = "/messaging/conversations/{conversation}"
AUDIT = "/messaging/audit/conversations/{conversation}/messages"
BUSINESSES = "/directory/organisations/{organisation}/businesses"
SYNCS = "/directory/his-syncs?organisation_id={organisation}"
DEVICE = {"device": "device-other"}
PLACE = {"version": 1, "code": "x1", "name": "别处"}
FAQ, REASON = "/directory/reference/faqs/{faq}", "/directory/reference/refusal_reasons/{reason}"

ROWS = [
    # a visit, once asked for and once in progress
    ("another patient", "GET", "/consultation/visits/{visit}", None, 404, "visit.not_found"),
    ("another patient", "GET", "/consultation/visits/{waiting}", None, 404, "visit.not_found"),
    ("a colleague", "GET", "/consultation/visits/{visit}", None, 404, "visit.not_found"),
    ("a colleague", "GET", "/consultation/visits/{waiting}", None, 404, "visit.not_found"),
    ("a doctor elsewhere", "GET", "/consultation/visits/{visit}", None, 404, "visit.not_found"),
    ("a doctor elsewhere", "GET", "/consultation/visits/{waiting}", None, 404, "visit.not_found"),
    ("a colleague", "POST", "/consultation/visits/{waiting}/accept", {}, 403, "visit.not_the_doctor"),
    ("a colleague", "POST", "/consultation/visits/{waiting}/refuse", "refusal", 403, "visit.not_the_doctor"),
    ("a colleague", "POST", "/consultation/visits/{visit}/finish", SUMMARY, 403, "visit.not_the_doctor"),
    ("a doctor elsewhere", "POST", "/consultation/visits/{waiting}/accept", {}, 404, "visit.not_found"),
    ("a doctor elsewhere", "POST", "/consultation/visits/{waiting}/refuse", "refusal", 404, "visit.not_found"),
    ("a doctor elsewhere", "POST", "/consultation/visits/{visit}/finish", SUMMARY, 404, "visit.not_found"),
    ("the patient", "POST", "/consultation/visits/{waiting}/accept", {}, 403, "policy.refused"),
    # calls in its conversation, and one that rings
    ("another patient", "GET", "/calling/conversations/{conversation}/calls", None, 404, "conversation.not_found"),
    ("a colleague", "GET", "/calling/conversations/{conversation}/calls", None, 404, "conversation.not_found"),
    ("a doctor elsewhere", "POST", "/calling/calls", "call", 404, "conversation.not_found"),
    ("a nurse", "POST", "/calling/calls", "call", 404, "conversation.not_found"),
    ("another patient", "GET", "/calling/calls/{call}", None, 404, "call.not_found"),
    ("a colleague", "POST", "/calling/calls/{call}/end", {}, 404, "call.not_found"),
    ("a doctor elsewhere", "POST", "/calling/calls/{call}/joins", DEVICE, 404, "call.not_found"),
    ("a colleague", "GET", "/calling/calls/{call}/samples", None, 404, "call.not_found"),
    ("an admin", "GET", "/calling/calls/{call}", None, 403, "policy.refused"),
    ("the patient", "GET", "/calling/calls/{call}/samples", None, 403, "policy.refused"),
    ("the patient", "POST", "/consultation/visits/{visit}/finish", SUMMARY, 403, "policy.refused"),
    # a conversation
    ("another patient", "GET", CONVERSATION, None, 404, "conversation.not_found"),
    ("another patient", "GET", CONVERSATION + "/messages", None, 404, "conversation.not_found"),
    ("another patient", "POST", CONVERSATION + "/read", {"seq": 1}, 404, "conversation.not_found"),
    ("a colleague", "GET", CONVERSATION, None, 404, "conversation.not_found"),
    ("a colleague", "GET", CONVERSATION + "/messages", None, 404, "conversation.not_found"),
    ("a colleague", "POST", CONVERSATION + "/read", {"seq": 1}, 404, "conversation.not_found"),
    ("a nurse", "GET", CONVERSATION + "/messages", None, 404, "conversation.not_found"),
    ("a pharmacist", "GET", CONVERSATION + "/messages", None, 404, "conversation.not_found"),
    ("a doctor elsewhere", "GET", CONVERSATION + "/messages", None, 404, "conversation.not_found"),
    ("an admin", "GET", CONVERSATION + "/messages", None, 403, "policy.refused"),
    ("the operator", "GET", CONVERSATION + "/messages", None, 403, "policy.refused"),
    ("the partner", "GET", CONVERSATION + "/messages", None, 403, "policy.refused"),
    ("another patient", "GET", CONVERSATION + "/cards/1", None, 404, "conversation.not_found"),
    ("a colleague", "PUT", CONVERSATION + "/muted", {"muted": True}, 404, "conversation.not_found"),
    ("a colleague", "PUT", CONVERSATION + "/notice", {"text": "公告"}, 404, "conversation.not_found"),
    ("a nurse", "PUT", CONVERSATION + "/name", {"name": "别的"}, 404, "conversation.not_found"),
    ("a doctor elsewhere", "DELETE", CONVERSATION + "/members/{patient}", None, 404, "conversation.not_found"),
    ("a colleague", "POST", CONVERSATION + "/exports", None, 404, "conversation.not_found"),
    ("an auditor elsewhere", "POST", CONVERSATION + "/exports", None, 404, "conversation.not_found"),
    ("an auditor elsewhere", "GET", AUDIT, None, 404, "conversation.not_found"),
    ("the doctor", "GET", AUDIT, None, 403, "policy.refused"),
    ("an auditor", "GET", CONVERSATION + "/messages", None, 403, "policy.refused"),
    ("a colleague", "GET", "/consultation/visits/{visit}/earlier", None, 404, "visit.not_found"),
    ("a doctor elsewhere", "GET", "/consultation/visits/{visit}/earlier", None, 404, "visit.not_found"),
    ("the doctor", "GET", "/consultation/visits/{visit}/earlier/{waiting}/messages", None, 404, "visit.not_found"),
    # a session
    ("another patient", "DELETE", "/identity/sessions/{session}", None, 404, "session.not_found"),
    ("the doctor", "DELETE", "/identity/sessions/{session}", None, 404, "session.not_found"),
    ("an admin", "DELETE", "/identity/sessions/{session}", None, 404, "session.not_found"),
    ("the operator", "DELETE", "/identity/sessions/{session}", None, 404, "session.not_found"),
    # reference data of an organisation
    ("an admin elsewhere", "GET", FAQ, None, 404, "reference.item_not_found"),
    ("an admin elsewhere", "PUT", FAQ, CONTENT, 404, "reference.item_not_found"),
    ("an admin elsewhere", "POST", FAQ + "/retire", {"version": 1}, 404, "reference.item_not_found"),
    ("an admin elsewhere", "POST", FAQ + "/restore", {"version": 1}, 404, "reference.item_not_found"),
    ("a doctor elsewhere", "GET", REASON, None, 404, "reference.item_not_found"),
    ("an admin", "GET", FAQ.replace("faqs", "titles"), None, 404, "reference.item_not_found"),
    ("an admin", "POST", "/directory/reference/paper_kinds", NEW, 403, "policy.refused"),
    # organisations and departments
    ("an admin elsewhere", "PUT", "/directory/organisations/{organisation}", PLACE, 404, "organisation.not_found"),
    ("an admin elsewhere", "DELETE", "/directory/organisations/{organisation}", None, 404, "organisation.not_found"),
    ("an admin elsewhere", "PUT", BUSINESSES, {"version": 1, "businesses_off": []}, 404, "organisation.not_found"),
    ("an admin elsewhere", "PUT", "/directory/departments/{department}", PLACE, 404, "department.not_found"),
    ("an admin elsewhere", "DELETE", "/directory/departments/{department}", None, 404, "department.not_found"),
    ("an admin elsewhere", "GET", SYNCS, None, 404, "organisation.not_found"),
    ("the operator", "PUT", FAQ, CONTENT, 403, "policy.refused"),
    ("the patient", "GET", REASON, None, 404, "reference.kind_unknown"),
]


@pytest.fixture(scope="module")
def people(hospital: HospitalProcess) -> dict[str, Device]:
    """Everybody who asks."""
    clinic, elsewhere = Clinic.founded(hospital), Clinic.founded(hospital)
    return {
        "the patient": Patient.new(hospital),
        "another patient": Patient.new(hospital),
        "the doctor": clinic.doctor(),
        "a colleague": clinic.doctor(1),
        "a nurse": clinic.one("nurse"),
        "a pharmacist": clinic.one("pharmacist"),
        "an admin": clinic.one("org_admin"),
        "an auditor": clinic.one("auditor"),
        "an auditor elsewhere": elsewhere.one("auditor"),
        "a doctor elsewhere": elsewhere.doctor(),
        "an admin elsewhere": elsewhere.one("org_admin"),
        "the operator": of_the_platform(hospital, "operator"),
        "the partner": of_the_platform(hospital, "partner"),
    }


@pytest.fixture(scope="module")
def things(hospital: HospitalProcess, people: dict[str, Device]) -> dict[str, str]:
    """What they ask for: ids by the names used in the rows."""
    patient, doctor, admin = people["the patient"], people["the doctor"], people["an admin"]
    assert isinstance(patient, Patient)
    visit_id, conversation_id = in_progress(patient, doctor)  # type: ignore[arg-type]
    neighbour = Patient.new(hospital)
    faq = admin.ok("POST", "/directory/reference/faqs", {"content": CONTENT["content"]}, key=a_key())
    return {
        "visit": visit_id,
        "waiting": neighbour.applies_to(doctor)["id"],  # type: ignore[arg-type]
        "conversation": conversation_id,
        "call": doctor.ok("POST", "/calling/calls", {"conversation_id": conversation_id, "media": "audio"})["id"],
        "patient": patient.person_id,
        "session": patient.ok("GET", "/identity/sessions")["items"][0]["id"],
        "faq": faq["id"],
        "reason": doctor.clinic.reasons[0]["id"],  # type: ignore[attr-defined]
        "organisation": doctor.clinic.organisation_id,  # type: ignore[attr-defined]
        "department": doctor.me["department_id"],
    }


@pytest.mark.parametrize(
    ("who", "method", "path", "body", "status", "code"), ROWS, ids=[f"{row[0]}: {row[1]} {row[2]}" for row in ROWS]
)
def test_other_peoples_things(
    people: dict[str, Device],
    things: dict[str, str],
    who: str,
    method: str,
    path: str,
    body: object,
    status: int,
    code: str,
) -> None:
    """One row."""
    if body == "refusal":
        body = {"reason_id": things["reason"]}
    if body == "call":
        body = {"conversation_id": things["conversation"], "media": "audio"}
    people[who].refused(status, code, method, path.format(**things), body)


def test_lists_hold_ones_own_things_only(people: dict[str, Device], things: dict[str, str]) -> None:
    """Whoever asks, and whatever they ask for."""
    for who in ("another patient", "a colleague", "a doctor elsewhere"):
        assert people[who].ok("GET", "/consultation/visits")["items"] == [], who
        assert people[who].ok("GET", "/messaging/conversations")["items"] == [], who
    for who in ("a colleague", "a doctor elsewhere"):
        assert people[who].ok("GET", "/consultation/queue")["items"] == [], who
    own = people["an admin elsewhere"].ok("GET", "/directory/reference/faqs?limit=100")["items"]
    organisation = things["organisation"]
    asked = f"/directory/reference/faqs?limit=100&organisation_id={organisation}"
    assert people["an admin elsewhere"].ok("GET", asked)["items"] == own
    assert things["faq"] not in [item["id"] for item in own]
    assert things["faq"] in [item["id"] for item in people["the patient"].ok("GET", asked)["items"]]
    assert [one["id"] for one in people["another patient"].ok("GET", "/identity/sessions")["items"]] != [
        things["session"]
    ]


def test_nothing_was_changed_by_what_was_refused(people: dict[str, Device], things: dict[str, str]) -> None:
    """After all those attempts everything stands as it stood."""
    patient, admin = people["the patient"], people["an admin"]
    assert patient.sees_visit(things["visit"])["state"] == "in_progress"
    assert people["the doctor"].sees_visit(things["waiting"])["state"] == "applied"
    assert patient.sees_conversation(things["conversation"])["read_seq"] == 0
    faq = admin.ok("GET", f"/directory/reference/faqs/{things['faq']}")
    assert (faq["version"], faq["retired"], faq["content"]["question"]) == (1, False, "几点开门？")
    assert patient.ok("GET", "/identity/me")["person_id"] == patient.person_id
