"""`/sandbox/api/clock`: what the hospital's clock says, and moving it."""

from __future__ import annotations

import json
import math
from typing import Any

from aiohttp import web

from ..hospital_clock import ClockGoesBack, ClockRefused, HospitalClock, Setting, read_setting


class ClockRoutes:
    """`GET` answers `{now, offset_seconds, stands}`; `POST` moves the clock and answers the same."""

    def __init__(self, clock: HospitalClock) -> None:
        self._clock = clock

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_get("/sandbox/api/clock", self.show)
        router.add_post("/sandbox/api/clock", self.move)

    async def show(self, request: web.Request) -> web.Response:
        """The clock now."""
        return self._answer()

    async def move(self, request: web.Request) -> web.Response:
        """Takes `{"to": "2026-12-01T08:00+08:00"}` or `{"by_seconds": 259200}`, and `{"stands": true}` beside or
        alone. 409 `sandbox.clock_goes_back` for a moment in the hospital's past."""
        try:
            setting = self._setting(json.loads(await request.text()))
            self._clock.set(setting)
        except ClockGoesBack as refusal:
            facts = {"now": self._clock.now().isoformat(), "reason": str(refusal)}
            return web.json_response({"code": "sandbox.clock_goes_back", "facts": facts}, status=409)
        except (ClockRefused, ValueError, TypeError, OverflowError) as refusal:
            body = {"code": "sandbox.clock_not_understood", "facts": {"reason": str(refusal)}}
            return web.json_response(body, status=400)
        return self._answer()

    def _setting(self, asked: Any) -> Setting:
        if not isinstance(asked, dict) or not asked or not asked.keys() <= {"to", "by_seconds", "stands"}:
            raise TypeError("to, by_seconds and stands are understood")
        if "to" in asked and "by_seconds" in asked:
            raise TypeError("either to or by_seconds")
        stands = asked.get("stands")
        if not isinstance(stands, bool | None):
            raise TypeError("stands is true or false")
        if "to" in asked:
            return Setting(read_setting(str(asked["to"]), self._clock()).to, stands)
        by = asked.get("by_seconds", 0)
        if isinstance(by, bool) or not isinstance(by, int | float) or not math.isfinite(by):
            raise TypeError("by_seconds is a number")
        return Setting(self._clock() + by if by else None, stands)

    def _answer(self) -> web.Response:
        clock = self._clock
        answer = {"now": clock.now().isoformat(), "offset_seconds": round(clock.offset), "stands": clock.stands}
        return web.json_response(answer, headers={"Cache-Control": "no-store"})
