"""What people agree to, and that it is asked for as it stands."""

from __future__ import annotations

from datetime import date

import pytest

from directory.keep_consent_texts.app import app as keep_consent_texts
from hospital.consents.errors import ConsentMissing
from hospital.consents.store import require
from hospital.verifications.id_number import parse_id_number
from hospital.verifications.model import Proven
from hospital.verifications.recording import record
from hospital.work import Work
from identity.keep_consents.app import app
from tests.builders.cloud import Cloud, together
from tests.builders.delivery import Delivery
from tests.builders.gateway import Answer, Json, call
from tests.builders.moments import Time
from tests.builders.numbers import an_id_number
from tests.builders.people import Clinic, PatientOf, found_clinic, new_patient

pytestmark = pytest.mark.store


def decide(who: PatientOf, purpose: str, act: str, **more: Json) -> Answer:
    return call(app, "POST", "/consents", {"purpose": purpose, "act": act, **more}, who=who.caller)


def shown(who: PatientOf, purpose: str, clinic: Clinic | None = None) -> Json:
    query = f"?organisation_id={clinic.id}" if clinic else ""
    house = clinic.id if clinic else ""
    items = call(app, "GET", f"/consents{query}", who=who.caller).ok()["items"]
    (found,) = [one for one in items if (one["purpose"], one["organisation_id"]) == (purpose, house)]
    return found


def rewrites(clinic: Clinic, version: int, text: str, **more: Json) -> Answer:
    body = {"purpose": "recording", "title": "录制同意书", "text": text, "own_version": version, **more}
    return call(keep_consent_texts, "PUT", "/consent-texts", body, who=clinic.admin.caller)


def missing(who: PatientOf, clinic: Clinic | None = None, purpose: str = "recording") -> Json:
    with pytest.raises(ConsentMissing) as refusal:
        require(purpose, who.person.id, clinic.id if clinic else "")  # type: ignore[arg-type]
    return refusal.value.facts


def test_nobody_has_agreed_before_they_were_asked(clinic: Clinic, patient: PatientOf):
    assert missing(patient, clinic) == {
        "rule": "PIPL-CONSENT",
        "purpose": "recording",
        "organisation_id": clinic.id,
        "text_version": 1,
    }
    assert missing(patient, None, "face_recognition")["organisation_id"] == ""
    asked = shown(patient, "recording", clinic)
    assert (asked["state"], asked["holds"], asked["signed_version"]) == ("asked", False, None)
    assert asked["organisation_name"] == clinic.name
    assert "录制" in asked["text"]["text"]


def test_a_withdrawal_counts_at_once(clinic: Clinic, patient: PatientOf, deliver: Delivery):
    given = decide(patient, "recording", "give", organisation_id=clinic.id, text_version=1).ok()
    assert (given["state"], given["holds"], given["signed_version"]) == ("given", True, 1)
    assert require("recording", patient.person.id, clinic.id).state == "given"
    withdrawn = decide(patient, "recording", "withdraw", organisation_id=clinic.id).ok()
    assert (withdrawn["state"], withdrawn["holds"], withdrawn["signed_version"]) == ("withdrawn", False, 1)
    missing(patient, clinic)
    decide(patient, "recording", "withdraw", organisation_id=clinic.id).refused(409, "consent.moved_on")
    deliver()
    told = [one["type"] for one in deliver.envelopes if one["type"].startswith("consent.")]
    assert sorted(told) == ["consent.given.v1", "consent.withdrawn.v1"]


def test_a_consent_is_for_one_purpose_one_house_and_one_person(clinic: Clinic, patient: PatientOf):
    decide(patient, "recording", "give", organisation_id=clinic.id, text_version=1).ok()
    missing(patient, found_clinic())
    missing(patient, clinic, "health_data")
    missing(new_patient(), clinic)


def test_the_platforms_purposes_are_agreed_to_once(clinic: Clinic, patient: PatientOf):
    decide(patient, "face_recognition", "give", organisation_id=clinic.id, text_version=1).ok()
    assert require("face_recognition", patient.person.id, found_clinic().id).organisation_id == ""
    assert shown(patient, "face_recognition")["holds"]


def test_who_refuses_is_not_taken_to_agree_and_may_agree_later(clinic: Clinic, patient: PatientOf):
    decide(patient, "recording", "refuse", organisation_id=clinic.id, text_version=1).ok()
    missing(patient, clinic)
    decide(patient, "recording", "give", organisation_id=clinic.id, text_version=1).ok()
    require("recording", patient.person.id, clinic.id)


