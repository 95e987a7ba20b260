"""Codes and what they open."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel

from adapters import sms
from hospital import ids, secret_keys
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile, Unavailable
from hospital.limits import Limit
from hospital.occasions import filled_in
from hospital.people.keys import person_key, phone_key
from hospital.people.model import Person, PhoneClaim
from hospital.people.store import claim_phone, persons, phones
from hospital.sessions import codes
from hospital.sessions.errors import TooManyCodes
from hospital.sessions.model import CODE_LIFE, CODE_PAUSE, Session
from hospital.sessions.opening import log_sign_in, new_session
from hospital.sessions.store import sessions
from hospital.sms.leaving import leave_at_once
from hospital.sms.store import written
from hospital.terminals import Terminal
from hospital.work import Work
from identity.answers import Me, me_of_patient
from identity.showing_phone import proven_code

PER_PHONE = Limit("code_of_phone", most=8, window=timedelta(hours=1), refusal=TooManyCodes)
PER_ADDRESS = Limit("code_of_address", most=300, window=timedelta(hours=1), refusal=TooManyCodes)
TEXT = "【云诊】您的验证码是 {code}，5 分钟内有效。请不要告诉任何人。"


class CodeSent(BaseModel):
    """When another code may be asked for, and how long this one is good."""

    retry_after_seconds: int
    expires_in_seconds: int


def ask_for_code(phone: str, *, terminal: Terminal = "web", by: Caller, now: datetime) -> CodeSent:
    """Send a code to the phone, known or not. It replaces the one before."""
    phone_hash = secret_keys.lookup_hash("phone", phone)
    PER_ADDRESS.take(by.asked.ip)
    kept, code = codes.draw(phone_hash, PER_PHONE, by=by, now=now)
    try:
        waiting = written(TEXT, {"code": code}, phone=phone, occasion="sign_in_code", now=now, terminal=terminal)
        leave_at_once(waiting, sms.carriers(), by, {"code": code}, filled_in(TEXT, {"code": code}))
    except Unavailable:
        codes.forget(kept, by=by)
        raise
    return CodeSent(retry_after_seconds=codes.seconds(CODE_PAUSE), expires_in_seconds=codes.seconds(CODE_LIFE))


def sign_in_by_code(phone: str, code: str, *, by: Caller, now: datetime) -> tuple[Session, Me]:
    """Open a session for whoever holds the phone. The code is used up with it."""
    phone_hash = secret_keys.lookup_hash("phone", phone)
    proven = proven_code(phone_hash, code, by, now)
    claim = phones.get(phone_key(phone_hash))
    with Work(by=by, doing="session.open") as work:
        codes.use_up(work, proven)
        if claim is None:
            person = work.add(persons, Person(id=ids.new_id("per"), phone=phone, joined_at=now))
            claim_phone(work, PhoneClaim(id=phone_hash, person_id=person.id), otherwise=ChangedMeanwhile())
        else:
            person = persons.need(person_key(claim.person_id))
        session = work.add(sessions, new_session(person.id, "patient", "patient", by.asked, now))
        log_sign_in(work, person.id, "code", "succeeded", by.asked, now, role="patient")
    return session, me_of_patient(person)
