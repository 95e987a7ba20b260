"""One-time codes and sessions: pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, Self

from hospital.caller import Audience, Role
from hospital.records import Record
from hospital.sessions.errors import SessionOver

Method = Literal["code", "password", "totp", "recovery_code", "wechat"]
Outcome = Literal["succeeded", "refused"]

CODE_LIFE = timedelta(minutes=5)
CODE_PAUSE = timedelta(seconds=60)
CODE_TRIES = 5
SECOND_STEP_LIFE = timedelta(minutes=5)
ACCESS_LIFE = timedelta(minutes=10)
GRACE = timedelta(seconds=30)  # two tabs, or a page reloaded while its answer was on the way, are no thieves
SESSION_LIFE: Mapping[Audience, timedelta] = {
    "patient": timedelta(days=30),
    "staff": timedelta(hours=12),
    "partner": timedelta(hours=12),
}


class OneTimeCode(Record):
    """The code that is out for a phone; `id` is the phone's keyed hash, `code_hash` a keyed hash too."""

    code_hash: str
    sent_at: datetime
    expires_at: datetime
    tries_left: int = CODE_TRIES


class SignIn(Record):
    """One line of the sign-in log. `person_id` is a hash or an account's name where nobody owns what was tried;
    organisation and role are known of staff only."""

    person_id: str
    organisation_id: str = ""
    practitioner_role_id: str = ""
    role: Role | None = None
    at: datetime
    method: Method
    outcome: Outcome
    device: str = ""
    ip: str = ""


class Session(Record):
    """One device on which a person is signed in. `password_due`: they came in by a password that somebody else made,
    and may do nothing until they have chosen their own.

    `refresh_number` counts the rotations of the refresh token; the token of any other number is refused.
    """

    person_id: str
    audience: Audience
    role: Role
    practitioner_role_id: str = ""
    organisation_id: str = ""
    opened_at: datetime
    last_used_at: datetime
    ends_at: datetime
    refresh_number: int = 1
    rotated_at: datetime
    device: str = ""
    ip: str = ""
    revoked_at: datetime | None = None
    password_due: bool = False

    def is_open(self, now: datetime) -> bool:
        """Whether it still stands for its person."""
        return self.revoked_at is None and now < self.ends_at

    def was_replayed(self, number: int, now: datetime) -> bool:
        """Whether a refresh token that was replaced is used again, by whoever took it.

        Raises `SessionOver` when the session does not stand anyway.
        """
        if not self.is_open(now) or number > self.refresh_number:
            raise SessionOver
        if number == self.refresh_number:
            return False
        return not (number == self.refresh_number - 1 and now <= self.rotated_at + GRACE)

    def refreshed(self, number: int, now: datetime) -> Self:
        """After the token of that number was shown: the next number, or itself within the grace."""
        if number < self.refresh_number:
            return self
        return self.having(refresh_number=self.refresh_number + 1, rotated_at=now, last_used_at=now)

    def revoked(self, now: datetime) -> Self:
        """The session, ended."""
        return self.having(revoked_at=now)
