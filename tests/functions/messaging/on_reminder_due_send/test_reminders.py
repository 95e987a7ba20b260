"""An absent person is reminded once, by a line without content, by day; who is there or has read is not."""

from __future__ import annotations

import pytest

from hospital import clock
from hospital.caller import system
from hospital.reminders.keys import reminder_key
from hospital.reminders.store import reminders
from messaging.reminding import remind_of_visit
from tests.builders.cloud import Cloud
from tests.builders.inbox import Inbox
from tests.builders.notices import PushService
from tests.functions.messaging.on_reminder_due_send.conftest import Scene

pytestmark = pytest.mark.store

ILL = "您的乙肝检查阳性"
ONE = "您有 1 条新消息，请打开云诊查看。"
TWO = "您有 2 条新消息，请打开云诊查看。"


def test_what_came_within_half_a_minute_is_one_line_without_content(scene: Scene):
    scene.says(ILL)
    begun = reminders.get(reminder_key(scene.patient.person.id))
    scene.says("请尽快来院", "好的")
    assert reminders.get(reminder_key(scene.patient.person.id)) == begun, "only the first one writes"
    assert len(scene.due) == 1
    scene.later(seconds=29)
    assert scene.words == []
    scene.later(seconds=2)
    assert scene.words == ["您有 3 条新消息，请打开云诊查看。"]
    told = str(scene.notices.came)
    for secret in (ILL, "李明", "心内科", scene.patient.phone, scene.id):
        assert secret not in told
    scene.later(hours=3)
    assert len(scene.words) == 1, "said once"


def test_who_is_there_hears_it_on_the_page_alone(scene: Scene):
    page = scene.comes()
    scene.says("在吗")
    assert len(page.take("message")) == 1
    assert scene.due == []


def test_who_came_back_or_has_read_meanwhile_is_not_reminded(scene: Scene):
    scene.says("在吗")
    page = scene.comes()
    scene.later(minutes=1)
    page.leave()
    scene.says("还在吗")
    scene.reads()
    scene.later(minutes=1)
    assert scene.words == []
    assert reminders.need(reminder_key(scene.patient.person.id)).leaving is None


def test_a_page_that_vanished_without_a_word_is_nobody(scene: Scene):
    scene.comes().vanish()
    scene.says("在吗")
    scene.comes().vanish()
    scene.later(minutes=1)
    assert scene.words == [ONE]


def test_the_next_reminder_waits_a_little_and_counts_all_that_is_unread(scene: Scene):
    scene.says("一")
    scene.later(minutes=1)
    scene.says("二")
    scene.later(minutes=2)
    assert scene.words == [ONE]
    scene.later(minutes=4)
    assert scene.words == [ONE, TWO]


def test_at_night_it_waits_for_the_morning_and_is_looked_at_again(scene: Scene):
    scene.time.passes(hours=8)  # 22:30 in Shanghai
    scene.says("睡了吗")
    scene.later(minutes=1)
    scene.says("明天见")
    scene.later(hours=8, minutes=28)  # 06:59
    assert scene.words == []
    scene.later(minutes=2)
    assert scene.words == [TWO]
    scene.reads()
    scene.time.passes(hours=16)
    scene.says("晚安")
    scene.later(minutes=1)
    scene.reads()
    scene.later(hours=9)
    assert scene.words == [TWO], "read at night: left in peace in the morning"


def test_quiet_hours_names_and_language_are_the_persons_own(scene: Scene):
    scene.chooses(quiet={"on": False, "begins": "22:00", "ends": "07:00"}, names=True)
    scene.time.passes(hours=8)
    scene.says(ILL)
    scene.later(minutes=1)
    assert scene.words == ["李明发来 1 条新消息，请打开云诊查看。"]
    from identity.view_profile.app import app as profile
    from tests.builders.gateway import call

    call(profile, "PATCH", "/me", {"preferences": {"language": "en"}}, who=scene.patient.caller).ok()
    scene.says(ILL)
    scene.later(minutes=10)
    assert scene.words[1:] == ["You have 2 new messages from 李明. Open Yunzhen to read."]
    assert scene.notices.of(scene.patient.person.id)[-1]["title"] == "Yunzhen"


def test_who_wants_none_or_muted_it_gets_none(scene: Scene):
    from hospital.conversations.keys import member_key
    from hospital.conversations.store import memberships

    scene.chooses(push=False)
    scene.says("在吗")
    scene.later(minutes=1)
    assert scene.words == []
    scene.chooses(push=True)
    key = member_key(scene.id, scene.patient.person.id)
    memberships.table.update(key, [memberships["muted"].set(True)])
    scene.says("在吗")
    assert scene.due == []


