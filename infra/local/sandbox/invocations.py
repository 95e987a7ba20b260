"""`/sandbox/api/functions` and `/sandbox/api/invocations`: what functions were asked lately, and what they said."""

from __future__ import annotations

import asyncio

from aiohttp import web

from ..comfort.ring import RingReader

_FRESH = {"Cache-Control": "no-store"}


class InvocationRoutes:
    """Reads the ring. `names` are the template's functions, called or not."""

    def __init__(self, ring: RingReader, names: list[str]) -> None:
        self._ring, self._names = ring, names

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_get("/sandbox/api/functions", self.functions)
        router.add_get("/sandbox/api/invocations", self.newest)
        router.add_get(r"/sandbox/api/invocations/{id:\d{1,12}}", self.one)

    async def functions(self, request: web.Request) -> web.Response:
        """All functions; those that were called with their counts and times."""
        called = {one["function"]: one for one in await asyncio.to_thread(self._ring.functions)}
        items = [called.get(name, {"function": name, "calls": 0, "errors": 0}) for name in sorted(self._names)]
        return web.json_response({"items": items}, headers=_FRESH)

    async def newest(self, request: web.Request) -> web.Response:
        """The newest calls; `?function=`, `?q=` (in event, answer and lines), `?failed=1`, `?before=` a number."""
        query = request.query
        before = query.get("before", "")
        found = await asyncio.to_thread(
            self._ring.newest,
            query.get("function", ""),
            search=query.get("q", "")[:200],
            failed=query.get("failed") == "1",
            before=int(before) if before.isascii() and before.isdigit() and len(before) < 13 else 2**62,
        )
        return web.json_response({"items": [one.shown() for one in found]}, headers=_FRESH)

    async def one(self, request: web.Request) -> web.Response:
        """One call with its event, answer and lines."""
        found = await asyncio.to_thread(self._ring.one, int(request.match_info["id"]))
        if found is None:
            return web.json_response({"code": "sandbox.invocation_gone", "facts": {}}, status=404)
        whole = found.shown() | {"event": found.event, "answer": found.answer, "lines": found.lines}
        return web.json_response(whole, headers=_FRESH)
