"""One's ways to sign in: seen, added, removed, and the phone changed."""

from __future__ import annotations

from typing import Any

import pytest

from hospital import ids
from identity.keep_sign_in_methods.app import app
from identity.sign_in_patient.app import app as sign_in_patient
from tests.builders.cloud import Cloud
from tests.builders.gateway import Answer, call
from tests.builders.inbox import Inbox
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, new_patient
from tests.builders.wechat import Browser, Peer, added, adding, own_code

pytestmark = pytest.mark.store

NEW = "13912345678"


def said(time: Time) -> str:
    """The moment, as answers tell it."""
    return time.now.strftime("%Y-%m-%dT%H:%M:%SZ")


def methods(patient: PatientOf) -> dict[str, Any]:
    told: dict[str, Any] = call(app, "GET", "/sign-in-methods", who=patient.caller).ok()
    return told


def remove(patient: PatientOf, method_id: str, code: str) -> Answer:
    return call(app, "POST", f"/sign-in-methods/{method_id}/removal", {"code": code}, who=patient.caller)


def code_to_new(patient: PatientOf, inbox: Inbox, phone: str = NEW) -> str:
    call(app, "POST", "/sign-in-methods/codes", {"phone": phone}, who=patient.caller).ok(202)
    return inbox.code(phone)


def change_phone(patient: PatientOf, code: str, own: str, phone: str = NEW) -> Answer:
    body = {"phone": phone, "code": code, "own_code": own}
    return call(app, "PUT", "/sign-in-methods/phone", body, who=patient.caller)


def signs_in(phone: str, inbox: Inbox) -> str:
    call(sign_in_patient, "POST", "/codes", {"phone": phone}).ok(202)
    body = {"phone": phone, "code": inbox.code(phone)}
    person_id: str = call(sign_in_patient, "POST", "/patient-sessions", body).ok()["me"]["person_id"]
    return person_id


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_person_sees_by_what_they_sign_in_and_when_they_did(
    patient: PatientOf, inbox: Inbox, small_wechat: Peer, time: Time
):
    assert methods(patient) == {
        "phone_masked": patient.person.phone_masked,
        "phone_since": methods(patient)["phone_since"],
        "phone_last_used_at": None,
        "wechats": [],
        "may_add": True,
        "may_remove": True,
    }
    signs_in(patient.phone, inbox)
    assert methods(patient)["phone_last_used_at"] == said(time)
    time.passes(minutes=2)
    (wechat,) = added(patient, inbox, small_wechat).ok()["wechats"]
    assert (wechat["nick"], wechat["last_used_at"]) == ("慢慢来", None)
    time.passes(minutes=2)
    Browser(small_wechat).signed_in().ok()
    (used,) = methods(patient)["wechats"]
    assert (used["bound_at"], used["last_used_at"]) == (wechat["bound_at"], said(time))


def test_what_is_removed_signs_nobody_in_until_it_is_added_again(
    patient: PatientOf, inbox: Inbox, small_wechat: Peer, time: Time, cloud: Cloud
):
    (wechat,) = added(patient, inbox, small_wechat).ok()["wechats"]
    time.passes(minutes=2)
    assert remove(patient, wechat["id"], own_code(patient, inbox)).ok()["wechats"] == []
    assert Browser(small_wechat).signed_in().ok()["opened"] is None
    other = new_patient()
    (theirs,) = added(other, inbox, small_wechat).ok()["wechats"]
    assert theirs["id"] != wechat["id"]
    assert Browser(small_wechat).signed_in().ok()["opened"]["me"]["person_id"] == other.person.id
    told = [row["type"] for row in cloud.rows("people", "event")]
    assert told.count("sign_in_method.changed.v1") == 3


def test_a_change_takes_a_fresh_code_to_the_accounts_own_phone(
    patient: PatientOf, inbox: Inbox, small_wechat: Peer, time: Time
):
    (wechat,) = added(patient, inbox, small_wechat).ok()["wechats"]
    time.passes(minutes=2)
    call(sign_in_patient, "POST", "/codes", {"phone": patient.phone}).ok(202)
    of_signing_in = inbox.code(patient.phone)
    remove(patient, wechat["id"], of_signing_in).refused(400, "sign_in_method.code_wrong")
    code = own_code(patient, inbox)
    facts = remove(patient, wechat["id"], wrong(code)).refused(400, "sign_in_method.code_wrong")
    assert facts == {"which": "own", "tries_left": 4}
    time.passes(minutes=5)
    remove(patient, wechat["id"], code).refused(400, "sign_in_method.code_wrong")
    assert len(methods(patient)["wechats"]) == 1
    remove(patient, wechat["id"], own_code(patient, inbox)).ok()


def test_a_code_for_a_change_signs_nobody_in_and_counts_once(patient: PatientOf, inbox: Inbox, small_wechat: Peer):
    code = own_code(patient, inbox)
    body = {"phone": patient.phone, "code": code}
    call(sign_in_patient, "POST", "/patient-sessions", body).refused(401, "sign_in.code_wrong")
    begin = {"code": code}
    call(app, "POST", "/sign-in-methods/wechat-attempts", begin, who=patient.caller).ok(201)
    call(app, "POST", "/sign-in-methods/wechat-attempts", begin, who=patient.caller).refused(
        400, "sign_in_method.code_wrong"
    )


