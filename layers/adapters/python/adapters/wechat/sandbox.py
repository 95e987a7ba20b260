"""The embedded default: a small WeChat that the local hospital keeps beside it, with made-up people."""

from __future__ import annotations

import json
import secrets
import urllib.request
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode

from adapters.wechat.port import CodeRefused, WechatIdentity
from hospital.errors import Unavailable

APP_ID = "wx-of-the-sandbox"
_TIMEOUT_SECONDS = 3.0


class SandboxWechat:
    """`url` is the sandbox's: the browser is sent to `/wechat/authorize` there, and a code is exchanged by a POST of
    `{asked, code}` to `/api/wechat/codes`. `asked` is drawn for each question, as an answer to another is nobody's."""

    opens_anywhere = True

    def __init__(self, url: str, timeout_seconds: float = _TIMEOUT_SECONDS) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("WECHAT_URL is not the address of a sandbox")
        self._url, self._timeout = url.rstrip("/"), timeout_seconds

    def address(self, state: str, returns_to: str) -> str:
        """See `WechatSignIn`."""
        return f"{self._url}/wechat/authorize?{urlencode({'redirect_uri': returns_to, 'state': state})}"

    def identify(self, code: str) -> WechatIdentity:
        """See `WechatSignIn`."""
        asked = secrets.token_hex(8)
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            f"{self._url}/api/wechat/codes",
            json.dumps({"asked": asked, "code": code}).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
                told = json.loads(answer.read(100_000))
        except HTTPError as error:
            if error.code == 422:
                raise CodeRefused from None
            raise Unavailable(adapter="wechat") from None
        except (OSError, HTTPException, ValueError):  # refused, unreachable, too late, hung up, or no answer at all
            raise Unavailable(adapter="wechat") from None
        if not isinstance(told, dict) or told.get("asked") != asked or not isinstance(told.get("openid"), str):
            raise Unavailable(adapter="wechat", reason="another_answer")
        return WechatIdentity(APP_ID, told["openid"], str(told.get("nick", "")))
