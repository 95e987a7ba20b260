"""Routes of signing in by phone."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital import clock
from hospital.caller import Caller
from hospital.http import App, Command, Reply
from hospital.policy import anyone
from hospital.sessions.errors import CodeWrong, TooManyCodes, TooManyTries
from identity.answers import SessionOpened, session_reply
from identity.sign_in_patient.use_case import CodeSent, ask_for_code, sign_in_by_code

app = App("sign_in_patient")

Phone = Annotated[str, Field(pattern=r"^1[3-9][0-9]{9}$", description="Mainland mobile number, 11 digits")]


class AskForCode(Command):
    """The number to send a code to."""

    phone: Phone


class SignInByCode(Command):
    """The number and the code that was sent to it."""

    phone: Phone
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


@app.route("POST", "/codes", allow=anyone, body=AskForCode, returns=CodeSent, status=202, errors=(TooManyCodes,))
def post_code(who: Caller, body: AskForCode) -> CodeSent:
    """Send a one-time code to a phone."""
    return ask_for_code(body.phone, by=who, now=clock.now())


@app.route(
    "POST",
    "/patient-sessions",
    allow=anyone,
    body=SignInByCode,
    returns=SessionOpened,
    errors=(CodeWrong, TooManyTries),
)
def post_patient_session(who: Caller, body: SignInByCode) -> Reply:
    """Sign in with the code; an unknown number becomes a new account."""
    session, me = sign_in_by_code(body.phone, body.code, by=who, now=clock.now())
    return session_reply(session, me, now=clock.now())
