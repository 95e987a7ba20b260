"""Calls of Tencent Cloud's API 3.0, signed by TC3-HMAC-SHA256: what several ports speak with this vendor.

Specification: "签名方法 v3" and "公共参数" of API 3.0, read at cloud.tencent.com/document/api/1007/31324 (faceid), the
same for every product. Tested against the vendor's own SDK (tencentcloud-sdk-python-common) by fixed vectors.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from hospital import clock, secret_keys
from hospital.errors import Unavailable

_ALGORITHM = "TC3-HMAC-SHA256"
_CONTENT_TYPE = "application/json"
_SIGNED = "content-type;host"
_TIMEOUT_SECONDS = 5.0
_LARGEST_ANSWER = 10_000_000
_PASSING = ("RequestLimitExceeded", "InternalError", "ResourceUnavailable")


class TencentRefused(Exception):
    """The vendor refused the call for good. `code` is the vendor's."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Product:
    """One of the vendor's products: its name in signatures (`faceid`), the version of its API, where it answers."""

    name: str
    version: str
    url: str = ""
    timeout_seconds: float = _TIMEOUT_SECONDS
    region: str = ""

    def call(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """The `Response` of one action. Raises `Unavailable` when it may work later, else `TencentRefused`."""
        url = self.url or f"https://{self.name}.tencentcloudapi.com"
        payload = json.dumps(body, ensure_ascii=False).encode()
        headers = self._headers(action, urlsplit(url).netloc, payload)
        request = urllib.request.Request(url + "/", payload, headers, method="POST")  # noqa: S310 - a setting's address
        answer = self._answer(request)
        if error := answer.get("Error"):
            code = str(error.get("Code", ""))
            if code.startswith(_PASSING):
                raise Unavailable(adapter=self.name, reason=code)
            raise TencentRefused(code)
        return answer

    def _answer(self, request: urllib.request.Request) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_seconds) as reply:  # noqa: S310
                answer = json.loads(reply.read(_LARGEST_ANSWER))["Response"]
        except HTTPError as error:
            raise Unavailable(adapter=self.name, reason=f"status_{error.code}") from None
        except URLError:  # the call never began
            raise Unavailable(adapter=self.name, reason="unreachable") from None
        except (OSError, HTTPException, ValueError, KeyError, TypeError):
            raise Unavailable(adapter=self.name) from None
        if not isinstance(answer, dict):
            raise Unavailable(adapter=self.name)
        return answer

    def _headers(self, action: str, host: str, payload: bytes) -> dict[str, str]:
        keys = secret_keys.vendor_keys("tencent")
        moment = clock.epoch(clock.now())
        return {
            "Authorization": authorization(keys["id"], keys["key"], self.name, host, payload, moment),
            "Content-Type": _CONTENT_TYPE,
            "Host": host,
            "X-TC-Action": action,
            "X-TC-Timestamp": str(moment),
            "X-TC-Version": self.version,
            **({"X-TC-Region": self.region} if self.region else {}),
        }


def authorization(secret_id: str, secret_key: str, service: str, host: str, payload: bytes, moment: int) -> str:
    """The header that signs a POST to `/`. `moment` is in seconds; its day (UTC) is part of the key."""
    day = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
    signed = f"content-type:{_CONTENT_TYPE}\nhost:{host}\n"
    canonical = f"POST\n/\n\n{signed}\n{_SIGNED}\n{hashlib.sha256(payload).hexdigest()}"
    scope = f"{day}/{service}/tc3_request"
    to_sign = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"TC3{secret_key}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{_ALGORITHM} Credential={secret_id}/{scope}, SignedHeaders={_SIGNED}, Signature={signature}"
