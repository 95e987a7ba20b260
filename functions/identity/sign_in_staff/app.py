"""Routes of signing in with a password."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital import clock
from hospital.caller import Caller
from hospital.http import App, Command, Reply
from hospital.policy import anyone
from hospital.sessions.errors import SignInRefused, TooManyTries
from identity.answers import SessionOpened, session_reply
from identity.sign_in_staff.use_case import sign_in_by_password

app = App("sign_in_staff")


class SignInByPassword(Command):
    """A staff account and its password."""

    account: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9._@-]+$")]
    password: Annotated[str, Field(min_length=1, max_length=200)]


@app.route(
    "POST",
    "/staff-sessions",
    allow=anyone,
    body=SignInByPassword,
    returns=SessionOpened,
    errors=(SignInRefused, TooManyTries),
)
def post_staff_session(who: Caller, body: SignInByPassword) -> Reply:
    """Sign in as a member of staff."""
    session, me = sign_in_by_password(body.account, body.password, by=who, now=clock.now())
    return session_reply(session, me, now=clock.now())
