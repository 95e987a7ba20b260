"""Somebody calls; the others answer, or not."""

from __future__ import annotations

from typing import Any

import pytest

from calling.hold_call.app import app
from hospital.caller import system
from hospital.calls.store import get_call
from hospital.people.keys import check_in_key
from hospital.people.store import check_ins
from hospital.work import Work
from tests.builders.calls import DESK, PHONE, TABLET, acts, answers, current, rings, seen
from tests.builders.cloud import Cloud, together
from tests.builders.conversations import Talk
from tests.builders.gateway import Answer, call
from tests.builders.groups import group_of
from tests.builders.moments import Time
from tests.builders.people import PatientOf, Staff, found_clinic, new_patient
from tests.builders.sockets import Socket

pytestmark = pytest.mark.store


def states(shown: dict[str, Any]) -> list[str]:
    return [one["state"] for one in shown["members"]]


def frames(socket: Socket) -> list[dict[str, Any]]:
    """The calls that a device was told of."""
    return [frame["call"] for frame in socket.take("call")]


# -- ringing ------------------------------------------------------------------------------------------------------


def test_the_doctor_calls_and_every_device_of_the_patient_rings(talk: Talk, time: Time):
    devices = [talk.socket(talk.patient), talk.socket(talk.patient), talk.socket(talk.doctor)]
    made = rings(talk, talk.doctor).ok(201)
    assert made | {"id": ""} == {
        "id": "",
        "revision": 1,
        "conversation_id": talk.id,
        "visit_id": talk.visit_id,
        "media": "video",
        "state": "invited",
        "outcome": None,
        "caller_id": talk.doctor.caller.person_id,
        "members": [
            {
                "person_id": talk.doctor.caller.person_id,
                "name": talk.doctor.role.name,
                "state": "accepted",
                "since": "2026-11-21T06:30:00Z",
            },
            {
                "person_id": talk.patient.person.id,
                "name": talk.patient.person.name,
                "state": "invited",
                "since": "2026-11-21T06:30:00Z",
            },
        ],
        "node": "",
        "created_at": "2026-11-21T06:30:00Z",
        "connected_at": None,
        "ended_at": None,
        "seconds": None,
        "due_at": "2026-11-21T06:30:45Z",
        "showing": None,
    }
    assert "call.begun.v1" in talk.deliver()
    assert [frames(one) for one in devices] == [[made]] * 3
    ringing = acts(made["id"], "ringing", talk.patient, {"device": PHONE}).ok()
    assert (ringing["state"], states(ringing)) == ("ringing", ["accepted", "ringing"])
    assert acts(made["id"], "ringing", talk.patient, {"device": TABLET}).ok() == ringing, "another device rings too"
    talk.deliver()
    assert frames(devices[2]) == [ringing]


def test_the_first_device_answers_the_other_stops_and_the_caller_hears(talk: Talk):
    made = rings(talk, talk.doctor).ok(201)
    tablet, desk = talk.socket(talk.patient), talk.socket(talk.doctor)
    taken = answers(made["id"], talk.patient).ok()
    assert (taken["state"], states(taken)) == ("accepted", ["accepted", "accepted"])
    assert answers(made["id"], talk.patient).ok() == taken
    answers(made["id"], talk.patient, TABLET).refused(409, "call.answered_elsewhere")
    talk.deliver()
    for device in (tablet, desk):
        assert frames(device)[-1] == taken


def test_of_two_devices_that_answer_at_once_one_does(talk: Talk):
    made = rings(talk, talk.doctor).ok(201)
    both = together(2, lambda number: answers(made["id"], talk.patient, (PHONE, TABLET)[number]))
    assert sorted(one.status for one in both) == [200, 409]
    assert next(one for one in both if one.status == 409).json["code"] == "call.answered_elsewhere"


def test_reloading_the_page_keeps_the_call(talk: Talk):
    assert current(talk.patient) == current(talk.doctor) == []
    made = rings(talk, talk.doctor).ok(201)
    assert current(talk.patient) == current(talk.doctor) == [made]
    taken = answers(made["id"], talk.patient).ok()
    assert current(talk.patient) == [taken] == [seen(made["id"], talk.doctor)]
    acts(made["id"], "end", talk.patient).ok()
    assert current(talk.patient) == current(talk.doctor) == []


# -- how it ends --------------------------------------------------------------------------------------------------


def test_who_does_not_take_it_ends_it_and_both_sides_see_why(talk: Talk):
    for reason in ("declined", "busy"):
        _not_taken(talk, reason)


