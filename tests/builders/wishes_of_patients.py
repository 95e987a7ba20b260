"""What is changed about patients: files, the blacklist, signing up and in: one call a route."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from consultation.read_in_emergency.app import app as read_in_emergency
from consultation.review_emergencies.app import app as review_emergencies
from hospital import clock, ids
from hospital.caller import Caller
from hospital.http import App
from hospital.people.keys import patient_id_of
from hospital.sessions import codes
from hospital.sign_in_methods.model import LostPhone
from hospital.sign_in_methods.store import lost_phones
from hospital.verifications.store import get_identity
from hospital.work import Work
from identity.appeal_blacklisting.app import app as appeal_blacklisting
from identity.configure_sign_up.app import app as configure_sign_up
from identity.keep_blacklist.app import app as keep_blacklist
from identity.keep_patients.app import app as keep_patients
from identity.keep_sign_in_methods.app import app as keep_sign_in_methods
from identity.keep_sign_in_methods.use_case import PER_CHANGE, code_for
from identity.replace_lost_phone import use_case as lost_phone
from identity.replace_lost_phone.app import app as replace_lost_phone
from identity.review_faces.app import app as review_faces
from tests.builders.conversations import Talk
from tests.builders.emergencies import WORDS, a_reader, an_officer, opened_record
from tests.builders.faces_in_doubt import a_reviewer, in_doubt
from tests.builders.gateway import call
from tests.builders.people import hire
from tests.builders.two_files import file_before_real_names
from tests.builders.wechat import agreed, state_in

Sent = tuple[App, str, str, Any, Caller]


def _file(talk: Talk) -> str:
    return patient_id_of(talk.patient.person.id, talk.clinic.id)


def _list(talk: Talk) -> Sent:
    body = {"patient_id": _file(talk), "reason": "no_shows", "words": "约了不来"}
    return keep_blacklist, "POST", "/blacklist", body, talk.clinic.admin.caller


def _listed(talk: Talk) -> str:
    app, method, path, body, who = _list(talk)
    blacklisting_id: str = call(app, method, path, body, who=who).ok(201)["id"]
    return blacklisting_id


def _appeal(talk: Talk) -> Sent:
    path = f"/blacklistings/{_listed(talk)}/appeal"
    return appeal_blacklisting, "POST", path, {"words": "那几天我在住院"}, talk.patient.caller


def _uphold(talk: Talk) -> Sent:
    app, method, path, body, who = _appeal(talk)
    blacklisting_id = call(app, method, path, body, who=who).ok()["id"]
    another = hire("org_admin", talk.clinic.id).caller
    return keep_blacklist, "POST", f"/blacklist/{blacklisting_id}/uphold", {"words": "记录属实"}, another


def _remove(talk: Talk) -> Sent:
    path = f"/blacklist/{_listed(talk)}/remove"
    return keep_blacklist, "POST", path, {"words": "谈过了"}, talk.clinic.admin.caller


def _search(talk: Talk) -> Sent:
    body = {"by": "phone", "value": talk.patient.phone}
    return keep_patients, "POST", "/patient-searches", body, talk.clinic.admin.caller


def _change_file(talk: Talk) -> Sent:
    admin = talk.clinic.admin.caller
    version = call(keep_patients, "GET", f"/patients/{_file(talk)}", who=admin).ok()["version"]
    return keep_patients, "PATCH", f"/patients/{_file(talk)}", {"version": version, "note": "听力不好"}, admin


def _merge(talk: Talk) -> Sent:
    other = file_before_real_names(talk.clinic, "王芳")
    admin = talk.clinic.admin.caller
    version = call(keep_patients, "GET", f"/patients/{_file(talk)}", who=admin).ok()["version"]
    body = {"version": version, "other_id": other}
    return keep_patients, "POST", f"/patients/{_file(talk)}/merges", body, admin


def _undo_merge(talk: Talk) -> Sent:
    app, method, path, body, who = _merge(talk)
    merged = call(app, method, path, body, who=who).ok()
    return app, "POST", f"{path}/{body['other_id']}/undo", {"version": merged["version"]}, who


def _set_flow(talk: Talk) -> Sent:
    content = {
        "asks_name": True,
        "real_name": "at_sign_up",
        "ways": ["counter"],
        "card": "at_sign_up",
        "family": True,
        "wechat": True,
    }
    body = {"terminal": "wechat_mini_program", "version": 0, **content}
    return configure_sign_up, "PUT", "/sign-up-flow", body, talk.clinic.admin.caller


def _open_in_emergency(talk: Talk) -> Sent:
    body = {"by": "file", "value": _file(talk), "reason": "taken_over", "words": WORDS}
    return read_in_emergency, "POST", "/emergency-readings", body, a_reader(talk.clinic).caller


def _judge_emergency(talk: Talk) -> Sent:
    path = f"/emergency-reviews/{opened_record(talk.clinic, talk.patient).ok(201)['id']}"
    body = {"verdict": "justified", "words": "急诊记录可查"}
    return review_emergencies, "POST", path, body, an_officer(talk.clinic).caller


def _own_code(talk: Talk) -> str:
    who = talk.patient.caller
    return codes.draw(code_for(who.person_id, talk.patient.phone), PER_CHANGE, by=who, now=clock.now())[1]


def _ask_for_method_code(talk: Talk) -> Sent:
    return keep_sign_in_methods, "POST", "/sign-in-methods/codes", {"phone": "13987654321"}, talk.patient.caller


def _begin_adding(talk: Talk) -> Sent:
    body = {"code": _own_code(talk)}
    return keep_sign_in_methods, "POST", "/sign-in-methods/wechat-attempts", body, talk.patient.caller


def _add_method(talk: Talk) -> Sent:
    app, method, path, body, who = _begin_adding(talk)
    state = state_in(call(app, method, path, body, who=who).ok(201)["address"])
    return app, "POST", "/sign-in-methods", {"state": state, "code": agreed("慢慢来")}, who


def _remove_method(talk: Talk) -> Sent:
    app, method, path, body, who = _add_method(talk)
    (bound,) = call(app, method, path, body, who=who).ok()["wechats"]
    return app, "POST", f"/sign-in-methods/{bound['id']}/removal", {"code": _own_code(talk)}, who


def _change_phone(talk: Talk) -> Sent:
    who, phone = talk.patient.caller, "13987654321"
    _, new = codes.draw(code_for(who.person_id, phone), PER_CHANGE, by=who, now=clock.now())
    body = {"phone": phone, "code": new, "own_code": _own_code(talk)}
    return keep_sign_in_methods, "PUT", "/sign-in-methods/phone", body, who


def _judge_face(talk: Talk) -> Sent:
    path = f"/face-reviews/{in_doubt(talk.clinic).check_id}"
    return review_faces, "POST", path, {"same": True}, a_reviewer(talk.clinic).caller


def _lost(talk: Talk) -> Sent:
    identity = get_identity(talk.patient.person.id)
    assert identity is not None
    card = {"name": identity.name, "id_number": identity.id_number, "phone": "13987650001"}
    return replace_lost_phone, "POST", "/lost-phones", card, talk.clinic.admin.caller


def _new_phone(talk: Talk) -> Sent:
    staff, phone, now = talk.clinic.admin.caller, "13987650001", clock.now()
    change = LostPhone(
        id=ids.new_id("lph"),
        person_id=talk.patient.person.id,
        organisation_id=talk.clinic.id,
        practitioner_role_id=staff.practitioner_role_id,
        phone=phone,
        begun_at=now,
    )
    with Work(by=staff, doing="test.set_up") as work:
        work.add(lost_phones, change)
    _, digits = codes.draw(lost_phone.code_for(change.person_id, phone), PER_CHANGE, by=staff, now=now)
    return replace_lost_phone, "POST", f"/lost-phones/{change.id}/confirm", {"code": digits}, staff


OF_PATIENTS: dict[str, Callable[[Talk], Sent]] = {
    "POST /blacklist": _list,
    "POST /blacklist/{blacklisting_id}/uphold": _uphold,
    "POST /blacklist/{blacklisting_id}/remove": _remove,
    "POST /blacklistings/{blacklisting_id}/appeal": _appeal,
    "POST /patient-searches": _search,
    "PATCH /patients/{patient_id}": _change_file,
    "POST /patients/{patient_id}/merges": _merge,
    "POST /patients/{patient_id}/merges/{merged_id}/undo": _undo_merge,
    "PUT /sign-up-flow": _set_flow,
    "POST /sign-in-methods/codes": _ask_for_method_code,
    "POST /sign-in-methods/wechat-attempts": _begin_adding,
    "POST /sign-in-methods": _add_method,
    "POST /sign-in-methods/{method_id}/removal": _remove_method,
    "PUT /sign-in-methods/phone": _change_phone,
    "POST /emergency-readings": _open_in_emergency,
    "POST /emergency-reviews/{emergency_id}": _judge_emergency,
    "POST /face-reviews/{check_id}": _judge_face,
    "POST /lost-phones": _lost,
    "POST /lost-phones/{lost_phone_id}/confirm": _new_phone,
}
