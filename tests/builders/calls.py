"""Calls in each state, pure and through the routes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from calling.hold_call.app import app as hold_call
from calling.join_call.app import app as join_call
from calling.take_relay_reports.app import app as take_relay_reports
from hospital import clock
from hospital.calls.members import Rung
from hospital.calls.model import Call, State
from tests.builders.conversations import Talk
from tests.builders.gateway import Answer, call
from tests.builders.moments import START
from tests.builders.people import PatientOf, Staff
from tests.builders.relay import Relay

Json = dict[str, Any]
DOCTOR = Rung(person_id="per_doctor", name="李明", role="doctor")
PATIENT = Rung(person_id="per_patient", name="王芳", role="patient")
NURSE = Rung(person_id="per_nurse", name="赵敏", role="nurse")
SECOND = timedelta(seconds=1)
PHONE, TABLET, DESK = "device-phone", "device-tablet", "device-desk1"


def a_call(state: State = "invited", *others: Rung, now: datetime = START) -> Call:
    """A call of the doctor in that state, a second a step."""
    begun = Call.begin(
        organisation_id="org_1",
        conversation_id="cnv_1",
        visit_id="vis_1",
        media="video",
        caller=DOCTOR,
        others=others or (PATIENT,),
        busy=(),
        now=now,
    )
    steps: dict[State, Any] = {
        "ringing": lambda one: one.ring("per_patient", now + SECOND),
        "accepted": lambda one: one.answer("per_patient", PHONE, "video", now + 2 * SECOND).place("relay-1", now),
        "connecting": lambda one: one.joined("per_doctor", "s1", now + 3 * SECOND),
        "connected": lambda one: (
            one.joined("per_patient", "s2", now + 4 * SECOND)
            .flowing("per_doctor", "s1", now + 4 * SECOND)
            .flowing("per_patient", "s2", now + 4 * SECOND)
        ),
        "ended": lambda one: one.end("per_doctor", now + 9 * SECOND),
    }
    for step, act in steps.items():
        if begun.state == state:
            return begun
        begun = act(begun)
        assert begun.state == step
    return begun


def rings(talk: Talk, who: Staff | PatientOf, **more: Any) -> Answer:
    """Somebody calls the others of the conversation."""
    body = {"conversation_id": talk.id, "media": "video"} | more
    return call(hold_call, "POST", "/calls", body, who=who.caller)


def acts(call_id: str, act: str, who: Staff | PatientOf, body: Any = None, **more: str) -> Answer:
    """One act upon a call."""
    return call(hold_call, "POST", f"/calls/{call_id}/{act}", body or {}, who=who.caller, **more)


def answers(call_id: str, who: Staff | PatientOf, device: str = PHONE) -> Answer:
    """That device of theirs takes the call."""
    return acts(call_id, "answer", who, {"device": device, "media": "video"})


def seen(call_id: str, who: Staff | PatientOf) -> Json:
    """The call as that person sees it."""
    shown: Json = call(hold_call, "GET", f"/calls/{call_id}", who=who.caller).ok()
    return shown


def current(who: Staff | PatientOf) -> list[Json]:
    """The calls that they are in, or rung by."""
    items: list[Json] = call(hold_call, "GET", "/calls/current", who=who.caller).ok()["items"]
    return items


def joins(call_id: str, who: Staff | PatientOf, device: str = PHONE, **more: str) -> Answer:
    """That device of theirs asks for the way into the room."""
    return call(join_call, "POST", f"/calls/{call_id}/joins", {"device": device, **more}, who=who.caller)


def a_relay(name: str = "relay-1", **changes: Any) -> Relay:
    """A relay that reports to this hospital."""

    def post(body: str, headers: dict[str, str]) -> Answer:
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        return call(take_relay_reports, "POST", "/relay/reports", text=body, **named)

    return Relay(name, post, lambda: clock.machine().timestamp(), **changes)


def talking(talk: Talk, relay: Relay) -> str:
    """A call in which both are connected; its id."""
    relay.report().ok()
    call_id: str = rings(talk, talk.doctor).ok(201)["id"]
    answers(call_id, talk.patient).ok()
    for who, device in ((talk.doctor, DESK), (talk.patient, PHONE)):
        joins(call_id, who, device).ok()
        person_id = who.caller.person_id
        relay.fact("joined", call_id, person_id, f"s-{person_id}")
        relay.fact("flowing", call_id, person_id, f"s-{person_id}")
    relay.report().ok()
    return call_id
