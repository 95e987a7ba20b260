"""One's own profile."""

from __future__ import annotations

import pytest

from hospital.people.store import get_person
from identity.view_profile.app import app
from tests.builders.cloud import Cloud, together
from tests.builders.gateway import Answer, call
from tests.builders.people import Clinic, PatientOf, caller, hire, new_patient

pytestmark = pytest.mark.store


def change(who, body: dict, **more: str) -> Answer:
    return call(app, "PATCH", "/me", body, who=who.caller, **more)


def test_a_patient_sees_themselves(patient: PatientOf):
    me = call(app, "GET", "/me", who=patient.caller).ok()
    assert (me["person_id"], me["name"], me["role"]) == (patient.person.id, "王芳", "patient")
    assert me["phone_masked"] == f"{patient.phone[:3]}****{patient.phone[-4:]}"


@pytest.mark.parametrize("who", ["doctor", "nurse", "pharmacist", "admin"])
def test_staff_see_their_role_and_organisation(clinic: Clinic, who: str):
    staff = getattr(clinic, who)
    me = call(app, "GET", "/me", who=staff.caller).ok()
    assert (me["role"], me["organisation_id"], me["organisation_name"]) == (staff.role.role, clinic.id, clinic.name)
    assert me["permissions"] == sorted(staff.caller.permissions)


def test_a_partner_and_an_operator_have_no_organisation(cloud: Cloud):
    for role in ("operator", "partner"):
        me = call(app, "GET", "/me", who=hire(role).caller).ok()
        assert (me["role"], me["organisation_id"], me["organisation_name"]) == (role, None, None)


def test_a_patient_says_their_name(cloud: Cloud):
    nameless = new_patient(name=None)
    assert call(app, "GET", "/me", who=nameless.caller).ok()["name"] is None
    assert change(nameless, {"name": "  赵小明 "}).ok()["name"] == "赵小明"
    assert get_person(nameless.person.id).name == "赵小明"


def test_staff_cannot_change_their_name(clinic: Clinic):
    change(clinic.doctor, {"name": "王二"}).refused(403, "profile.name_kept_by_organisation")


def test_preferences_change_one_by_one(patient: PatientOf, clinic: Clinic):
    for who in (patient, clinic.doctor):
        assert change(who, {"preferences": {"language": "en"}}).ok()["preferences"] == {
            "language": "en",
            "large_font": False,
            "high_contrast": False,
        }
        change(who, {"preferences": {"large_font": True}}).ok()
        change(who, {"preferences": {"high_contrast": True, "large_font": False}}).ok()
        assert call(app, "GET", "/me", who=who.caller).ok()["preferences"] == {
            "language": "en",
            "large_font": False,
            "high_contrast": True,
        }


def test_switches_turned_at_the_same_moment_are_all_kept(patient: PatientOf):
    wishes = [{"language": "en"}, {"large_font": True}, {"high_contrast": True}, {"language": "en"}]
    answers = together(4, lambda number: change(patient, {"preferences": wishes[number]}))
    assert [answer.status for answer in answers] == [200] * 4, [answer.text for answer in answers]
    assert call(app, "GET", "/me", who=patient.caller).ok()["preferences"] == {
        "language": "en",
        "large_font": True,
        "high_contrast": True,
    }


def test_nothing_to_change_is_fine(patient: PatientOf):
    for body in ({}, {"name": None}, {"preferences": None}, {"preferences": {}}):
        assert change(patient, body).ok()["name"] == "王芳"


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x"},
        {"name": "  x  "},
        {"name": "x" * 41},
        {"name": 5},
        {"phone": "13800000000"},
        {"preferences": {"language": "de"}},
        {"preferences": {"large_font": "yes"}},
        {"preferences": {"unknown": True}},
        {"preferences": []},
    ],
)
def test_what_cannot_be_is_invalid(patient: PatientOf, body: dict):
    change(patient, body).refused(400, "request.schema_broken")


def test_the_same_change_again_is_done_once(patient: PatientOf):
    for _ in range(2):
        change(patient, {"preferences": {"large_font": True}}, key="key-of-the-page").ok()
    assert get_person(patient.person.id).version == 2


def test_a_change_is_audited_by_field(patient: PatientOf, cloud: Cloud):
    change(patient, {"preferences": {"large_font": True}}).ok()
    line = next(row for row in cloud.rows("people", "audit") if row["record_version"] == 2)
    assert (line["acts"], line["fields"], line["by"]["role"]) == (["person.change_profile"], ["preferences"], "patient")
    assert "王" not in str(line)


def test_somebody_whom_nobody_knows(cloud: Cloud):
    call(app, "GET", "/me", who=caller("per_unknown", "patient")).refused(404, "request.not_found")


def test_nobody(metrics):
    call(app, "GET", "/me").refused(401, "identity.missing")
    call(app, "PATCH", "/me", {}).refused(401, "identity.missing")
