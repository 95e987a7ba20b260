"""Passwords and what they open."""

from __future__ import annotations

from datetime import datetime, timedelta

from hospital.caller import Caller
from hospital.limits import Limit
from hospital.people.keys import account_key, person_key, role_key
from hospital.people.model import Account, PractitionerRole
from hospital.people.store import accounts, persons, roles
from hospital.sessions.errors import SignInRefused, TooManyTries
from hospital.sessions.model import Outcome, Session
from hospital.sessions.opening import log_sign_in, new_session
from hospital.sessions.passwords import is_password
from hospital.sessions.store import sessions
from hospital.work import Work
from identity.answers import Me, me_of_staff

WRONG_PER_ACCOUNT = Limit("password_of_account", most=10, window=timedelta(minutes=15), refusal=TooManyTries)
WRONG_PER_ADDRESS = Limit("password_of_address", most=300, window=timedelta(minutes=15), refusal=TooManyTries)


def sign_in_by_password(name: str, password: str, *, by: Caller, now: datetime) -> tuple[Session, Me]:
    """Open a session for whoever knows the password."""
    name = name.lower()
    # Taken before the password is looked at, so that many tries at once get no more than the limit.
    WRONG_PER_ACCOUNT.take(name)
    WRONG_PER_ADDRESS.take(by.asked.ip)
    account = accounts.get(account_key(name))
    right = is_password(password, account.password_hash if account else None)
    role = roles.get(role_key(account.practitioner_role_id)) if account else None
    if account is None or role is None or not right or account.disabled or not role.active:
        _log_refusal(name, account, role, by, now)
        raise SignInRefused
    WRONG_PER_ACCOUNT.give_back(name)
    WRONG_PER_ADDRESS.give_back(by.asked.ip)
    person = persons.need(person_key(role.person_id))
    with Work(by=by, doing="session.open") as work:
        session = work.add(sessions, new_session(role.person_id, "staff", role.role, by.asked, now, role.id))
        _add_line(work, role.person_id, role, "succeeded", by, now)
    return session, me_of_staff(person, role)


def _log_refusal(name: str, account: Account | None, role: PractitionerRole | None, by: Caller, now: datetime) -> None:
    """A line for the account's owner; for an account that does not exist, under its name: both take as long."""
    with Work(by=by) as work:
        whose = account.person_id if account else f"account:{name}"
        _add_line(work, whose, role, "refused", by, now)


def _add_line(
    work: Work, whose: str, role: PractitionerRole | None, outcome: Outcome, by: Caller, now: datetime
) -> None:
    log_sign_in(
        work,
        whose,
        "password",
        outcome,
        by.asked,
        now,
        role=role.role if role else None,
        organisation_id=role.organisation_id if role else "",
        practitioner_role_id=role.id if role else "",
    )
