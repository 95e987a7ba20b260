"""Where messages that leave the house are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hospital import ids, secret_keys
from hospital.occasions import SECRET, filled_in
from hospital.records import Key
from hospital.sms import keys
from hospital.sms.errors import SmsNotFound
from hospital.sms.events import SmsDue, SmsMoved
from hospital.sms.model import LATE, Sms
from hospital.table import Collection
from hospital.work import Work

_HIDDEN = "******"

# A message is a line of the list of messages itself: each step has its event, and the list keeps the last one.
sms_messages = Collection(
    Sms,
    "people",
    key=lambda one: keys.sms_key(one.id),
    lists={
        "of_number": lambda one: Key(keys.number_key(one.carrier, one.number), one.id) if one.number else None,
        "of_phone": lambda one: Key(keys.texts_key(one.phone_hash), keys.since(one.asked_at, one.id)),
    },
    audited=False,
)


def get_sms(sms_id: str) -> Sms:
    """The message with that id; `SmsNotFound`."""
    if not ids.is_id(sms_id):
        raise SmsNotFound
    return sms_messages.need(keys.sms_key(sms_id), SmsNotFound())


def sms_of_number(carrier: str, number: str) -> Sms | None:
    """The message that a carrier calls so."""
    found = sms_messages.page("of_number", keys.number_key(carrier, number), limit=1).items
    return found[0] if found else None


def written(
    template: str, variables: Mapping[str, str], *, phone: str, occasion: str, now: datetime, **more: Any
) -> Sms:
    """A message in the words of `template`, not stored yet. What a code in it opens is never stored."""
    hidden = {name: _HIDDEN if name in SECRET else value for name, value in variables.items()}
    secret = bool(SECRET & variables.keys())
    return Sms(
        **({"id": ids.new_id("sms"), "organisation_id": ""} | more),
        occasion=occasion,
        phone=phone,
        phone_hash=phone_hash(phone),
        text=filled_in(template, hidden),
        variables={} if secret else dict(variables),
        secret=secret,
        asked_at=now,
    )


def queue(work: Work, sms: Sms, *, otherwise: Exception | None = None) -> Sms:
    """The message waits to leave; whoever hears that it moved sends it."""
    queued = work.add(sms_messages, sms, otherwise=otherwise)
    work.emit(SmsMoved.of(queued))
    work.due(queued.asked_at + LATE, SmsDue.of(queued))
    return queued


def phone_hash(phone: str) -> str:
    """Under which the messages to a number are found."""
    return secret_keys.lookup_hash("phone", phone)