@pytest.mark.req("ENG-09")
def test_each_house_words_its_own_and_what_was_signed_is_kept(clinic: Clinic, patient: PatientOf, time: Time):
    other, stranger = found_clinic(), new_patient()
    first = rewrites(clinic, 0, "本院录制通话，保存三年。").ok()
    assert (first["own_version"], first["text_version"], first["holds_from"]) == (1, 1, 1)
    decide(patient, "recording", "give", organisation_id=clinic.id, text_version=1).ok()
    time.passes(minutes=1)
    second = rewrites(clinic, 1, "本院录制通话，保存十五年。", asks_anew=True).ok()
    assert (second["text_version"], second["holds_from"]) == (2, 2)
    mine = shown(patient, "recording", clinic)
    assert mine["text"]["text"] == "本院录制通话，保存十五年。"
    assert (mine["state"], mine["holds"], mine["signed_version"]) == ("given", False, 1)
    assert missing(patient, clinic)["text_version"] == 2
    assert "保存三年" in shown(stranger, "recording", other)["text"]["text"]
    assert shown(stranger, "recording", other)["text"]["organisation_id"] == ""
    path = f"/consents/history?purpose=recording&organisation_id={clinic.id}"
    history = call(app, "GET", path, who=patient.caller).ok()
    assert history["signed"]["text"] == "本院录制通话，保存三年。"
    assert [(one["state"], one["text_version"], one["by_oneself"]) for one in history["decisions"]] == [
        ("given", 1, True)
    ]
    # Who has not read the new words cannot sign them, and nobody overwrites what they did not read.
    stale = decide(patient, "recording", "give", organisation_id=clinic.id, text_version=1)
    assert stale.refused(409, "consent.text_changed") == {"purpose": "recording", "text_version": 2}
    rewrites(clinic, 1, "本院不录制任何通话。").refused(409, "consent.text_changed")
    decide(patient, "recording", "give", organisation_id=clinic.id, text_version=2).ok()
    require("recording", patient.person.id, clinic.id)


def test_mended_words_ask_nobody_anew(clinic: Clinic, patient: PatientOf):
    rewrites(clinic, 0, "本院录制通话，保存三年。").ok()
    decide(patient, "recording", "give", organisation_id=clinic.id, text_version=1).ok()
    rewrites(clinic, 1, "本院录制通话，保存三年整。", asks_anew=False).ok()
    assert shown(patient, "recording", clinic)["signed_version"] == 1
    require("recording", patient.person.id, clinic.id)


def test_a_child_does_not_agree_alone(clinic: Clinic, time: Time):
    child = new_patient(verified=False)
    number = parse_id_number(an_id_number(born=date(2012, 11, 22)), date(2026, 11, 21))
    with Work(by=child.caller, doing="test.set_up") as work:
        record(work, child.person.id, Proven("王小宝", number, "authority", "number"), time())
    refused = decide(child, "recording", "give", organisation_id=clinic.id, text_version=1)
    assert refused.refused(422, "consent.guardian_needed") == {"rule": "PIPL-CONSENT"}
    decide(child, "recording", "refuse", organisation_id=clinic.id, text_version=1).ok()
    time.passes(hours=24)  # 14 years old
    decide(child, "recording", "give", organisation_id=clinic.id, text_version=1).ok()


def test_what_does_not_exist(clinic: Clinic, patient: PatientOf):
    decide(patient, "everything", "give", text_version=1).refused(400, "request.schema_broken")
    decide(patient, "recording", "give", text_version=1).refused(404, "organisation.not_found")
    elsewhere = "org_" + "0" * 26
    decide(patient, "recording", "give", organisation_id=elsewhere, text_version=1).refused(
        404, "organisation.not_found"
    )
    call(app, "GET", f"/consents?organisation_id={elsewhere}", who=patient.caller).refused(
        404, "organisation.not_found"
    )


def test_of_many_at_once_each_decision_is_kept(clinic: Clinic, patient: PatientOf, cloud: Cloud):
    answers = together(4, lambda _: decide(patient, "recording", "give", organisation_id=clinic.id, text_version=1))
    assert [one.status for one in answers] == [200] * 4
    assert len(require("recording", patient.person.id, clinic.id).decisions) == 4
