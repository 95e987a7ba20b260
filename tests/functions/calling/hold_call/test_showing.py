"""One of a call has the others look at a file of the conversation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from calling.hold_call.app import app
from messaging.open_file.app import app as open_file
from tests.builders import files
from tests.builders.calls import DESK, acts, answers, rings, seen
from tests.builders.conversations import Talk
from tests.builders.gateway import Answer, call
from tests.builders.groups import group_of
from tests.builders.people import PatientOf, Staff, new_patient
from tests.builders.uploads import make_buckets, send, uploaded

pytestmark = pytest.mark.store


@pytest.fixture(autouse=True)
def buckets(cloud) -> None:
    make_buckets()


def shows(call_id: str, seq: int | None, who: Staff | PatientOf) -> Answer:
    return call(app, "PUT", f"/calls/{call_id}/showing", {"seq": seq}, who=who.caller)


def sent(talk: Talk, who: Staff | PatientOf, type_: str = "image", content: bytes | None = None) -> int:
    """The number of a message with a picture or file of theirs."""
    ready = uploaded(talk, who, type_, content or files.picture())
    seq: int = send(talk, who, type_, ready["id"], f"client-id-{ready['id'][-8:]}")["seq"]
    return seq


@pytest.fixture
def call_id(talk: Talk) -> str:
    """A call that both are in."""
    made: dict[str, Any] = rings(talk, talk.doctor).ok(201)
    answers(made["id"], talk.patient).ok()
    return str(made["id"])


def test_a_report_is_shown_and_taken_away_and_every_device_is_told(talk: Talk, call_id: str):
    devices = [talk.socket(talk.patient), talk.socket(talk.doctor)]
    report = sent(talk, talk.patient)
    before = seen(call_id, talk.doctor)["revision"]
    shown = shows(call_id, report, talk.patient).ok()
    assert shown["showing"] == {"seq": report, "by": talk.patient.person.id, "since": "2026-11-21T06:30:00Z"}
    assert shown["revision"] == before + 1
    assert shows(call_id, report, talk.patient).ok() == shown, "said twice, it changes nothing"
    talk.deliver()
    assert [one.take("call")[-1]["call"]["showing"] for one in devices] == [shown["showing"]] * 2
    call(open_file, "GET", f"/conversations/{talk.id}/files/{report}", who=talk.doctor.caller).ok()

    assert shows(call_id, None, talk.doctor).ok() == shown, "who looks at it does not end it"
    paper = sent(talk, talk.doctor, "file", files.pdf())
    assert shows(call_id, paper, talk.doctor).ok()["showing"]["by"] == talk.doctor.caller.person_id
    assert shows(call_id, None, talk.patient).ok()["showing"]["seq"] == paper, "what stands there now is the doctor's"
    assert shows(call_id, None, talk.doctor).ok()["showing"] is None
    talk.deliver()
    assert [one.take("call")[-1]["call"]["showing"] for one in devices] == [None] * 2


def test_what_is_no_file_of_this_conversation_is_not_shown(talk: Talk, call_id: str):
    """A text, a number that is not there, a file of another conversation, one that was recalled."""
    other = group_of(talk.doctor, talk.clinic.nurse, sockets=talk.sockets)
    for number in range(3):
        other.say(talk.doctor, f"第 {number} 句")
    elsewhere = sent(replace(talk, id=other.id), talk.doctor)
    for seq in (1, 2, 99, elsewhere):
        shows(call_id, seq, talk.doctor).refused(404, "upload.no_file")
    report = sent(talk, talk.patient)
    recall = {"action": "recall", "id": "client-id-recall", "conversation_id": talk.id, "seq": report}
    assert talk.socket(talk.patient).say(**recall)["type"] == "ack"
    shows(call_id, report, talk.patient).refused(404, "upload.no_file")
    assert seen(call_id, talk.doctor)["showing"] is None


def test_nobody_outside_shows_anything_and_who_only_talks_sees_no_file(talk: Talk, call_id: str):
    """To somebody outside there is no such call. A colleague in the call alone has no file of the conversation."""
    report = sent(talk, talk.patient)
    colleague = talk.clinic.colleague
    shows(call_id, report, new_patient()).refused(404, "call.not_found")
    shows(call_id, None, colleague).refused(404, "call.not_found")
    acts(call_id, "invitations", talk.doctor, {"people": [colleague.role.id]}).ok()
    answers(call_id, colleague, DESK).ok()
    shows(call_id, report, colleague).refused(404, "upload.no_file")
    shows(call_id, report, talk.patient).ok()
    call(open_file, "GET", f"/conversations/{talk.id}/files/{report}", who=colleague.caller).refused(
        404, "conversation.not_found"
    )


def test_it_ends_with_who_shows_it_and_with_the_call(talk: Talk, call_id: str):
    report = sent(talk, talk.patient)
    colleague = talk.clinic.colleague
    acts(call_id, "invitations", talk.doctor, {"people": [colleague.role.id]}).ok()
    shows(call_id, report, colleague).refused(404, "upload.no_file")
    answers(call_id, colleague, DESK).ok()
    shows(call_id, report, talk.doctor).ok()
    assert acts(call_id, "leave", talk.doctor).ok()["showing"] is None
    shows(call_id, report, talk.doctor).refused(409, "call.moved_on")
    shows(call_id, report, talk.patient).ok()
    acts(call_id, "leave", colleague).ok()
    assert (seen(call_id, talk.patient)["state"], seen(call_id, talk.patient)["showing"]) == ("ended", None)
    for seq in (report, None):
        shows(call_id, seq, talk.patient).refused(409, "call.over")
