"""Routes of one's ways to sign in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from adapters.wechat import CodeRefused, OnlyLooking
from hospital import clock
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.policy import can
from hospital.sessions.errors import TooManyCodes, TooManyTries
from hospital.sign_in_methods.errors import (
    AttemptOver,
    MethodCodeWrong,
    MethodNeeded,
    MethodNotFound,
    PhoneIsOwn,
    PhoneOfAnother,
    TooManyAttempts,
    TooManyMethods,
    WechatNotOffered,
    WechatTaken,
)
from hospital.terminals import Terminal
from identity.keep_sign_in_methods import changing_phone, use_case
from identity.keep_sign_in_methods.answers import MethodCodeSent, SignInMethods, WechatToAdd

app = App("keep_sign_in_methods")

_KEEPS = can("sign_in_method:keep")
Digits = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
Phone = Annotated[str, Field(pattern=r"^1[3-9][0-9]{9}$", description="Mainland mobile number, 11 digits")]


class AskForMethodCode(Command):
    """Without `phone` the code goes to the number of the account, else to that one, which is to be the account's."""

    phone: Phone | None = None


class AddWechat(Command):
    """The code that came to the account's phone, and where one stands."""

    code: Digits
    terminal: Terminal = "web"
    organisation_id: Annotated[str, Field(pattern=PATTERN)] | None = None


class BindWechat(Command):
    """What WeChat sent the browser back with."""

    state: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,128}$")]


class RemoveMethod(Command):
    """The code that came to the account's phone."""

    code: Digits


class ChangePhone(Command):
    """The new number, the code that came to it, and the one that came to the number of now."""

    phone: Phone
    code: Digits
    own_code: Digits


@app.route("GET", "/sign-in-methods", allow=_KEEPS, returns=SignInMethods)
def get_methods(who: Caller) -> SignInMethods:
    """By what the caller signs in."""
    return use_case.view_methods(who.person_id)


@app.route(
    "POST",
    "/sign-in-methods/codes",
    allow=_KEEPS,
    body=AskForMethodCode,
    returns=MethodCodeSent,
    status=202,
    errors=(PhoneIsOwn, TooManyCodes),
)
def post_method_code(who: Caller, body: AskForMethodCode) -> MethodCodeSent:
    """Send a code for a change, to the phone of now or to the new one."""
    return use_case.send_code(body.phone, by=who, now=clock.now())


@app.route(
    "POST",
    "/sign-in-methods/wechat-attempts",
    allow=_KEEPS,
    body=AddWechat,
    returns=WechatToAdd,
    status=201,
    errors=(MethodCodeWrong, TooManyAttempts, TooManyMethods, TooManyTries, WechatNotOffered),
)
def post_wechat_to_add(who: Caller, body: AddWechat) -> WechatToAdd:
    """Begin to add WeChat."""
    place = (body.terminal, body.organisation_id or "")
    return use_case.begin_adding(body.code, place, by=who, now=clock.now())


@app.route(
    "POST",
    "/sign-in-methods",
    allow=_KEEPS,
    body=BindWechat,
    returns=SignInMethods,
    errors=(AttemptOver, CodeRefused, OnlyLooking, TooManyMethods, WechatNotOffered, WechatTaken),
)
def post_method(who: Caller, body: BindWechat) -> SignInMethods:
    """Back from WeChat: the identity is the caller's from here on."""
    return use_case.add_wechat(body.state, body.code, by=who, now=clock.now())


@app.route(
    "POST",
    "/sign-in-methods/{method_id}/removal",
    allow=_KEEPS,
    body=RemoveMethod,
    returns=SignInMethods,
    errors=(ChangedMeanwhile, MethodCodeWrong, MethodNeeded, MethodNotFound, TooManyTries),
)
def post_method_removal(who: Caller, method_id: str, body: RemoveMethod) -> SignInMethods:
    """Nobody signs in by that WeChat identity any more, until somebody adds it again."""
    return use_case.remove_wechat(method_id, body.code, by=who, now=clock.now())


@app.route(
    "PUT",
    "/sign-in-methods/phone",
    allow=_KEEPS,
    body=ChangePhone,
    returns=SignInMethods,
    errors=(ChangedMeanwhile, MethodCodeWrong, PhoneIsOwn, PhoneOfAnother, TooManyTries),
)
def put_own_phone(who: Caller, body: ChangePhone) -> SignInMethods:
    """Sign in by another number from here on."""
    return changing_phone.change_phone(body.phone, body.code, body.own_code, by=who, now=clock.now())
