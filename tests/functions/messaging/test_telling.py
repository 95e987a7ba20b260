"""Telling devices: all of them at once, marks and typing to those who want to know, and what a lost push leaves."""

from __future__ import annotations

import pytest

from hospital.conversations.model import Conversation, Member, Tail
from hospital.conversations.sockets import tell
from messaging.reading import MOST_HEARD, MOST_TOLD, told_of_mark, told_of_typing
from tests.builders.cloud import Cloud
from tests.builders.conversations import Talk, opened_talk
from tests.builders.moments import Time
from tests.builders.people import PatientOf, caller, new_patient
from tests.builders.sockets import Frame

pytestmark = pytest.mark.store


def ids(talk: Talk) -> tuple[str, str]:
    """Patient and doctor."""
    return talk.patient.person.id, talk.doctor.caller.person_id


def test_it_is_told_who_was_reached(talk: Talk, patient: PatientOf):
    at_home, at_work = ids(talk)
    page, other = talk.socket(talk.patient), talk.socket(talk.patient)
    gone = talk.socket(talk.doctor)
    gone.vanish()
    frame = {"type": "notice", "topic": "x", "subject": "y", "sequence": 1}
    assert tell([at_home, at_work, "per_unknown"], frame) == {at_home}
    assert page.take() == other.take() == [frame]
    talk.sockets.broken.add(page.id)
    assert tell([at_home], frame) == {at_home}, "the other device took it"
    assert tell([], frame) == frozenset()


def test_a_socket_whose_time_is_over_is_told_nothing(talk: Talk, time: Time):
    page = talk.socket(talk.patient)
    time.passes(hours=2)
    assert tell([ids(talk)[0]], {"type": "notice"}) == frozenset()
    assert page.take() == []


# -- what is behind -----------------------------------------------------------------------------------------------


@pytest.mark.req("IM-12")
def test_the_heartbeat_says_what_a_lost_push_left_out(talk: Talk):
    """The push is lost and nothing else is ever said: within a heartbeat the page knows, and fetches exactly that."""
    page, patient = talk.socket(talk.doctor), talk.socket(talk.patient)
    talk.deliver()
    assert page.say(action="ping", have={talk.id: 1})["behind"] == {}
    for number in range(3):
        patient.send(talk.id, f"{number}", f"client-id-{number}")
    talk.deliver.drop()
    assert page.say(action="ping", have={talk.id: 1})["behind"] == {talk.id: 4}
    missed = talk.messages(talk.doctor, "?after=1&limit=100")
    assert [message["seq"] for message in missed] == [2, 3, 4]
    assert page.say(action="ping", have={talk.id: 4})["behind"] == {}
    assert page.say(action="hello", v=1, have={talk.id: 2})["behind"] == {talk.id: 4}


def test_the_heartbeat_names_the_conversation_that_was_joined_last(talk: Talk, time: Time):
    page = talk.socket(talk.doctor)
    assert page.say(action="ping")["newest"] == talk.id
    time.passes(minutes=1)
    other = opened_talk(talk.clinic, new_patient(), talk.deliver, talk.sockets)
    assert page.say(action="ping")["newest"] == other.id


def test_the_heartbeat_says_nothing_of_others(talk: Talk):
    outsider = talk.sockets.open(talk.clinic.colleague.caller)
    answer = outsider.say(action="ping", have={talk.id: 0, "cnv_unknown": 0})
    assert answer == {"type": "pong", "behind": {}, "newest": None}


def test_what_no_device_can_have(talk: Talk):
    page = talk.socket(talk.patient)
    for have in ({"x y": 1}, {"cnv_1": -1}, {"cnv_1": "1"}, [], {f"cnv_{number}": 1 for number in range(51)}):
        for frame in ({"action": "ping"}, {"action": "hello", "v": 1}):
            refusal = page.say(**frame, have=have)
            assert (refusal["type"], refusal["code"]) == ("error", "request.schema_broken")


# -- marks --------------------------------------------------------------------------------------------------------


