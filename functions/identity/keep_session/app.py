"""Routes of staying signed in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from hospital import clock
from hospital.caller import Audience, Caller
from hospital.http import App, Command, Reply
from hospital.paging import Page, Paging
from hospital.policy import anyone, can
from hospital.sessions.errors import OriginRefused, SessionNotFound, SessionOver
from hospital.sessions.model import Method, Outcome, Session, SignIn
from identity.answers import SessionOpened, SignedInAs, session_cookie, session_reply
from identity.keep_session.use_case import (
    my_sessions,
    my_sign_ins,
    refresh_session,
    revoke_session,
    sign_out,
)

app = App("keep_session")


class RefreshSession(Command):
    """Which of the browser's two sessions goes on."""

    audience: Annotated[SignedInAs, Field(description="The cookie to use: refresh_patient or refresh_staff")]


class SessionView(BaseModel):
    """A device on which one is signed in."""

    id: str
    audience: Audience
    device: str
    ip: str
    opened_at: datetime
    last_used_at: datetime
    current: bool

    @classmethod
    def of(cls, session: Session, who: Caller) -> SessionView:
        """The view of a session for its person."""
        return cls(**session.model_dump(include=set(cls.model_fields)), current=session.id == who.session_id)


class SignInView(BaseModel):
    """A line of the sign-in log."""

    at: datetime
    method: Method
    outcome: Outcome
    device: str
    ip: str

    @classmethod
    def of(cls, sign_in: SignIn) -> SignInView:
        """The view of a line."""
        return cls(**sign_in.model_dump(include=set(cls.model_fields)))


@app.route(
    "POST",
    "/sessions/refresh",
    allow=anyone,  # the cookie proves it
    body=RefreshSession,
    returns=SessionOpened,
    errors=(SessionOver, OriginRefused),
)
def post_refresh(who: Caller, body: RefreshSession, cookies: dict[str, str]) -> Reply:
    """A new access token, for the refresh token in the cookie."""
    token = cookies.get(f"refresh_{body.audience}", "")
    session, me = refresh_session(token, body.audience, by=who, now=clock.now())
    return session_reply(session, me, now=clock.now())


@app.route("POST", "/sign-out", allow=can("account:keep", password_due=True), status=204)
def post_sign_out(who: Caller) -> Reply:
    """End the present session."""
    session = sign_out(by=who, now=clock.now())
    return Reply(cookies=(session_cookie(session.audience, "", 0),))


@app.route("GET", "/sessions", allow=can("account:keep"), query=Paging, returns=Page[SessionView])
def get_sessions(who: Caller, query: Paging) -> Page[SessionView]:
    """Where the caller is signed in, newest first."""
    return my_sessions(who, query, now=clock.now()).each(lambda session: SessionView.of(session, who))


@app.route("DELETE", "/sessions/{session_id}", allow=can("account:keep"), status=204, errors=(SessionNotFound,))
def delete_session(who: Caller, session_id: str) -> None:
    """End one of the caller's sessions, on whatever device."""
    revoke_session(session_id, by=who, now=clock.now())


@app.route("GET", "/sign-ins", allow=can("account:keep"), query=Paging, returns=Page[SignInView])
def get_sign_ins(who: Caller, query: Paging) -> Page[SignInView]:
    """The caller's sign-ins and attempts, newest first."""
    return my_sign_ins(who, query).each(SignInView.of)
