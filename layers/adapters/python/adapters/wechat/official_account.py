"""WeChat official account, 网页授权 (OAuth 2.0): connect/oauth2/authorize with scope snsapi_userinfo, then
sns/oauth2/access_token and sns/userinfo, as read at
developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken.html (and beside, "网页授权"), 2026-11.

Tried against a loopback peer that keeps those rules, never against WeChat itself.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode

from adapters.wechat.port import CodeRefused, OnlyLooking, WechatIdentity
from hospital import secret_keys
from hospital.breaker import Breaker
from hospital.errors import Unavailable
from hospital.observability import count

RESTING = Breaker("wechat")
_AUTHORIZE = "https://open.weixin.qq.com/connect/oauth2/authorize"
_API = "https://api.weixin.qq.com"
_SCOPE = "snsapi_userinfo"
"""Asks for the nick too. Whoever presses a button has asked for it themselves, as the rules want; whoever comes from
the account's own menu is asked nothing."""
_TIMEOUT_SECONDS = 5.0
_LARGEST_ANSWER = 100_000
_CODE_REFUSED = frozenset({40029, 40163, 41008, 42003})
"""Invalid, been used, missing, out of time."""
_PASSING = frozenset({-1, 45009, 45011})
"""Busy; asked too often."""


class OfficialAccount:
    """`url` is empty but for a peer in tests."""

    opens_anywhere = False

    def __init__(self, url: str = "") -> None:
        self._authorize = f"{url}/connect/oauth2/authorize" if url else _AUTHORIZE
        self._api = url or _API

    def address(self, state: str, returns_to: str) -> str:
        """See `WechatSignIn`. WeChat wants the parameters in this order, and the mark at the end."""
        asked = {
            "appid": secret_keys.vendor_keys("wechat")["id"],
            "redirect_uri": returns_to,
            "response_type": "code",
            "scope": _SCOPE,
            "state": state,
        }
        return f"{self._authorize}?{urlencode(asked)}#wechat_redirect"

    def identify(self, code: str) -> WechatIdentity:
        """See `WechatSignIn`."""
        keys = secret_keys.vendor_keys("wechat")
        asked = {"appid": keys["id"], "secret": keys["key"], "code": code, "grant_type": "authorization_code"}
        with RESTING.through("wechat"):
            told = self._asked("/sns/oauth2/access_token", asked)
            failure = int(told.get("errcode") or 0)
            if failure and failure not in _CODE_REFUSED:
                if failure not in _PASSING:
                    count("vendor_refused", party="wechat", code=str(failure))  # an id, a secret: somebody has to look
                raise Unavailable(adapter="wechat", reason=f"errcode_{failure}")
            openid = told.get("openid")
            if not failure and not (isinstance(openid, str) and openid):
                raise Unavailable(adapter="wechat", reason="another_answer")
        if failure:
            raise CodeRefused
        if told.get("is_snapshotuser") == 1:
            raise OnlyLooking
        return WechatIdentity(keys["id"], str(openid), self._nick(told))

    def _nick(self, told: Mapping[str, Any]) -> str:
        """What they call themselves, if they let us know: nobody is kept out for want of it."""
        if _SCOPE not in str(told.get("scope", "")).split(","):
            return ""
        asked = {"access_token": str(told.get("access_token", "")), "openid": str(told["openid"]), "lang": "zh_CN"}
        try:
            person = self._asked("/sns/userinfo", asked)
        except Unavailable:
            return ""
        return str(person.get("nickname", "")) if person.get("openid") == told["openid"] else ""

    def _asked(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """One GET, as the protocol has it: hence its address is in no log of ours."""
        request = urllib.request.Request(f"{self._api}{path}?{urlencode(query)}")  # noqa: S310 - a setting's address
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as reply:  # noqa: S310
                answer = json.loads(reply.read(_LARGEST_ANSWER))
        except URLError:  # also HTTPError
            raise Unavailable(adapter="wechat", reason="unreachable") from None
        except (OSError, HTTPException, ValueError):
            raise Unavailable(adapter="wechat") from None
        if not isinstance(answer, dict):
            raise Unavailable(adapter="wechat")
        return answer
