"""Grants: the hospital's word that a person may be in a room (PROTOCOL.md, 1). JWT by RFC 7519, HS256."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import jwt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from media_fleet.messages import Id
from media_fleet.passing import Elsewhere
from media_fleet.refusals import Refused

Right = Literal["publish", "subscribe", "share"]
ISSUER = "yunzhen"
AUDIENCE = "relay"


class _Claims(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    jti: Annotated[str, Field(min_length=1, max_length=128)]
    exp: int
    node: Annotated[str, Field(max_length=256)]
    room: Id
    sub: Id
    name: Annotated[str, Field(max_length=64)]
    rights: Annotated[list[Right], Field(max_length=3)]
    until: int
    at: Annotated[str, Field(max_length=200)] = ""


@dataclass(frozen=True)
class Grant:
    """Who may be where, with which rights, until when (seconds since 1970)."""

    room: str
    person_id: str
    name: str
    rights: frozenset[Right]
    until: int


class Grants:
    """Takes each grant once. `now` is the time of day in seconds since 1970."""

    def __init__(self, secrets: Mapping[str, bytes], node: str, now: Callable[[], float]) -> None:
        self._secrets = secrets
        self._node = node
        self._now = now
        self._used: set[str] = set()
        self._used_until: deque[tuple[int, str]] = deque()

    def take(self, token: str) -> Grant:
        """What the grant says. Raises Refused: grant_invalid, grant_expired, grant_used, grant_elsewhere; or
        Elsewhere, when the grant is another node's and says where that is."""
        claims = self._signed(token)
        if claims.exp <= self._now():
            raise Refused("grant_expired")
        if claims.node != self._node and claims.at:
            raise Elsewhere(claims.node, claims.at)
        if claims.node != self._node:
            raise Refused("grant_elsewhere", node=self._node)
        self._use(claims)
        return Grant(claims.room, claims.sub, claims.name, frozenset(claims.rights), claims.until)

    def _signed(self, token: str) -> _Claims:
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            secret = self._secrets.get(kid) if isinstance(kid, str) else None
            if secret is None:
                raise Refused("grant_invalid")
            read: dict[str, Any] = jwt.decode(
                token,
                secret,
                algorithms=["HS256"],
                audience=AUDIENCE,
                issuer=ISSUER,
                # Time is judged here, by the clock that was handed in.
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
            return _Claims.model_validate(read)
        except (jwt.InvalidTokenError, ValidationError) as error:
            raise Refused("grant_invalid") from error

    def _use(self, claims: _Claims) -> None:
        now = self._now()
        while self._used_until and self._used_until[0][0] <= now:
            self._used.discard(self._used_until.popleft()[1])
        if claims.jti in self._used:
            raise Refused("grant_used")
        self._used.add(claims.jti)
        self._used_until.append((claims.exp, claims.jti))
