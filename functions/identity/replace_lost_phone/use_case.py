"""Letting another number be somebody's, at a counter."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import BaseModel

from hospital import ids, secret_keys
from hospital.caller import Caller
from hospital.limits import Limit
from hospital.listings import DAY_ZONE
from hospital.people.events import PhoneChanged
from hospital.people.keys import patient_id_of, patient_key, phone_key
from hospital.people.model import Person, PhoneClaim, masked_phone
from hospital.people.store import claim_phone, get_person, patients, persons, phones
from hospital.sessions import codes
from hospital.sessions.errors import CodeWrong, TooManyCodes
from hospital.sessions.events import SessionRevoked
from hospital.sessions.keys import sessions_of_key
from hospital.sessions.model import Session
from hospital.sessions.store import sessions
from hospital.sign_in_methods.errors import (
    LostPhoneNotFound,
    LostPhoneOver,
    MethodCodeWrong,
    PhoneIsOwn,
    PhoneOfAnother,
    TooManyLostPhones,
)
from hospital.sign_in_methods.events import SignInMethodChanged
from hospital.sign_in_methods.model import LostPhone
from hospital.sign_in_methods.store import claims, claims_of, get_lost_phone, lost_phones
from hospital.sms.store import queue, written
from hospital.verifications.id_number import clean_name, parse_id_number
from hospital.verifications.store import get_identity, owner_of_number
from hospital.work import Work
from identity.sending_digits import send_digits

WRONG_PER_STAFF = Limit("lost_phone_of_staff", most=10, window=timedelta(minutes=15), refusal=TooManyLostPhones)
PER_CHANGE = Limit("lost_phone_code", most=8, window=timedelta(hours=1), refusal=TooManyCodes)
TEXT = "【云诊】您正在医院窗口更换登录手机号，验证码 {code}，5 分钟内有效。请只告诉面前的工作人员。"
OLD_TEXT = "【云诊】您的账号已在医院窗口改用新的手机号登录，原有设备都已退出。不是您本人办理的，请马上联系医院。"
_MOST_SESSIONS = 20
"""Those of a person that are ended at once, the newest; older ones end by themselves."""


class LostPhoneView(BaseModel):
    """Of which account it is, so that staff see that it is the right one; `done_at` once the new number is theirs."""

    id: str
    old_phone_masked: str | None
    phone_masked: str
    expires_at: datetime
    done_at: datetime | None

    @classmethod
    def of(cls, change: LostPhone, old: str | None) -> LostPhoneView:
        """As staff see it."""
        return cls(
            id=change.id,
            old_phone_masked=old,
            phone_masked=masked_phone(change.phone),
            expires_at=change.expires_at,
            done_at=change.done_at,
        )


def begin_change(name: str, id_number: str, phone: str, *, by: Caller, now: datetime) -> LostPhoneView:
    """The change of whoever the card names, if they have a file here; nobody else is told of. `LostPhoneNotFound`."""
    whom, number = clean_name(name), parse_id_number(id_number, now.astimezone(DAY_ZONE).date()).text
    WRONG_PER_STAFF.take(by.person_id)
    person = _known_here(whom, number, by)
    WRONG_PER_STAFF.give_back(by.person_id)
    if person.phone == phone:
        raise PhoneIsOwn
    change = LostPhone(
        id=ids.new_id("lph"),
        person_id=person.id,
        organisation_id=by.organisation_id,
        practitioner_role_id=by.practitioner_role_id,
        phone=phone,
        begun_at=now,
    )
    by_itself = replace(by, asked=replace(by.asked, intent=None))
    kept, code = codes.draw(code_for(person.id, phone), PER_CHANGE, by=by_itself, now=now)
    send_digits(kept, code, TEXT, phone, by=by_itself, now=now)
    with Work(by=by, doing="lost_phone.begin") as work:
        return work.answer(LostPhoneView.of(work.add(lost_phones, change), person.phone_masked))


def finish_change(change_id: str, digits: str, *, by: Caller, now: datetime) -> LostPhoneView:
    """The number is theirs, and the only way to sign in: who has the lost phone is signed out, and has WeChat no more.
    `LostPhoneNotFound`, `LostPhoneOver`, `MethodCodeWrong`, `PhoneOfAnother`."""
    change = get_lost_phone(change_id).open_for(by.practitioner_role_id, now)
    person = get_person(change.person_id)
    try:
        shown = codes.proven(code_for(person.id, change.phone), digits, now)
    except CodeWrong as wrong:
        raise MethodCodeWrong(which="new", **wrong.facts) from None
    claim = PhoneClaim(id=secret_keys.lookup_hash("phone", change.phone), person_id=person.id, since=now)
    if phones.get(phone_key(claim.id)) is not None:
        raise PhoneOfAnother
    with Work(by=by, doing="lost_phone.change") as work:
        codes.use_up(work, shown)
        done = work.change(lost_phones, change, change.done(now), otherwise=LostPhoneOver())
        _free(work, person, now)
        claim_phone(work, claim, otherwise=PhoneOfAnother())
        work.emit(PhoneChanged.of(work.change(persons, person, person.having(phone=change.phone))))
        for session in _open_sessions(person.id, now):
            work.emit(SessionRevoked.of(work.change(sessions, session, session.revoked(now)), "revoked"))
        return work.answer(LostPhoneView.of(done, person.phone_masked))


def _free(work: Work, person: Person, now: datetime) -> None:
    """The old number is told, and is nobody's; WeChat identities likewise."""
    before = phones.get(phone_key(secret_keys.lookup_hash("phone", person.phone))) if person.phone else None
    if before is not None:
        work.remove(phones, before)
    if person.phone:
        queue(work, written(OLD_TEXT, {}, phone=person.phone, occasion="phone_changed", now=now, person_id=person.id))
    for one in claims_of(person.id):
        work.remove(claims, one)
        work.emit(SignInMethodChanged.removed(one))


def _known_here(name: str, number: str, by: Caller) -> Person:
    """Who was verified with that name and number, and has a file at the caller's organisation."""
    owner = owner_of_number(number)
    identity = get_identity(owner) if owner else None
    if owner is None or identity is None or identity.name != name or not by.organisation_id:
        raise LostPhoneNotFound
    if owner == by.person_id or patients.get(patient_key(patient_id_of(owner, by.organisation_id))) is None:
        raise LostPhoneNotFound
    return get_person(owner)


def _open_sessions(person_id: str, now: datetime) -> list[Session]:
    newest = sessions.page("of_person", sessions_of_key(person_id), limit=_MOST_SESSIONS, newest_first=True).items
    return [one for one in newest if one.is_open(now)]


def code_for(person_id: str, phone: str) -> str:
    """What the code is for: this account, that number, at a counter."""
    return secret_keys.lookup_hash("lost_phone", f"{person_id}:{phone}")