def test_a_delivery_that_comes_twice_says_it_once(scene: Scene):
    scene.says("在吗")
    scene.later(minutes=1, times=2)
    assert scene.words == [ONE]
    assert len(scene.notices.came) == 1


def test_what_could_not_leave_is_tried_again_and_leaves_once(scene: Scene):
    scene.says("在吗")
    scene.notices.mood = "refused"
    (envelope,) = scene.later(minutes=1)
    scene.says("一会儿再来")
    scene.notices.mood = "taken"
    assert scene.hands_over(envelope)
    assert scene.words == [TWO]
    assert scene.hands_over(envelope)
    assert scene.words == [TWO]


def test_what_could_not_leave_goes_with_the_next_round(scene: Scene):
    scene.says("在吗")
    scene.notices.mood = "hung_up"
    (envelope,) = scene.later(minutes=1)
    scene.says("一会儿再来")
    scene.notices.mood = "taken"
    scene.later(minutes=1)
    assert scene.words == [TWO]
    assert scene.hands_over(envelope), "the first round's event comes once more"
    assert scene.words == [TWO]


def test_a_consultation_that_moved_stands_in_the_same_line(scene: Scene):
    for _ in range(2):
        remind_of_visit(scene.patient.person.id, clock.now(), system("test"))
    scene.later(minutes=1)
    assert scene.words == ["您的咨询有新进展，请打开云诊查看。"]
    scene.says("您好", "请说")
    remind_of_visit(scene.patient.person.id, clock.now(), system("test"))
    scene.later(minutes=10)
    assert scene.words[1:] == ["您有 2 条新消息，您的咨询有新进展，请打开云诊查看。"]


def test_a_doctor_who_is_away_is_reminded_too(scene: Scene):
    scene.says("医生您好", who=scene.patient)
    scene.later(minutes=1)
    (told,) = scene.notices.of(scene.doctor.role.person_id)
    assert (told["words"], told["opens"]) == (ONE, "/staff/")
    assert scene.words == [], "nobody is told of what they wrote"


def test_a_text_message_comes_only_when_no_push_arrived_and_once_an_hour(
    scene: Scene, service: PushService, inbox: Inbox
):
    scene.chooses(sms=True, names=True)
    scene.says(ILL)
    scene.later(minutes=1, times=2)
    assert [(text["phone"], text["text"]) for text in inbox.texts] == [(scene.patient.phone, f"【云诊】{ONE}")]
    scene.says("二")
    scene.later(minutes=10)
    assert len(inbox.texts) == 1, "said within the hour"
    scene.time.passes(hours=2)
    browser = scene.registers(service)
    scene.says("三")
    scene.later(minutes=10)
    assert (len(inbox.texts), len(browser.shown)) == (1, 1)
    service.mood = 429
    scene.says("四")
    scene.later(minutes=10)
    assert len(inbox.texts) == 2, "the push service is full, so the text goes"


def test_every_browser_shows_it_and_those_that_are_gone_are_forgotten(scene: Scene, service: PushService, cloud: Cloud):
    first, second, gone = (scene.registers(service) for _ in range(3))
    del service.browsers[gone.endpoint.removeprefix(service.origin)]
    scene.says(ILL)
    scene.later(minutes=1)
    for browser in (first, second):
        assert [(shown["words"], shown["opens"]) for shown in browser.shown] == [(ONE, "/patient/messages")]
        assert ILL not in str(browser.shown)
    assert len([row for row in cloud.rows("people") if row.get("kind") == "Browser"]) == 2
    scene.says("二")
    service.mood = 429
    (envelope,) = scene.later(minutes=10)
    service.mood = 201
    assert scene.hands_over(envelope)
    assert [shown["words"] for shown in first.shown] == [ONE, TWO]


def test_where_a_session_is_over_nothing_is_shown(scene: Scene, service: PushService, cloud: Cloud):
    browser = scene.registers(service)
    scene.time.passes(days=31)
    scene.says("在吗")
    scene.later(minutes=1)
    assert browser.shown == []
    assert [row for row in cloud.rows("people") if row.get("kind") == "Browser"] == []


def test_an_event_of_nobody_changes_nothing(scene: Scene):
    data = {"subject": "rem_1", "sequence": 1, "person_id": "per_nobody", "round": 1}
    assert scene.hands_over({"id": "evt_1", "type": "reminder.due.v1", "data": data})
    assert scene.due == []
