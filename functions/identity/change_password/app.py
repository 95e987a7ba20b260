"""The route of one's own password."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital import clock
from hospital.caller import Caller
from hospital.http import App, Command
from hospital.policy import can
from hospital.sessions.errors import NoPassword, PasswordRefused, PasswordWrong, TooManyTries
from hospital.sessions.passwords import SHORTEST
from identity.change_password.use_case import PasswordChanged, change_password

app = App("change_password")


class ChangePassword(Command):
    """The password of now, and the one from here on."""

    current: Annotated[str, Field(min_length=1, max_length=200)]
    password: Annotated[str, Field(min_length=SHORTEST, max_length=200)]


@app.route(
    "POST",
    "/password",
    allow=can("account:keep", password_due=True),
    body=ChangePassword,
    returns=PasswordChanged,
    errors=(NoPassword, PasswordWrong, PasswordRefused, TooManyTries),
)
def post_password(who: Caller, body: ChangePassword) -> PasswordChanged:
    """Change one's own password."""
    return change_password(body.current, body.password, by=who, now=clock.now())
