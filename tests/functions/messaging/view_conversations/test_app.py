"""Members read: lists, history, what they missed; and mark it read."""

from __future__ import annotations

import pytest

from messaging.view_conversations.app import app
from tests.builders.cloud import together
from tests.builders.conversations import Talk, opened_talk
from tests.builders.gateway import call
from tests.builders.moments import Time
from tests.builders.people import Clinic, found_clinic, hire, new_patient

pytestmark = pytest.mark.store


def said(talk: Talk, count: int) -> None:
    """The patient says that many things: numbers 2 and on."""
    page = talk.socket(talk.patient)
    for number in range(count):
        assert page.send(talk.id, f"{number}", f"client-id-{number:04}")["type"] == "ack"


def page(talk: Talk, query: str) -> tuple[list[int], bool]:
    """(numbers, complete) of a page of messages."""
    answer = talk.ask("GET", f"/messages?{query}", talk.doctor).ok()
    assert answer["last_seq"] == talk.view(talk.doctor)["last_seq"]
    return [message["seq"] for message in answer["items"]], answer["complete"]


# -- conversations ------------------------------------------------------------------------------------------------


def test_a_conversation_as_each_member_sees_it(talk: Talk, time: Time):
    time.passes(minutes=1)
    said(talk, 1)
    shown = talk.view(talk.doctor)
    assert shown == {
        "id": talk.id,
        "type": "visit",
        "name": "",
        "state": "open",
        "about": {"type": "visit", "id": talk.visit_id},
        "members": [
            {"person_id": talk.patient.person.id, "name": "王芳", "role": "patient", "joined_seq": 1},
            {"person_id": talk.doctor.caller.person_id, "name": "李明", "role": "doctor", "joined_seq": 1},
        ],
        "owner_id": None,
        "notice": None,
        "limits": {"messages_left": None, "until": None},
        "muted": False,
        "first_seq": 1,
        "last_seq": 2,
        "read_seq": 0,
        "delivered_seq": 0,
        "unread": 2,
        "marks": {
            talk.doctor.caller.person_id: {"read_seq": 0, "delivered_seq": 0},
            talk.patient.person.id: {"read_seq": 2, "delivered_seq": 2},
        },
        "last_message": talk.messages(talk.doctor)[-1],
        "opened_at": "2026-11-21T06:30:00Z",
        "closed_at": None,
    }
    mine = talk.view(talk.patient)
    assert (mine["read_seq"], mine["unread"]) == (2, 0), "who writes has seen what stands above"
    assert shown | {"read_seq": 2, "delivered_seq": 2, "unread": 0} == mine


def test_conversations_are_listed_newest_first(clinic: Clinic, deliver, sockets, time: Time, talk: Talk):
    talks = [talk]
    for _ in range(3):
        time.passes(minutes=1)
        talks.append(opened_talk(clinic, new_patient(), deliver, sockets))
    first = call(app, "GET", "/conversations?limit=3", who=clinic.doctor.caller).ok()
    rest = call(app, "GET", f"/conversations?limit=3&cursor={first['cursor']}", who=clinic.doctor.caller).ok()
    assert [one["id"] for one in first["items"] + rest["items"]] == [one.id for one in reversed(talks)]
    assert rest["cursor"] is None
    newest = talks[-1].view(clinic.doctor)
    own = {clinic.doctor.caller.person_id: newest["marks"][clinic.doctor.caller.person_id]}
    assert first["items"][0] == newest | {"marks": own}, "a list shows one's own marks"
    mine = call(app, "GET", "/conversations", who=talk.patient.caller).ok()["items"]
    assert [one["id"] for one in mine] == [talk.id]


def test_what_is_closed_stands_among_all_and_not_among_the_open(talk: Talk):
    def listed(state: str) -> list[str]:
        found = call(app, "GET", f"/conversations?state={state}", who=talk.doctor.caller).ok()["items"]
        return [one["id"] for one in found]

    assert (listed("open"), listed("all")) == ([talk.id], [talk.id])
    talk.close()
    assert (listed("open"), listed("all")) == ([], [talk.id])
    call(app, "GET", "/conversations?state=closed", who=talk.doctor.caller).refused(400, "request.schema_broken")


def test_nobody_has_conversations(cloud, clinic: Clinic):
    for who in (new_patient(), clinic.nurse):
        assert call(app, "GET", "/conversations", who=who.caller).ok() == {"items": [], "cursor": None}


@pytest.mark.parametrize("path", ["", "/messages"])
def test_an_outsider_does_not_learn_that_it_exists(talk: Talk, path: str):
    for who in (new_patient(), talk.clinic.colleague, talk.clinic.nurse, found_clinic().doctor):
        talk.ask("GET", path, who).refused(404, "conversation.not_found")
        talk.ask("POST", "/read", who, {"seq": 1}).refused(404, "conversation.not_found")
    for who in (talk.clinic.admin, hire("operator"), hire("partner")):
        talk.ask("GET", path, who).refused(403, "policy.refused")
        talk.ask("POST", "/read", who, {"seq": 1}).refused(403, "policy.refused")
    call(app, "GET", f"/conversations/cnv_unknown{path}", who=talk.patient.caller).refused(
        404, "conversation.not_found"
    )


# -- messages -----------------------------------------------------------------------------------------------------


def test_the_newest_come_without_a_bound(talk: Talk):
    said(talk, 9)
    assert page(talk, "limit=4") == ([7, 8, 9, 10], False)
    assert page(talk, "limit=100") == (list(range(1, 11)), True)


