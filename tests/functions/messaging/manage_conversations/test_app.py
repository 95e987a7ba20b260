"""Staff open conversations and keep groups; whatever changes is a numbered message, and the rules of history hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hospital.conversations.model import MOST_MEMBERS
from hospital.people.keys import role_key
from hospital.people.store import roles
from hospital.work import Work
from messaging.manage_conversations.app import app
from messaging.view_conversations.app import app as view_conversations
from tests.builders.cloud import together
from tests.builders.conversations import Talk
from tests.builders.gateway import call
from tests.builders.groups import Group, direct, group_of
from tests.builders.moments import Time
from tests.builders.people import Clinic, Staff, found_clinic, hire, new_patient

pytestmark = pytest.mark.store


@pytest.fixture
def group(clinic: Clinic, sockets) -> Group:
    """The doctor's group with a colleague and a nurse."""
    return group_of(clinic.doctor, clinic.colleague, clinic.nurse, sockets=sockets)


def person(who: Staff) -> str:
    return who.caller.person_id


def listed(who: Staff, state: str = "all") -> list[str]:
    items = call(view_conversations, "GET", f"/conversations?state={state}", who=who.caller).ok()["items"]
    return [one["id"] for one in items]


# -- two people ---------------------------------------------------------------------------------------------------


@pytest.mark.req("IM-13")
def test_two_doctors_of_two_organisations_talk_and_nobody_else_listens(clinic: Clinic, sockets, deliver, talk: Talk):
    other = found_clinic().doctor
    there = direct(clinic.doctor, other, sockets)
    assert direct(other, clinic.doctor, sockets).id == there.id, "they have one conversation, whoever opens it"
    page = sockets.open(other.caller)
    assert there.say(clinic.doctor, "请看一下这份心电图")["seq"] == 2
    assert there.say(other, "好的")["seq"] == 3
    deliver()
    assert [frame["message"]["seq"] for frame in page.take("message")] == [1, 2, 3]
    assert there.read(clinic.doctor) == there.read(other)
    assert [one["content"].get("text") for one in there.read(other)][1:] == ["请看一下这份心电图", "好的"]
    for outsider in (talk.patient, clinic.colleague, new_patient()):
        call(view_conversations, "GET", f"/conversations/{there.id}/messages", who=outsider.caller).refused(
            404, "conversation.not_found"
        )
        assert there.say(outsider, "我也在")["code"] == "conversation.not_found"
    there.keep(talk.patient, "PUT", "/notice", {"text": "我的"}).refused(403, "policy.refused")


def test_two_who_open_it_at_once_have_one(clinic: Clinic, sockets):
    pair = (clinic.doctor, clinic.colleague)
    found = together(4, lambda number: direct(pair[number % 2], pair[1 - number % 2], sockets).id)
    assert len(set(found)) == 1, found


@pytest.mark.parametrize("who", ["unknown", "admin", "inactive", "self"])
def test_whom_one_cannot_talk_to(clinic: Clinic, who: str):
    role = {"unknown": "prr_nobody", "admin": clinic.admin.role.id, "self": clinic.doctor.role.id}.get(who)
    if role is None:
        with Work(by=clinic.admin.caller, doing="test.set_up") as work:
            stored = roles.need(role_key(clinic.nurse.role.id))
            role = work.change(roles, stored, stored.having(active=False)).id
    answer = call(
        app, "POST", "/conversations", {"type": "direct", "practitioner_role_id": role}, who=clinic.doctor.caller
    )
    if who == "self":
        answer.refused(409, "conversation.already_member")
    else:
        assert answer.refused(404, "conversation.practitioner_not_found") == {"practitioner_role_ids": [role]}


@pytest.mark.parametrize("body", [{"type": "direct"}, {"type": "group"}, {"type": "group", "name": "\u200b"}, {}])
def test_what_opens_nothing(clinic: Clinic, body: dict):
    call(app, "POST", "/conversations", body, who=clinic.doctor.caller).refused(400, "request.schema_broken")


# -- groups -------------------------------------------------------------------------------------------------------


def test_a_group_as_it_was_opened(group: Group, clinic: Clinic):
    shown = group.view(clinic.nurse)
    assert (shown["type"], shown["name"], shown["owner_id"]) == ("group", "心内科会诊", person(clinic.doctor))
    assert [member["name"] for member in shown["members"]] == ["李明", "赵静", "周敏"]
    assert shown["last_message"]["content"]["event"] == "opened"
    assert set(shown["marks"]) == {member["person_id"] for member in shown["members"]}
    assert listed(clinic.nurse, "open") == [group.id]


