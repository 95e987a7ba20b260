"""What people change about calls: one call a route."""

from __future__ import annotations

from collections.abc import Callable

from calling.hold_call.app import app as hold_call
from calling.join_call.app import app as join_call
from calling.measure_call.app import app as measure_call
from tests.builders.calls import DESK, PHONE, a_relay, answers, rings
from tests.builders.conversations import Talk
from tests.builders.files import picture
from tests.builders.uploads import send, uploaded
from tests.builders.wishes import Sent


def _begin(talk: Talk) -> Sent:
    return hold_call, "POST", "/calls", {"conversation_id": talk.id, "media": "audio"}, talk.doctor.caller


def _rung(talk: Talk) -> str:
    call_id: str = rings(talk, talk.doctor).ok(201)["id"]
    return f"/calls/{call_id}"


def _answered(talk: Talk) -> str:
    path = _rung(talk)
    answers(path.removeprefix("/calls/"), talk.patient).ok()
    return path


def _ring(talk: Talk) -> Sent:
    return hold_call, "POST", f"{_rung(talk)}/ringing", {"device": PHONE}, talk.patient.caller


def _answer(talk: Talk) -> Sent:
    return hold_call, "POST", f"{_rung(talk)}/answer", {"device": PHONE, "media": "video"}, talk.patient.caller


def _decline(talk: Talk) -> Sent:
    return hold_call, "POST", f"{_rung(talk)}/decline", {"reason": "busy"}, talk.patient.caller


def _cancel(talk: Talk) -> Sent:
    return hold_call, "POST", f"{_rung(talk)}/cancel", {}, talk.doctor.caller


def _leave(talk: Talk) -> Sent:
    return hold_call, "POST", f"{_answered(talk)}/leave", {}, talk.patient.caller


def _end(talk: Talk) -> Sent:
    return hold_call, "POST", f"{_answered(talk)}/end", {}, talk.doctor.caller


def _invite(talk: Talk) -> Sent:
    body = {"people": [talk.clinic.colleague.role.id]}
    return hold_call, "POST", f"{_answered(talk)}/invitations", body, talk.doctor.caller


def _join(talk: Talk) -> Sent:
    a_relay().report().ok()
    return join_call, "POST", f"{_answered(talk)}/joins", {"device": DESK}, talk.doctor.caller


def _show(talk: Talk) -> Sent:
    path = _answered(talk)
    seq = send(talk, talk.patient, "image", uploaded(talk, talk.patient, "image", picture())["id"])["seq"]
    return hold_call, "PUT", f"{path}/showing", {"seq": seq}, talk.patient.caller


def _measure(talk: Talk) -> Sent:
    body = {"items": [{"at": "2026-11-21T06:30:02Z", "up_loss": 0.02, "set_up_ms": 700}]}
    return measure_call, "POST", f"{_answered(talk)}/samples", body, talk.patient.caller


OF_CALLS: dict[str, Callable[[Talk], Sent]] = {
    "POST /calls": _begin,
    "POST /calls/{call_id}/ringing": _ring,
    "POST /calls/{call_id}/answer": _answer,
    "POST /calls/{call_id}/decline": _decline,
    "POST /calls/{call_id}/cancel": _cancel,
    "POST /calls/{call_id}/leave": _leave,
    "POST /calls/{call_id}/end": _end,
    "POST /calls/{call_id}/invitations": _invite,
    "POST /calls/{call_id}/joins": _join,
    "POST /calls/{call_id}/samples": _measure,
    "PUT /calls/{call_id}/showing": _show,
}
