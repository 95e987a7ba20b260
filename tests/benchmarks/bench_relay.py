"""The relay's process against Janus: µs of a processor per forwarded packet, added delay, memory, in one run in turns.

A recorded call (tests/benchmarks/relays/stream.py, 350 packets a second) goes through real processes by UDP, DTLS and
SRTP. `rooms` x `receivers` at `speed`: many calls at once, and one call sent faster. Processor time is of all of a
process's threads, over packets that reached a receiver's socket. `ratio`: to Janus in the same turn, the median of the
turns; where Janus is not installed, ours alone. Delay is from the sender's write to the receiver's kernel. Memory is
what the process grew by for each participant, until the last turn.

`python -m tests.benchmarks.bench_relay --rounds 7` for a longer run; `--minutes 30`: whether the memory grows while
calls of three come and go.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from media_fleet.native.build import build
from tests.benchmarks.relays import stream
from tests.benchmarks.relays.load import Counts, Load
from tests.benchmarks.relays.servers import Janus, Ours, Room, Server, janus_is_here

Rows = list[dict[str, str | int | float]]
_WARM_UP_SECONDS = 2.5
"""The first time: until a keyframe has come; afterwards a fifth of it."""


class Case(NamedTuple):
    """What goes through a relay."""

    rooms: int
    receivers: int
    speed: float


CASES = (Case(20, 1, 1), Case(1, 1, 20), Case(10, 4, 1), Case(5, 8, 1), Case(1, 8, 5))


@dataclass
class _Measured:
    """One relay in one case."""

    server: Server
    load: Load
    rooms: list[Room]
    memory: float
    warm: bool = False
    cost: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    expected: int = 0
    delivered: int = 0
    behind: float = 0.0


def main(rounds: int = 3, seconds: float = 2.0, cases: tuple[Case, ...] = CASES) -> Rows:
    """A row for each relay in each case."""
    stream.packets()  # takes seconds, which nobody who is connected waits through
    rows: Rows = []
    with tempfile.TemporaryDirectory() as folder:
        library = _built(Path(folder))
        for case in cases:
            rows += asyncio.run(_compared(case, rounds, seconds, library))
    return rows


def _built(folder: Path) -> Path | None:
    try:
        return build(folder)
    except FileNotFoundError:
        sys.stderr.write("There is no C compiler: Python's way is measured alone.\n")
        return None


async def _compared(case: Case, rounds: int, seconds: float, library: Path | None) -> Rows:
    starts: list[Callable[[], Awaitable[Server]]] = [lambda: Ours.started("python", NATIVE="no")]
    if library is not None:
        starts.append(lambda: Ours.started("native", NATIVE=str(library)))
    if janus_is_here():
        starts.append(Janus.started)
    else:
        sys.stderr.write("Janus is not installed (Debian's package janus): ours is measured alone.\n")
    servers: list[Server] = []
    measured: list[_Measured] = []
    try:
        for start in starts:
            servers.append(await start())
            measured.append(await _set_up(servers[-1], case))
        for _ in range(rounds):
            for one in measured:
                await _turn(one, seconds)
        participants = case.rooms * (1 + case.receivers)
        return [_row(case, one, measured[-1], participants) for one in measured]
    finally:
        for one in measured:
            one.load.close()
            for room in one.rooms:
                room.close()
        for server in servers:
            await server.stop()


def coming_and_going(minutes: float) -> Rows:
    """The memory of one process while calls of three begin, talk for half a second and end: a row for each tenth."""
    stream.packets()
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_come_and_go(60 * minutes, _built(Path(folder))))


async def _come_and_go(seconds: float, library: Path | None) -> Rows:
    relay = await Ours.started("relay", NATIVE=str(library or "no"))
    rows: Rows = []
    try:
        began, calls = time.monotonic(), 0
        for tenth in range(1, 11):
            while time.monotonic() - began < tenth * seconds / 10:
                room = await relay.room(2)
                load = Load([room], 1)
                await asyncio.to_thread(load.run, 0.5)
                load.close()
                room.close()
                await relay.leave()
                calls += 1
            counts = relay.metrics()
            rows.append(
                {
                    "minutes": round((time.monotonic() - began) / 60, 1),
                    "calls": calls,
                    "MB": round(resident(relay.pid) / 1e6, 1),
                    **{name: int(counts[f"relay_{name}"]) for name in ("rooms", "legs", "addresses", "tasks")},
                }
            )
    finally:
        await relay.stop()
    return rows


async def _set_up(server: Server, case: Case) -> _Measured:
    if len(cores := sorted(os.sched_getaffinity(0))) > 1:
        os.sched_setaffinity(server.pid, cores[:1])
    before = resident(server.pid)
    rooms = [await server.room(case.receivers) for _ in range(case.rooms)]
    return _Measured(server, Load(rooms, case.speed), rooms, before)


async def _turn(one: _Measured, seconds: float) -> None:
    # Beside the loop, which answers the pings of control sockets meanwhile.
    await asyncio.to_thread(_apart, one.load, _WARM_UP_SECONDS if not one.warm else _WARM_UP_SECONDS / 5)
    one.warm = True
    before = processor(one.server.pid)
    counts: Counts = await asyncio.to_thread(_apart, one.load, seconds)
    spent = processor(one.server.pid) - before
    one.cost.append(1e6 * spent / max(1, counts.delivered))
    one.delays += counts.delays
    one.expected += counts.expected
    one.delivered += counts.delivered
    one.behind = max(one.behind, counts.behind)


def _apart(load: Load, seconds: float) -> Counts:
    """On the cores that the relays do not have."""
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(every)[1:] or every)
    try:
        return load.run(seconds)
    finally:
        os.sched_setaffinity(0, every)


def _row(case: Case, one: _Measured, other: _Measured, participants: int) -> dict[str, str | int | float]:
    delays = sorted(one.delays) or [0.0]
    ratios = [mine / theirs for mine, theirs in zip(one.cost, other.cost, strict=True)]
    return {
        "rooms": case.rooms,
        "receivers": case.receivers,
        "speed": case.speed,
        "relay": one.server.name,
        "cpu_us": round(statistics.median(one.cost), 2),
        "ratio": round(statistics.median(ratios), 2),
        "p50_ms": round(1000 * delays[len(delays) // 2], 3),
        "p99_ms": round(1000 * delays[len(delays) * 99 // 100], 3),
        "delivered": round(one.delivered / max(1, one.expected), 4),
        "behind_ms": round(1000 * one.behind, 1),
        "kB_each": round((resident(one.server.pid) - one.memory) / 1024 / participants),
    }


def processor(pid: int) -> float:
    """s of all threads of a process so far, those that ended too (clock_getcpuclockid(3), as Linux numbers it)."""
    return time.clock_gettime(~pid << 3 | 2)


def resident(pid: int) -> float:
    """Bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024.0 * int(status.partition("VmRSS:")[2].split()[0])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The relay against Janus.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--case", type=int, action="append", help="numbers of CASES, from 0")
    parser.add_argument("--minutes", type=float, help="calls coming and going instead")
    chosen = parser.parse_args()
    from tests.benchmarks.__main__ import table

    if chosen.minutes:
        found = coming_and_going(chosen.minutes)
    else:
        found = main(chosen.rounds, chosen.seconds, tuple(CASES[n] for n in chosen.case or range(len(CASES))))
    sys.stderr.write(table(found) + "\n")
    sys.stdout.write(json.dumps(found) + "\n")
