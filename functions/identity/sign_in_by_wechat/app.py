"""Routes of signing in by WeChat."""

from __future__ import annotations

import re
import secrets
from typing import Annotated

from pydantic import BaseModel, Field

from adapters.wechat import CodeRefused, OnlyLooking
from hospital import clock, settings
from hospital.caller import Caller
from hospital.http import App, Command, Cookie, Reply
from hospital.ids import PATTERN
from hospital.policy import anyone
from hospital.sessions.errors import CodeWrong, TooManyTries
from hospital.sign_in_methods.errors import (
    AttemptOver,
    TooManyAttempts,
    TooManyMethods,
    WechatNotOffered,
    WechatTaken,
)
from hospital.sign_up.errors import NameMissing
from hospital.terminals import Terminal
from identity.answers import SessionOpened, session_opened, session_reply
from identity.sign_in_by_wechat import use_case

app = App("sign_in_by_wechat")

State = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
WechatCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,128}$")]
_COOKIE = "wechat_browser"
_COOKIE_SECONDS = 1800
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{43}$")


class BeginWechat(Command):
    """At which terminal, and of which organisation; without one, the platform's."""

    terminal: Terminal = "web"
    organisation_id: Annotated[str, Field(pattern=PATTERN)] | None = None


class WechatBegun(BaseModel):
    """Where to send the browser: it comes back to the page `/patient/sign-in/wechat` with `code` and `state`."""

    address: str


class FinishWechat(Command):
    """What WeChat sent the browser back with."""

    state: State
    code: WechatCode


class WechatShown(BaseModel):
    """The session of whoever the identity belongs to; without one, the phone is to be shown, under the same state."""

    opened: SessionOpened | None
    nick: str | None


class ShowPhone(Command):
    """The number and the code that was sent to it; a name where the terminal asks a new patient for one."""

    state: State
    phone: Annotated[str, Field(pattern=r"^1[3-9][0-9]{9}$")]
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    name: Annotated[str, Field(min_length=2, max_length=40)] | None = None


@app.route(
    "POST",
    "/wechat-attempts",
    allow=anyone,
    body=BeginWechat,
    returns=WechatBegun,
    status=201,
    errors=(TooManyAttempts, WechatNotOffered),
)
def post_wechat_attempt(who: Caller, body: BeginWechat, cookies: dict[str, str]) -> Reply:
    """Begin: the answer's cookie ties what follows to this browser."""
    known = cookies.get(_COOKIE, "")
    browser = known if _TOKEN.match(known) else secrets.token_urlsafe(32)
    place = (body.terminal, body.organisation_id or "")
    address = use_case.begin_attempt(browser, place, by=who, now=clock.now())
    secure = settings.current().site_origin.startswith("https://")
    cookie = Cookie(name=_COOKIE, value=browser, seconds=_COOKIE_SECONDS, secure=secure)
    return Reply(body=WechatBegun(address=address), cookies=(cookie,))


@app.route(
    "POST",
    "/wechat-sessions",
    allow=anyone,
    body=FinishWechat,
    returns=WechatShown,
    errors=(AttemptOver, CodeRefused, OnlyLooking, WechatNotOffered),
)
def post_wechat_session(who: Caller, body: FinishWechat, cookies: dict[str, str]) -> Reply:
    """Back from WeChat: a known identity signs its person in."""
    now = clock.now()
    shown = use_case.show_identity(body.state, body.code, cookies.get(_COOKIE, ""), by=who, now=now)
    if shown.session is None or shown.me is None:
        return Reply(body=WechatShown(opened=None, nick=shown.nick))
    opened = WechatShown(opened=session_opened(shown.session, shown.me, now), nick=shown.nick)
    return Reply(body=opened, cookies=session_reply(shown.session, shown.me, now).cookies)


@app.route(
    "POST",
    "/wechat-sign-ups",
    allow=anyone,
    body=ShowPhone,
    returns=SessionOpened,
    errors=(AttemptOver, CodeWrong, NameMissing, TooManyMethods, TooManyTries, WechatTaken),
)
def post_wechat_sign_up(who: Caller, body: ShowPhone, cookies: dict[str, str]) -> Reply:
    """Show the phone: whoever holds it is signed in, or up, and the identity is theirs from then on."""
    now, browser = clock.now(), cookies.get(_COOKIE, "")
    session, me = use_case.show_phone(body.state, browser, body.phone, body.code, body.name, by=who, now=now)
    return session_reply(session, me, now=now)