def test_who_joins_reads_all_or_from_then_on_by_the_groups_rule(clinic: Clinic, sockets):
    for history, first in (("all", 1), ("from_join", 3)):
        group = group_of(clinic.doctor, sockets=sockets, history=history)
        group.say(clinic.doctor, "病史如下")
        joined = group.keep(clinic.doctor, "POST", "/members", {"practitioner_role_ids": [clinic.nurse.role.id]}).ok()
        assert joined["members"][-1]["joined_seq"] == 3
        assert group.numbers(clinic.nurse) == list(range(first, 4)), history
        assert group.numbers(clinic.nurse, "after=0&limit=1") == [first]
        assert group.numbers(clinic.nurse, "before=3") == list(range(first, 3))
        assert group.view(clinic.nurse)["unread"] == 1, "what was said before is not unread"
        assert group.read(clinic.nurse)[-1]["content"] == {
            "event": "joined",
            "by": {"person_id": person(clinic.doctor), "name": "李明", "role": "doctor"},
            "members": [{"person_id": person(clinic.nurse), "name": "周敏", "role": "nurse"}],
        }


def test_who_left_reads_up_to_then_and_hears_nothing_more(group: Group, clinic: Clinic, deliver, sockets):
    page = sockets.open(clinic.nurse.caller)
    group.say(clinic.doctor, "一")
    deliver()
    left = group.keep(clinic.doctor, "DELETE", f"/members/{person(clinic.nurse)}").ok()
    assert person(clinic.nurse) not in [member["person_id"] for member in left["members"]]
    group.say(clinic.doctor, "二")
    group.keep(clinic.doctor, "PUT", "/notice", {"text": "明早查房"}).ok()
    deliver()
    assert [frame["message"]["seq"] for frame in page.take("message")] == [1, 2]
    assert group.numbers(clinic.nurse) == [1, 2, 3]
    assert group.numbers(clinic.nurse, "after=3") == []
    shown = group.view(clinic.nurse)
    assert (shown["last_seq"], shown["notice"], shown["last_message"]["content"]["event"]) == (3, None, "left")
    assert group.say(clinic.nurse, "三")["code"] == "conversation.not_found"
    assert (listed(clinic.nurse), listed(clinic.nurse, "open")) == ([group.id], [])
    group.keep(clinic.nurse, "PUT", "/muted", {"muted": True}).refused(404, "conversation.not_found")


def test_who_comes_back_reads_by_the_rule_again(clinic: Clinic, sockets):
    group = group_of(clinic.doctor, clinic.nurse, sockets=sockets, history="from_join")
    group.keep(clinic.nurse, "DELETE", f"/members/{person(clinic.nurse)}").ok()
    group.say(clinic.doctor, "没有护士的话")
    group.keep(clinic.doctor, "POST", "/members", {"practitioner_role_ids": [clinic.nurse.role.id]}).ok()
    assert group.numbers(clinic.nurse) == [4]
    assert group.say(clinic.nurse, "我回来了")["seq"] == 5
    assert listed(clinic.nurse, "open") == [group.id]


def test_a_group_whose_owner_goes_is_taken_over_by_the_longest_in_it(group: Group, clinic: Clinic):
    group.keep(clinic.doctor, "DELETE", f"/members/{person(clinic.doctor)}").ok()
    assert group.view(clinic.nurse)["owner_id"] == person(clinic.colleague)
    group.keep(clinic.nurse, "PUT", "/name", {"name": "别的"}).refused(403, "conversation.not_the_owner")
    assert group.keep(clinic.colleague, "PUT", "/name", {"name": "心电图"}).ok()["name"] == "心电图"
    assert group.read(clinic.nurse)[-1]["content"]["event"] == "renamed"


def test_a_group_holds_two_hundred(clinic: Clinic, sockets):
    group = group_of(clinic.doctor, sockets=sockets)
    crowd = [hire("nurse", clinic.id, f"护士{number}") for number in range(MOST_MEMBERS)]
    for first in range(0, MOST_MEMBERS - 1, 40):
        ids = [one.role.id for one in crowd[first : min(first + 40, MOST_MEMBERS - 1)]]
        shown = group.keep(clinic.doctor, "POST", "/members", {"practitioner_role_ids": ids}).ok()
    assert len(shown["members"]) == MOST_MEMBERS
    last = {"practitioner_role_ids": [crowd[-1].role.id]}
    assert group.keep(clinic.doctor, "POST", "/members", last).refused(409, "conversation.too_many_members") == {
        "most": MOST_MEMBERS
    }
    assert group.say(crowd[150], "都在吗")["seq"] == shown["last_seq"] + 1
    assert len(group.view(crowd[7])["marks"]) == MOST_MEMBERS


