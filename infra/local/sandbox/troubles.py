"""`/sandbox/api/troubles`: pushes that fail, functions whose clocks differ, and a gateway that drops all sockets."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from aiohttp import web

from ..gateway.connections import Connections
from ..gateway.push_troubles import Shares
from ..invoker import Invoker


class TroubleRoutes:
    """`GET` answers `{pushes, skew_seconds, sockets}`; `POST` changes what it names and answers the same."""

    def __init__(self, connections: Connections, invoker: Invoker) -> None:
        self._connections, self._invoker = connections, invoker

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_get("/sandbox/api/troubles", self.show)
        router.add_post("/sandbox/api/troubles", self.change)

    async def show(self, request: web.Request) -> web.Response:
        """What goes wrong now."""
        return self._answer()

    async def change(self, request: web.Request) -> web.Response:
        """Takes `{"pushes": {"gone": 0.05, …}}` with the shares of pushes that go wrong (those left out do not),
        `{"skew_seconds": 2}` for functions whose clocks are wrong by up to so much, and `{"drop": true}` for a gateway
        that starts anew: every socket is cut off without a word."""
        try:
            self._change(json.loads(await request.text()))
        except (ValueError, TypeError, AttributeError) as refusal:
            body = {"code": "sandbox.trouble_not_understood", "facts": {"reason": str(refusal)}}
            return web.json_response(body, status=400)
        return self._answer()

    def _change(self, asked: Any) -> None:
        if "pushes" in asked:
            shares = {name: float(share) for name, share in asked["pushes"].items()}
            self._connections.troubles.shares = Shares(**shares)
        if "skew_seconds" in asked:
            self._invoker.skew = min(60.0, max(0.0, float(asked["skew_seconds"])))
        if asked.get("drop") is True:
            self._connections.drop_all()

    def _answer(self) -> web.Response:
        return web.json_response(
            {
                "pushes": asdict(self._connections.troubles.shares),
                "skew_seconds": self._invoker.skew,
                "sockets": len(self._connections.open),
            }
        )
