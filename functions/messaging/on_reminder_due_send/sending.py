"""By which ways a reminder leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters import notification, sms
from adapters.notification import Device, Notification, Notifier
from hospital.caller import Audience
from hospital.errors import TooMany, Unavailable
from hospital.limits import Limit
from hospital.observability import count
from hospital.people.model import Language, Person
from hospital.reminders.model import Browser, Choices
from hospital.reminders.store import browsers, browsers_of
from hospital.sessions.keys import session_key
from hospital.sessions.store import sessions

OPENS: Mapping[Audience, str] = {"patient": "/patient/messages", "staff": "/staff/", "partner": "/"}
ONE_TEXT_AN_HOUR = Limit("reminder_text", most=1, window=timedelta(hours=1))
"""Texts cost money and wake people; what comes within the hour was said already. Taken before a text is sent, it also
keeps a second delivery from sending it twice."""


@dataclass(frozen=True)
class Letter:
    """A reminder in words. A text message never names anybody."""

    id: str
    person: Person
    words: str
    words_without_names: str
    language: Language


def deliver(letter: Letter, choices: Choices, now: datetime) -> bool:
    """Whether it left by any way. Raises `Unavailable` when it did not, and may later."""
    later: Unavailable | None = None
    if choices.push:
        try:
            if _pushed(letter, now):
                return True
        except Unavailable as error:
            later = error
    if choices.sms and letter.person.phone and _texted(letter, letter.person.phone):
        return True
    if later is not None:
        raise later
    return False


def _pushed(letter: Letter, now: datetime) -> bool:
    """Whether any device took it. Raises `Unavailable` when none did, and one may later."""
    notifier, reached = notification.app_push(), False
    later: Unavailable | None = None
    for device, browser in _devices(letter.person.id, notifier, now):
        audience: Audience = browser.audience if browser else ("patient" if letter.person.phone else "staff")
        try:
            outcome = notifier.send(_notification(letter, letter.words, audience), device)
        except Unavailable as error:
            later = error
            count("notification", channel=notifier.channel, outcome="later")
            continue
        count("notification", channel=notifier.channel, outcome=outcome)
        reached = reached or outcome == "delivered"
        if outcome == "gone" and browser is not None:
            browsers.table.remove(browsers.key(browser))
    if later is not None and not reached:
        raise later
    return reached


def _devices(person_id: str, notifier: Notifier, now: datetime) -> Iterator[tuple[Device, Browser | None]]:
    """The browsers whose session stands; those of others are forgotten, for nobody is signed in there."""
    if notifier.addressed_by == "person":
        yield Device(person_id), None
        return
    found = browsers_of(person_id)
    standing = {one.id: one for one in sessions.get_all(session_key(browser.session_id) for browser in found)}
    for browser in found:
        session = standing.get(browser.session_id)
        if session is None or not session.is_open(now):
            browsers.table.remove(browsers.key(browser))
        else:
            yield Device(browser.endpoint, browser.key, browser.secret), browser


def _texted(letter: Letter, phone: str) -> bool:
    try:
        ONE_TEXT_AN_HOUR.take(letter.person.id)
    except TooMany:
        return False
    try:
        told = _notification(letter, letter.words_without_names, "patient")
        outcome = notification.text_message(sms.sender()).send(told, Device(phone))
    except Unavailable:
        ONE_TEXT_AN_HOUR.give_back(letter.person.id)
        raise
    count("notification", channel="sms", outcome=outcome)
    return outcome == "delivered"


def _notification(letter: Letter, words: str, audience: Audience) -> Notification:
    title = "Yunzhen" if letter.language == "en" else "云诊"
    return Notification(letter.id, letter.person.id, title, words, OPENS[audience])