def _not_taken(talk: Talk, reason: str) -> None:
    made = rings(talk, talk.doctor).ok(201)
    device = talk.socket(talk.doctor)
    over = acts(made["id"], "decline", talk.patient, {"reason": reason}).ok()
    assert (over["state"], over["outcome"], states(over)) == ("ended", reason, ["left", reason])
    talk.deliver()
    assert frames(device)[-1] == over == seen(made["id"], talk.doctor)
    assert acts(made["id"], "answer", talk.patient, {"device": PHONE, "media": "audio"}).refused(409, "call.over") == {
        "outcome": reason
    }


def test_nobody_answers_and_it_reads_as_missed_before_anybody_wrote_it_down(talk: Talk, time: Time):
    made = rings(talk, talk.doctor).ok(201)
    time.passes(seconds=45)
    shown = seen(made["id"], talk.patient)
    assert (shown["state"], shown["outcome"], shown["ended_at"]) == ("ended", "missed", "2026-11-21T06:30:45Z")
    assert current(talk.doctor) == []
    answers(made["id"], talk.patient).refused(409, "call.over")
    again = rings(talk, talk.doctor).ok(201)
    assert again["id"] != made["id"]
    assert get_call(made["id"]).state == "ended", "it was written down to make room"
    assert [one["id"] for one in calls_of(talk, talk.patient)] == [again["id"], made["id"]]


def test_who_rang_gives_up(talk: Talk):
    made = rings(talk, talk.doctor).ok(201)
    acts(made["id"], "cancel", talk.patient).refused(403, "call.not_the_caller")
    assert acts(made["id"], "cancel", talk.doctor).ok()["outcome"] == "cancelled"
    answered = rings(talk, talk.doctor).ok(201)
    answers(answered["id"], talk.patient).ok()
    assert acts(answered["id"], "cancel", talk.doctor).refused(409, "call.moved_on") == {"state": "accepted"}


def test_of_two_either_ends_it(talk: Talk):
    for act in ("leave", "end"):
        made = rings(talk, talk.doctor).ok(201)
        answers(made["id"], talk.patient).ok()
        over = acts(made["id"], act, talk.patient).ok()
        assert (over["state"], states(over)) == ("ended", ["left", "left"])
        acts(made["id"], act, talk.doctor).refused(409, "call.over")


# -- one call at a time -------------------------------------------------------------------------------------------


def test_who_is_in_a_call_is_busy_for_others_and_rings_nobody(talk: Talk):
    direct = group_of(talk.clinic.nurse, talk.doctor, sockets=talk.sockets)
    made = rings(talk, talk.doctor).ok(201)
    busy = call(app, "POST", "/calls", {"conversation_id": direct.id, "media": "audio"}, who=talk.clinic.nurse.caller)
    over = busy.ok(201)
    assert (over["state"], over["outcome"], states(over)) == ("ended", "busy", ["left", "busy"])
    assert over["visit_id"] is None
    assert rings(talk, talk.doctor).refused(409, "call.already_in_one") == {"call_id": made["id"]}
    assert current(talk.clinic.nurse) == []


def test_of_two_who_ring_each_other_at_once_one_rings(talk: Talk):
    acts(rings(talk, talk.doctor).ok(201)["id"], "cancel", talk.doctor).ok()
    both = together(2, lambda number: rings(talk, (talk.doctor, talk.patient)[number]))
    (first,) = [one.json for one in both if one.status == 201]
    (lost,) = [one for one in both if one.status != 201]
    assert lost.refused(409, "call.already_in_one") == {"call_id": first["id"]}


# -- who may ------------------------------------------------------------------------------------------------------


def test_a_patient_rings_back_and_not_first(talk: Talk):
    rings(talk, talk.patient).refused(403, "call.staff_call_first")
    acts(rings(talk, talk.doctor).ok(201)["id"], "cancel", talk.doctor).ok()
    assert rings(talk, talk.patient).ok(201)["caller_id"] == talk.patient.person.id


def test_an_outsider_does_not_learn_of_a_call(talk: Talk):
    """The ledger's row says 403; whoever may not know that a thing exists gets 404 (rules, refusals)."""
    made = rings(talk, talk.doctor).ok(201)
    for who in (new_patient(), talk.clinic.nurse, found_clinic().doctor):
        rings(talk, who).refused(404, "conversation.not_found")
        call(app, "GET", f"/calls/{made['id']}", who=who.caller).refused(404, "call.not_found")
        for act, body in (
            ("ringing", {"device": DESK}),
            ("answer", {"device": DESK, "media": "video"}),
            ("decline", {}),
            ("cancel", {}),
            ("leave", {}),
            ("end", {}),
            ("invitations", {"people": [who.caller.person_id]}),
        ):
            acts(made["id"], act, who, body).refused(404, "call.not_found")
        call(app, "GET", f"/conversations/{talk.id}/calls", who=who.caller).refused(404, "conversation.not_found")