def test_paging_back_to_the_very_first(talk: Talk):
    said(talk, 9)
    assert page(talk, "before=7&limit=4") == ([3, 4, 5, 6], False)
    assert page(talk, "before=3&limit=4") == ([1, 2], True)
    assert page(talk, "before=5&limit=4") == ([1, 2, 3, 4], True), "a full page that reaches the first is the last"
    assert page(talk, "before=1&limit=4") == ([], True)
    assert page(talk, "before=0&limit=4") == ([], True)


def test_catching_up_gets_exactly_what_was_missed(talk: Talk):
    said(talk, 9)
    assert page(talk, "after=6&limit=100") == ([7, 8, 9, 10], True)
    assert page(talk, "after=6&limit=2") == ([7, 8], False)
    assert page(talk, "after=6&limit=4") == ([7, 8, 9, 10], True), "a full page that reaches the last is the last"
    assert page(talk, "after=10") == ([], True)
    assert page(talk, "after=0&limit=3") == ([1, 2, 3], False)
    assert page(talk, "after=9999999999") == ([], True)


def test_every_message_comes_once_in_either_direction(talk: Talk):
    said(talk, 30)
    forward, complete = page(talk, "after=0&limit=7")
    while not complete:
        more, complete = page(talk, f"after={forward[-1]}&limit=7")
        forward += more
    backward, complete = page(talk, "limit=7")
    while not complete:
        more, complete = page(talk, f"before={backward[0]}&limit=7")
        backward = more + backward
    assert forward == backward == list(range(1, 32))


@pytest.mark.parametrize(
    "query",
    ["after=-1", "before=-1", "after=x", "after=1&before=5", "limit=0", "limit=101", f"after={10**10}", "x=1"],
)
def test_what_cannot_be_asked(talk: Talk, query: str):
    talk.ask("GET", f"/messages?{query}", talk.doctor).refused(400, "request.schema_broken")


# -- read marks ---------------------------------------------------------------------------------------------------


@pytest.mark.req("IM-08")
def test_the_sender_sees_it_turn_read_and_unread_counts_match_on_every_device(talk: Talk):
    sender, phone, pc = talk.socket(talk.patient), talk.socket(talk.doctor), talk.socket(talk.doctor)
    for number in range(3):
        sender.send(talk.id, f"{number}", f"client-id-{number}")
    assert talk.view(talk.doctor)["unread"] == 4
    sender.take(), phone.take(), pc.take()
    assert phone.say(action="read", conversation_id=talk.id, seq=3)["seq"] == 3
    read = {"type": "read", "conversation_id": talk.id, "person_id": talk.doctor.caller.person_id, "seq": 3}
    assert sender.take("read") == pc.take("read") == [read]
    assert talk.view(talk.doctor)["unread"] == 1
    assert talk.ask("POST", "/read", talk.doctor, {"seq": 4}).ok() == {"read_seq": 4, "unread": 0}
    assert [frame["seq"] for frame in sender.take("read")] == [4]
    assert [frame["seq"] for frame in phone.take("read")][-1] == 4
    assert talk.view(talk.doctor)["unread"] == 0
    outsider = talk.sockets.open(talk.clinic.colleague.caller)
    frame = outsider.say(action="read", conversation_id=talk.id, seq=1)
    assert (frame["type"], frame["code"]) == ("error", "conversation.not_found")
    talk.ask("POST", "/read", talk.doctor, {"seq": 5}).refused(400, "message.read_mark_beyond_end")


def test_a_read_mark_never_goes_back_and_says_nothing_new_when_it_stays(talk: Talk):
    said(talk, 4)
    talk.ask("POST", "/read", talk.doctor, {"seq": 4}).ok()
    sender = talk.socket(talk.patient)
    for seq in (4, 2, 0):
        assert talk.ask("POST", "/read", talk.doctor, {"seq": seq}).ok() == {"read_seq": 4, "unread": 1}
    assert sender.take("read") == []


def test_what_was_not_written_cannot_have_been_read(talk: Talk):
    facts = talk.ask("POST", "/read", talk.doctor, {"seq": 2}).refused(400, "message.read_mark_beyond_end")
    assert facts == {"last_seq": 1}


def test_a_closed_conversation_can_still_be_marked_read(talk: Talk):
    said(talk, 2)
    talk.close()
    assert talk.ask("POST", "/read", talk.doctor, {"seq": 3}).ok() == {"read_seq": 3, "unread": 0}


def test_two_devices_that_mark_at_once_leave_the_higher_mark(talk: Talk):
    said(talk, 8)
    together(8, lambda number: talk.ask("POST", "/read", talk.doctor, {"seq": number + 1}))
    assert talk.view(talk.doctor)["read_seq"] == 8


@pytest.mark.parametrize("body", [{}, {"seq": -1}, {"seq": "1"}, {"seq": 1.5}, {"seq": 10**10}, {"seq": 1, "x": 1}])
def test_a_mark_that_breaks_its_schema(talk: Talk, body: dict):
    talk.ask("POST", "/read", talk.doctor, body).refused(400, "request.schema_broken")


def test_a_mark_is_kept_when_a_page_cannot_be_told(talk: Talk, journal):
    said(talk, 2)
    broken, gone, well = (talk.socket(talk.patient) for _ in range(3))
    talk.sockets.broken.add(broken.id)
    gone.vanish()
    assert talk.ask("POST", "/read", talk.doctor, {"seq": 3}).ok()["read_seq"] == 3
    assert [frame["seq"] for frame in well.take("read")] == [3]
