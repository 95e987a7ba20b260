"""Digits that go to a phone which somebody says is theirs: sent now or never."""

from __future__ import annotations

from datetime import datetime, timedelta

from adapters import sms
from hospital import secret_keys
from hospital.caller import Caller
from hospital.errors import DomainError
from hospital.limits import Limit
from hospital.occasions import filled_in
from hospital.sessions import codes
from hospital.sessions.errors import TooManyCodes
from hospital.sessions.model import OneTimeCode
from hospital.sms.leaving import leave_at_once
from hospital.sms.store import written

PER_NUMBER = Limit("method_codes_of_number", most=10, window=timedelta(days=1), refusal=TooManyCodes)
"""Nobody's phone rings all day because many name it as their new one."""


def send_digits(kept: OneTimeCode, code: str, text: str, to: str, *, by: Caller, now: datetime) -> None:
    """`code` in the words of `text`. `TooManyCodes`; what reached nobody is forgotten, its pause need not be waited
    out."""
    try:
        PER_NUMBER.take(secret_keys.lookup_hash("phone", to))
        waiting = written(text, {"code": code}, phone=to, occasion="method_code", now=now)
        leave_at_once(waiting, sms.carriers(), by, {"code": code}, filled_in(text, {"code": code}))
    except DomainError:
        codes.forget(kept, by=by)
        raise