def test_what_only_the_owner_does_and_what_cannot_be_done(group: Group, clinic: Clinic, talk: Talk):
    newcomer = {"practitioner_role_ids": [clinic.pharmacist.role.id]}
    group.keep(clinic.nurse, "POST", "/members", newcomer).refused(403, "conversation.not_the_owner")
    group.keep(clinic.nurse, "PUT", "/notice", {"text": "x"}).refused(403, "conversation.not_the_owner")
    group.keep(clinic.nurse, "DELETE", f"/members/{person(clinic.colleague)}").refused(
        403, "conversation.not_the_owner"
    )
    group.keep(clinic.pharmacist, "POST", "/members", newcomer).refused(404, "conversation.not_found")
    twice = {"practitioner_role_ids": [clinic.pharmacist.role.id] * 2}
    group.keep(clinic.doctor, "POST", "/members", twice).refused(409, "conversation.already_member")
    there = {"practitioner_role_ids": [clinic.nurse.role.id]}
    assert group.keep(clinic.doctor, "POST", "/members", there).refused(409, "conversation.already_member") == {
        "person_ids": [person(clinic.nurse)]
    }
    group.keep(clinic.doctor, "DELETE", f"/members/{person(clinic.pharmacist)}").refused(
        404, "conversation.member_not_found"
    )
    of_visit = replace(group, id=talk.id)
    of_visit.keep(clinic.doctor, "POST", "/members", newcomer).refused(409, "conversation.not_a_group")
    of_visit.keep(clinic.doctor, "DELETE", f"/members/{person(clinic.doctor)}").refused(409, "conversation.not_a_group")
    assert group.numbers(clinic.nurse) == [1], "nothing was said of what was refused"


def test_the_doctor_pins_a_notice_above_a_visit_until_it_is_closed(talk: Talk, sockets):
    visit = Group(talk.id, sockets)
    shown = visit.keep(talk.doctor, "PUT", "/notice", {"text": "请按时测血压"}).ok()
    assert shown["notice"]["text"] == visit.view(talk.patient)["notice"]["text"] == "请按时测血压"
    assert visit.keep(talk.doctor, "PUT", "/notice", {"text": ""}).ok()["notice"] is None
    assert [one["content"].get("text") for one in visit.read(talk.patient)][1:] == ["请按时测血压", ""]
    talk.close()
    visit.keep(talk.doctor, "PUT", "/notice", {"text": "晚了"}).refused(409, "conversation.closed")


def test_muting_is_ones_own_and_tells_nobody(group: Group, clinic: Clinic, deliver):
    assert group.keep(clinic.nurse, "PUT", "/muted", {"muted": True}).ok()["muted"] is True
    assert (group.view(clinic.nurse)["muted"], group.view(clinic.doctor)["muted"]) == (True, False)
    assert group.keep(clinic.nurse, "PUT", "/muted", {"muted": False}).ok()["muted"] is False
    assert group.numbers(clinic.nurse) == [1]


def test_all_concerned_are_told_to_look_again(clinic: Clinic, sockets, deliver):
    pages = {who: sockets.open(getattr(clinic, who).caller) for who in ("doctor", "nurse", "colleague")}
    group = group_of(clinic.doctor, clinic.nurse, sockets=sockets)
    deliver()
    topics = {who: [frame["topic"] for frame in page.take("notice")] for who, page in pages.items()}
    assert topics == {"doctor": ["conversation.opened.v1"], "nurse": ["conversation.opened.v1"], "colleague": []}
    group.keep(clinic.doctor, "DELETE", f"/members/{person(clinic.nurse)}").ok()
    deliver(twice=True)
    assert pages["nurse"].take("notice")[0] == {
        "type": "notice",
        "topic": "conversation.changed.v1",
        "subject": group.id,
        "sequence": 2,
    }


def test_an_act_sent_twice_is_done_once(clinic: Clinic, sockets, time: Time):
    body = {"type": "group", "name": "值班", "practitioner_role_ids": []}
    answers = [
        call(app, "POST", "/conversations", body, who=clinic.doctor.caller, key="the-same-key-1").ok(201)["id"]
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert listed(clinic.doctor) == answers[:1]


def test_people_join_while_others_write_and_no_number_is_missing(group: Group, clinic: Clinic):
    ids = [hire("nurse", clinic.id).role.id for _ in range(3)]

    def act(number: int) -> object:
        if number < 3:
            return group.keep(clinic.doctor, "POST", "/members", {"practitioner_role_ids": [ids[number]]}).ok()["id"]
        return [group.say(clinic.colleague, f"{number}")["seq"] for _ in range(3)]

    answers = together(5, act)
    assert not [one for one in answers if isinstance(one, Exception)], answers
    assert group.numbers(clinic.colleague) == list(range(1, 11))
    assert len(group.view(clinic.doctor)["members"]) == 6
