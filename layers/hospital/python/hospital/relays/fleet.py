"""How many relays there should be and which of them go: pure.

Growing is left to AWS, which follows the load that is published here and the processor. Shrinking is decided here,
because nobody else knows where people talk: a relay is told to drain first, and only then the fleet is asked to have
one less. It ends by itself when the last room has gone; what it holds is never cut.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Literal

from hospital.records import Record
from hospital.relays.model import Node

MOST_ROOMS, MOST_PEOPLE = 200, 400
"""Of one relay (media_fleet/PROTOCOL.md, 7)."""
ENOUGH = 35
"""Percent: the fleet shrinks only to where its mean load stays below; it grows above 50."""
CALM = timedelta(minutes=5)
"""Between two relays that go because fewer are needed."""
GIVEN_UP_AFTER = timedelta(minutes=2)
"""A relay that nobody else knows of is dead when it was silent for so long."""


class Retirement(Record):
    """That a relay takes no more rooms and ends when it is empty. `id` is the relay's, `boot` its process's: another
    process of that name is not meant. `counted`: the fleet has been asked to do without it."""

    boot: str
    why: Literal["fewer", "older", "surplus"]
    at: datetime
    counted: bool = False


@dataclass(frozen=True)
class Decision:
    """What to do now. `load` is the mean of the relays that take rooms, in percent; `count`, when it is to change, how
    many relays there should be; `counted` whose retirement that takes into account; `forget` who is dead."""

    load: int
    retire: tuple[Retirement, ...] = ()
    count: int | None = None
    counted: tuple[str, ...] = ()
    forget: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()


def percent(node: Node) -> int:
    """How full a relay is, by whatever of it is fullest."""
    return max(node.processor, 100 * node.rooms // MOST_ROOMS, 100 * node.participants // MOST_PEOPLE)


def decide(
    nodes: Collection[Node],
    retirements: Collection[Retirement],
    *,
    wanted: int,
    running: Mapping[str, bool] | None,
    least: int,
    now: datetime,
) -> Decision:
    """`wanted` is how many the fleet has been asked for; `running` says of each relay whose process runs whether a new
    one would be the same; None where relays are run by somebody else, and only load and deaths are told."""
    retired = {one.id: one for one in retirements}
    meant = {node.id for node in nodes if node.id in retired and retired[node.id].boot == node.boot}
    serving = [one for one in nodes if one.lives(now) and not one.draining and one.id not in meant]
    load = round(sum(map(percent, serving)) / len(serving)) if serving else 0
    silent = [one for one in nodes if not one.lives(now)]
    dead = tuple(one.id for one in silent if _is_dead(one, running, now))
    quiet = tuple(one.id for one in silent if one.id not in dead)
    if running is None:
        return Decision(load, forget=dead, silent=quiet)
    pending = [one for one in retirements if one.why == "fewer" and not one.counted]
    counted = tuple(one.id for one in pending if _makes_do_without(one, nodes, now))
    lower = wanted - len(counted)
    retire = _retired(serving, retirements, running, target=wanted - len(pending), least=least, now=now)
    return Decision(load, retire, max(lower, least) if counted else None, counted, dead, quiet)


def _is_dead(node: Node, running: Mapping[str, bool] | None, now: datetime) -> bool:
    """Silent, and its process is gone. One whose process runs is only not heard: its people may well hear it."""
    return node.id not in running if running is not None else now - node.heard_at >= GIVEN_UP_AFTER


def _makes_do_without(retirement: Retirement, nodes: Collection[Node], now: datetime) -> bool:
    """Whether the fleet may be asked to have one less: the relay says that it drains, or is there no more."""
    node = next((one for one in nodes if one.id == retirement.id and one.boot == retirement.boot), None)
    return node is None or node.draining or not node.lives(now)


def _retired(
    serving: list[Node],
    retirements: Collection[Retirement],
    running: Mapping[str, bool],
    *,
    target: int,
    least: int,
    now: datetime,
) -> tuple[Retirement, ...]:
    """More than asked for: of those that a deployment has outdated first, else the emptiest. Just as many, and fewer
    would do: one, the emptiest, if none went lately."""
    known = [one for one in serving if one.id in running]  # those of other regions are somebody else's to keep
    order = sorted(known, key=lambda one: (running[one.id], one.rooms, one.participants, one.id))
    if len(known) > target:
        return tuple(
            Retirement(id=one.id, boot=one.boot, why="surplus" if running[one.id] else "older", at=now)
            for one in order[: len(known) - target]
        )
    needed = max(least, ceil(sum(map(percent, known)) / ENOUGH))
    calm = all(one.why != "fewer" or now - one.at >= CALM for one in retirements)
    if order and calm and len(known) == target > needed and all(running.values()):
        # An empty one first; among equals the one that was heard of first goes, so that all who ask agree.
        goes = min(order, key=lambda one: (one.rooms, one.participants, one.id))
        return (Retirement(id=goes.id, boot=goes.boot, why="fewer", at=now),)
    return ()
