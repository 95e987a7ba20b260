"""Who words what people agree to."""

from __future__ import annotations

import pytest

from consultation.apply_for_visit.app import app as apply_for_visit
from directory.keep_consent_texts.app import app
from directory.maintain_reference.app import app as maintain_reference
from identity.keep_consents.app import app as keep_consents
from tests.builders.cloud import together
from tests.builders.gateway import Answer, Json, call
from tests.builders.people import Clinic, PatientOf, Staff, caller, found_clinic, hire
from tests.builders.visits import application, applied, seen

pytestmark = pytest.mark.store

TEXT = "平台用人脸核验身份，画面不保存。"


def texts(who: Staff) -> dict[str, Json]:
    return {one["purpose"]: one for one in call(app, "GET", "/consent-texts", who=who.caller).ok()["items"]}


def writes(who: Staff, purpose: str, version: int, text: str = TEXT) -> Answer:
    body = {"purpose": purpose, "title": "同意书", "text": text, "own_version": version}
    return call(app, "PUT", "/consent-texts", body, who=who.caller)


@pytest.mark.req("ENG-09")
def test_an_organisation_words_its_purposes_and_not_the_platforms(clinic: Clinic):
    assert set(texts(clinic.admin)) == {"health_data", "his_records", "recording"}
    assert texts(clinic.admin)["recording"]["own_version"] == 0
    writes(clinic.admin, "face_recognition", 1).refused(404, "consent.text_not_found")
    assert writes(clinic.admin, "recording", 0).ok()["own_version"] == 1
    assert texts(clinic.admin)["recording"]["text"] == TEXT
    writes(clinic.doctor, "recording", 0).refused(403, "policy.refused")


@pytest.mark.req("ENG-09")
def test_the_prompts_of_a_house_are_its_own_and_who_accepted_one_keeps_it(clinic: Clinic, patient: PatientOf):
    """The notice before a consultation is shown by the house, accepted in a version, and kept with the visit."""
    other = found_clinic()

    def reads(house: Clinic) -> Json:
        path = f"/reference/consultation_notices?organisation_id={house.id}"
        (notice,) = call(maintain_reference, "GET", path, who=patient.caller).ok()["items"]
        return notice

    theirs, visit = reads(other), applied(clinic, patient)
    path = f"/reference/consultation_notices/{clinic.notice.id}"
    words = {"version": 1, "content": {"title": "咨询须知", "text": "夜间由值班医生答复，急症请打 120。"}}
    call(maintain_reference, "PUT", path, words, who=other.admin.caller).refused(404, "reference.item_not_found")
    call(maintain_reference, "PUT", path, words, who=clinic.admin.caller).ok()
    assert (reads(clinic)["version"], reads(clinic)["content"]["text"]) == (2, words["content"]["text"])
    assert reads(other) == theirs
    assert seen(visit["id"], patient)["notice"]["notice_version"] == 1
    stale = application(clinic, clinic.colleague)
    refused = call(apply_for_visit, "POST", "/visits", stale, who=patient.caller)
    assert refused.refused(400, "visit.notice_not_accepted")["notice_version"] == 2


def test_the_operators_words_hold_where_a_house_has_none(clinic: Clinic, patient: PatientOf):
    operator = hire("operator")
    writes(clinic.admin, "recording", 0, "本院的录制同意书正文。").ok()
    for purpose in ("recording", "health_data", "face_recognition"):
        assert writes(operator, purpose, 1).ok()["text_version"] == 2
    items = call(keep_consents, "GET", f"/consents?organisation_id={clinic.id}", who=patient.caller).ok()["items"]
    read = {one["purpose"]: (one["text"]["text"], one["text"]["text_version"]) for one in items}
    assert read["recording"] == ("本院的录制同意书正文。", 1)
    assert read["health_data"] == (TEXT, 2)
    assert read["face_recognition"] == (TEXT, 2)


@pytest.mark.parametrize("version", [0, 1])
def test_of_many_who_write_at_once_one_is_not_overwritten(clinic: Clinic, version: int):
    for earlier in range(version):
        writes(clinic.admin, "recording", earlier).ok()
    answers = together(3, lambda _: writes(clinic.admin, "recording", version))
    assert sorted(one.status for one in answers) == [200, 409, 409]
    assert texts(clinic.admin)["recording"]["text_version"] == version + 1


def test_nobody_else_reads_them_here(clinic: Clinic, patient: PatientOf):
    for who in (patient.caller, clinic.nurse.caller, caller("per_1", "auditor", clinic.id)):
        call(app, "GET", "/consent-texts", who=who).refused(403, "policy.refused")
