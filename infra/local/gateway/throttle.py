"""API Gateway's token buckets: of the account, of each method or route of a stage, and of each key of a usage plan.

A request takes one token; a bucket holds `burst` tokens at most and gains `rate` of them a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..template import Resource

ACCOUNT_RATE, ACCOUNT_BURST = 10_000.0, 5_000
"""Requests a second, and at a time, of all APIs of an account in a region."""

CONNECTIONS_RATE = 500.0
"""New sockets a second of all WebSocket APIs of an account in a region."""

_ALL = "*"


@dataclass(frozen=True)
class Limit:
    """`rate` a second, `burst` at a time."""

    rate: float
    burst: int


class Bucket:
    """Not thread-safe: the gateway runs on one event loop."""

    def __init__(self, limit: Limit, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._clock = limit, clock
        self._tokens, self._at = float(limit.burst), clock()

    def take(self) -> bool:
        """One token, if there is one."""
        now = self._clock()
        self._tokens = min(float(self._limit.burst), self._tokens + (now - self._at) * self._limit.rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Account:
    """What all APIs share."""

    def __init__(
        self,
        requests: Limit = Limit(ACCOUNT_RATE, ACCOUNT_BURST),
        connections: Limit = Limit(CONNECTIONS_RATE, int(CONNECTIONS_RATE)),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self.requests, self.connections = Bucket(requests, clock), Bucket(connections, clock)


class StageThrottle:
    """One bucket for each method (or route) of a stage, as its settings say; without settings only the account's."""

    def __init__(self, limits: Mapping[tuple[str, str], Limit], account: Account) -> None:
        self._limits, self._account = limits, account
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def admits(self, resource: str, method: str) -> bool:
        """Whether a request for this method of the resource may pass. For sockets the resource is the route."""
        limit = self._limit(resource, method)
        if limit is not None:
            bucket = self._buckets.get((resource, method))
            if bucket is None:
                bucket = self._buckets[resource, method] = Bucket(limit, self._account.clock)
            if not bucket.take():
                return False
        return self._account.requests.take()

    def _limit(self, resource: str, method: str) -> Limit | None:
        for place in ((resource, method), (resource, _ALL), (_ALL, method), (_ALL, _ALL)):
            if place in self._limits:
                return self._limits[place]
        return None


def method_limits(api: Resource) -> dict[tuple[str, str], Limit]:
    """The limits of an API's `MethodSettings` by resource and method. TemplateError."""
    limits: dict[tuple[str, str], Limit] = {}
    for settings in api.get("MethodSettings") or []:
        if str(settings.get("CachingEnabled", "false")).lower() == "true":
            raise api.wrong("MethodSettings", "answers are not kept here; leave CachingEnabled out")
        path, method = str(settings.get("ResourcePath", "")), str(settings.get("HttpMethod", "")).upper()
        if not path.startswith("/") or not method:
            raise api.wrong("MethodSettings", f"wants a ResourcePath and a HttpMethod, not {settings}")
        resource = _ALL if path == "/*" else "/" + path[1:].replace("~1", "/").removeprefix("/")
        limit = read_limit(api, "MethodSettings", settings, "ThrottlingRateLimit", "ThrottlingBurstLimit")
        if limit is not None:
            limits[resource, method] = limit
    return limits


def route_limits(stage: Resource) -> dict[tuple[str, str], Limit]:
    """The limits of a WebSocket stage by route. TemplateError."""
    written = {_ALL: stage.get("DefaultRouteSettings") or {}, **(stage.get("RouteSettings") or {})}
    limits: dict[tuple[str, str], Limit] = {}
    for route, settings in written.items():
        limit = read_limit(stage, "RouteSettings", settings, "ThrottlingRateLimit", "ThrottlingBurstLimit")
        if limit is not None:
            limits[route, _ALL] = limit
    return limits


def read_limit(resource: Resource, prop: str, written: Mapping[str, Any], rate: str, burst: str) -> Limit | None:
    """A pair of limits; what is left out is the account's. None when neither is written. TemplateError."""
    if rate not in written and burst not in written:
        return None
    try:
        return Limit(float(written.get(rate, ACCOUNT_RATE)), int(written.get(burst, ACCOUNT_BURST)))
    except (TypeError, ValueError):
        raise resource.wrong(prop, f"{rate} and {burst} want numbers") from None
