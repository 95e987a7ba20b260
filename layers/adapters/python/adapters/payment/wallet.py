"""The embedded default: the small wallet of made-up people that the local hospital keeps beside it
(`infra/local/wallet`), a program with a book of its own.

The secret of vendors holds `{"wallet": {"id": merchant, "key": key, "public_key": PEM}}`: calls carry the key as a
bearer token, callbacks a signature (Ed25519) that the public key verifies.

| call | answers |
| --- | --- |
| `POST /orders` `{number, amount, description, seconds, notify_url, returns_to}` | `{number, address}`; 409 `{code}` |
| `GET /orders/<number>` | `{number, state, amount, transaction_id, paid_at}`; 404 |
| `POST /orders/<number>/close` | `{number, state}`; 409 once paid |
| `POST /refunds` `{number, refund_number, amount, total, reason, notify_url}` | a refund; 404; 409 `{code}` |
| `GET /refunds/<refund_number>` | `{number, refund_number, state, amount, refund_id, done_at, reason}`; 404 |

A callback is a POST of `{kind: "payment" or "refund", merchant, ...}` with the fields of the answers above. Its headers
are `Wallet-Timestamp`, `Wallet-Nonce` and `Wallet-Signature`: Base64 over `<timestamp>\\n<nonce>\\n<body>\\n`.
"""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime
from http.client import HTTPException
from typing import Any, NoReturn, TypeVar, get_args
from urllib.error import HTTPError
from urllib.parse import quote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from adapters.payment.callbacks import lowered, refuse_stale
from adapters.payment.port import (
    AlreadyPaid,
    Asked,
    Forged,
    Opened,
    OpenRefusal,
    OpenRefused,
    OrderUnknown,
    RefundRefusal,
    RefundRefused,
    RefundSeen,
    Seen,
)
from hospital import clock, secret_keys
from hospital.errors import Unavailable

T = TypeVar("T")
NAME = "wallet"
_TIMEOUT_SECONDS = 4.0
_LONGEST_ANSWER = 100_000
_THANKS = b'{"code": "SUCCESS"}'


