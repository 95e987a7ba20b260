"""Routes of signing in as staff: the password, then the second factor."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital import clock
from hospital.caller import Caller
from hospital.http import App, Command, Reply
from hospital.policy import anyone
from hospital.sessions.errors import SecondFactorUsed, SecondFactorWrong, SecondStepOver, SignInRefused, TooManyTries
from identity.answers import SessionOpened, session_reply
from identity.sign_in_staff.use_case import SecondStepAsked, show_password, show_second_factor

app = App("sign_in_staff")


class SignInByPassword(Command):
    """A staff account and its password."""

    account: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9._@-]+$")]
    password: Annotated[str, Field(min_length=1, max_length=200)]


class SignInBySecondFactor(Command):
    """That the password was shown, and the second factor."""

    step_token: Annotated[str, Field(min_length=1, max_length=2000)]
    code: Annotated[
        str,
        Field(pattern=r"^[0-9A-Za-z -]{6,16}$", description="Six digits of the app, or a recovery code `k7mq2-x9d4h`"),
    ]


class StaffSessionOpened(SessionOpened):
    """The session; after an enrolment also the recovery codes, which are shown this once."""

    recovery_codes: list[str]


@app.route(
    "POST",
    "/staff-sessions",
    allow=anyone,
    body=SignInByPassword,
    returns=SecondStepAsked,
    errors=(SignInRefused, TooManyTries),
)
def post_staff_session(who: Caller, body: SignInByPassword) -> SecondStepAsked:
    """Show the password of a staff account; the second factor is asked for next."""
    return show_password(body.account, body.password, by=who, now=clock.now())


@app.route(
    "POST",
    "/staff-sessions/second-step",
    allow=anyone,
    body=SignInBySecondFactor,
    returns=StaffSessionOpened,
    errors=(SecondFactorWrong, SecondFactorUsed, SecondStepOver, TooManyTries),
)
def post_second_step(who: Caller, body: SignInBySecondFactor) -> Reply:
    """Sign in with a code of the authenticator app, or with a recovery code."""
    opened = show_second_factor(body.step_token, body.code, by=who, now=clock.now())
    reply = session_reply(opened.session, opened.me, now=clock.now())
    return Reply(
        body=StaffSessionOpened(**dict(reply.body or {}), recovery_codes=opened.recovery_codes), cookies=reply.cookies
    )