def test_a_closed_visit_takes_no_call_and_keeps_those_it_had(talk: Talk):
    made = rings(talk, talk.doctor).ok(201)
    acts(made["id"], "cancel", talk.doctor).ok()
    talk.close()
    for who in (talk.doctor, talk.patient):
        rings(talk, who).refused(409, "conversation.closed")
        assert [(one["id"], one["outcome"], one["visit_id"]) for one in calls_of(talk, who)] == [
            (made["id"], "cancelled", talk.visit_id)
        ]


def test_a_doctor_who_has_not_shown_who_they_are_calls_nobody(talk: Talk):
    held = check_ins.need(check_in_key(talk.doctor.role.id))
    with Work(by=system("builder"), doing="test.set_up") as work:
        work.change(check_ins, held, held.model_copy(update={"until": held.checked_at}))
    facts = rings(talk, talk.doctor).refused(403, "practitioner.not_verified")
    assert facts == {"rule": "VISIT-REAL-DOCTOR"}


# -- more than two ------------------------------------------------------------------------------------------------


def test_a_third_doctor_is_rung_by_role_and_reads_nothing_of_the_visit(talk: Talk):
    made = rings(talk, talk.doctor).ok(201)
    answers(made["id"], talk.patient).ok()
    colleague, elsewhere = talk.clinic.colleague, found_clinic().doctor
    acts(made["id"], "invitations", talk.patient, {"people": [colleague.role.id]}).refused(404, "call.person_not_found")
    acts(made["id"], "invitations", talk.doctor, {"people": [elsewhere.role.id]}).refused(404, "call.person_not_found")
    acts(made["id"], "invitations", talk.doctor, {"people": [new_patient().person.id]}).refused(
        404, "call.person_not_found"
    )
    asked = acts(made["id"], "invitations", talk.doctor, {"people": [colleague.role.id]}).ok()
    assert states(asked) == ["accepted", "accepted", "invited"]
    assert current(colleague) == [asked]
    joined = answers(made["id"], colleague, DESK).ok()
    assert states(joined) == ["accepted"] * 3
    call(app, "GET", f"/conversations/{talk.id}/calls", who=colleague.caller).refused(404, "conversation.not_found")
    acts(made["id"], "end", talk.patient).refused(403, "call.not_the_caller")
    assert states(acts(made["id"], "leave", talk.doctor).ok()) == ["left", "accepted", "accepted"]
    assert acts(made["id"], "leave", colleague).ok()["state"] == "ended"


def test_people_of_a_group_are_named_or_all_are_rung(talk: Talk):
    nurse, colleague = talk.clinic.nurse, talk.clinic.colleague
    group = group_of(talk.doctor, nurse, colleague, sockets=talk.sockets, name="会诊")
    body = {"conversation_id": group.id, "media": "audio"}
    one = call(app, "POST", "/calls", body | {"people": [nurse.caller.person_id]}, who=talk.doctor.caller).ok(201)
    assert [member["person_id"] for member in one["members"]] == [talk.doctor.caller.person_id, nurse.caller.person_id]
    acts(one["id"], "cancel", talk.doctor).ok()
    everybody = call(app, "POST", "/calls", body, who=talk.doctor.caller).ok(201)
    assert len(everybody["members"]) == 3
    assert states(acts(everybody["id"], "decline", nurse).ok()) == ["accepted", "declined", "invited"]
    assert acts(everybody["id"], "decline", colleague).ok()["outcome"] == "declined"
    call(app, "POST", "/calls", body | {"people": [talk.doctor.caller.person_id]}, who=talk.doctor.caller).refused(
        409, "call.nobody_to_call"
    )


def calls_of(talk: Talk, who: PatientOf | Staff, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = page(talk, who, query).ok()["items"]
    return items


def page(talk: Talk, who: PatientOf | Staff, query: str) -> Answer:
    return call(app, "GET", f"/conversations/{talk.id}/calls{query}", who=who.caller)


def test_the_calls_of_a_conversation_come_in_pages_and_names_lie_sealed(talk: Talk, time: Time, cloud: Cloud):
    made = []
    for _ in range(3):
        made.insert(0, rings(talk, talk.doctor).ok(201)["id"])
        acts(made[0], "cancel", talk.doctor).ok()
        time.passes(seconds=1)
    first = page(talk, talk.patient, "?limit=2").ok()
    rest = page(talk, talk.patient, f"?limit=2&cursor={first['cursor']}").ok()
    assert [one["id"] for one in first["items"] + rest["items"]] == made
    lying = str([row for row in cloud.items("clinical") if "call_" in row["pk"]["S"] or "CALL" in row["pk"]["S"]])
    assert "members" in lying
    assert talk.doctor.role.name not in lying
    assert talk.patient.person.name not in lying
