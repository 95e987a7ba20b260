"""Requests through gateway, authorizer and store: a use case with one write against a bare echo.

All three routes ask the same authorizer, in one run and one process, in turns: `echo` answers at once, `write` makes
the one write that the use case makes and nothing else, `tickets` is the use case (a ticket for a socket). `ratio` is
its speed against the echo's (aim: at least 0.08); `explained` is the share of its cost beyond the echo that the write
alone has.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Patient

ROUTES = {"echo": "/bare-echo", "write": "/bare-write", "tickets": "/tickets"}
AT_A_TIME = (1, 8)
ROUNDS = 5
REQUESTS = 120
AIM = 0.08


class EchoingHospital(HospitalProcess):
    """A hospital process with the bare routes."""

    def command(self) -> list[str]:
        return [*super().command()[:1], "-m", "tests.benchmarks.echoing", str(self.port), str(self.state)]


def main() -> list[dict[str, str | int | float]]:
    """A row per route and number of requests at a time."""
    with open_hospital() as hospital:
        token = Patient.new(hospital).token
        times = asyncio.run(measured(f"{hospital.origin}/api/messaging", str(token)))
    rows: list[dict[str, str | int | float]] = []
    for at_a_time in AT_A_TIME:
        echo, write, tickets = (statistics.median(times[name, at_a_time]) for name in ROUTES)
        for name, seconds in zip(ROUTES, (echo, write, tickets), strict=True):
            row: dict[str, str | int | float] = {
                "route": name,
                "at_a_time": at_a_time,
                "per_second": round(1 / seconds),
                "ms": round(seconds * 1000, 2),
                "ratio": round(echo / seconds, 3),
            }
            if name == "tickets":
                row["explained"] = round((write - echo) / (seconds - echo), 2)
                row["verdict"] = "ok" if echo / seconds >= AIM else f"under {AIM}"
            rows.append(row)
    return rows


async def measured(address: str, token: str) -> dict[tuple[str, int], list[float]]:
    """Seconds per request of each round, by route and number at a time."""
    times: dict[tuple[str, int], list[float]] = {(name, n): [] for name in ROUTES for n in AT_A_TIME}
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        for name in ROUTES:
            await _round(session, address + ROUTES[name], 8, 40)  # secrets and clients are made
        for _ in range(ROUNDS):
            for name, at_a_time in times:
                seconds = await _round(session, address + ROUTES[name], at_a_time, REQUESTS)
                times[name, at_a_time].append(seconds / REQUESTS)
    return times


async def _round(session: aiohttp.ClientSession, url: str, at_a_time: int, count: int) -> float:
    """Seconds for so many requests."""
    left = iter(range(count))

    async def client() -> None:
        for _ in left:
            async with session.post(url, json={}) as answer:
                assert answer.status in (200, 201), await answer.text()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(at_a_time)))
    return time.perf_counter() - began


@contextmanager
def open_hospital() -> Iterator[EchoingHospital]:
    """One for the length of a block."""
    with tempfile.TemporaryDirectory() as folder:
        hospital = EchoingHospital(Path(folder) / "state")
        hospital.start()
        try:
            yield hospital
        finally:
            hospital.kill()
