"""Calls of Alibaba Cloud's RPC APIs, signed by ACS3-HMAC-SHA256.

Specification: "V3版本请求体&签名机制", at help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature;
its worked example is a test's fixed vector.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit

from hospital import clock, secret_keys
from hospital.errors import Unavailable

_ALGORITHM = "ACS3-HMAC-SHA256"
_NOTHING = hashlib.sha256(b"").hexdigest()
_LARGEST_ANSWER = 1_000_000


@dataclass(frozen=True)
class Product:
    """One of the vendor's products: where it answers (`dysmsapi.aliyuncs.com`) and the version of its API."""

    host: str
    version: str
    url: str = ""
    timeout_seconds: float = 5.0

    def call(self, action: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        """The answer to one action, whose `Code` says how it went. Raises `Unavailable`, with reason `unreachable` when
        the call never began, and without one when it broke off."""
        url = self.url or f"https://{self.host}"
        keys = secret_keys.vendor_keys("alibaba")
        query, host = encoded(parameters), urlsplit(url).netloc
        headers = signed_headers(
            keys["id"], keys["key"], host, action, self.version, query, clock.now(), secrets.token_hex(16)
        )
        request = urllib.request.Request(f"{url}/?{query}", b"", headers, method="POST")  # noqa: S310 - a setting's address
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_seconds) as reply:  # noqa: S310
                return _object(reply.read(_LARGEST_ANSWER))
        except HTTPError as error:
            if error.code >= 500:
                raise Unavailable(adapter=self.host) from None
            return _object(error.read(_LARGEST_ANSWER))
        except URLError:
            raise Unavailable(adapter=self.host, reason="unreachable") from None
        except (OSError, HTTPException):
            raise Unavailable(adapter=self.host) from None


def _object(raw: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(raw)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Unavailable(adapter="alibaba")
    return answer


def encoded(parameters: Mapping[str, str]) -> str:
    """The query, by RFC 3986, sorted by name."""
    return "&".join(f"{quote(name, safe='')}={quote(parameters[name], safe='')}" for name in sorted(parameters))


def signed_headers(
    key_id: str, key: str, host: str, action: str, version: str, query: str, now: datetime, nonce: str
) -> dict[str, str]:
    """The headers of a POST to `/` without body, the signature among them."""
    signed = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": _NOTHING,
        "x-acs-date": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    canonical = f"POST\n/\n{query}\n{lines}\n{names}\n{_NOTHING}"
    to_sign = f"{_ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(key.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    told = f"{_ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
    return {**signed, "Authorization": told, "Content-Type": "application/x-www-form-urlencoded"}
