"""What lets somebody into a room at a relay: a token that says so, signed by the key that hospital and relay share; and
by whom reports are signed.

Media that cannot reach a relay goes through a TURN server: its credentials are those of "A REST API For Access To TURN
Services" (draft-uberti-behave-turn-rest-00, read 2026-11): the name says until when, an HMAC-SHA1 of it is the word.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

import jwt
from pydantic import BaseModel

from hospital import clock, ids, secret_keys, settings
from hospital.errors import Unauthenticated
from hospital.observability import say
from hospital.relays.model import Node

GRANT_LIFE = timedelta(seconds=60)
"""Time to say hello to the relay."""
SESSION_LIFE = timedelta(hours=4)
RIGHTS = ("publish", "subscribe", "share")
LEEWAY_SECONDS = 60
_ISSUER, _AUDIENCE, _ALGORITHM = "yunzhen", "relay", "HS256"


class IceServer(BaseModel):
    """As browsers take it (`RTCIceServer`)."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


def grant(node: Node, room: str, person_id: str, name: str) -> tuple[str, datetime]:
    """(token, until when to say hello with it) for one session of that person in that room at that relay, signed by the
    key that the relay has. `at` is for the door before several relays."""
    now = clock.machine().replace(microsecond=0)  # rounded down: what was granted in the future is not taken
    keys = secret_keys.media_keys()
    key_id = node.key_id if node.key_id in keys else next(iter(keys))
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "jti": ids.secret(12),
        "iat": clock.epoch(now),
        "exp": clock.epoch(now + GRANT_LIFE),
        "until": clock.epoch(now + SESSION_LIFE),
        "node": node.id,
        "room": room,
        "sub": person_id,
        "name": name,
        "rights": RIGHTS,
        **({"at": node.control_at} if node.control_at else {}),
    }
    return jwt.encode(claims, keys[key_id], algorithm=_ALGORITHM, headers={"kid": key_id}), now + GRANT_LIFE


def signature(key: bytes, moment: str, node_id: str, body: str) -> str:
    """What signs a report: hexadecimal HMAC-SHA256 over time, node and the body's SHA-256, a line each."""
    signed = f"{moment}\n{node_id}\n{hashlib.sha256(body.encode()).hexdigest()}"
    return hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()


def signed_by(headers: Mapping[str, str], body: str) -> tuple[str, str]:
    """(relay, key id) of a report; headers in lower case. Raises `Unauthenticated`, which never says why."""
    node_id, moment = headers.get("x-relay-node", ""), headers.get("x-relay-time", "")
    told = headers.get("x-relay-signature", "")
    if not moment.isascii() or not moment.isdigit() or len(moment) > 12:
        raise Unauthenticated
    if abs(int(moment) - clock.epoch(clock.machine())) > LEEWAY_SECONDS:
        raise Unauthenticated
    for key_id, key in secret_keys.media_keys().items():
        if hmac.compare_digest(signature(key, moment, node_id, body).encode(), told.encode()):
            return node_id, key_id
    raise Unauthenticated


def ice_servers() -> list[IceServer]:
    """The way for those whose network lets no media out; none where the hospital has no TURN server. The name in the
    credential is made up: a TURN server learns of nobody."""
    urls = [url for url in settings.current().turn_urls.split(",") if url]
    if not urls:
        return []
    try:
        key = secret_keys.turn_secret()
    except secret_keys.VendorKeysMissing as missing:  # most calls need no TURN: they are not refused for its sake
        say("calls go without TURN", level="error", failure=missing)
        return []
    username = f"{clock.epoch(clock.machine() + SESSION_LIFE)}:{ids.secret(6)}"
    word = hmac.new(key.encode(), username.encode(), hashlib.sha1).digest()
    return [IceServer(urls=urls, username=username, credential=base64.b64encode(word).decode())]
