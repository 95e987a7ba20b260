"""Routes of signing in by phone."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital import clock
from hospital.caller import Caller
from hospital.http import App, Command, Reply
from hospital.ids import PATTERN
from hospital.policy import anyone
from hospital.sessions.errors import CodeWrong, TooManyCodes, TooManyTries
from hospital.sign_up.errors import NameMissing, PhoneTaken
from hospital.terminals import Terminal
from identity.answers import SessionOpened, session_reply
from identity.sign_in_patient.signing_up import sign_up
from identity.sign_in_patient.use_case import CodeSent, ask_for_code, sign_in_by_code

app = App("sign_in_patient")

Phone = Annotated[str, Field(pattern=r"^1[3-9][0-9]{9}$", description="Mainland mobile number, 11 digits")]


class AskForCode(Command):
    """The number to send a code to, and where it is asked for."""

    phone: Phone
    terminal: Terminal = "web"


class SignInByCode(Command):
    """The number and the code that was sent to it."""

    phone: Phone
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class SignUp(SignInByCode):
    """Likewise, where one signs up, and what is asked there."""

    terminal: Terminal
    organisation_id: Annotated[str, Field(pattern=PATTERN)] | None = None
    name: Annotated[str, Field(min_length=2, max_length=40, description="What one says one's name is")] | None = None


@app.route("POST", "/codes", allow=anyone, body=AskForCode, returns=CodeSent, status=202, errors=(TooManyCodes,))
def post_code(who: Caller, body: AskForCode) -> CodeSent:
    """Send a one-time code to a phone."""
    return ask_for_code(body.phone, terminal=body.terminal, by=who, now=clock.now())


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


@app.route(
    "POST",
    "/sign-ups",
    allow=anyone,
    body=SignUp,
    returns=SessionOpened,
    errors=(CodeWrong, NameMissing, PhoneTaken, TooManyTries),
)
def post_sign_up(who: Caller, body: SignUp) -> Reply:
    """Sign up with the code, and what the terminal asks."""
    now = clock.now()
    place = (body.terminal, body.organisation_id or "")
    session, me = sign_up(body.phone, body.code, body.name, *place, by=who, now=now)
    return session_reply(session, me, now=now)
