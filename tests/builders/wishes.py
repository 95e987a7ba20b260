"""What people of every kind change about themselves, each other and their houses: one call a route."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from adapters.his import NewFile, his
from directory.keep_consent_texts.app import app as keep_consent_texts
from directory.keep_departments.app import app as keep_departments
from directory.keep_his_syncs.app import app as keep_his_syncs
from directory.keep_organisations.app import app as keep_organisations
from directory.keep_registration.app import app as keep_registration
from directory.keep_staff.app import app as keep_staff
from directory.review_staff.app import app as review_staff
from hospital import clock, secret_keys
from hospital.caller import Caller, system
from hospital.http import App
from hospital.sessions import codes
from hospital.sms.store import sms_messages, written
from hospital.work import Work
from identity.ask_for_data_copy.app import app as ask_for_data_copy
from identity.ask_for_face.app import app as ask_for_face
from identity.check_at_counter.app import app as check_at_counter
from identity.check_face.app import app as check_face
from identity.keep_access.app import app as keep_access
from identity.keep_cards.app import app as keep_cards
from identity.keep_consents.app import app as keep_consents
from identity.keep_family.app import app as keep_family
from identity.keep_family.asking_by_phone import PER_MEMBER
from identity.keep_health_cards.app import app as keep_health_cards
from identity.prove_identity.app import app as prove_identity
from identity.read_id_card.app import app as read_id_card
from messaging.keep_sms_systems.app import app as keep_sms_systems
from messaging.view_sms.app import app as view_sms
from tests.builders.consents import agrees_to
from tests.builders.conversations import Talk
from tests.builders.eyes import PICTURE, frames
from tests.builders.files import picture
from tests.builders.gateway import Answer, call
from tests.builders.numbers import an_id_number
from tests.builders.people import new_patient
from tests.builders.sending import System
from tests.builders.sign_in import staff_device
from tests.builders.staffing import acting_as, decided, paper_kind, taken_on
from tests.builders.uploads import uploaded

BORN = date(2020, 5, 4)
NUMBER, CHILD = an_id_number(), an_id_number(born=BORN)
SYSTEM = {"name": "检验系统", "most_a_day": 100}
Sent = tuple[App, str, str, Any, Caller]


def _prove(talk: Talk) -> Sent:
    newcomer = new_patient("小王", verified=False)
    return prove_identity, "POST", "/real-name", {"name": "王小芳", "id_number": NUMBER}, newcomer.caller


def _counter_code(talk: Talk) -> Sent:
    return prove_identity, "POST", "/counter-codes", None, talk.patient.caller


def _begin_check(talk: Talk) -> Sent:
    app, method, path, body, who = _counter_code(talk)
    shown = call(app, method, path, body, who=who).ok(201)
    return check_at_counter, "POST", "/counter-checks", {"code": shown["code"]}, talk.clinic.admin.caller


def _confirm_check(talk: Talk) -> Sent:
    newcomer = new_patient("小王", verified=False)
    shown = call(prove_identity, "POST", "/counter-codes", who=newcomer.caller).ok(201)
    admin = talk.clinic.admin.caller
    check = call(check_at_counter, "POST", "/counter-checks", {"code": shown["code"]}, who=admin).ok(201)
    body = {"name": "王小芳", "id_number": an_id_number()}
    return check_at_counter, "POST", f"/counter-checks/{check['id']}/confirm", body, admin


def _consent(talk: Talk) -> Sent:
    body = {"purpose": "face_recognition", "act": "give", "text_version": 1}
    return keep_consents, "POST", "/consents", body, talk.patient.caller


def _word_consent(talk: Talk) -> Sent:
    body = {"purpose": "recording", "title": "录制同意书", "text": "本院录制通话，保存三年。", "own_version": 0}
    return keep_consent_texts, "PUT", "/consent-texts", body, talk.clinic.admin.caller


def _add_member(talk: Talk) -> Sent:
    body = {"name": "王小芳", "id_number": NUMBER, "relation": "sibling"}
    return keep_family, "POST", "/family", body, talk.patient.caller


def _member(talk: Talk, born: date | None = None) -> str:
    app, method, path, body, who = _add_member(talk)
    if born is not None:
        body = {**body, "id_number": CHILD, "paper": {"kind": "birth_certificate", "number": "R320001234"}}
    member: str = call(app, method, path, body, who=who).ok(201)["id"]
    return member


def _change_member(talk: Talk) -> Sent:
    body = {"version": 1, "relation": "spouse", "called": "小芳"}
    return keep_family, "PUT", f"/family/{_member(talk)}", body, talk.patient.caller


def _agree(talk: Talk) -> Sent:
    member, adult = _member(talk), new_patient("小王", verified=False)
    body = {"name": "王小芳", "id_number": NUMBER}
    call(prove_identity, "POST", "/real-name", body, who=adult.caller).ok()
    return keep_family, "POST", f"/family-helpers/{member}/agree", {"text_version": 1}, adult.caller


def _ask_by_phone(talk: Talk) -> Sent:
    member = _member(talk)
    his().open_file(NewFile(NUMBER, "王小芳", "female", date(1990, 1, 1), "13712345678"), key="")
    return keep_family, "POST", f"/family/{member}/code", None, talk.patient.caller


def _join_by_code(talk: Talk) -> Sent:
    member, who = _member(talk), talk.patient.caller
    of = secret_keys.lookup_hash("family_code", member)
    _, digits = codes.draw(of, PER_MEMBER, by=who, now=clock.now())
    return keep_family, "POST", f"/family/{member}/join", {"code": digits, "text_version": 1}, who


def _confirm_child(talk: Talk) -> Sent:
    child = _member(talk, BORN)
    code = call(prove_identity, "POST", "/counter-codes", who=talk.patient.caller).ok(201)["code"]
    admin = talk.clinic.admin.caller
    check = call(check_at_counter, "POST", "/counter-checks", {"code": code}, who=admin).ok(201)["id"]
    return check_at_counter, "POST", f"/counter-checks/{check}/children/{child}/confirm", None, admin


def _found_branch(talk: Talk) -> Sent:
    body = {"parent_id": talk.clinic.id, "code": "branch", "name": "东城门诊部"}
    return keep_organisations, "POST", "/organisations", body, talk.clinic.admin.caller


def _change_organisation(talk: Talk) -> Sent:
    body = {"version": 1, "code": "east", "name": "东城医院"}
    return keep_organisations, "PUT", f"/organisations/{talk.clinic.id}", body, talk.clinic.admin.caller


def _switch_businesses(talk: Talk) -> Sent:
    body = {"version": 1, "businesses_off": [{"business": "nursing"}]}
    return keep_organisations, "PUT", f"/organisations/{talk.clinic.id}/businesses", body, talk.clinic.admin.caller


def _found_department(talk: Talk) -> Sent:
    body = {"organisation_id": talk.clinic.id, "code": "skin", "name": "皮肤科"}
    return keep_departments, "POST", "/departments", body, talk.clinic.admin.caller


def _start_his_sync(talk: Talk) -> Sent:
    return keep_his_syncs, "POST", "/his-syncs", {"organisation_id": talk.clinic.id}, talk.clinic.admin.caller


def _change_department(talk: Talk) -> Sent:
    path = f"/departments/{talk.clinic.doctor.role.department_id}"
    return keep_departments, "PUT", path, {"version": 1, "code": "heart", "name": "心科"}, talk.clinic.admin.caller


def _write_duty(talk: Talk) -> Sent:
    body = {"name": "日志查询员", "permissions": ["log:read"], "version": 0}
    return keep_access, "PUT", "/access/duties/log_reader", body, talk.clinic.admin.caller


def _of_account(act: str) -> Callable[[Talk], Sent]:
    def wish(talk: Talk) -> Sent:
        staff_device(talk.clinic.nurse)
        if act == "enable":
            _account_of_nurse(talk, "disable").ok()
        return keep_access, "POST", f"/access/staff/{talk.clinic.nurse.role.id}/{act}", None, talk.clinic.admin.caller

    return wish


def _account_of_nurse(talk: Talk, act: str) -> Answer:
    return call(keep_access, "POST", f"/access/staff/{talk.clinic.nurse.role.id}/{act}", who=talk.clinic.admin.caller)


def _give_duties(talk: Talk) -> Sent:
    body = {"duties": [], "scope": "department", "version": 1}
    return keep_access, "PUT", f"/access/staff/{talk.clinic.nurse.role.id}", body, talk.clinic.admin.caller


def _take_on(talk: Talk) -> Sent:
    body = {"organisation_id": talk.clinic.id, "role": "nurse", "account": "new.nurse", "name": "吴敏"}
    return keep_staff, "POST", "/staff", body, talk.clinic.admin.caller


def _find_staff(talk: Talk) -> Sent:
    return keep_staff, "POST", "/staff-searches", {"phone": "13800138000"}, talk.clinic.admin.caller


def _change_staff(talk: Talk) -> Sent:
    body = {"version": 1, "name": "李明明", "department_id": talk.clinic.doctor.role.department_id}
    return keep_staff, "PUT", f"/staff/{talk.clinic.doctor.role.id}", body, talk.clinic.admin.caller


def _decide(act: str, after: str = "", **more: Any) -> Callable[[Talk], Sent]:
    def wish(talk: Talk) -> Sent:
        staff = taken_on(talk.clinic).ok(201)["staff"]
        for earlier in after.split():
            staff = decided(talk.clinic, staff, earlier, **({"reason": "核实中"} if earlier == "suspend" else {})).ok()
        body = {"version": staff["version"]} | more
        return review_staff, "POST", f"/staff/{staff['id']}/{act}", body, talk.clinic.admin.caller

    return wish


def _paper(talk: Talk) -> Sent:
    body = {"kind_id": paper_kind(), "number": "110110000021"}
    return review_staff, "POST", f"/staff/{talk.clinic.doctor.role.id}/papers", body, talk.clinic.admin.caller


def _own_paper(talk: Talk) -> Sent:
    body = {"kind_id": paper_kind(), "number": "110110000021"}
    return keep_registration, "POST", "/registration/papers", body, talk.clinic.doctor.caller


def _own_scan(talk: Talk) -> Sent:
    app, method, path, body, who = _own_paper(talk)
    paper_id = call(app, method, path, body, who=who).ok(201)["id"]
    scan = uploaded(talk, talk.clinic.doctor, "image", picture(), conversation_id=None, paper_id=paper_id)
    body = {"upload_id": scan["id"]}
    return keep_registration, "PUT", f"/registration/papers/{paper_id}/scan", body, talk.clinic.doctor.caller


def _submit(talk: Talk) -> Sent:
    staff = taken_on(talk.clinic).ok(201)["staff"]
    decided(talk.clinic, staff, "reject", reason="证件不清楚").ok()
    return keep_registration, "POST", "/registration/submit", None, acting_as(talk.clinic, staff)


def _check_in(talk: Talk) -> Sent:
    body = {"id_number": "110101196001010021"}
    return keep_registration, "POST", "/registration/check-in", body, talk.clinic.doctor.caller


def _draw_face_check(talk: Talk) -> Sent:
    agrees_to(talk.patient.caller, "face_recognition")
    return check_face, "POST", "/face-checks", None, talk.patient.caller


def _answer_face_check(talk: Talk) -> Sent:
    who = new_patient(verified=False).caller
    sides = [
        call(read_id_card, "POST", "/id-card-readings", {"side": side, "picture": PICTURE}, who=who).ok(201)["id"]
        for side in ("front", "back")
    ]
    agrees_to(who, "face_recognition")
    check = call(check_face, "POST", "/face-checks", who=who).ok(201)["id"]
    body = {"frames": frames(), "front_reading_id": sides[0], "back_reading_id": sides[1]}
    return check_face, "POST", f"/face-checks/{check}/answer", body, who


def _open_face_request(talk: Talk) -> Sent:
    asked = System.let_in(talk.clinic, most_faces_a_day=1).asks_for_face("王小芳", NUMBER).ok(202)
    code = asked["link"].partition("code=")[2]
    who = new_patient(verified=False).caller
    return ask_for_face, "POST", f"/face-requests/{asked['id']}/open", {"code": code}, who


def _read_card(talk: Talk) -> Sent:
    return read_id_card, "POST", "/id-card-readings", {"side": "front", "picture": PICTURE}, talk.patient.caller


def _open_his_file(talk: Talk) -> Sent:
    return keep_cards, "POST", "/his-file", None, talk.patient.caller


def _arrange_cards(talk: Talk) -> Sent:
    call(keep_cards, "POST", "/his-file", who=talk.patient.caller).ok()
    cards = call(keep_cards, "GET", "/cards", who=talk.patient.caller).ok()["cards"]
    return keep_cards, "PUT", "/cards/order", {"card_ids": [one["id"] for one in cards]}, talk.patient.caller


def _apply_for_card(talk: Talk) -> Sent:
    return keep_health_cards, "POST", "/health-cards", {"channel": "tencent"}, talk.patient.caller


def _ask_for_copy(talk: Talk) -> Sent:
    return ask_for_data_copy, "POST", "/data-copies", {}, talk.patient.caller


def _open_copy(talk: Talk) -> Sent:
    copy_id = call(ask_for_data_copy, "POST", "/data-copies", {}, who=talk.patient.caller).ok(202)["id"]
    talk.deliver()
    return ask_for_data_copy, "POST", f"/data-copies/{copy_id}/link", None, talk.patient.caller


def _resend(talk: Talk) -> Sent:
    waiting = written("医生已接诊", {}, phone="13912345678", occasion="visit_accepted", now=clock.now())
    failed = waiting.having(organisation_id=talk.clinic.id).refuse("expired", clock.now())
    with Work(by=system("builder")) as work:
        kept = work.add(sms_messages, failed)
    return view_sms, "POST", f"/sms/{kept.id}/resend", None, talk.clinic.admin.caller


def _let_send(talk: Talk) -> Sent:
    return keep_sms_systems, "POST", "/sms-systems", SYSTEM, talk.clinic.admin.caller


def _sender(talk: Talk) -> str:
    app, method, path, body, who = _let_send(talk)
    return f"{path}/{call(app, method, path, body, who=who).ok(201)['system']['id']}"


def _change_sender(talk: Talk) -> Sent:
    body = SYSTEM | {"on": False, "version": 1}
    return keep_sms_systems, "PUT", _sender(talk), body, talk.clinic.admin.caller


def _renew_key(talk: Talk) -> Sent:
    return keep_sms_systems, "POST", f"{_sender(talk)}/key", None, talk.clinic.admin.caller


OF_PEOPLE: dict[str, Callable[[Talk], Sent]] = {
    "POST /sms/{sms_id}/resend": _resend,
    "POST /sms-systems": _let_send,
    "PUT /sms-systems/{system_id}": _change_sender,
    "POST /sms-systems/{system_id}/key": _renew_key,
    "POST /id-card-readings": _read_card,
    "POST /face-checks": _draw_face_check,
    "POST /face-requests/{face_request_id}/open": _open_face_request,
    "POST /face-checks/{check_id}/answer": _answer_face_check,
    "POST /real-name": _prove,
    "POST /counter-codes": _counter_code,
    "POST /counter-checks": _begin_check,
    "POST /counter-checks/{check_id}/confirm": _confirm_check,
    "POST /his-file": _open_his_file,
    "PUT /cards/order": _arrange_cards,
    "POST /health-cards": _apply_for_card,
    "POST /data-copies": _ask_for_copy,
    "POST /data-copies/{data_copy_id}/link": _open_copy,
    "POST /family": _add_member,
    "PUT /family/{family_member_id}": _change_member,
    "POST /family/{family_member_id}/code": _ask_by_phone,
    "POST /family/{family_member_id}/join": _join_by_code,
    "POST /family-helpers/{family_member_id}/agree": _agree,
    "POST /counter-checks/{check_id}/children/{family_member_id}/confirm": _confirm_child,
    "POST /consents": _consent,
    "PUT /consent-texts": _word_consent,
    "POST /organisations": _found_branch,
    "PUT /organisations/{organisation_id}": _change_organisation,
    "PUT /organisations/{organisation_id}/businesses": _switch_businesses,
    "POST /departments": _found_department,
    "PUT /departments/{department_id}": _change_department,
    "POST /his-syncs": _start_his_sync,
    "PUT /access/duties/{duty}": _write_duty,
    "PUT /access/staff/{member_id}": _give_duties,
    "POST /access/staff/{member_id}/disable": _of_account("disable"),
    "POST /access/staff/{member_id}/enable": _of_account("enable"),
    "POST /access/staff/{member_id}/password-reset": _of_account("password-reset"),
    "POST /access/staff/{member_id}/second-factor-reset": _of_account("second-factor-reset"),
    "POST /staff": _take_on,
    "POST /staff-searches": _find_staff,
    "PUT /staff/{practitioner_role_id}": _change_staff,
    "POST /staff/{practitioner_role_id}/approve": _decide("approve"),
    "POST /staff/{practitioner_role_id}/reject": _decide("reject", reason="证件不清楚"),
    "POST /staff/{practitioner_role_id}/suspend": _decide("suspend", "approve", reason="核实中"),
    "POST /staff/{practitioner_role_id}/restore": _decide("restore", "approve suspend"),
    "POST /staff/{practitioner_role_id}/papers": _paper,
    "POST /registration/papers": _own_paper,
    "PUT /registration/papers/{paper_id}/scan": _own_scan,
    "POST /registration/submit": _submit,
    "POST /registration/check-in": _check_in,
}
