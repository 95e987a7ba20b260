"""Recalling: both sides see it as recalled, the audit keeps what was said."""

from __future__ import annotations

import pytest

from hospital.conversations.keys import message_key
from hospital.conversations.store import messages
from messaging.audit_conversations.app import app as audit
from messaging.view_conversations.app import app as view_conversations
from tests.builders.cloud import Cloud, together
from tests.builders.conversations import Talk
from tests.builders.gateway import call
from tests.builders.groups import Group
from tests.builders.moments import Time
from tests.builders.people import found_clinic
from tests.builders.sockets import Frame, Socket

pytestmark = pytest.mark.store


def recall(page: Socket, talk: Talk, seq: int, name: str = "recall-id-1") -> Frame:
    return page.say(action="recall", id=name, conversation_id=talk.id, seq=seq)


@pytest.mark.req("IM-09")
@pytest.mark.req("IM-14")
def test_a_recalled_message_is_gone_for_both_sides_and_kept_for_the_audit(talk: Talk, time: Time):
    page, other = talk.socket(talk.patient), talk.socket(talk.doctor)
    page.send(talk.id, "身份证 3201", "client-id-1")
    time.passes(minutes=2)
    assert recall(page, talk, 2)["seq"] == 3
    talk.deliver()
    assert other.take("message")[-1]["message"] | {"sender": None, "sent_at": ""} == {
        "conversation_id": talk.id,
        "seq": 3,
        "id": "recall-id-1",
        "sender": None,
        "type": "recall",
        "content": {"seq": 2},
        "sent_at": "",
    }
    for who in (talk.patient, talk.doctor):
        assert [(one["type"], one["content"]) for one in talk.messages(who)][1:] == [
            ("recalled", {}),
            ("recall", {"seq": 2}),
        ]
        found = call(view_conversations, "GET", "/messages?words=3201", who=who.caller).ok()
        assert found["items"] == []
    other.send(talk.id, "别撤我的", "client-id-2")
    assert recall(page, talk, 4, "recall-id-2")["code"] == "message.not_yours"
    page.send(talk.id, "想撤的", "client-id-3")
    time.passes(minutes=2, seconds=1)
    late = recall(page, talk, 5, "recall-id-3")
    assert (late["code"], late["facts"]) == ("message.recall_too_late", {"within_seconds": 120})
    path = f"/audit/conversations/{talk.id}/messages"
    kept = call(audit, "GET", path, who=talk.clinic.auditor.caller).ok()["items"]
    assert kept[1]["content"] == {"text": "身份证 3201"}
    assert kept[1]["sender"]["name"] == "王芳"
    assert kept[1]["receivers"] == [talk.doctor.caller.person_id]
    assert kept[1]["sent_at"] == "2026-11-21T06:30:00Z"
    assert kept[1]["recalled"] == {"at": "2026-11-21T06:32:00Z", "by_seq": 3}
    assert [one["recalled"] is None for one in kept] == [True, False, True, True, True]
    for who in (talk.patient, talk.doctor, found_clinic().auditor):
        status = 404 if who.caller.role == "auditor" else 403
        assert call(audit, "GET", path, who=who.caller).status == status


def test_a_recall_sent_again_is_answered_as_the_first_however_late(talk: Talk, time: Time):
    page = talk.socket(talk.patient)
    page.send(talk.id, "一", "client-id-1")
    first = recall(page, talk, 2)
    time.passes(minutes=30)
    assert recall(page, talk, 2) == first
    assert recall(page, talk, 2, "recall-id-2")["code"] == "message.recall_too_late"
    assert len(talk.messages(talk.patient)) == 3


def test_what_cannot_be_recalled(talk: Talk):
    page = talk.socket(talk.patient)
    page.send(talk.id, "一", "client-id-1")
    assert recall(page, talk, 1)["code"] == "message.not_yours", "the hospital's own line"
    for nothing in (0, 3, 9_999_999_999):
        assert recall(page, talk, nothing)["code"] == "message.not_found"
    recall(page, talk, 2)
    assert recall(page, talk, 2, "recall-id-2")["code"] == "message.already_recalled"
    assert recall(page, talk, 3, "recall-id-3")["code"] == "message.already_recalled", "a recall itself"
    outsider = talk.sockets.open(talk.clinic.colleague.caller)
    assert recall(outsider, talk, 2)["code"] == "conversation.not_found"
    page.send(talk.id, "二", "client-id-2")
    talk.close()
    assert recall(page, talk, 4, "recall-id-4")["code"] == "conversation.closed"
    assert [one["type"] for one in talk.messages(talk.doctor)] == ["system", "recalled", "recall", "text"]


def test_eight_recalls_of_one_message_at_once_are_one(talk: Talk):
    pages = [talk.socket(talk.patient) for _ in range(4)]
    pages[0].send(talk.id, "一", "client-id-1")
    answers = together(4, lambda number: recall(pages[number], talk, 2, f"recall-id-{number}"))
    assert sorted(answer["type"] for answer in answers) == ["ack", "error", "error", "error"], answers
    assert len(talk.messages(talk.doctor)) == 3


def test_the_window_is_a_setting(talk: Talk, cloud: Cloud, time: Time):
    cloud.turn(RECALL_WITHIN_SECONDS="5")
    page = talk.socket(talk.patient)
    page.send(talk.id, "一", "client-id-1")
    time.passes(seconds=6)
    assert recall(page, talk, 2)["facts"] == {"within_seconds": 5}


def test_a_list_and_who_left_do_not_show_what_was_recalled(talk: Talk, sockets):
    page = talk.socket(talk.patient)
    page.send(talk.id, "说错了", "client-id-1")
    recall(page, talk, 2)
    assert "说错了" not in str(Group(talk.id, sockets).view(talk.doctor))
    assert messages.need(message_key(talk.id, 2)).content == {"text": "说错了"}, "the original stays"
