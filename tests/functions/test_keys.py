"""Every route that changes something and tells how it is now: sent again under its key, it answers the same."""

from __future__ import annotations

import importlib
from collections.abc import Callable

import pytest

from consultation.answer_visit.app import app as answer_visit
from consultation.apply_for_visit.app import app as apply_for_visit
from consultation.finish_visit.app import app as finish_visit
from directory.maintain_reference.app import app as maintain_reference
from hospital.caller import Caller
from hospital.http import App
from house.keep_face_report.app import app as keep_face_report
from house.keep_inspections.app import app as keep_inspections
from house.verify_seals.app import app as verify_seals
from identity.change_password.app import app as change_password
from identity.view_profile.app import app as view_profile
from infra.local.his.server import HisServer
from messaging.export_conversation.app import app as export_conversation
from messaging.keep_notification_settings.app import app as keep_notification_settings
from messaging.manage_conversations.app import app as manage_conversations
from messaging.open_socket.app import app as open_socket
from messaging.poll_frames.app import app as poll_frames
from messaging.upload_file.app import app as upload_file
from messaging.view_conversations.app import app as view_conversations
from tests.builders import files
from tests.builders.cloud import ROOT, Cloud
from tests.builders.conversations import Talk
from tests.builders.dictionary_wishes import OF_DICTIONARIES
from tests.builders.eyes import FUNCTION, opened_eyes
from tests.builders.face_figures import face_figures
from tests.builders.gateway import call
from tests.builders.health_cards import CardServer
from tests.builders.inbox import Inbox
from tests.builders.people import PASSWORD, found_clinic, hire
from tests.builders.register import Register
from tests.builders.seals import archive
from tests.builders.sockets import signed_in
from tests.builders.staffing import KnownDoctors
from tests.builders.uploads import asked, make_buckets, put
from tests.builders.visits import SUMMARY, application, applied
from tests.builders.wechat import Peer as WechatPeer
from tests.builders.wishes import CHILD, NUMBER, OF_PEOPLE, Sent
from tests.builders.wishes_of_calls import OF_CALLS
from tests.builders.wishes_of_patients import OF_PATIENTS

pytestmark = pytest.mark.store


@pytest.fixture(autouse=True)
def buckets(cloud: Cloud, his: HisServer, inbox: Inbox, card_server: CardServer, small_wechat: WechatPeer) -> None:
    make_buckets()


