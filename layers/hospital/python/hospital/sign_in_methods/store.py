"""Where ways to sign in are kept."""

from __future__ import annotations

from datetime import datetime

from hospital import clock, ids
from hospital.records import Key
from hospital.sign_in_methods import keys
from hospital.sign_in_methods.errors import AttemptOver, LostPhoneNotFound, MethodNotFound, WechatTaken
from hospital.sign_in_methods.events import SignInMethodChanged
from hospital.sign_in_methods.model import (
    MOST_WECHATS,
    LostPhone,
    ProvenIdentity,
    WechatAttempt,
    WechatClaim,
    require_room,
)
from hospital.table import Collection
from hospital.work import Work, last_line

claims = Collection(
    WechatClaim,
    "people",
    key=lambda claim: keys.wechat_key(claim.openid_hash),
    lists={
        "of_person": lambda claim: Key(keys.wechats_of_key(claim.person_id), f"{clock.text(claim.bound_at)}#{claim.id}")
    },
)
attempts = Collection(
    WechatAttempt,
    "requests",
    key=lambda attempt: keys.attempt_key(attempt.id),
    expires=lambda attempt: attempt.expires_at,
    audited=False,  # lives minutes; what it leads to is in the sign-in log
)

lost_phones = Collection(LostPhone, "people", key=lambda one: keys.lost_phone_key(one.id))


def find_claim(openid_hash: str) -> WechatClaim | None:
    """Whose identity it is."""
    return claims.get(keys.wechat_key(openid_hash))


def claims_of(person_id: str) -> list[WechatClaim]:
    """A person's WeChat identities, the oldest first."""
    return claims.page("of_person", keys.wechats_of_key(person_id), limit=MOST_WECHATS).items


def get_claim(person_id: str, method_id: str) -> WechatClaim:
    """One of them; `MethodNotFound`."""
    found = next((one for one in claims_of(person_id) if one.id == method_id), None)
    if found is None:
        raise MethodNotFound
    return found


def get_attempt(state_hash: str) -> WechatAttempt:
    """The attempt of that state; `AttemptOver`."""
    return attempts.need(keys.attempt_key(state_hash), AttemptOver())


def bind(work: Work, person_id: str, identity: ProvenIdentity, now: datetime) -> WechatClaim:
    """The identity belongs to this person from here on. `WechatTaken`, `TooManyMethods`."""
    if find_claim(identity.openid_hash) is not None:
        raise WechatTaken
    require_room(len(claims_of(person_id)))
    before = last_line(claims, keys.wechat_key(identity.openid_hash))
    claim = work.add(claims, WechatClaim.of(person_id, identity, now), after=before, otherwise=WechatTaken())
    work.emit(SignInMethodChanged.bound(claim))
    return claim


def note_use(work: Work, claim: WechatClaim, now: datetime) -> None:
    """Somebody signs in by it, if it still is theirs at that moment; `AttemptOver`."""
    work.update(
        claims,
        claims.key(claim),
        [claims["last_used_at"].set(clock.text(now))],
        when=claims["person_id"] == claim.person_id,
        otherwise=AttemptOver(),
        unaudited="the sign-in log tells of it",
    )


def get_lost_phone(change_id: str) -> LostPhone:
    """A change at a counter; `LostPhoneNotFound`."""
    found = lost_phones.get(keys.lost_phone_key(change_id)) if ids.is_id(change_id) else None
    if found is None:
        raise LostPhoneNotFound
    return found
