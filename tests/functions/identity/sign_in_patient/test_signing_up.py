"""Signing up on purpose, through what the terminal asks."""

from __future__ import annotations

from typing import Any

import pytest

from identity.configure_sign_up.app import app as configure_sign_up
from identity.sign_in_patient.app import app
from identity.view_profile.app import app as view_profile
from tests.builders.cloud import Cloud
from tests.builders.gateway import Answer, call
from tests.builders.inbox import Inbox
from tests.builders.moments import Time
from tests.builders.people import Clinic, new_patient

pytestmark = pytest.mark.store

PHONE = "13912345678"
TERMINAL = "wechat_official_account"


def code_for(inbox: Inbox, phone: str = PHONE) -> str:
    call(app, "POST", "/codes", {"phone": phone}).ok(202)
    return inbox.code(phone)


def sign_up(code: str, phone: str = PHONE, **more: Any) -> Answer:
    return call(app, "POST", "/sign-ups", {"phone": phone, "code": code, "terminal": "web"} | more)


def asks_names(clinic: Clinic) -> None:
    content = {
        "asks_name": True,
        "real_name": "at_sign_up",
        "ways": ["counter"],
        "card": "at_sign_up",
        "family": False,
        "wechat": True,
    }
    body = {"terminal": TERMINAL, "version": 0, **content}
    call(configure_sign_up, "PUT", "/sign-up-flow", body, who=clinic.admin.caller).ok()


@pytest.mark.req("ID-02")
def test_a_new_patient_signs_up_and_reads_their_profile(inbox: Inbox, cloud: Cloud):
    opened = sign_up(code_for(inbox), name="小王").ok()
    me = call(view_profile, "GET", "/me", token=opened["access_token"]).ok()
    assert (me["name"], me["phone_masked"], me["verified"]) == ("小王", "139****5678", False)
    (person,) = [row for row in cloud.rows("people", "record") if row["kind"] == "Person"]
    assert person["joined_through"] == "web"


@pytest.mark.req("ID-02")
def test_a_second_sign_up_with_the_phone_is_refused_to_its_holder_alone(inbox: Inbox, time: Time):
    known = new_patient()
    code = code_for(inbox, known.phone)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    sign_up(wrong, known.phone).refused(401, "sign_in.code_wrong")
    sign_up(code, known.phone).refused(409, "sign_up.phone_taken")
    body = {"phone": known.phone, "code": code}
    opened = call(app, "POST", "/patient-sessions", body).ok()
    assert opened["me"]["person_id"] == known.person.id, "the code stayed good to sign in with"


@pytest.mark.req("ID-02")
def test_a_wrong_code_signs_nobody_up(inbox: Inbox, cloud: Cloud):
    code = code_for(inbox)
    sign_up(f"{(int(code) + 1) % 1_000_000:06d}").refused(401, "sign_in.code_wrong")
    assert not [row for row in cloud.rows("people", "record") if row["kind"] == "Person"]
    sign_up(code).ok()
    sign_up(code).refused(401, "sign_in.code_wrong")


@pytest.mark.req("ID-01")
def test_what_a_terminal_asks_counts_there_alone(inbox: Inbox, clinic: Clinic):
    asks_names(clinic)
    code = code_for(inbox)
    there = {"terminal": TERMINAL, "organisation_id": clinic.id}
    sign_up(code, **there).refused(400, "sign_up.name_missing")
    assert sign_up(code, **there, name="小王").ok()["me"]["name"] == "小王"
    other = "13912345679"
    assert sign_up(code_for(inbox, other), other, organisation_id=clinic.id).ok()["me"]["name"] is None


@pytest.mark.parametrize("more", [{"terminal": "fax"}, {"terminal": None}, {"organisation_id": "?"}, {"name": "王"}])
def test_what_no_terminal_sends_is_invalid(inbox: Inbox, more: dict[str, Any]):
    sign_up(code_for(inbox), **more).refused(400, "request.schema_broken")
