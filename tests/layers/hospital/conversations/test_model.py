"""Conversations, memberships and their keys: pure."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hospital.conversations import keys
from hospital.conversations.errors import ConversationClosed, ConversationNotFound, ReadMarkBeyondEnd
from hospital.conversations.events import ConversationClosedForGood, ConversationOpened
from hospital.conversations.model import About, Conversation, Member, Membership, Tail
from hospital.ids import is_id
from tests.builders.moments import START

pytestmark = pytest.mark.unit

PATIENT = Member(person_id="per_1", name="王芳", role="patient")
DOCTOR = Member(person_id="per_2", name="李明", role="doctor")


def a_conversation() -> Conversation:
    return Conversation(
        id="cnv_1",
        version=1,
        organisation_id="org_1",
        about=About(type="visit", id="vis_1"),
        members=(PATIENT, DOCTOR),
        opened_at=START,
    )


def test_members_are_found_and_nobody_else():
    assert a_conversation().member("per_2") == DOCTOR
    for stranger in ("per_3", "", "PER_1"):
        with pytest.raises(ConversationNotFound):
            a_conversation().member(stranger)


def test_it_closes_once():
    closed = a_conversation().close(START + timedelta(hours=1))
    assert (closed.state, closed.closed_at) == ("closed", START + timedelta(hours=1))
    with pytest.raises(ConversationClosed):
        closed.close(START)


@pytest.mark.parametrize(("read", "seq", "mark"), [(0, 0, 0), (0, 3, 3), (3, 5, 5), (5, 3, 5), (5, 0, 5)])
def test_a_read_mark_goes_forward_only(read: int, seq: int, mark: int):
    place = Membership(id="cnv_1#per_1", conversation_id="cnv_1", person_id="per_1", joined_at=START, read_seq=read)
    assert place.read_to(seq, Tail(id="cnv_1", last_seq=5)) == mark


def test_nobody_has_read_what_was_not_written():
    place = Membership(id="cnv_1#per_1", conversation_id="cnv_1", person_id="per_1", joined_at=START)
    with pytest.raises(ReadMarkBeyondEnd) as refusal:
        place.read_to(6, Tail(id="cnv_1", last_seq=5))
    assert refusal.value.facts == {"last_seq": 5}


@pytest.mark.parametrize("event", [ConversationOpened, ConversationClosedForGood])
def test_an_event_says_whose_it_is_and_no_names(event):
    told = event.of(a_conversation())
    assert told.model_dump() == {
        "subject": "cnv_1",
        "sequence": 1,
        "organisation_id": "org_1",
        "about_type": "visit",
        "about_id": "vis_1",
        "person_ids": ("per_1", "per_2"),
    }
    assert "王芳" not in told.model_dump_json()


def test_messages_sort_by_their_number():
    places = [keys.message_key("cnv_1", seq).sk for seq in (1, 9, 10, 99, 1000, keys.LAST)]
    assert places == sorted(places)


def test_a_visit_has_one_conversation():
    assert keys.conversation_id_of_visit("vis_1") == keys.conversation_id_of_visit("vis_1")
    assert keys.conversation_id_of_visit("vis_1") != keys.conversation_id_of_visit("vis_2")
    assert is_id(keys.conversation_id_of_visit("vis_1"))


def test_what_was_sent_stands_with_its_conversation():
    assert keys.sent_key("cnv_1#per_1#client-id") == ("CONV#cnv_1", "SENT#per_1#client-id")
