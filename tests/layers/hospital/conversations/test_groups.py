"""What may happen to a group, and to a message after it was sent: pure."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hospital.caller import Role
from hospital.conversations.errors import (
    AlreadyMember,
    ConversationNotFound,
    MemberNotFound,
    MessageNotYours,
    MessageRecalled,
    NotAGroup,
    NotTheOwner,
    RecallTooLate,
    TooManyMembers,
)
from hospital.conversations.groups import direct_id
from hospital.conversations.history import Span
from hospital.conversations.model import MOST_MEMBERS, Author, Conversation, Member, Membership, Message, Tail
from tests.builders.moments import START

pytestmark = pytest.mark.unit

WITHIN = timedelta(minutes=2)


def author(number: int, role: Role = "doctor") -> Author:
    return Author(person_id=f"per_{number}", name=f"医生{number}", role=role)


def group(size: int = 3, **changes: object) -> Conversation:
    return Conversation(
        id="cnv_1",
        organisation_id="org_1",
        type="group",
        owner_id="per_0",
        members=tuple(Member.joining(author(number), 1) for number in range(size)),
        opened_at=START,
    ).having(**changes)


def said(**changes: object) -> Message:
    return Message(
        id="msg_1", conversation_id="cnv_1", seq=2, sender=author(0), type="text", content={"text": "好"}, sent_at=START
    ).having(**changes)


def test_people_come_with_the_number_of_the_message_that_says_so():
    grown = group().join([author(7), author(8)], 12, "per_0")
    assert [(one.person_id, one.joined_seq) for one in grown.members[3:]] == [("per_7", 12), ("per_8", 12)]


@pytest.mark.parametrize("newcomers", [[1], [7, 7], [7, 1]])
def test_nobody_comes_twice(newcomers):
    with pytest.raises(AlreadyMember):
        group().join([author(number) for number in newcomers], 12, "per_0")


def test_the_two_hundredth_comes_and_no_more():
    full = group(MOST_MEMBERS - 1).join([author(900)], 2, "per_0")
    assert len(full.members) == MOST_MEMBERS
    with pytest.raises(TooManyMembers) as refusal:
        full.join([author(901)], 3, "per_0")
    assert refusal.value.facts == {"most": 200}


def test_who_goes_is_remembered_with_their_span():
    left = group().leave("per_1", 9, "per_1")
    assert [one.person_id for one in left.members] == ["per_0", "per_2"]
    assert [(one.person_id, one.joined_seq, one.left_seq) for one in left.former] == [("per_1", 1, 9)]
    assert left.owner_id == "per_0"
    assert group().leave("per_0", 9, "per_0").owner_id == "per_1"
    assert group(1).leave("per_0", 9, "per_0").owner_id is None


def test_only_the_owner_sends_others_away_and_nobody_who_is_not_there():
    with pytest.raises(NotTheOwner):
        group().leave("per_2", 9, "per_1")
    with pytest.raises(MemberNotFound):
        group().leave("per_9", 9, "per_0")
    with pytest.raises(ConversationNotFound):
        group().leave("per_9", 9, "per_9")


@pytest.mark.parametrize("type_", ["visit", "direct"])
def test_what_is_no_group_stays_as_it_is(type_):
    for act in (
        lambda one: one.join([author(9)], 2, "per_0"),
        lambda one: one.leave("per_0", 2, "per_0"),
        lambda one: one.rename("别的", "per_0"),
    ):
        with pytest.raises(NotAGroup):
            act(group(type=type_, owner_id=None))


def test_who_pins_a_notice():
    assert group().pin("查房", "per_0", START).notice.text == "查房"
    assert group().pin("", "per_0", START).notice is None
    assert group(type="direct", owner_id=None).pin("查房", "per_2", START).notice.by.person_id == "per_2"
    with pytest.raises(NotTheOwner):
        group().pin("查房", "per_1", START)
    patient = Member.joining(author(5, "patient"), 1)
    with pytest.raises(NotTheOwner):
        group(type="visit", owner_id=None, members=(patient,)).pin("查房", "per_5", START)


def test_a_message_is_taken_back_by_who_wrote_it_for_a_while():
    said().recallable("per_0", START + WITHIN, WITHIN)
    with pytest.raises(RecallTooLate) as refusal:
        said().recallable("per_0", START + WITHIN + timedelta(milliseconds=1), WITHIN)
    assert refusal.value.facts == {"within_seconds": 120}
    for message in (said(sender=author(1)), said(sender=None, type="system")):
        with pytest.raises(MessageNotYours):
            message.recallable("per_0", START, WITHIN)
    with pytest.raises(MessageRecalled):
        said(type="recall").recallable("per_0", START, WITHIN)


@pytest.mark.parametrize(("left", "last"), [(None, 9), (4, 4), (12, 9)])
def test_a_span_ends_where_its_reader_left(left, last):
    place = Membership(id="p", conversation_id="c", person_id="p", joined_at=START, first_seq=3, left_seq=left)
    assert Span.of(place, Tail(id="c", last_seq=9)) == Span(3, last)


def test_two_people_have_one_conversation_whoever_asks():
    assert direct_id("per_1", "per_2") == direct_id("per_2", "per_1") != direct_id("per_1", "per_3")
