"""Second factors of the demo: the secrets follow from the accounts' names, and there is always a code that works now.

What a person reads from the app on their phone, a presentation and a test ask for here. Only the local hospital has it.
"""

from __future__ import annotations

import base64
import hashlib

from hospital import clock
from hospital.caller import system
from hospital.sessions.keys import second_factor_key
from hospital.sessions.second_factor import SecondFactor, new_recovery_code, recovery_hash
from hospital.sessions.store import second_factors
from hospital.sessions.totp import code_at, step_of
from hospital.work import Work, decided_again

_BY = system("demo")


def seeded_factor(account: str) -> SecondFactor:
    """The factor of a demo account, as if its app had been enrolled: put its secret into an app, and it fits."""
    secret = base64.b32encode(hashlib.sha1(f"yunzhen-demo:{account}".encode(), usedforsecurity=False).digest()).decode()
    return SecondFactor(id=account, secret=secret, confirmed_at=clock.now())


def usable_code(account: str) -> str | None:
    """A code with which this account can sign in at this moment: that of the app, or, when it was used already, a new
    recovery code. None for an account without a second factor."""
    return decided_again(lambda: _usable_code(account.lower()))


def _usable_code(account: str) -> str | None:
    factor = second_factors.get(second_factor_key(account))
    if factor is None:
        return None
    step = step_of(clock.now())
    if factor.confirmed_at is None or factor.last_step < step:
        return code_at(factor.secret, step)
    code = new_recovery_code()
    hashes = (*factor.recovery_hashes, recovery_hash(account, code))
    with Work(by=_BY, doing="demo.recovery_code") as work:
        work.change(second_factors, factor, factor.having(recovery_hashes=hashes))
    return code
