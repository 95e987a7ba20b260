"""The word by which a client goes on with its session over a new control socket, wherever that socket arrives.

A JWT of the relays among themselves: it names the session, its node and where that node's control socket is reached
inside the network, so that another node behind the same balancer knows whom to pass the client to.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import jwt
from pydantic import BaseModel, ConfigDict, ValidationError

AUDIENCE = "relay-resume"


class _Claims(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    session: str
    node: str
    at: str = ""


@dataclass(frozen=True)
class Home:
    """Where a session lives; `at` is host:port, empty when nothing stands before the nodes."""

    node: str
    at: str


class Resuming:
    """Writes with the first secret, reads with all."""

    def __init__(self, keys: Mapping[str, bytes], home: Home) -> None:
        self._keys = keys
        self._home = home

    def word(self, session: str) -> str:
        """Unguessable without the secret, and never the same twice."""
        kid, secret = next(iter(self._keys.items()))
        claims = {"aud": AUDIENCE, "session": session, "node": self._home.node, "at": self._home.at}
        claims["jti"] = secrets.token_hex(16)
        return jwt.encode(claims, secret, "HS256", headers={"kid": kid})

    def home(self, word: str) -> Home | None:
        """Where the session of that word lives; None if no relay wrote it."""
        try:
            key = self._keys.get(str(jwt.get_unverified_header(word).get("kid")))
            if key is None:
                return None
            claims = _Claims.model_validate(jwt.decode(word, key, algorithms=["HS256"], audience=AUDIENCE))
        except (jwt.InvalidTokenError, ValidationError):
            return None
        return Home(claims.node, claims.at)
