"""Every event of a whole day matches the catalogue that partners read, and tells nothing that anybody said."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from consultation.answer_visit.app import app as answer_visit
from consultation.review_emergencies.app import app as review_emergencies
from directory.keep_consent_texts.app import app as keep_consent_texts
from directory.keep_departments.app import app as keep_departments
from directory.keep_his_syncs.app import app as keep_his_syncs
from directory.keep_organisations.app import app as keep_organisations
from directory.maintain_reference.app import app as maintain_reference
from directory.review_staff.app import app as review_staff
from hospital.people.keys import patient_id_of
from hospital.verifications.store import get_identity
from house.keep_inspections.app import app as keep_inspections
from house.sweep_due.app import app as sweep_due
from identity.ask_for_data_copy.app import app as ask_for_data_copy
from identity.check_at_counter.app import app as check_at_counter
from identity.configure_sign_up.app import app as configure_sign_up
from identity.keep_blacklist.app import app as keep_blacklist
from identity.keep_cards.app import app as keep_cards
from identity.keep_consents.app import app as keep_consents
from identity.keep_family.app import app as keep_family
from identity.keep_health_cards.app import app as keep_health_cards
from identity.keep_patients.app import app as keep_patients
from identity.keep_session.app import app as keep_session
from identity.prove_identity.app import app as prove_identity
from infra.local.his.server import HisServer
from messaging.export_conversation.app import app as export_conversation
from messaging.upload_file.app import app as upload_file
from tests.builders import files
from tests.builders.calls import acts, answers, rings
from tests.builders.catalogue import catalogue, validator
from tests.builders.conversations import Talk
from tests.builders.dictionary_wishes import OF_DICTIONARIES
from tests.builders.emergencies import an_officer, opened_record
from tests.builders.eyes import face_checked, opened_eyes
from tests.builders.families import confirmed_child
from tests.builders.gateway import call
from tests.builders.groups import group_of
from tests.builders.health_cards import CardServer
from tests.builders.inbox import Inbox
from tests.builders.moments import Time
from tests.builders.numbers import an_id_number
from tests.builders.people import Clinic, PatientOf, caller, new_patient
from tests.builders.register import Register
from tests.builders.sending import System
from tests.builders.sign_in import patient_device
from tests.builders.staffing import decided, paper_kind, taken_on
from tests.builders.two_files import file_before_real_names
from tests.builders.uploads import make_buckets, uploaded
from tests.builders.visits import SUMMARY, applied
from tests.builders.wechat import Peer as WechatPeer
from tests.builders.wechat import added, changed_phone
from tests.builders.wishes import OF_PEOPLE

pytestmark = pytest.mark.store


def decides_on_consents(clinic: Clinic, patient: PatientOf) -> None:
    """Words, a refusal, a consent, a withdrawal."""
    text = {"purpose": "recording", "title": "录制同意书", "text": "本院录制通话，保存三年。", "own_version": 0}
    call(keep_consent_texts, "PUT", "/consent-texts", text, who=clinic.admin.caller).ok()
    for act in ("refuse", "give", "withdraw"):
        body = {"purpose": "recording", "act": act, "organisation_id": clinic.id, "text_version": 1}
        call(keep_consents, "POST", "/consents", body, who=patient.caller).ok()


def keeps_dictionaries_and_senders(talk: Talk) -> None:
    """An entry, an import that begins, and a system of the house that may send."""
    wishes = (OF_DICTIONARIES["POST /dictionaries/{dictionary}/entries"], OF_PEOPLE["POST /sms-systems"])
    begins = OF_DICTIONARIES["POST /dictionaries/{dictionary}/imports/{import_id}/start"]
    for wish in (*wishes, begins):
        app, method, path, body, who = wish(talk)
        assert call(app, method, path, body, who=who).status < 300


def opens_in_emergency(clinic: Clinic, patient: PatientOf) -> None:
    """A record is opened with words that no event repeats, and the opening is judged."""
    opened = opened_record(clinic, patient, words="患者疑似心梗，昏迷送来，无法回答。").ok(201)
    verdict = {"verdict": "not_justified", "words": "疑似心梗一说没有记录。"}
    call(review_emergencies, "POST", f"/emergency-reviews/{opened['id']}", verdict, who=an_officer(clinic).caller).ok()


def merges_two_files(clinic: Clinic, patient_id: str) -> None:
    """Merged, and taken apart again."""
    path, admin = f"/patients/{patient_id}", clinic.admin.caller
    version, other = call(keep_patients, "GET", path, who=admin).ok()["version"], file_before_real_names(clinic, "王芳")
    merge = {"version": version, "other_id": other}
    merged = call(keep_patients, "POST", f"{path}/merges", merge, who=admin).ok()
    body = {"version": merged["version"]}
    call(keep_patients, "POST", f"{path}/merges/{other}/undo", body, who=admin).ok()


def keeps_a_family(patient: PatientOf, clinic: Clinic, register: Register) -> None:
    """A child comes, is called otherwise, is shown at the counter, and goes."""
    child = confirmed_child(patient, clinic, register)
    path = f"/family/{child['id']}"
    call(keep_family, "PUT", path, {"version": 2, "relation": "ward"}, who=patient.caller).ok()
    call(keep_family, "DELETE", path, who=patient.caller).ok(204)


def applies_for_cards(patient: PatientOf, card_server: CardServer, register: Register) -> None:
    """One is issued; the other channel is away, and will be asked again."""
    identity = get_identity(patient.person.id)
    assert identity is not None
    register.knows(identity.name, identity.id_number)
    call(keep_health_cards, "POST", "/health-cards", {"channel": "tencent"}, who=patient.caller).ok()
    card_server.registry.mood = "down"
    call(keep_health_cards, "POST", "/health-cards", {"channel": "alipay"}, who=patient.caller).ok()
    card_server.registry.mood = "well"


def takes_a_copy(talk: Talk) -> None:
    """Of their own data, by an address."""
    copy_id = call(ask_for_data_copy, "POST", "/data-copies", {}, who=talk.patient.caller).ok(202)["id"]
    talk.deliver()
    call(ask_for_data_copy, "POST", f"/data-copies/{copy_id}/link", who=talk.patient.caller).ok()


def test_every_event_of_a_whole_day_matches_its_schema_and_all_types_were_seen(
    talk: Talk,
    inbox: Inbox,
    time: Time,
    his: HisServer,
    register: Register,
    small_wechat: WechatPeer,
    card_server: CardServer,
    monkeypatch: pytest.MonkeyPatch,
):
    clinic, deliver = talk.clinic, talk.deliver
    talk.socket(talk.patient).send(talk.id, "我胸口还是闷", "client-id-1")
    make_buckets()
    for content in (files.picture("PNG", 20, 10), files.SCRIPTED_SVG):  # one is ready and sent, one refused
        upload = uploaded(talk, talk.patient, "image", content, name="手臂皮疹.png")
        talk.socket(talk.patient).say(
            action="send", id="client-id-2", conversation_id=talk.id, type="image", content={"upload_id": upload["id"]}
        )
    given_up = uploaded(talk, talk.patient, "image", files.picture("PNG", 20, 10))
    call(upload_file, "DELETE", f"/uploads/{given_up['id']}", who=talk.patient.caller).ok(204)
    group = group_of(clinic.doctor, clinic.nurse, sockets=talk.sockets, name="胸痛会诊")
    group.keep(clinic.doctor, "PUT", "/notice", {"text": "疑似心梗，请会诊"}).ok()
    call(export_conversation, "POST", f"/conversations/{talk.id}/exports", who=clinic.doctor.caller).ok(202)
    call_id = rings(talk, clinic.doctor).ok(201)["id"]
    answers(call_id, talk.patient).ok()
    acts(call_id, "end", clinic.doctor).ok()
    talk.close()
    refused = applied(clinic, talk.patient)["id"]
    body = {"reason_id": clinic.reasons[0].id, "words": "疑似心梗"}
    call(answer_visit, "POST", f"/visits/{refused}/refuse", body, who=clinic.doctor.caller).ok()
    applied(clinic, new_patient())
    content = {"question": "怎么申请？", "answer": "选医生。"}
    call(maintain_reference, "POST", "/reference/faqs", {"content": content}, who=clinic.admin.caller).ok(201)
    place = {"version": 1, "code": "east", "name": "东城医院"}
    call(keep_organisations, "PUT", f"/organisations/{clinic.id}", place, who=clinic.admin.caller).ok()
    place = {"organisation_id": clinic.id, "code": "east", "name": "急诊科"}
    call(keep_departments, "POST", "/departments", place, who=clinic.admin.caller).ok(201)
    call(keep_cards, "POST", "/his-file", who=talk.patient.caller).ok()
    opened_eyes(monkeypatch)
    asked = System.let_in(clinic, most_faces_a_day=1).asks_for_face("王小明", an_id_number()).ok(202)
    assert asked["state"] == "asked"
    face_checked(new_patient(verified=False).caller).ok()
    code = call(prove_identity, "POST", "/counter-codes", who=new_patient("小王", verified=False).caller).ok(201)[
        "code"
    ]
    check = call(check_at_counter, "POST", "/counter-checks", {"code": code}, who=clinic.admin.caller).ok(201)["id"]
    card = {"name": "王芳", "id_number": an_id_number()}
    call(check_at_counter, "POST", f"/counter-checks/{check}/confirm", card, who=clinic.admin.caller).ok()
    file = {"patient_id": patient_id_of(talk.patient.person.id, clinic.id)}
    content = file | {"reason": "abuse", "words": "疑似心梗"}
    call(keep_blacklist, "POST", "/blacklist", content, who=clinic.admin.caller).ok(201)
    merges_two_files(clinic, file["patient_id"])
    content = {
        "asks_name": True,
        "real_name": "at_sign_up",
        "ways": ["counter"],
        "card": "at_sign_up",
        "family": True,
        "wechat": True,
    }
    body = {"terminal": "web", "version": 0, **content}
    call(configure_sign_up, "PUT", "/sign-up-flow", body, who=clinic.admin.caller).ok()
    added(talk.patient, inbox, small_wechat).ok()
    changed_phone(new_patient(), inbox, "13912345678").ok()
    cards = [one["id"] for one in call(keep_cards, "GET", "/cards", who=talk.patient.caller).ok()["cards"]]
    call(keep_cards, "PUT", "/cards/order", {"card_ids": cards}, who=talk.patient.caller).ok()
    applies_for_cards(talk.patient, card_server, register)
    takes_a_copy(talk)
    decides_on_consents(clinic, talk.patient)
    opens_in_emergency(clinic, talk.patient)
    keeps_dictionaries_and_senders(talk)
    keeps_a_family(talk.patient, clinic, register)
    call(keep_his_syncs, "POST", "/his-syncs", {"organisation_id": clinic.id}, who=clinic.admin.caller).ok(202)
    his.troubles.change({"mode": "busy", "times": 1})
    call(keep_cards, "POST", "/his-file", who=new_patient().caller).ok()
    staff = taken_on(clinic).ok(201)["staff"]
    paper = {"kind_id": paper_kind(), "number": "110110000021", "valid_until": "2026-11-21"}
    call(review_staff, "POST", f"/staff/{staff['id']}/papers", paper, who=clinic.admin.caller).ok(201)
    decided(clinic, staff, "approve").ok()
    device = patient_device(talk.patient, inbox)
    stolen = device.cookie
    device.refresh(), device.refresh()
    device.refresh(stolen).refused(401, "session.over")
    time.passes(minutes=2)
    device = patient_device(talk.patient, inbox)
    call(keep_session, "POST", "/sign-out", token=device.token).ok(204)
    call(keep_inspections, "POST", "/inspections", {"hours": 1}, who=caller("per_operator", "operator")).ok(202)
    time.passes(hours=24)
    sweep_due({}, None)
    deliver()
    assert {told["type"] for told in deliver.envelopes} == set(catalogue())
    for told in deliver.envelopes:
        validator(told["type"]).validate(told)
        assert datetime.fromisoformat(told["time"]).tzinfo
        assert int(told["sequence"]) == told["data"]["sequence"]
    assert len({told["id"] for told in deliver.envelopes}) == len(deliver.envelopes)
    everything = json.dumps(deliver.envelopes, ensure_ascii=False)
    said = ("皮疹", "胸口", "心梗", "病情需要面诊", SUMMARY.conclusion, SUMMARY.advice)
    for words in (talk.patient.phone, "王芳", "王小宝", "李明", *said):
        assert words not in everything
