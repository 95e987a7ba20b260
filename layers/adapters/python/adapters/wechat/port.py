"""What the hospital asks of WeChat: to send somebody back with a code, and to say of whom the code speaks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from hospital.errors import Conflict, Gone


class CodeRefused(Gone):
    """The code was used, or is too old, or is none of theirs."""

    code = "wechat.code_refused"


class OnlyLooking(Conflict):
    """Somebody who only looks at the page (快照页模式) is given an identity that is not theirs."""

    code = "wechat.only_looking"


@dataclass(frozen=True)
class WechatIdentity:
    """Who somebody is to one official account: `openid` means nothing to another, hence `app_id`. `nick` is what they
    call themselves there, empty where they do not say."""

    app_id: str
    openid: str = field(repr=False)
    nick: str = field(default="", repr=False)


class WechatSignIn(Protocol):
    """Two verbs. `opens_anywhere`: whether its page opens in any browser, or in WeChat's own alone."""

    opens_anywhere: bool

    def address(self, state: str, returns_to: str) -> str:
        """Where to send the browser. It comes back to `returns_to` with `code` and `state` (up to 128 letters and
        digits) in the query."""

    def identify(self, code: str) -> WechatIdentity:
        """Of whom the code speaks; a code answers once. `CodeRefused`, `OnlyLooking`, `Unavailable`."""
