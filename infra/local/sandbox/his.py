"""`/sandbox/api/his`: what the small HIS was asked, what goes wrong there, and what is typed in at its counter."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from ..beside import Beside


class HisRoutes:
    """`GET` answers `{url, troubles, calls}`, `GET …/records?list=&cursor=` a page of what it holds. Each `POST` is
    passed on to the HIS, with the hospital's time."""

    def __init__(self, his: Beside, clock: Callable[[], float]) -> None:
        self._his, self._clock = his, clock

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_get("/sandbox/api/his", self.show)
        router.add_get("/sandbox/api/his/records", self.records)
        router.add_post("/sandbox/api/his/{what:troubles|rows|files}", self.tell)

    async def show(self, request: web.Request) -> web.Response:
        """The newest calls first."""
        _, troubles = await asyncio.to_thread(self._his.ask, "troubles", {})
        _, calls = await asyncio.to_thread(self._his.ask, "calls", {})
        answer = {"url": self._his.url, "troubles": troubles, "calls": calls["items"]}
        return web.json_response(answer, headers={"Cache-Control": "no-store"})

    async def records(self, request: web.Request) -> web.Response:
        """Organisations, departments, staff or files, as they are kept there."""
        asked = {name: request.query.get(name, "") for name in ("list", "cursor")}
        status, answer = await asyncio.to_thread(self._his.ask, "records", asked)
        return web.json_response(answer, status=status, headers={"Cache-Control": "no-store"})

    async def tell(self, request: web.Request) -> web.Response:
        """Troubles `{mode, seconds?, times?}`, rows `{rows: {list: [row]}, drop?: {list: [code]}}`, or a file."""
        try:
            body: Any = json.loads(await request.text())
        except ValueError:
            body = None
        if not isinstance(body, dict) or not body:
            return web.json_response({"code": "sandbox.his_not_understood", "facts": {}}, status=400)
        if request.match_info["what"] == "rows":
            body["now"] = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds")
        status, answer = await asyncio.to_thread(self._his.ask, request.match_info["what"], body)
        return web.json_response(answer, status=status)
