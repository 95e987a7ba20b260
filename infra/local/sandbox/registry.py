"""`/sandbox/api/id-checks` and `/sandbox/api/population`: the register of made-up people behind HTTP."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any

from aiohttp import web

from .population import MOODS, Population

_LONGEST = 100
_SLOWEST_SECONDS = 20.0


class PopulationRoutes:
    """What the identity check asks, and what a developer or a test turns."""

    def __init__(self, population: Population) -> None:
        self._population = population

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_post("/sandbox/api/id-checks", self.check)
        router.add_get("/sandbox/api/population", self.show)
        router.add_post("/sandbox/api/population", self.register)
        router.add_post("/sandbox/api/population/mood", self.turn)

    async def check(self, request: web.Request) -> web.Response:
        """Takes `{asked, name, id_number}`, answers `{asked, result, reference}`."""
        told = await _texts(request, "asked", "name", "id_number")
        if told is None:
            return _wrong("sandbox.question_not_understood")
        population = self._population
        if population.mood == "down":
            return web.json_response({"code": "sandbox.register_down", "facts": {}}, status=503)
        if population.mood == "slow":
            await asyncio.sleep(population.slow_seconds)
        asked = secrets.token_hex(8) if population.mood == "wrong" else told["asked"]
        result = population.judge(told["name"], told["id_number"])
        return web.json_response({"asked": asked, "result": result, "reference": f"reg-{secrets.token_hex(6)}"})

    async def show(self, request: web.Request) -> web.Response:
        """Made-up people with their numbers, and the register's mood."""
        answer = {"items": self._population.people(), "mood": self._population.mood}
        return web.json_response(answer, headers={"Cache-Control": "no-store"})

    async def register(self, request: web.Request) -> web.Response:
        """Takes `{name, id_number}`: one more made-up person."""
        told = await _texts(request, "name", "id_number")
        if told is None:
            return _wrong("sandbox.person_not_understood")
        self._population.register([(told["name"], told["id_number"])])
        return web.json_response({}, status=201)

    async def turn(self, request: web.Request) -> web.Response:
        """Takes `{mood, slow_seconds?}`."""
        try:
            asked = json.loads(await request.text())
            mood, seconds = asked["mood"], float(asked.get("slow_seconds", 8.0))
        except (ValueError, KeyError, TypeError, AttributeError):
            return _wrong("sandbox.mood_not_understood")
        if mood not in MOODS or not 0 <= seconds <= _SLOWEST_SECONDS:
            return _wrong("sandbox.mood_not_understood")
        self._population.mood, self._population.slow_seconds = mood, seconds
        return web.json_response({"mood": mood, "slow_seconds": seconds})


async def _texts(request: web.Request, *names: str) -> dict[str, str] | None:
    """The fields of a JSON object that must all be short texts."""
    try:
        told: Any = json.loads(await request.text())
        found = {name: told[name] for name in names}
    except (ValueError, KeyError, TypeError):
        return None
    return found if all(isinstance(text, str) and len(text) <= _LONGEST for text in found.values()) else None


def _wrong(code: str) -> web.Response:
    return web.json_response({"code": code, "facts": {}}, status=400)
