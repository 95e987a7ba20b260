"""Each request of another system is proven with the system's key.

By HTTP, and by queue with message attributes of the same names, method `QUEUE` and path `/system-sms`:

    X-System-Id: sys_1
    X-System-Time: 1795242600                     seconds since 1970, at most five minutes off
    X-System-Signature: hex of HMAC-SHA256(key, time "\\n" method "\\n" path "\\n" hex of SHA-256(body))

A request that comes again changes nothing: the reference in it names the message. By web service a `UsernameToken`,
which does not sign the body: it counts once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from hospital import clock, soap
from hospital.errors import NotFound, Unauthenticated
from hospital.records import Key
from hospital.systems.model import OtherSystem
from hospital.systems.store import get_system
from hospital.table import Table

_LEEWAY_SECONDS = 300


def signature(key: str, moment: str, method: str, path: str, body: str) -> str:
    """What signs a request."""
    signed = f"{moment}\n{method}\n{path}\n{hashlib.sha256(body.encode()).hexdigest()}"
    return hmac.new(key.encode(), signed.encode(), hashlib.sha256).hexdigest()


def signed_by(headers: Mapping[str, str], method: str, path: str, body: str, now: datetime) -> OtherSystem:
    """The system that signed the request; headers in lower case. Raises `Unauthenticated`,
    which never says why."""
    moment, told = headers.get("x-system-time", ""), headers.get("x-system-signature", "")
    if not moment.isascii() or not moment.isdigit() or len(moment) > 12:
        raise Unauthenticated
    if abs(int(moment) - clock.epoch(now)) > _LEEWAY_SECONDS:
        raise Unauthenticated
    system = _named(headers.get("x-system-id", ""))
    if not hmac.compare_digest(signature(system.key, moment, method, path, body).encode(), told.encode()):
        raise Unauthenticated
    return system


def digest(key: str, nonce: bytes, created: str) -> str:
    """What proves a `UsernameToken`. SHA-1 is what its profile says; the key has 256 random bits."""
    return base64.b64encode(hashlib.sha1(nonce + created.encode() + key.encode()).digest()).decode()  # noqa: S324


def bearer_of(token: soap.Token, now: datetime) -> OtherSystem:
    """The system that made the token, which nobody has shown before. Raises `Unauthenticated`, which never says why."""
    created = soap.moment(token.created)
    if created is None or abs((created - now).total_seconds()) > _LEEWAY_SECONDS:
        raise Unauthenticated
    try:
        nonce = base64.b64decode(token.nonce, validate=True)
    except (binascii.Error, ValueError):
        raise Unauthenticated from None
    system = _named(token.name)
    if not hmac.compare_digest(digest(system.key, nonce, token.created).encode(), token.digest.encode()):
        raise Unauthenticated
    if not _is_first(token, now):
        raise Unauthenticated
    return system


def _named(system_id: str) -> OtherSystem:
    try:
        system = get_system(system_id)
    except NotFound:
        raise Unauthenticated from None
    if not system.on:
        raise Unauthenticated
    return system


def _is_first(token: soap.Token, now: datetime) -> bool:
    """Whether this proof was not shown before; remembered until it is too old anyway."""
    until = clock.epoch(now) + 2 * _LEEWAY_SECONDS
    marks: list[Action] = [Path("expires_on").set(until), Path("row").set("once")]
    key = Key(f"SMS_TOKEN#{hashlib.sha256(token.digest.encode()).hexdigest()}", "ONCE")
    return Table("requests").update(key, marks, when=Path("row").does_not_exist()) is not None
