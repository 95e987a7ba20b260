"""Choosing how to be reminded, and registering browsers for it."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from adapters import notification
from hospital.caller import Caller
from hospital.people.store import get_person
from hospital.reminders.errors import BrowserRefused, NoPhoneForTexts
from hospital.reminders.keys import choices_key
from hospital.reminders.model import Browser, Choices, QuietHours
from hospital.reminders.store import MOST_BROWSERS, browser_id, browsers, browsers_of, choices
from hospital.work import Work, decided_again


class NotificationSettings(BaseModel):
    """How the caller is reminded. `phone_masked` is where texts would go, null without a phone; `push_key` is what
    browsers register by, null where the hospital sends no pushes to browsers."""

    push: bool
    sms: bool
    quiet: QuietHours
    names: bool
    phone_masked: str | None
    push_key: str | None


def view_settings(*, by: Caller) -> NotificationSettings:
    """How the caller is reminded."""
    return _view(choices.get(choices_key(by.person_id)) or Choices(id=by.person_id), _phone(by))


def change_settings(*, push: bool, sms: bool, quiet: QuietHours, names: bool, by: Caller) -> NotificationSettings:
    """Choose anew."""
    phone = _phone(by)
    if sms and phone is None:
        raise NoPhoneForTexts

    def decide() -> NotificationSettings:
        before = choices.get(choices_key(by.person_id))
        chosen = Choices(id=by.person_id, push=push, sms=sms, quiet=quiet, names=names)
        with Work(by=by, doing="notification.choose") as work:
            if before is None:
                stored = work.add(choices, chosen)
            else:
                stored = work.change(choices, before, chosen.having(version=before.version))
            return work.answer(_view(stored, phone))

    return decided_again(decide)


def register_browser(endpoint: str, key: str, secret: str, *, by: Caller, now: datetime) -> None:
    """Remember the browser as the caller's. Whoever used it before has none there any more."""
    if not notification.endpoint_is_known(endpoint) or not notification.are_keys(key, secret):
        raise BrowserRefused
    browser = Browser(
        id=browser_id(endpoint),
        person_id=by.person_id,
        session_id=by.session_id,
        audience="patient" if by.is_patient else "staff",
        endpoint=endpoint,
        key=key,
        secret=secret,
        registered_at=now,
    )
    others = [one for one in browsers_of(by.person_id) if one.id != browser.id]
    for one in others[: max(0, len(others) + 1 - MOST_BROWSERS)]:
        browsers.table.remove(browsers.key(one))
    browsers.table.put(browsers.key(browser), browsers.to_item(browser.having(version=1)))


def forget_browser(*, by: Caller) -> None:
    """Forget the browsers of the caller's session; none is fine."""
    for one in browsers_of(by.person_id):
        if one.session_id == by.session_id:
            browsers.table.remove(browsers.key(one))


def _phone(by: Caller) -> str | None:
    return get_person(by.person_id).phone_masked


def _view(chosen: Choices, phone_masked: str | None) -> NotificationSettings:
    return NotificationSettings(
        push=chosen.push,
        sms=chosen.sms,
        quiet=chosen.quiet,
        names=chosen.names,
        phone_masked=phone_masked,
        push_key=notification.push_key(),
    )
