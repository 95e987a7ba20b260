"""A new password for oneself."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel

from hospital.caller import Caller
from hospital.limits import Limit
from hospital.people.model import Account
from hospital.people.store import account_of, accounts
from hospital.sessions.errors import NoPassword, PasswordWrong, SessionOver, TooManyTries
from hospital.sessions.events import SessionRevoked
from hospital.sessions.keys import session_key, sessions_of_key
from hospital.sessions.model import Session
from hospital.sessions.passwords import hash_password, is_password, require_good
from hospital.sessions.store import sessions
from hospital.work import Work

WRONG = Limit("own_password_of_account", most=10, window=timedelta(minutes=15), refusal=TooManyTries)
_MOST_SESSIONS = 20  # each is three writes of the one transaction, which may have a hundred


class PasswordChanged(BaseModel):
    """On how many other devices one is signed out by it."""

    sessions_ended: int


def change_password(current: str, password: str, *, by: Caller, now: datetime) -> PasswordChanged:
    """The password from here on. Only the device that asked stays signed in."""
    account = account_of(by.practitioner_role_id) if by.practitioner_role_id else None
    if account is None:
        raise NoPassword
    WRONG.take(account.id)  # before it is looked at, so that many tries at once get no more than the limit
    if not is_password(current, account.password_hash):
        raise PasswordWrong
    WRONG.give_back(account.id)
    require_good(password, current, account.id)
    return _changed(account, account.kept_by_owner(hash_password(password)), by, now)


def _changed(before: Account, after: Account, by: Caller, now: datetime) -> PasswordChanged:
    others = _others(by, now)
    with Work(by=by, doing="account.change_password") as work:
        work.change(accounts, before, after)
        if by.password_due:
            mine = sessions.need(session_key(by.session_id), SessionOver())
            work.change(sessions, mine, mine.having(password_due=False))
        for session in others:
            work.emit(SessionRevoked.of(work.change(sessions, session, session.revoked(now)), "revoked"))
        return work.answer(PasswordChanged(sessions_ended=len(others)))


def _others(by: Caller, now: datetime) -> list[Session]:
    """Where else one is signed in with that password, the newest."""
    newest = sessions.page("of_person", sessions_of_key(by.person_id), limit=_MOST_SESSIONS, newest_first=True).items
    mine = [one for one in newest if one.practitioner_role_id == by.practitioner_role_id and one.is_open(now)]
    return [one for one in mine if one.id != by.session_id]
