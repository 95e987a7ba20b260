"""Routes of phones that were lost."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital import clock
from hospital.caller import Caller
from hospital.errors import Unavailable
from hospital.http import App, Command
from hospital.policy import can
from hospital.sessions.errors import TooManyCodes, TooManyTries
from hospital.sign_in_methods.errors import (
    LostPhoneNotFound,
    LostPhoneOver,
    MethodCodeWrong,
    PhoneIsOwn,
    PhoneOfAnother,
    TooManyLostPhones,
)
from hospital.verifications.errors import IdNumberRefused, NameRefused
from identity.replace_lost_phone.use_case import LostPhoneView, begin_change, finish_change

app = App("replace_lost_phone")

_CHECKS = can("identity:check")


class BeginLostPhone(Command):
    """Name and number from the card, which belongs to the person at the counter, and their new phone."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    id_number: Annotated[str, Field(min_length=1, max_length=40)]
    phone: Annotated[str, Field(pattern=r"^1[3-9][0-9]{9}$")]


class FinishLostPhone(Command):
    """What the new phone shows."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


@app.route(
    "POST",
    "/lost-phones",
    allow=_CHECKS,
    body=BeginLostPhone,
    returns=LostPhoneView,
    status=201,
    errors=(LostPhoneNotFound, TooManyLostPhones, PhoneIsOwn, TooManyCodes, NameRefused, IdNumberRefused, Unavailable),
)
def post_lost_phone(who: Caller, body: BeginLostPhone) -> LostPhoneView:
    """The card was seen; the new phone is sent a code."""
    return begin_change(body.name, body.id_number, body.phone, by=who, now=clock.now())


@app.route(
    "POST",
    "/lost-phones/{lost_phone_id}/confirm",
    allow=_CHECKS,
    body=FinishLostPhone,
    returns=LostPhoneView,
    errors=(LostPhoneNotFound, LostPhoneOver, MethodCodeWrong, TooManyTries, PhoneOfAnother),
)
def post_new_phone(who: Caller, lost_phone_id: str, body: FinishLostPhone) -> LostPhoneView:
    """The person signs in by the new number from here on, and by nothing else."""
    return finish_change(lost_phone_id, body.code, by=who, now=clock.now())
