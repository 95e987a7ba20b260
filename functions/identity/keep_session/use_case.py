"""Sessions after they were opened."""

from __future__ import annotations

from datetime import datetime

from hospital import settings
from hospital.caller import Audience, Caller
from hospital.paging import Page, Paging
from hospital.people.keys import person_key, role_key
from hospital.people.store import persons, roles
from hospital.sessions.errors import OriginRefused, SessionNotFound, SessionOver
from hospital.sessions.events import SessionRevoked, Why
from hospital.sessions.keys import session_key, sessions_of_key, sign_ins_of_key
from hospital.sessions.model import Session, SignIn
from hospital.sessions.store import sessions, sign_ins
from hospital.sessions.tokens import read_refresh_token
from hospital.work import Work, decided_again
from identity.answers import Me, me_of_patient, me_of_staff


def refresh_session(token: str, audience: Audience, *, by: Caller, now: datetime) -> tuple[Session, Me]:
    """The session of that audience goes on under the next number. A replayed token ends it."""
    if by.asked.origin and by.asked.origin != settings.current().site_origin:
        raise OriginRefused
    session_id, number = read_refresh_token(token)
    # Another tab may refresh at the same moment: the token is the one before by then, within the grace.
    return decided_again(lambda: _refreshed(session_id, number, audience, by, now))


def _refreshed(session_id: str, number: int, audience: Audience, by: Caller, now: datetime) -> tuple[Session, Me]:
    session = sessions.need(session_key(session_id), SessionOver())
    if session.audience != audience:
        raise SessionOver
    if session.was_replayed(number, now):
        _end(session.id, "token_replayed", by, now)
        raise SessionOver
    after = session.refreshed(number, now)
    me = _me(session)
    if after is not session:
        with Work(by=by, doing="session.refresh") as work:
            after = work.change(sessions, session, after)
    return after, me


def sign_out(*, by: Caller, now: datetime) -> Session:
    """End the session that the caller acts in."""
    return _end(by.session_id, "signed_out", by, now)


def revoke_session(session_id: str, *, by: Caller, now: datetime) -> None:
    """End a session of the caller's. One that is over already stays so."""
    session = sessions.get(session_key(session_id))
    if session is None or session.person_id != by.person_id:
        raise SessionNotFound
    _end(session_id, "revoked", by, now)


def my_sessions(who: Caller, paging: Paging, *, now: datetime) -> Page[Session]:
    """The caller's open sessions, newest first."""
    page = sessions.page(
        "of_person", sessions_of_key(who.person_id), cursor=paging.cursor, limit=paging.limit, newest_first=True
    )
    return Page(items=[session for session in page.items if session.is_open(now)], cursor=page.cursor)


def my_sign_ins(who: Caller, paging: Paging) -> Page[SignIn]:
    """The caller's sign-in log, newest first."""
    return sign_ins.page(
        "of_person", sign_ins_of_key(who.person_id), cursor=paging.cursor, limit=paging.limit, newest_first=True
    )


def _end(session_id: str, why: Why, by: Caller, now: datetime) -> Session:
    """End the session, also one that is being refreshed at this moment; one that is over stays as it is."""
    return decided_again(lambda: _ended(session_id, why, by, now))


def _ended(session_id: str, why: Why, by: Caller, now: datetime) -> Session:
    session = sessions.need(session_key(session_id), SessionOver())
    if session.revoked_at is not None:
        return session
    with Work(by=by) as work:
        ended = work.change(sessions, session, session.revoked(now))
        work.emit(SessionRevoked.of(ended, why))
    return ended


def _me(session: Session) -> Me:
    person = persons.need(person_key(session.person_id), SessionOver())
    if session.audience == "patient":
        return me_of_patient(person)
    role = roles.get(role_key(session.practitioner_role_id))
    if role is None or not role.honours(session.opened_at):
        raise SessionOver
    return me_of_staff(person, role, password_due=session.password_due)
