"""`/sandbox/api/schedules/run`: what the clock would call, called now."""

from __future__ import annotations

import json
from collections.abc import Callable

from aiohttp import web


class ScheduleRoutes:
    """`run` calls the scheduled function with that logical id, and says whether there is one."""

    def __init__(self, run: Callable[[str], bool]) -> None:
        self._run = run

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the route."""
        router.add_post("/sandbox/api/schedules/run", self.run)

    async def run(self, request: web.Request) -> web.Response:
        """Takes `{"function": "HouseSweepDue"}`; 202 before the function has ended."""
        try:
            function = json.loads(await request.text())["function"]
        except (ValueError, KeyError, TypeError):
            return web.json_response({"code": "sandbox.function_not_named", "facts": {}}, status=400)
        if not self._run(str(function)):
            return web.json_response({"code": "sandbox.no_schedule_calls_it", "facts": {}}, status=404)
        return web.json_response({}, status=202)
