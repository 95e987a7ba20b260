"""One's ways to sign in: seen, added, removed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from hospital import secret_keys
from hospital.caller import Caller
from hospital.limits import Limit
from hospital.people.keys import phone_key
from hospital.people.model import masked_phone
from hospital.people.store import get_person, phones
from hospital.sessions import codes
from hospital.sessions.errors import CodeWrong, TooManyCodes
from hospital.sessions.keys import sign_ins_of_key
from hospital.sessions.model import CODE_LIFE, CODE_PAUSE, OneTimeCode
from hospital.sessions.store import sign_ins
from hospital.sign_in_methods.errors import AttemptOver, MethodCodeWrong, PhoneIsOwn
from hospital.sign_in_methods.events import SignInMethodChanged
from hospital.sign_in_methods.model import MOST_WECHATS, require_another, require_room
from hospital.sign_in_methods.store import attempts, bind, claims, claims_of, get_claim
from hospital.terminals import Terminal
from hospital.work import Work
from identity.keep_sign_in_methods.answers import MethodCodeSent, SignInMethods, WechatToAdd, WechatView
from identity.sending_digits import send_digits
from identity.showing_wechat import ReturnsTo, begin, exchange, require_offered

PER_CHANGE = Limit("method_code", most=8, window=timedelta(hours=1), refusal=TooManyCodes)
TEXT = "【云诊】您正在修改登录方式，验证码 {code}，5 分钟内有效。不是您本人操作，请不要告诉任何人。"
_LOOKED_AT = 50
"""Lines of the sign-in log, the newest, in which the last use of the phone is looked for."""
RETURNS_TO: ReturnsTo = "/patient/me/sign-in-methods/wechat"
Which = Literal["own", "new"]


def view_methods(person_id: str) -> SignInMethods:
    """By what a person signs in."""
    person = get_person(person_id)
    wechats = claims_of(person_id)
    claim = phones.get(phone_key(secret_keys.lookup_hash("phone", person.phone))) if person.phone else None
    log = sign_ins.page("of_person", sign_ins_of_key(person_id), limit=_LOOKED_AT, newest_first=True).items
    by_code = (one.at for one in log if (one.method, one.outcome) == ("code", "succeeded"))
    return SignInMethods(
        phone_masked=person.phone_masked,
        phone_since=(claim.since if claim else None) or person.joined_at,
        phone_last_used_at=next(by_code, None),
        wechats=[WechatView.of(one) for one in wechats],
        may_add=len(wechats) < MOST_WECHATS,
        may_remove=person.phone is not None,
    )


def send_code(phone: str | None, *, by: Caller, now: datetime) -> MethodCodeSent:
    """A code for a change, to the account's own phone, or to the one that is to be. It is not said whether that one has
    an account."""
    own = get_person(by.person_id).phone
    to = phone or own
    if to is None or phone == own:
        raise PhoneIsOwn
    by_itself = replace(by, asked=replace(by.asked, intent=None))
    kept, code = codes.draw(code_for(by.person_id, to), PER_CHANGE, by=by_itself, now=now)
    send_digits(kept, code, TEXT, to, by=by_itself, now=now)
    with Work(by=by) as work:
        return work.answer(
            MethodCodeSent(
                phone_masked=masked_phone(to),
                retry_after_seconds=codes.seconds(CODE_PAUSE),
                expires_in_seconds=codes.seconds(CODE_LIFE),
            )
        )


def code_for(person_id: str, phone: str) -> str:
    """What a code for a change is for: this account and that number. One that signs in is another."""
    return secret_keys.lookup_hash("method_code", f"{person_id}:{phone}")


def shown_code(person_id: str, phone: str | None, digits: str, now: datetime, which: Which = "own") -> OneTimeCode:
    """The code that went to that phone, if this is it; `MethodCodeWrong`, for it is no sign-in that failed."""
    try:
        return codes.proven(code_for(person_id, phone or ""), digits, now)
    except CodeWrong as wrong:
        raise MethodCodeWrong(which=which, **wrong.facts) from None


def begin_adding(digits: str, place: tuple[Terminal, str], *, by: Caller, now: datetime) -> WechatToAdd:
    """Where to send the browser; what comes back counts in this session alone."""
    terminal, organisation_id = place
    party = require_offered(organisation_id, terminal)
    require_room(len(claims_of(by.person_id)))
    shown = shown_code(by.person_id, get_person(by.person_id).phone, digits, now)
    with Work(by=by) as work:
        codes.use_up(work, shown)
        return work.answer(WechatToAdd(address=begin(work, party, RETURNS_TO, by.session_id, place, by=by, now=now)))


def add_wechat(state: str, code: str, *, by: Caller, now: datetime) -> SignInMethods:
    """The identity that came back is the caller's; `WechatTaken` where it is another's, or theirs already."""
    attempt, identity = exchange(state, code, by.session_id, by=by, now=now)
    before = view_methods(by.person_id)
    with Work(by=by) as work:
        work.remove(attempts, attempt, otherwise=AttemptOver())
        claim = bind(work, by.person_id, identity, now)
        wechats = [*before.wechats, WechatView.of(claim)]
        return work.answer(before.model_copy(update={"wechats": wechats, "may_add": len(wechats) < MOST_WECHATS}))


def remove_wechat(method_id: str, digits: str, *, by: Caller, now: datetime) -> SignInMethods:
    """Nobody signs in by it any more; who is signed in by it stays so, until they are signed out."""
    claim = get_claim(by.person_id, method_id)
    before, phone = view_methods(by.person_id), get_person(by.person_id).phone
    require_another(has_phone=phone is not None, claims=len(before.wechats))
    shown = shown_code(by.person_id, phone, digits, now)
    with Work(by=by) as work:
        codes.use_up(work, shown)
        work.remove(claims, claim)
        work.emit(SignInMethodChanged.removed(claim))
        left = [one for one in before.wechats if one.id != method_id]
        return work.answer(before.model_copy(update={"wechats": left, "may_add": True}))