class Wallet:
    """Speaks to the wallet at `url`."""

    def __init__(self, url: str, timeout_seconds: float = _TIMEOUT_SECONDS) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("PAYMENT_WALLET_URL is not the address of a wallet")
        self._url, self._timeout = url.rstrip("/"), timeout_seconds

    def open(self, asked: Asked) -> Opened:
        """See `PaymentChannel`. Each way leads to the wallet's page."""
        status, answer = self._call(
            "/orders",
            {
                "number": asked.number,
                "amount": asked.amount,
                "description": asked.description,
                "seconds": int((asked.expires_at - clock.now()).total_seconds()),
                "notify_url": asked.notify_url,
                "returns_to": asked.returns_to or "",
            },
        )
        if status == 409:
            reason = answer.get("code")
            raise OpenRefused(reason=reason if reason in get_args(OpenRefusal) else "refused", said=str(reason))
        address = answer.get("address")
        if status != 200 or answer.get("number") != asked.number or not isinstance(address, str):
            _not_understood(status)
        if asked.way == "jsapi":
            return Opened(client={"address": address})
        return Opened(code=address) if asked.way == "native" else Opened(address=address)

    def look(self, number: str) -> Seen:
        """See `PaymentChannel`."""
        status, answer = self._call(f"/orders/{quote(number)}")
        if status == 404:
            return Seen(number, "unknown")
        return _read(status, answer, _seen)

    def close(self, number: str) -> None:
        """See `PaymentChannel`."""
        status, _ = self._call(f"/orders/{quote(number)}/close", {})
        if status == 409:
            raise AlreadyPaid
        if status not in (200, 404):
            _not_understood(status)

    def refund(
        self, number: str, refund_number: str, amount: int, total: int, reason: str, notify_url: str
    ) -> RefundSeen:
        """See `PaymentChannel`."""
        told = {"number": number, "refund_number": refund_number, "amount": amount, "total": total}
        status, answer = self._call("/refunds", {**told, "reason": reason, "notify_url": notify_url})
        if status == 404:
            raise OrderUnknown
        if status == 409:
            why = answer.get("code")
            raise RefundRefused(reason=why if why in get_args(RefundRefusal) else "refused", said=str(why))
        return _read(status, answer, _refund_seen)

    def look_refund(self, refund_number: str) -> RefundSeen:
        """See `PaymentChannel`."""
        status, answer = self._call(f"/refunds/{quote(refund_number)}")
        if status == 404:
            return RefundSeen("", refund_number, "unknown")
        return _read(status, answer, _refund_seen)

    def heard(self, headers: Mapping[str, str], body: bytes) -> Seen | RefundSeen:
        """See `PaymentChannel`."""
        keys, told = secret_keys.vendor_keys(NAME), lowered(headers)
        try:
            timestamp, nonce = told["wallet-timestamp"], told["wallet-nonce"]
            signature = base64.b64decode(told["wallet-signature"], validate=True)
        except (KeyError, ValueError):
            raise Forged(reason="headers") from None
        refuse_stale(timestamp)
        try:
            _public_key(keys["public_key"]).verify(signature, f"{timestamp}\n{nonce}\n".encode() + body + b"\n")
        except InvalidSignature:
            raise Forged(reason="signature") from None
        try:
            news = json.loads(body)
            if news["merchant"] != keys["id"]:
                raise Forged(reason="merchant")
            return _refund_seen(news) if news["kind"] == "refund" else _seen(news)
        except (ValueError, KeyError, TypeError):
            raise Forged(reason="body") from None

    def thanks(self) -> bytes:
        """See `PaymentChannel`."""
        return _THANKS

    def _call(self, path: str, told: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Status and answer; `Unavailable` for no answer, and for a status that is none of those above."""
        body = None if told is None else json.dumps(told, ensure_ascii=False).encode()
        key = secret_keys.vendor_keys(NAME)["key"]
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            self._url + path, body, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as reply:  # noqa: S310
                return reply.status, _object(reply.read(_LONGEST_ANSWER))
        except HTTPError as error:
            with error:
                if error.code not in (404, 409):
                    raise Unavailable(adapter=NAME, reason=f"status_{error.code}") from None
                return error.code, _object(error.read(_LONGEST_ANSWER))
        except (OSError, HTTPException):  # refused, unreachable, too late, or hung up
            raise Unavailable(adapter=NAME, reason="unreachable") from None


def _read(status: int, answer: dict[str, Any], read: Callable[[Mapping[str, Any]], T]) -> T:
    """An answer as `read` understands it."""
    if status != 200:
        _not_understood(status)
    try:
        return read(answer)
    except (KeyError, TypeError, ValueError):
        raise Unavailable(adapter=NAME, reason="not_understood") from None


def _public_key(pem: str) -> Ed25519PublicKey:
    found = load_pem_public_key(pem.encode())
    if not isinstance(found, Ed25519PublicKey):
        raise TypeError("the wallet's public key is of another kind")
    return found


def _seen(told: Mapping[str, Any]) -> Seen:
    return Seen(
        str(told["number"]),
        _one_of(told["state"], ("open", "paid", "closed")),
        _amount(told["amount"]) if told["state"] == "paid" else 0,
        str(told["transaction_id"]),
        _moment(told["paid_at"]),
    )


def _refund_seen(told: Mapping[str, Any]) -> RefundSeen:
    return RefundSeen(
        str(told["number"]),
        str(told["refund_number"]),
        _one_of(told["state"], ("waiting", "done", "refused")),
        _amount(told["amount"]),
        str(told["refund_id"]),
        _moment(told["done_at"]),
        str(told["reason"]),
    )


def _one_of(said: Any, known: tuple[str, ...]) -> Any:
    if said not in known:
        raise ValueError(said)
    return said


def _amount(said: Any) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or said <= 0:
        raise ValueError(said)
    return said


def _moment(said: Any) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def _object(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        _not_understood(200)
    return told


def _not_understood(status: int) -> NoReturn:
    raise Unavailable(adapter=NAME, reason="not_understood" if status == 200 else f"status_{status}")
