"""The embedded default and the choice of adapter."""

from __future__ import annotations

import importlib.util

import pytest

from adapters import notification
from adapters.notification import Device, Notification
from adapters.notification.inbox import InboxNotifier
from hospital import settings
from tests.builders.cloud import Cloud
from tests.builders.notices import NoticeInbox

pytestmark = pytest.mark.store

NOTICE = Notification("rem_1", "per_1", "云诊", "您有 3 条新消息，请打开云诊查看。", "/patient/messages")


def test_the_inbox_is_told_everything_that_left_the_house(notices: NoticeInbox):
    notification.app_push().send(NOTICE, Device("per_1"))
    assert notices.of("per_1") == [
        {
            "id": "rem_1",
            "person_id": "per_1",
            "channel": "push",
            "title": "云诊",
            "words": "您有 3 条新消息，请打开云诊查看。",
            "opens": "/patient/messages",
            "sent_at": "2026-11-21T06:30:00.000Z",
        }
    ]


def test_sent_again_under_its_id_it_stands_there_once(notices: NoticeInbox):
    for _ in range(3):
        assert notification.app_push().send(NOTICE, Device("per_1")) == "delivered"
    assert len(notices.of("per_1")) == 1


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://inbox.test", "inbox.test"])
def test_what_is_no_address_of_an_inbox(url: str):
    with pytest.raises(ValueError, match="NOTIFICATION_INBOX_URL"):
        InboxNotifier(url)


def test_an_adapter_that_nobody_wrote(cloud: Cloud):
    cloud.turn(NOTIFICATION_ADAPTER="pigeon")
    with pytest.raises(notification.AdapterUnknown, match="NOTIFICATION_ADAPTER=pigeon"):
        notification.app_push()


@pytest.mark.parametrize("adapter", ["inbox", "pigeon", ""])
def test_in_production_a_function_does_not_start_with_what_reaches_no_device(cloud: Cloud, adapter: str):
    cloud.turn(PROFILE="production", NOTIFICATION_ADAPTER=adapter)
    said = rf"NOTIFICATION_ADAPTER={adapter} reaches no device; set the adapter of a vendor: web_push"
    with pytest.raises(settings.EmbeddedDefault, match=said):
        start_again()


@pytest.mark.parametrize(("profile", "adapter"), [("local", "inbox"), ("staging", "inbox"), ("production", "web_push")])
def test_elsewhere_or_with_one_that_does_it_starts(cloud: Cloud, profile: str, adapter: str):
    cloud.turn(PROFILE=profile, NOTIFICATION_ADAPTER=adapter)
    start_again()


def test_browsers_register_only_where_pushes_go_to_browsers(cloud: Cloud):
    cloud.turn(NOTIFICATION_ADAPTER="inbox")
    assert notification.push_key() is None
    cloud.turn(NOTIFICATION_ADAPTER="web_push")
    assert notification.push_key() is not None


def start_again() -> None:
    """Import the port once more, as a function does that starts; the module that others use stays."""
    spec = importlib.util.find_spec("adapters.notification")
    assert spec and spec.loader
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