@pytest.fixture(autouse=True)
def eyes(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.turn(PICTURES_FUNCTION=FUNCTION)
    opened_eyes(monkeypatch)


@pytest.fixture(autouse=True)
def known(register: Register) -> None:
    register.knows("王小芳", NUMBER)
    register.knows("王小芳", CHILD)


@pytest.fixture(autouse=True)
def known_doctors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("directory.keep_registration.use_case.id_check.checker", KnownDoctors)


def _apply(talk: Talk) -> Sent:
    return apply_for_visit, "POST", "/visits", application(talk.clinic, talk.clinic.colleague), talk.patient.caller


def _accept(talk: Talk) -> Sent:
    visit_id = applied(talk.clinic, talk.patient, talk.clinic.colleague)["id"]
    return answer_visit, "POST", f"/visits/{visit_id}/accept", {}, talk.clinic.colleague.caller


def _refuse(talk: Talk) -> Sent:
    visit_id = applied(talk.clinic, talk.patient, talk.clinic.colleague)["id"]
    body = {"reason_id": talk.clinic.reasons[0].id}
    return answer_visit, "POST", f"/visits/{visit_id}/refuse", body, talk.clinic.colleague.caller


def _finish(talk: Talk) -> Sent:
    return finish_visit, "POST", f"/visits/{talk.visit_id}/finish", SUMMARY.model_dump(), talk.doctor.caller


def _create(talk: Talk) -> Sent:
    body = {"content": {"question": "问题一", "answer": "回答一"}}
    return maintain_reference, "POST", "/reference/faqs", body, talk.clinic.admin.caller


def _change(talk: Talk) -> Sent:
    body = {"version": 1, "content": {"code": "offline", "words": "请到门诊"}}
    path = f"/reference/refusal_reasons/{talk.clinic.reasons[0].id}"
    return maintain_reference, "PUT", path, body, talk.clinic.admin.caller


def _retire(talk: Talk) -> Sent:
    path = f"/reference/refusal_reasons/{talk.clinic.reasons[0].id}/retire"
    return maintain_reference, "POST", path, {"version": 1}, talk.clinic.admin.caller


def _restore(talk: Talk) -> Sent:
    path = f"/reference/refusal_reasons/{talk.clinic.reasons[0].id}/restore"
    return maintain_reference, "POST", path, {"version": 1}, talk.clinic.admin.caller


def _password(talk: Talk) -> Sent:
    body = {"current": PASSWORD, "password": "rain on the river"}
    return change_password, "POST", "/password", body, talk.clinic.doctor.caller


def _profile(talk: Talk) -> Sent:
    return view_profile, "PATCH", "/me", {"preferences": {"large_font": True}}, talk.patient.caller


def _ticket(talk: Talk) -> Sent:
    return open_socket, "POST", "/tickets", None, signed_in(talk.patient.caller)


def _read(talk: Talk) -> Sent:
    return view_conversations, "POST", f"/conversations/{talk.id}/read", {"seq": 1}, talk.doctor.caller


def _mute(talk: Talk) -> Sent:
    return manage_conversations, "PUT", f"/conversations/{talk.id}/muted", {"muted": True}, talk.patient.caller


def _open_talk(talk: Talk) -> Sent:
    colleagues = [talk.clinic.colleague.role.id, talk.clinic.nurse.role.id]
    body = {"type": "group", "name": "会诊", "practitioner_role_ids": colleagues}
    return manage_conversations, "POST", "/conversations", body, talk.doctor.caller


def _group(talk: Talk) -> str:
    app, method, path, body, who = _open_talk(talk)
    opened: str = call(app, method, path, body, who=who).ok(201)["id"]
    return f"/conversations/{opened}"


def _take_in(talk: Talk) -> Sent:
    body = {"practitioner_role_ids": [found_clinic().doctor.role.id]}
    return manage_conversations, "POST", f"{_group(talk)}/members", body, talk.doctor.caller


def _send_out(talk: Talk) -> Sent:
    path = f"{_group(talk)}/members/{talk.clinic.nurse.caller.person_id}"
    return manage_conversations, "DELETE", path, None, talk.doctor.caller


def _rename(talk: Talk) -> Sent:
    return manage_conversations, "PUT", f"{_group(talk)}/name", {"name": "疑难病例"}, talk.doctor.caller


def _pin(talk: Talk) -> Sent:
    return manage_conversations, "PUT", f"{_group(talk)}/notice", {"text": "周三例会"}, talk.doctor.caller


def _export(talk: Talk) -> Sent:
    return export_conversation, "POST", f"/conversations/{talk.id}/exports", None, talk.doctor.caller


def _upload(talk: Talk) -> Sent:
    content = files.picture()
    body = {
        "conversation_id": talk.id, "type": "image", "name": "手.jpg", "size": len(content),
        "media_type": "image/jpeg", "sha256": files.digest(content),
    }  # fmt: skip
    return upload_file, "POST", "/uploads", body, talk.patient.caller


def _finish_upload(talk: Talk) -> Sent:
    content = files.picture()
    view = asked(talk, talk.patient, "image", content).ok(201)
    put(view, content)
    return upload_file, "POST", f"/uploads/{view['id']}/finish", None, talk.patient.caller


def _begin_polling(talk: Talk) -> Sent:
    return poll_frames, "POST", "/polls", {"v": 1, "device": "phone"}, signed_in(talk.patient.caller)


def _poll(talk: Talk) -> tuple[str, Caller]:
    app, method, path, body, who = _begin_polling(talk)
    return f"/polls/{call(app, method, path, body, who=who).ok(201)['poll_id']}", who


def _ask_for_frames(talk: Talk) -> Sent:
    path, who = _poll(talk)
    return poll_frames, "POST", path, {"after": 0, "wait_seconds": 0}, who


def _send_by_poll(talk: Talk) -> Sent:
    path, who = _poll(talk)
    frame = {"action": "send", "id": "client-id-0001", "conversation_id": talk.id, "type": "text"}
    return poll_frames, "POST", f"{path}/frames", frame | {"content": {"text": "您好"}}, who


def _keep_quick_replies(talk: Talk) -> Sent:
    return manage_conversations, "PUT", "/quick-replies", {"texts": ["请按时服药。"]}, talk.doctor.caller


def _remind(talk: Talk) -> Sent:
    quiet = {"on": False, "begins": "22:00", "ends": "07:00"}
    body = {"push": False, "sms": False, "quiet": quiet, "names": True}
    return keep_notification_settings, "PUT", "/notification-settings", body, talk.patient.caller


def _verify(talk: Talk) -> Sent:
    archive()
    talk.deliver()
    talk.deliver.seal()
    return verify_seals, "POST", f"/seals/{talk.clinic.id}/verifications", None, hire("operator").caller


def _bring_face_report(talk: Talk) -> Sent:
    return keep_face_report, "PUT", "/face-report", {"figures": face_figures()}, hire("operator").caller


def _inspect(talk: Talk) -> Sent:
    return keep_inspections, "POST", "/inspections", {"hours": 1}, hire("operator").caller


WISHES: dict[str, Callable[[Talk], Sent]] = {
    **OF_PEOPLE,
    **OF_PATIENTS,
    **OF_DICTIONARIES,
    **OF_CALLS,
    "POST /visits": _apply,
    "POST /visits/{visit_id}/accept": _accept,
    "POST /visits/{visit_id}/refuse": _refuse,
    "POST /visits/{visit_id}/finish": _finish,
    "POST /reference/{kind}": _create,
    "PUT /reference/{kind}/{item_id}": _change,
    "POST /reference/{kind}/{item_id}/retire": _retire,
    "POST /reference/{kind}/{item_id}/restore": _restore,
    "PATCH /me": _profile,
    "POST /password": _password,
    "POST /tickets": _ticket,
    "PUT /notification-settings": _remind,
    "PUT /quick-replies": _keep_quick_replies,
    "POST /conversations/{conversation_id}/read": _read,
    "PUT /conversations/{conversation_id}/muted": _mute,
    "POST /conversations": _open_talk,
    "POST /conversations/{conversation_id}/members": _take_in,
    "DELETE /conversations/{conversation_id}/members/{person_id}": _send_out,
    "PUT /conversations/{conversation_id}/name": _rename,
    "PUT /conversations/{conversation_id}/notice": _pin,
    "POST /conversations/{conversation_id}/exports": _export,
    "POST /uploads": _upload,
    "POST /uploads/{upload_id}/finish": _finish_upload,
    "POST /polls": _begin_polling,
    "POST /polls/{poll_id}": _ask_for_frames,
    "POST /polls/{poll_id}/frames": _send_by_poll,
    "POST /seals/{chain_id}/verifications": _verify,
    "POST /inspections": _inspect,
    "PUT /face-report": _bring_face_report,
}


def all_apps() -> list[App]:
    """Every function with routes."""
    modules = [
        ".".join(path.parts[-3:]).removesuffix(".py") for path in sorted((ROOT / "functions").glob("*/*/app.py"))
    ]
    found = [getattr(importlib.import_module(module), "app", None) for module in modules]
    return [app for app in found if isinstance(app, App)]


def test_every_such_route_is_tried_here():
    routes = [route for app in all_apps() for route in app.routes if route.keeps_answers]
    assert {f"{route.method} {route.path}" for route in routes} == set(WISHES)


@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES.keys())
def test_sent_again_it_answers_the_same_and_does_nothing(talk: Talk, wish: Callable[[Talk], Sent]):
    app, method, path, body, who = wish(talk)
    talk.deliver()
    first = call(app, method, path, body, who=who, key="key-of-the-page")
    assert first.status in (200, 201, 202), first.text
    told = talk.deliver()
    again = call(app, method, path, body, who=who, key="key-of-the-page")
    assert (again.status, again.json) == (first.status, first.json)
    assert talk.deliver() == [], told


@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES.keys())
def test_without_a_key_it_works_too(talk: Talk, wish: Callable[[Talk], Sent]):
    app, method, path, body, who = wish(talk)
    assert call(app, method, path, body, who=who).status in (200, 201, 202)
