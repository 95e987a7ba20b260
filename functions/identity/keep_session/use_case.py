"""Sessions after they were opened."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from hospital import settings
from hospital.caller import Audience, Caller
from hospital.errors import ChangedMeanwhile, Unavailable
from hospital.paging import Page, Paging
from hospital.people.keys import person_key, role_key
from hospital.people.store import persons, roles
from hospital.sessions.errors import OriginRefused, SessionNotFound, SessionOver
from hospital.sessions.events import SessionRevoked
from hospital.sessions.keys import session_key, sessions_of_key, sign_ins_of_key
from hospital.sessions.model import Session, SignIn
from hospital.sessions.store import sessions, sign_ins
from hospital.sessions.tokens import read_refresh_token
from hospital.work import Work
from identity.answers import Me, me_of_patient, me_of_staff

_TRIES = 4


def refresh_session(token: str, audience: Audience, *, by: Caller, now: datetime) -> tuple[Session, Me]:
    """The session of that audience goes on under the next number. A replayed token ends it."""
    if by.asked.origin and by.asked.origin != settings.current().site_origin:
        raise OriginRefused
    session_id, number = read_refresh_token(token)
    for _ in range(_TRIES):
        session = sessions.need(session_key(session_id), SessionOver())
        if session.audience != audience:
            raise SessionOver
        if session.was_replayed(number, now):
            _end(session, "token_replayed", by, now)
            raise SessionOver
        after = session.refreshed(number, now)
        me = _me(session)
        if after is session:
            return session, me
        try:
            with Work(by=by, doing="session.refresh") as work:
                after = work.change(sessions, session, after)
        except ChangedMeanwhile:
            continue  # another tab refreshed at the same moment: the token is the one before now, within the grace
        return after, me
    raise Unavailable(reason="busy")


def sign_out(*, by: Caller, now: datetime) -> Session:
    """End the session that the caller acts in."""
    session = sessions.need(session_key(by.session_id), SessionOver())
    _end(session, "signed_out", by, now)
    return session


def revoke_session(session_id: str, *, by: Caller, now: datetime) -> None:
    """End a session of the caller's. One that is over already stays so."""
    session = sessions.get(session_key(session_id))
    if session is None or session.person_id != by.person_id:
        raise SessionNotFound
    _end(session, "revoked", by, now)


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


def _end(session: Session, why: Literal["signed_out", "revoked", "token_replayed"], by: Caller, now: datetime) -> None:
    """End the session, also one that is being refreshed at this moment; one that is over stays as it is."""
    for _ in range(_TRIES):
        if session.revoked_at is not None:
            return
        try:
            with Work(by=by) as work:
                ended = work.change(sessions, session, session.revoked(now))
                work.emit(SessionRevoked.of(ended, why))
        except ChangedMeanwhile:
            session = sessions.need(sessions.key(session), SessionOver())
        else:
            return
    raise Unavailable(reason="busy")


def _me(session: Session) -> Me:
    person = persons.need(person_key(session.person_id), SessionOver())
    if session.audience == "patient":
        return me_of_patient(person)
    role = roles.get(role_key(session.practitioner_role_id))
    if role is None or not role.active:
        raise SessionOver
    return me_of_staff(person, role)
