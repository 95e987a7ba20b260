"""The SMS port and its embedded default."""

from __future__ import annotations

import importlib.util

import pytest

from adapters import sms
from adapters.sms.inbox import InboxSms
from hospital import settings
from hospital.carrying import Outgoing, Refused, Taken
from hospital.errors import Unavailable
from tests.builders.cloud import Cloud
from tests.builders.inbox import Inbox
from tests.builders.moments import START

pytestmark = pytest.mark.store


def test_a_text_arrives_with_its_time(inbox: Inbox):
    sms.sender().send("13912345678", "您的验证码是 123456 😷")
    (text,) = inbox.texts
    assert text.pop("id").startswith("sms_")
    assert text == {"phone": "13912345678", "text": "您的验证码是 123456 😷", "sent_at": "2026-11-21T06:30:00.000Z"}


def test_a_text_that_comes_again_is_kept_once(inbox: Inbox):
    outgoing = Outgoing("sms_1.1", "sms_1", "13912345678", "text", "reminder", {}, {}, START)
    (carrier,) = sms.carriers()
    assert carrier.hand_over(outgoing) == carrier.look_up(outgoing) == Taken("sms_1.1", received=True)
    assert len(inbox.texts) == 1


@pytest.mark.parametrize("mood", ["refused", "hung_up"])
def test_an_inbox_that_does_not_take_it_is_unavailable(inbox: Inbox, mood: str):
    inbox.mood = mood
    with pytest.raises(Unavailable) as refusal:
        sms.sender().send("13912345678", "text")
    assert refusal.value.facts == {"adapter": "sms"}


@pytest.mark.parametrize(("cause", "blocked"), [("no_such_number", False), ("keyword", True)])
def test_what_the_inbox_will_never_deliver(inbox: Inbox, cause: str, blocked: bool):
    inbox.mood = cause
    with pytest.raises(Refused) as refusal:
        sms.carriers()[0].hand_over(Outgoing("sms_1.1", "sms_1", "1", "text", "reminder", {}, {}, START))
    assert (refusal.value.cause, refusal.value.blocked, inbox.texts) == (cause, blocked, [])


def test_an_inbox_where_nobody_listens_is_unavailable(metrics):
    with pytest.raises(Unavailable):
        InboxSms("http://127.0.0.1:9/").hand_over(Outgoing("sms_1.1", "sms_1", "1", "text", "reminder", {}, {}, START))


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://inbox.test", "inbox.test"])
def test_what_is_no_address_of_an_inbox(cloud: Cloud, url: str):
    cloud.turn(SMS_INBOX_URL=url)
    with pytest.raises(ValueError, match="SMS_INBOX_URL"):
        sms.carriers()


def test_an_adapter_that_nobody_wrote(cloud: Cloud):
    cloud.turn(SMS_ADAPTER="pigeon")
    with pytest.raises(sms.AdapterUnknown, match="SMS_ADAPTER=pigeon"):
        sms.carriers()


@pytest.mark.parametrize("adapter", ["inbox", "pigeon", ""])
def test_in_production_a_function_does_not_start_with_what_reaches_no_phone(cloud: Cloud, adapter: str):
    cloud.turn(PROFILE="production", SMS_ADAPTER=adapter)
    with pytest.raises(settings.EmbeddedDefault, match=rf"SMS_ADAPTER={adapter} delivers to no phone; set the adapter"):
        start_again()


@pytest.mark.parametrize("profile", ["local", "staging"])
def test_elsewhere_it_starts(cloud: Cloud, profile: str):
    cloud.turn(PROFILE=profile)
    start_again()


def start_again() -> None:
    """Import the port once more, as a function does that starts; the module that others use stays."""
    spec = importlib.util.find_spec("adapters.sms")
    assert spec and spec.loader
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
