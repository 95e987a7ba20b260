"""What every notification adapter does, whoever brings it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from adapters import notification, sms
from adapters.notification import Device, Notification, Notifier
from hospital.errors import Unavailable
from tests.builders.inbox import Inbox
from tests.builders.notices import NoticeInbox, PushService

pytestmark = pytest.mark.store

NOTICE = Notification("rem_1", "per_1", "云诊", "您有 3 条新消息，请打开云诊查看。😷", "/patient/messages")


@dataclass
class Way:
    """An adapter under test: where it sends, what arrived, and how its far end is broken."""

    notifier: Notifier
    to: Device
    arrived: Callable[[], list[str]]
    breaks: Callable[[str], None]


@pytest.fixture(params=["inbox", "web_push", "text"])
def way(request: pytest.FixtureRequest) -> Way:
    if request.param == "inbox":
        far: NoticeInbox = request.getfixturevalue("notices")
        return Way(
            notification.app_push(),
            Device("per_1"),
            lambda: [one["words"] for one in far.of("per_1")],
            lambda mood: setattr(far, "mood", mood),
        )
    if request.param == "text":
        phone: Inbox = request.getfixturevalue("inbox")
        return Way(
            notification.text_message(sms.sender()),
            Device("13912345678"),
            lambda: [text["text"].removeprefix("【云诊】") for text in phone.texts],
            lambda mood: setattr(phone, "mood", mood),
        )
    service: PushService = request.getfixturevalue("service")
    browser = service.browser()
    return Way(
        notification.app_push(),
        browser.device,
        lambda: [shown["words"] for shown in browser.shown],
        lambda mood: setattr(service, "mood", {"refused": 500}.get(mood, mood)),
    )


def test_the_words_arrive_as_they_were_said(way: Way):
    assert way.notifier.send(NOTICE, way.to) == "delivered"
    assert way.arrived() == [NOTICE.words]


@pytest.mark.parametrize("mood", ["refused", "hung_up"])
def test_who_cannot_take_it_now_is_unavailable(way: Way, mood: str):
    way.breaks(mood)
    with pytest.raises(Unavailable) as refusal:
        way.notifier.send(NOTICE, way.to)
    assert refusal.value.facts["adapter"] in ("notification", "web_push", "sms")
    assert way.arrived() == []


def test_it_says_how_it_is_addressed(way: Way):
    assert (way.notifier.channel, way.notifier.addressed_by) in {
        ("push", "person"),
        ("push", "browser"),
        ("sms", "phone"),
    }
