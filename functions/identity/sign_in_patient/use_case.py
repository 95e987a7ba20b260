"""Codes and what they open."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime, timedelta

from pydantic import BaseModel

from adapters import sms
from hospital import ids, secret_keys
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile, Unavailable
from hospital.limits import Limit
from hospital.people.keys import person_key, phone_key
from hospital.people.model import Person, PhoneClaim
from hospital.people.store import persons, phones
from hospital.sessions.errors import CodeWrong, TooManyCodes, TooManyTries
from hospital.sessions.keys import code_key
from hospital.sessions.model import CODE_LIFE, CODE_PAUSE, OneTimeCode, Session
from hospital.sessions.opening import log_sign_in, new_session
from hospital.sessions.store import codes, sessions
from hospital.work import Work
from identity.answers import Me, me_of_patient

PER_PHONE = Limit("code_of_phone", most=8, window=timedelta(hours=1), refusal=TooManyCodes)
PER_ADDRESS = Limit("code_of_address", most=300, window=timedelta(hours=1), refusal=TooManyCodes)
TEXT = "【云诊】您的验证码是 {code}，5 分钟内有效。请不要告诉任何人。"


class CodeSent(BaseModel):
    """When another code may be asked for, and how long this one is good."""

    retry_after_seconds: int
    expires_in_seconds: int


def ask_for_code(phone: str, *, by: Caller, now: datetime) -> CodeSent:
    """Send a code to the phone, known or not. It replaces the one before."""
    phone_hash = secret_keys.lookup_hash("phone", phone)
    PER_ADDRESS.take(by.asked.ip)
    earlier = codes.get(code_key(phone_hash))
    if earlier is not None and now < earlier.sent_at + CODE_PAUSE:
        raise TooManyCodes(retry_after_seconds=_seconds(earlier.sent_at + CODE_PAUSE - now))
    PER_PHONE.take(phone_hash)
    code = f"{secrets.randbelow(1_000_000):06d}"
    fresh = OneTimeCode(id=phone_hash, code_hash=_code_hash(phone_hash, code), sent_at=now, expires_at=now + CODE_LIFE)
    with Work(by=by) as work:
        if earlier is None:
            kept = work.add(codes, fresh, otherwise=TooManyCodes(retry_after_seconds=_seconds(CODE_PAUSE)))
        else:
            kept = work.change(codes, earlier, fresh, otherwise=TooManyCodes(retry_after_seconds=_seconds(CODE_PAUSE)))
    try:
        sms.sender().send(phone, TEXT.format(code=code))
    except Unavailable:
        _forget(kept, by)  # nobody has it: the phone need not wait out the pause of a code that never left
        raise
    return CodeSent(retry_after_seconds=_seconds(CODE_PAUSE), expires_in_seconds=_seconds(CODE_LIFE))


def _forget(code: OneTimeCode, by: Caller) -> None:
    with suppress(ChangedMeanwhile), Work(by=by) as work:
        work.remove(codes, code)


def sign_in_by_code(phone: str, code: str, *, by: Caller, now: datetime) -> tuple[Session, Me]:
    """Open a session for whoever holds the phone. The code is used up with it."""
    phone_hash = secret_keys.lookup_hash("phone", phone)
    proven = _proven_code(phone_hash, code, by, now)
    claim = phones.get(phone_key(phone_hash))
    with Work(by=by, doing="session.open") as work:
        work.remove(codes, proven, when=codes["code_hash"] == proven.code_hash, otherwise=CodeWrong(tries_left=0))
        if claim is None:
            person = work.add(persons, Person(id=ids.new_id("per"), phone=phone, joined_at=now))
            work.add(phones, PhoneClaim(id=phone_hash, person_id=person.id))
        else:
            person = persons.need(person_key(claim.person_id))
        session = work.add(sessions, new_session(person.id, "patient", "patient", by.asked, now))
        log_sign_in(work, person.id, "code", "succeeded", by.asked, now, role="patient")
    return session, me_of_patient(person)


def _proven_code(phone_hash: str, code: str, by: Caller, now: datetime) -> OneTimeCode:
    """The code that is out, if this is it. Each look at it costs a try, before it is compared."""
    item = codes.table.update(
        code_key(phone_hash),
        [codes["tries_left"].add(-1)],
        when=(codes["tries_left"] > 0) & codes["code_hash"].exists(),
    )
    if item is None:
        if codes.get(code_key(phone_hash)) is not None:
            raise TooManyTries(retry_after_seconds=_seconds(CODE_PAUSE))
        raise CodeWrong(tries_left=0)
    out = codes.from_item(item)
    if now >= out.expires_at:
        raise CodeWrong(tries_left=0)
    if not secrets.compare_digest(out.code_hash, _code_hash(phone_hash, code)):
        _log_refusal(phone_hash, by, now)
        if out.tries_left == 0:
            raise TooManyTries(retry_after_seconds=_seconds(CODE_PAUSE))
        raise CodeWrong(tries_left=out.tries_left)
    return out


def _log_refusal(phone_hash: str, by: Caller, now: datetime) -> None:
    """A line for the number's owner; for a number nobody owns, under its hash: both take as long."""
    claim = phones.get(phone_key(phone_hash))
    with Work(by=by) as work:
        whose = claim.person_id if claim else phone_hash
        log_sign_in(work, whose, "code", "refused", by.asked, now, role="patient")


def _code_hash(phone_hash: str, code: str) -> str:
    return secret_keys.lookup_hash("code", f"{phone_hash}:{code}")


def _seconds(span: timedelta) -> int:
    return max(1, int(span.total_seconds()))
