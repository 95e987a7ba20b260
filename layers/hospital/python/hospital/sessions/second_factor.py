"""The second factor of a staff account: a secret shared with an authenticator app, and codes on paper for its loss.

Pure, but for the keyed hash of a recovery code.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Self

from hospital import secret_keys
from hospital.records import Record, Sealed
from hospital.sessions.errors import SecondFactorUsed, SecondFactorWrong
from hospital.sessions.totp import DIGITS, new_secret, step_of_code

RECOVERY_CODES = 10
RESET_WITHIN = timedelta(hours=24)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read for something else on paper


@dataclass(frozen=True)
class Proof:
    """How the second factor was shown: by a code of the app, of that time-step, or by a code on paper, of that hash."""

    method: Literal["totp", "recovery_code"]
    step: int = 0
    recovery_hash: str = ""


class SecondFactor(Record):
    """`id` is the account's name. It counts once a code of the app was shown (`confirmed_at`). `last_step` is the
    newest time-step whose code was used: none up to it is taken again. `reset_asked_by` is the role of the admin who
    asked for its reset, for another one to confirm within a day."""

    secret: Sealed
    confirmed_at: datetime | None = None
    last_step: int = 0
    recovery_hashes: tuple[str, ...] = ()
    reset_asked_by: str = ""
    reset_asked_at: datetime | None = None

    @classmethod
    def begun(cls, account: str) -> Self:
        """A secret that no app has shown to hold yet."""
        return cls(id=account, secret=new_secret())

    def confirmed(self, recovery_codes: list[str], proof: Proof, now: datetime) -> Self:
        """It counts from here on, with these codes for the day the phone is lost."""
        hashes = tuple(recovery_hash(self.id, code) for code in recovery_codes)
        return self.having(confirmed_at=now, last_step=proof.step, recovery_hashes=hashes)

    def reset_is_asked(self, now: datetime) -> bool:
        """Whether one admin has asked for its reset, not too long ago."""
        return self.reset_asked_at is not None and now < self.reset_asked_at + RESET_WITHIN

    def reset_asked(self, admin: str, now: datetime) -> Self:
        """After one admin asked for its reset: nothing changes for its owner yet."""
        return self.having(reset_asked_by=admin, reset_asked_at=now)

    def begun_anew(self) -> Self:
        """After another one confirmed: a new secret, which no app has shown to hold yet."""
        return self.having(
            secret=new_secret(),
            confirmed_at=None,
            last_step=0,
            recovery_hashes=(),
            reset_asked_by="",
            reset_asked_at=None,
        )

    def proven(self, code: str, now: datetime) -> Proof:
        """How `code` proves it. Raises `SecondFactorWrong`, or `SecondFactorUsed` for a code that was right once."""
        bare = code.replace(" ", "").replace("-", "").lower()
        if len(bare) != DIGITS or not bare.isdigit():
            return self._by_recovery(bare)
        step = step_of_code(self.secret, bare, now)
        if step is None:
            raise SecondFactorWrong
        if step <= self.last_step:
            raise SecondFactorUsed
        return Proof("totp", step=step)

    def _by_recovery(self, bare: str) -> Proof:
        hashed = recovery_hash(self.id, bare)
        if self.confirmed_at is None or hashed not in self.recovery_hashes:
            raise SecondFactorWrong
        return Proof("recovery_code", recovery_hash=hashed)


def new_recovery_code() -> str:
    """Fifty bits, to be written down: `k7mq2-x9d4h`."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def recovery_hash(account: str, code: str) -> str:
    """What is kept of a recovery code."""
    return secret_keys.lookup_hash("recovery_code", f"{account}:{code.replace('-', '')}")
