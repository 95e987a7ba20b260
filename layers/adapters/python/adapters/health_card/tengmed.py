"""Tencent's 电子健康卡开放平台 (open.tengmed.com): its services 139 (getAppToken), 99 (registerHealthCard) and 161
(getDynamicQRCode), as the vendor's C# SDK (com.tencent.healthcard) and a client written from the platform's pages
(github.com/goairix/wx, health_card) state them, read in November 2026. The signature is held against the worked example
of the documentation. Never tried against the platform itself.

Every call is a POST of `{commonIn, req}`. `sign` is the Base64 of the SHA-256 over all their fields that are not empty,
sorted by name, as `name=value` with `&` between, and the application's secret behind. The secret of vendors holds
`{"tengmed": {"id": appId, "key": appSecret, "hospital": hospitalId}}`.

A card is issued to somebody who has allowed it in WeChat: `grant` is the `wechatCode` with which WeChat comes back from
`https://health.tengmed.com/open/getUserCode?redirect_uri=`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError

from adapters.health_card.port import Applicant, ChannelRefused, Code, Issued
from hospital import clock, secret_keys
from hospital.errors import Unavailable
from hospital.observability import count

_URL = "https://p-healthopen.tengmed.com"
GRANT_AT = "https://health.tengmed.com/open/getUserCode?redirect_uri="
GRANT_NAME = "wechatCode"
_AUTH = "/rest/auth/HealthCard/HealthOpenAuth/AuthObj/"
_CARDS = "/rest/auth/HealthCard/HealthOpenPlatform/ISVOpenObj/"
_TIMEOUT_SECONDS = 6.0
_LONGEST_ANSWER = 1_000_000
_GENDERS: Mapping[str, str] = {"male": "男", "female": "女"}
_RESIDENT_CARD = "01"
_NATION = "其他"
"""The platform asks for one, and the hospital keeps none: it states no more than it knows."""
_DYNAMIC = 0
_CODE_SECONDS = 60
"""The platform states no life of a dynamic code; readers take it for longer than this."""


class TengmedChannel:
    """Signed calls. `url` is empty but for a peer in tests."""

    def __init__(self, url: str = "") -> None:
        self._url = (url or _URL).rstrip("/")

    def issue(self, applicant: Applicant, *, key: str) -> Issued:
        """See `HealthCardChannel`. The platform knows a person by their number: asked again, it answers the same."""
        if not applicant.grant:
            raise ChannelRefused("grant_needed")
        if not applicant.phone:
            raise ChannelRefused("phone_needed")
        answer = self._asked(
            "registerHealthCard",
            {
                "wechatCode": applicant.grant,
                "name": applicant.name,
                "gender": _GENDERS.get(applicant.sex, ""),
                "nation": _NATION,
                "birthday": applicant.birth_date.isoformat(),
                "idNumber": applicant.id_number,
                "idType": _RESIDENT_CARD,
                "phone1": applicant.phone,
                "patid": key,
            },
        )
        return Issued(_text(answer, "healthCardId"), _text(answer, "qrCodeText"))

    def code(self, number: str, id_number: str) -> Code:
        """See `HealthCardChannel`."""
        asked = {"healthCardId": number, "idType": _RESIDENT_CARD, "idNumber": id_number, "codeType": _DYNAMIC}
        return Code(_text(self._asked("getDynamicQRCode", asked), "qrCodeText"), _CODE_SECONDS)

    def _asked(self, service: str, req: dict[str, Any]) -> dict[str, Any]:
        try:
            token = _text(self._call(_AUTH + "getAppToken", {"appId": _keys()["id"]}, ""), "appToken")
        except ChannelRefused:  # the hospital's own mistake: for a person it is as if the channel were away
            raise Unavailable(adapter="health_card", reason="token_refused") from None
        return self._call(_CARDS + service, req, token)

    def _call(self, path: str, req: dict[str, Any], token: str) -> dict[str, Any]:
        keys = _keys()
        common: dict[str, Any] = {
            "appToken": token,
            "requestId": secrets.token_hex(16).upper(),
            "hospitalId": keys.get("hospital", ""),
            "timestamp": str(clock.epoch(clock.now())),
            "channelNum": 0,
        }
        common["sign"] = signature({**common, **req}, keys["key"])
        body = json.dumps({"commonIn": common, "req": req}, ensure_ascii=False).encode()
        request = urllib.request.Request(  # noqa: S310 - a setting's address
            self._url + path, body, {"Content-Type": "application/json;charset=utf-8"}
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as reply:  # noqa: S310
                told = json.loads(reply.read(_LONGEST_ANSWER))
                out, rsp = told["commonOut"], told.get("rsp") or {}
                code = int(out["resultCode"])
        except HTTPError as error:
            raise Unavailable(adapter="health_card", reason=f"status_{error.code}") from None
        except (OSError, HTTPException):
            raise Unavailable(adapter="health_card", reason="unreachable") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Unavailable(adapter="health_card", reason="not_understood") from None
        if code != 0:
            # The platform's list of codes is not public: what it says is shown, and counted for who operates.
            count("vendor_refused", party="tengmed", code=str(code))
            raise ChannelRefused("refused", str(out.get("errMsg", "")))
        return rsp if isinstance(rsp, dict) else {}


def signature(fields: Mapping[str, Any], secret: str) -> str:
    """The `sign` of those fields; empty ones and an earlier `sign` count for nothing, 0 does."""
    told = {name: str(value) for name, value in fields.items() if name != "sign" and value is not None}
    line = "&".join(f"{name}={told[name]}" for name in sorted(told) if told[name].strip())
    return base64.b64encode(hashlib.sha256((line + secret).encode()).digest()).decode()


def _keys() -> dict[str, str]:
    return secret_keys.vendor_keys("tengmed")


def _text(answer: dict[str, Any], field: str) -> str:
    text = answer.get(field)
    if not isinstance(text, str) or not text:
        raise Unavailable(adapter="health_card", reason="not_understood")
    return text
