"""Conversations, memberships and their keys: pure."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hospital.conversations import keys
from hospital.conversations.errors import (
    ConversationClosed,
    ConversationLimitReached,
    ConversationNotFound,
    ReadMarkBeyondEnd,
)
from hospital.conversations.events import ConversationClosedForGood, ConversationOpened
from hospital.conversations.model import (
    SPEAKERS,
    About,
    Conversation,
    Mark,
    Member,
    Membership,
    Tail,
    within,
)
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


def test_nobody_has_read_what_was_not_written():
    assert within(5, Tail(id="cnv_1", last_seq=5)) == 5
    with pytest.raises(ReadMarkBeyondEnd) as refusal:
        within(6, Tail(id="cnv_1", last_seq=5))
    assert refusal.value.facts == {"last_seq": 5}


@pytest.mark.parametrize(
    ("read", "delivered", "spoke", "seen"),
    [(0, 0, 0, (0, 0)), (3, 5, 0, (3, 5)), (3, 0, 0, (3, 3)), (3, 5, 7, (7, 7)), (9, 9, 7, (9, 9))],
)
def test_who_wrote_has_read_what_stands_above(read, delivered, spoke, seen):
    mark = Mark(id="m", conversation_id="cnv_1", person_id="per_1", read_seq=read, delivered_seq=delivered)
    tail = Tail(id="cnv_1", last_seq=9, spoke={"per_1": spoke} if spoke else {"per_2": 9})
    assert (mark.seen_with(tail).read_seq, mark.seen_with(tail).delivered_seq) == seen


def test_a_tail_remembers_its_last_speakers_and_names_who_falls_out():
    tail = Tail(id="cnv_1", last_seq=SPEAKERS, spoke={f"per_{seq}": seq for seq in range(1, SPEAKERS + 1)})
    assert tail.spoken("per_1", 9) == ({**tail.spoke, "per_1": 9}, None)
    spoke, silent = tail.spoken("per_new", 9)
    assert silent == "per_1"
    assert spoke.keys() == (tail.spoke.keys() - {"per_1"}) | {"per_new"}


def test_a_limit_of_messages_counts_those_of_patients():
    patient, doctor = PATIENT.author(), DOCTOR.author()
    tail = Tail(id="cnv_1", last_seq=1, messages_left=1)
    assert (tail.taking(patient, START), tail.taking(doctor, START), tail.taking(None, START)) == (0, 1, 1)
    spent = tail.having(messages_left=0)
    with pytest.raises(ConversationLimitReached) as refusal:
        spent.taking(patient, START)
    assert refusal.value.facts == {"limit": "messages"}
    assert spent.taking(doctor, START) == 0


def test_a_limit_of_time_holds_for_people_and_not_for_the_hospital():
    tail = Tail(id="cnv_1", last_seq=1, until=START)
    assert tail.taking(DOCTOR.author(), START - timedelta(seconds=1)) is None
    with pytest.raises(ConversationLimitReached):
        tail.taking(DOCTOR.author(), START)
    assert tail.taking(None, START) is None


def test_nobody_speaks_in_what_is_closed():
    for author in (None, PATIENT.author()):
        with pytest.raises(ConversationClosed):
            Tail(id="cnv_1", last_seq=1, open=False).taking(author, START)


@pytest.mark.parametrize(("first", "left", "seen"), [(1, None, "1234"), (3, None, "34"), (2, 3, "23")])
def test_a_place_says_what_may_be_read(first, left, seen):
    place = Membership(id="p", conversation_id="c", person_id="per_1", joined_at=START, first_seq=first, left_seq=left)
    assert "".join(str(seq) for seq in range(1, 5) if place.sees(seq)) == seen


@pytest.mark.parametrize("event", [ConversationOpened, ConversationClosedForGood])
def test_an_event_says_whose_it_is_and_no_names(event):
    told = event.of(a_conversation())
    assert told.model_dump() == {
        "subject": "cnv_1",
        "sequence": 1,
        "organisation_id": "org_1",
        "conversation_type": "visit",
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