@pytest.mark.req("IM-08")
def test_delivered_and_read_are_told_to_both_sides(talk: Talk):
    sender, reader = talk.socket(talk.patient), talk.socket(talk.doctor)
    for number in range(3):
        sender.send(talk.id, f"{number}", f"client-id-{number}")
    sender.take(), reader.take()
    mark = {"conversation_id": talk.id, "person_id": ids(talk)[1]}
    assert reader.say(action="delivered", conversation_id=talk.id, seq=3) == {"type": "delivered", **mark, "seq": 3}
    assert sender.take("delivered") == [{"type": "delivered", **mark, "seq": 3}]
    assert reader.say(action="read", conversation_id=talk.id, seq=4) == {"type": "read", **mark, "seq": 4}
    assert sender.take() == [{"type": "read", **mark, "seq": 4}]
    assert reader.say(action="delivered", conversation_id=talk.id, seq=4)["seq"] == 4, "who read it has it"
    assert sender.take() == []
    beyond = reader.say(action="delivered", conversation_id=talk.id, seq=5)
    assert (beyond["code"], beyond["facts"]) == ("message.read_mark_beyond_end", {"last_seq": 4})


def test_a_delivered_mark_never_goes_back(talk: Talk):
    sender, reader = talk.socket(talk.patient), talk.socket(talk.doctor)
    for number in range(3):
        sender.send(talk.id, f"{number}", f"client-id-{number}")
    reader.say(action="delivered", conversation_id=talk.id, seq=4)
    assert reader.say(action="delivered", conversation_id=talk.id, seq=2)["seq"] == 4


# -- who is there, who types --------------------------------------------------------------------------------------


@pytest.mark.req("IM-08")
def test_typing_reaches_the_others_and_is_kept_nowhere(talk: Talk, cloud: Cloud):
    writer, beside, other = talk.socket(talk.patient), talk.socket(talk.patient), talk.socket(talk.doctor)
    before = [cloud.rows(table) for table in ("conversations", "connections", "requests")]
    assert answers(writer, {"action": "typing", "conversation_id": talk.id}) == []
    assert other.take() == [{"type": "typing", "conversation_id": talk.id, "person_id": ids(talk)[0]}]
    assert beside.take() == []
    assert [cloud.rows(table) for table in ("conversations", "connections", "requests")] == before


def test_who_is_present(talk: Talk):
    page = talk.socket(talk.patient)
    asked = {"action": "present", "conversation_id": talk.id}
    assert page.say(**asked) == {"type": "present", "conversation_id": talk.id, "person_ids": [ids(talk)[0]]}
    desk = talk.socket(talk.doctor)
    assert page.say(**asked)["person_ids"] == list(ids(talk))
    desk.leave()
    assert page.say(**asked)["person_ids"] == [ids(talk)[0]]


def test_an_outsider_neither_types_nor_looks_who_is_there(talk: Talk):
    outsider, page = talk.sockets.open(talk.clinic.colleague.caller), talk.socket(talk.patient)
    for action in ("typing", "present"):
        for conversation_id in (talk.id, "cnv_unknown"):
            refusal = outsider.say(action=action, conversation_id=conversation_id)
            assert (refusal["type"], refusal["code"]) == ("error", "conversation.not_found")
    assert page.take() == []


def test_in_a_large_group_those_hear_of_a_mark_whose_message_was_read(time: Time):
    """Else what members do without a word would be pushed as often as the square of their number."""
    reader = caller("per_3", "doctor")

    def group(count: int) -> Conversation:
        members = tuple(Member(person_id=f"per_{n}", name="x", role="doctor") for n in range(count))
        return Conversation(id="cnv_1", organisation_id="org_1", type="group", members=members, opened_at=time.now)

    tail = Tail(id="cnv_1", last_seq=9, spoke={"per_0": 5, "per_1": 6, "per_2": 9, "per_gone": 6})
    assert told_of_mark(group(MOST_TOLD), tail, 5, 7, reader) == [f"per_{n}" for n in range(MOST_TOLD)]
    assert told_of_mark(group(200), tail, 5, 7, reader) == ["per_1", "per_3"]
    assert told_of_mark(group(200), tail, 4, 9, reader) == ["per_0", "per_1", "per_2", "per_3"]
    assert told_of_typing(group(MOST_HEARD), reader) == [f"per_{n}" for n in range(MOST_HEARD) if n != 3]
    assert told_of_typing(group(MOST_HEARD + 1), reader) == []


def answers(page, frame: Frame) -> list[Frame]:
    """What comes back for a frame that may have no answer."""
    page.take()
    page._sockets.frames[page.id].append({"type": "nothing yet"})
    last = page.say(**frame)
    return [] if last == {"type": "nothing yet"} else [last]
