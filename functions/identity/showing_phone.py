"""Somebody shows that they hold a phone, by the code that came to it: the same proof, whatever it opens."""

from __future__ import annotations

from datetime import datetime

from hospital.caller import Caller
from hospital.people.keys import phone_key
from hospital.people.store import phones
from hospital.sessions import codes
from hospital.sessions.model import OneTimeCode
from hospital.sessions.opening import log_sign_in
from hospital.work import Work


def proven_code(phone_hash: str, code: str, by: Caller, now: datetime) -> OneTimeCode:
    """The code that is out, if this is it; another one is written into the log of sign-ins."""
    return codes.proven(phone_hash, code, now, on_wrong=lambda: _log_refusal(phone_hash, by, now))


def _log_refusal(phone_hash: str, by: Caller, now: datetime) -> None:
    """A line for the number's owner; for a number nobody owns, under its hash: both take as long."""
    claim = phones.get(phone_key(phone_hash))
    with Work(by=by) as work:
        whose = claim.person_id if claim else phone_hash
        log_sign_in(work, whose, "code", "refused", by.asked, now, role="patient")
