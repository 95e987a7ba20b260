"""WeChat identities of persons, attempts to show one, and phones that were lost: pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Self

from hospital import ids
from hospital.records import Record, Sealed
from hospital.sign_in_methods.errors import (
    AttemptOver,
    LostPhoneNotFound,
    LostPhoneOver,
    MethodNeeded,
    TooManyMethods,
)
from hospital.terminals import Terminal

ATTEMPT_LIFE = timedelta(minutes=10)
"""From the beginning until WeChat sends the browser back, and once more until the phone is shown."""
MOST_WECHATS = 5
LOST_PHONE_LIFE = timedelta(minutes=10)

Step = Literal["begun", "exchanged"]


@dataclass(frozen=True)
class ProvenIdentity:
    """An identity that WeChat has just told us of, with its keyed hash."""

    openid_hash: str
    openid: str = field(repr=False)
    nick: str | None = field(default=None, repr=False)


class WechatClaim(Record):
    """That a WeChat identity belongs to a person. `openid_hash` is the keyed hash of official account and openid: by it
    one identity has one owner."""

    person_id: str
    openid_hash: str
    openid: Sealed
    nick: Sealed | None = None
    bound_at: datetime
    last_used_at: datetime | None = None

    @classmethod
    def of(cls, person_id: str, identity: ProvenIdentity, now: datetime) -> Self:
        """The claim of whoever has just shown the identity."""
        return cls(
            id=ids.derived_id("wcc", identity.openid_hash, person_id),
            person_id=person_id,
            openid_hash=identity.openid_hash,
            openid=identity.openid,
            nick=identity.nick,
            bound_at=now,
        )


class WechatAttempt(Record):
    """Somebody was sent to WeChat. `id` is the keyed hash of the state that comes back, `browser_hash` that of what
    their browser alone holds; neither opens anything without the other.

    `person_id` is set where somebody who is signed in adds WeChat to their account: such an attempt signs nobody in.
    After the exchange it holds who they are to WeChat, until they have shown their phone.
    """

    browser_hash: str
    terminal: Terminal
    organisation_id: str = ""
    person_id: str = ""
    step: Step = "begun"
    expires_at: datetime
    openid_hash: str = ""
    openid: Sealed | None = None
    nick: Sealed | None = None

    def require(self, step: Step, browser_hash: str, person_id: str, now: datetime) -> Self:
        """Itself, where this browser and this person (nobody: empty) may take the step now. `AttemptOver`."""
        if (self.step, self.browser_hash, self.person_id) != (step, browser_hash, person_id) or now >= self.expires_at:
            raise AttemptOver
        return self

    def exchanged(self, now: datetime) -> Self:
        """The code that came back is being exchanged: no second time."""
        return self.having(step="exchanged", expires_at=now + ATTEMPT_LIFE)

    def told(self, identity: ProvenIdentity) -> Self:
        """WeChat said who it is."""
        return self.having(openid_hash=identity.openid_hash, openid=identity.openid, nick=identity.nick)

    @property
    def identity(self) -> ProvenIdentity:
        """Who WeChat said it is; `AttemptOver` where it said nothing."""
        if self.openid is None:
            raise AttemptOver
        return ProvenIdentity(self.openid_hash, self.openid, self.nick)


def require_room(claims: int) -> None:
    """`TooManyMethods` where an account has as many WeChat identities as it may."""
    if claims >= MOST_WECHATS:
        raise TooManyMethods(most=MOST_WECHATS)


def require_another(*, has_phone: bool, claims: int) -> None:
    """`MethodNeeded` where nothing would be left to sign in by."""
    if not has_phone and claims <= 1:
        raise MethodNeeded


class LostPhone(Record):
    """That a member of staff saw the card of somebody who holds their old phone no more, and which number is to be
    theirs: a code to it is shown within ten minutes."""

    person_id: str
    organisation_id: str
    practitioner_role_id: str
    phone: Sealed
    begun_at: datetime
    done_at: datetime | None = None

    @property
    def expires_at(self) -> datetime:
        """Until when it may be done."""
        return self.begun_at + LOST_PHONE_LIFE

    def open_for(self, practitioner_role_id: str, now: datetime) -> Self:
        """For whoever began it, in time and once. `LostPhoneNotFound`, `LostPhoneOver`."""
        if self.practitioner_role_id != practitioner_role_id:
            raise LostPhoneNotFound
        if self.done_at is not None or now >= self.expires_at:
            raise LostPhoneOver
        return self

    def done(self, now: datetime) -> Self:
        """The number is theirs."""
        return self.having(done_at=now)
