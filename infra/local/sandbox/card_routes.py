"""`/sandbox/api/health-cards`: the registry of e-health cards behind HTTP, and what goes wrong with it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from .health_cards import MOODS, HealthCardRegistry

_SLOWEST_SECONDS = 20.0


class HealthCardRoutes:
    """What the embedded adapter asks, and what a developer or a test turns."""

    def __init__(self, registry: HealthCardRegistry) -> None:
        self._registry = registry

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_post("/sandbox/api/health-cards", self.issue)
        router.add_post("/sandbox/api/health-cards/code", self.issue)
        router.add_get("/sandbox/api/health-cards", self.show)
        router.add_post("/sandbox/api/health-cards/mood", self.turn)

    async def issue(self, request: web.Request) -> web.Response:
        """What `HealthCardRegistry.answer` takes and answers."""
        if self._registry.mood == "slow":
            await asyncio.sleep(self._registry.slow_seconds)
        path = request.path.removeprefix("/sandbox/api/health-cards")
        status, answer = self._registry.answer(path, await _told(request))
        return web.json_response(answer, status=status)

    async def show(self, request: web.Request) -> web.Response:
        """The newest cards, how many there are, and the registry's mood."""
        registry = self._registry
        answer = {"items": registry.cards(), "count": registry.count(), "mood": registry.mood}
        return web.json_response(answer, headers={"Cache-Control": "no-store"})

    async def turn(self, request: web.Request) -> web.Response:
        """Takes `{mood, slow_seconds?}`."""
        told = await _told(request)
        mood = told.get("mood") if isinstance(told, dict) else None
        seconds = told.get("slow_seconds", 8.0) if isinstance(told, dict) else None
        if mood not in MOODS or not isinstance(seconds, int | float) or not 0 <= seconds <= _SLOWEST_SECONDS:
            return web.json_response({"code": "sandbox.mood_not_understood", "facts": {}}, status=400)
        self._registry.mood, self._registry.slow_seconds = mood, float(seconds)
        return web.json_response({"mood": mood, "slow_seconds": float(seconds)})


async def _told(request: web.Request) -> Any:
    try:
        return json.loads(await request.text())
    except ValueError:
        return None