def test_one_wechat_has_one_owner_and_whose_it_is_is_not_said(patient: PatientOf, inbox: Inbox, small_wechat: Peer):
    added(patient, inbox, small_wechat).ok()
    assert added(new_patient(), inbox, small_wechat).refused(409, "sign_in_method.wechat_taken") == {}


def test_nobody_finishes_what_another_began(patient: PatientOf, inbox: Inbox, small_wechat: Peer):
    state = adding(patient, inbox)
    body = {"state": state, "code": small_wechat.wechat.agree("慢慢来")}
    call(app, "POST", "/sign-in-methods", body, who=new_patient().caller).refused(410, "wechat.attempt_over")
    call(app, "POST", "/sign-in-methods", body, who=patient.caller).ok()
    call(app, "POST", "/sign-in-methods", body, who=patient.caller).refused(410, "wechat.attempt_over")


def test_an_attempt_to_sign_in_adds_nothing(patient: PatientOf, small_wechat: Peer):
    browser = Browser(small_wechat)
    body = {"state": browser.begin(), "code": browser.agree()}
    call(app, "POST", "/sign-in-methods", body, who=patient.caller).refused(410, "wechat.attempt_over")


def test_another_ones_method_does_not_exist(patient: PatientOf, inbox: Inbox, small_wechat: Peer):
    (wechat,) = added(patient, inbox, small_wechat).ok()["wechats"]
    other = new_patient()
    remove(other, wechat["id"], own_code(other, inbox)).refused(404, "sign_in_method.not_found")
    remove(other, ids.new_id("wcc"), "000000").refused(404, "sign_in_method.not_found")
    assert methods(other)["wechats"] == []


def test_an_account_has_five_wechats_at_most(patient: PatientOf, inbox: Inbox, small_wechat: Peer, time: Time):
    for number in range(5):
        answer = added(patient, inbox, small_wechat, f"第{number}个").ok()
        time.passes(minutes=2)
    assert (len(answer["wechats"]), answer["may_add"]) == (5, False)
    body = {"code": own_code(patient, inbox)}
    refused = call(app, "POST", "/sign-in-methods/wechat-attempts", body, who=patient.caller)
    assert refused.refused(409, "sign_in_method.too_many") == {"most": 5}


def test_the_phone_is_changed_by_codes_to_both(patient: PatientOf, inbox: Inbox, cloud: Cloud, time: Time):
    own, code = own_code(patient, inbox), code_to_new(patient, inbox)
    change_phone(patient, wrong(code), own).refused(400, "sign_in_method.code_wrong")
    change_phone(patient, code, wrong(own)).refused(400, "sign_in_method.code_wrong")
    told = change_phone(patient, code, own).ok()
    assert (told["phone_masked"], told["phone_since"]) == ("139****5678", said(time))
    assert methods(patient) == told
    assert "person.phone_changed.v1" in {row["type"] for row in cloud.rows("people", "event")}
    assert signs_in(NEW, inbox) == patient.person.id
    newcomer = signs_in(patient.phone, inbox)
    assert newcomer != patient.person.id, "the number before is free again"


def test_a_number_goes_from_hand_to_hand(patient: PatientOf, inbox: Inbox, time: Time):
    change_phone(patient, code_to_new(patient, inbox), own_code(patient, inbox)).ok()
    time.passes(minutes=2)
    now = PatientOf(patient.person, NEW, patient.caller)
    back = code_to_new(now, inbox, patient.phone)
    change_phone(now, back, own_code(now, inbox), patient.phone).ok()
    assert signs_in(patient.phone, inbox) == patient.person.id


def test_another_accounts_number_is_refused_to_its_holder_alone(patient: PatientOf, inbox: Inbox):
    other = new_patient()
    own, code = own_code(patient, inbox), code_to_new(patient, inbox, other.phone)
    refused = change_phone(patient, wrong(code), own, other.phone).refused(400, "sign_in_method.code_wrong")
    assert refused["which"] == "new"
    assert change_phone(patient, code, own, other.phone).refused(409, "sign_in_method.phone_taken") == {}
    assert signs_in(other.phone, inbox) == other.person.id


def test_the_number_of_now_is_no_new_one(patient: PatientOf, inbox: Inbox):
    body = {"phone": patient.phone}
    call(app, "POST", "/sign-in-methods/codes", body, who=patient.caller).refused(409, "sign_in_method.phone_is_own")
    change_phone(patient, "000000", "000000", patient.phone).refused(409, "sign_in_method.phone_is_own")


def test_codes_are_asked_for_in_measure(patient: PatientOf, inbox: Inbox, time: Time):
    own_code(patient, inbox)
    again = call(app, "POST", "/sign-in-methods/codes", {}, who=patient.caller)
    again.refused(429, "sign_in.too_many_codes")
    for _ in range(9):
        code_to_new(new_patient(), inbox)
    code_to_new(patient, inbox)
    call(app, "POST", "/sign-in-methods/codes", {"phone": NEW}, who=new_patient().caller).refused(
        429, "sign_in.too_many_codes"
    )


def test_only_patients_keep_them(clinic: Clinic):
    for staff in (clinic.doctor, clinic.admin):
        call(app, "GET", "/sign-in-methods", who=staff.caller).refused(403, "policy.refused")
