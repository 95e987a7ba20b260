"""App pushes to browsers: RFC 8030 (Generic Event Delivery Using HTTP Push, 2016), encrypted by RFC 8291, signed by
RFC 8292 (VAPID, 2017). The specifications stand at rfc-editor.org.

The push service learns when a push is sent and to which browser, nothing else. The key that signs for this hospital
comes from a secret of the deployment; browsers register for its public half, so it is never rotated.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
import urllib.request
from datetime import timedelta
from email.message import Message
from functools import lru_cache
from http.client import HTTPException
from typing import IO, Any
from urllib.error import HTTPError

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from adapters.notification.encryption import encoded, encrypted, point
from adapters.notification.port import AddressedBy, Channel, Device, Notification, Outcome
from adapters.notification.services import endpoint_is_known, origin_of
from hospital import clock, secret_keys, settings
from hospital.breaker import Breaker
from hospital.errors import Unavailable
from hospital.observability import say

RESTING = Breaker("web_push")
_TIMEOUT_SECONDS = 3
_TRIES = 2
_KEEP = timedelta(hours=24)
"""How long the service keeps a push for a browser that is switched off."""
_TOKEN_LIFE = timedelta(hours=12)  # 24 at most (RFC 8292, section 2)
_PADDED = 1024
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256's group (FIPS 186-4, D.1.2.3)


class WebPush:
    """One POST a browser. The topic replaces an older push that still waits, and a second one with the same id."""

    channel: Channel = "push"
    addressed_by: AddressedBy = "browser"

    def send(self, notification: Notification, to: Device) -> Outcome:
        """See `Notifier`."""
        if not endpoint_is_known(to.address):
            return "gone"  # registered when the service was still named
        try:
            body = encrypted(_told(notification), to.key, to.secret, length=_PADDED)
        except ValueError:
            return "failed"
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            to.address, body, _headers(notification, to.address), method="POST"
        )
        with RESTING.through(origin_of(to.address)):
            return _outcome(_status(request))


def application_key() -> str:
    """The public half of the hospital's key, as browsers ask for it."""
    return encoded(point(_signing_key(secret_keys.push_seed()).public_key()))


def _told(notification: Notification) -> bytes:
    """What the service worker of the page is told (`web/apps/*/public/push.js`)."""
    told = {
        "v": 1,
        "id": notification.id,
        "title": notification.title,
        "words": notification.words,
        "opens": notification.opens,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _headers(notification: Notification, endpoint: str) -> dict[str, str]:
    topic = hashlib.sha256(notification.person_id.encode()).digest()[:24]
    return {
        "TTL": str(int(_KEEP.total_seconds())),
        "Urgency": "normal",
        "Topic": encoded(topic),  # 32 characters at most (RFC 8030, section 5.4)
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "Authorization": f"vapid t={_token(origin_of(endpoint))}, k={application_key()}",
    }


def _token(audience: str) -> str:
    key = _signing_key(secret_keys.push_seed())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    until = clock.epoch(clock.now() + _TOKEN_LIFE)
    return jwt.encode({"aud": audience, "exp": until, "sub": settings.current().site_origin}, pem, "ES256")


@lru_cache(maxsize=8)
def _signing_key(seed: bytes) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(hashlib.sha512(seed).digest(), "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A push service answers itself; whoever sends elsewhere is not followed."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


def _status(request: urllib.request.Request) -> int:
    """What the service answered. Raises `Unavailable` when it did not, or may take it later."""
    opener = urllib.request.build_opener(_NoRedirect)
    refused: dict[str, Any] = {}
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(random.uniform(0.1, 0.3))  # noqa: S311 - jitter, not a secret
        try:
            with opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                return int(answer.status)
        except HTTPError as error:
            error.close()
            if error.code == 429:  # asked to wait: not asked again at once
                raise Unavailable(adapter="web_push", status=429) from None
            if error.code < 500:
                return error.code
            refused = {"status": error.code}
        except (OSError, HTTPException):  # unreachable, too late, or hung up in the middle
            refused = {}
    raise Unavailable(adapter="web_push", **refused)


def _outcome(status: int) -> Outcome:
    if status in (404, 410):
        return "gone"
    if 200 <= status < 300:
        return "delivered"
    say("a push service refused a push", level="error", status=status)
    return "failed"
