"""Relays and the choice among them: pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel

from hospital.records import Record

SILENT_AFTER = timedelta(seconds=15)
"""A relay reports every five seconds; one that missed three is not given rooms any more."""
FULL_AT = 85
_STEP = 20
"""Loads that differ by less are the same: between two reports they are no better known."""
_STEP_MS = 20
"""So are ways."""


class Node(Record):
    """A relay as it reported last. `boot` names its process: its facts are counted from 1 in each, and known up to
    `acknowledged`. `key_id` is of the key that signed the report; `processor` is busy from 0 to 100 of a hundred."""

    boot: str
    region: str
    control_url: str
    control_at: str = ""
    draining: bool = False
    rooms: int = 0
    participants: int = 0
    packets_per_second: int = 0
    processor: int = 0
    acknowledged: int = 0
    key_id: str
    heard_at: datetime

    def lives(self, now: datetime) -> bool:
        """Whether it was heard of lately."""
        return now - self.heard_at < SILENT_AFTER


class Place(BaseModel):
    """A region with relays, and where a line to one of them is opened: how long that takes says how near it is."""

    region: str
    control_url: str


def places(nodes: Iterable[Node], now: datetime) -> list[Place]:
    """The regions that rooms may go to, if there is a choice: of each the relay that is least busy."""
    taking = sorted((one for one in nodes if one.lives(now) and not one.draining), key=lambda one: one.processor)
    first = {one.region: one.control_url for one in reversed(taking)}
    return [Place(region=region, control_url=first[region]) for region in sorted(first)] if len(first) > 1 else []


class Look(Record):
    """That something changed in a room, of which its relay may not have heard: somebody left, or the call is over or
    elsewhere. The relay's next report is answered with how the call stands. `placed`: the room is to be there from now
    on, which its reports say only once somebody has come."""

    node: str
    room: str
    at: datetime
    placed: bool = False


def chosen(
    nodes: Iterable[Node],
    room: str,
    *,
    now: datetime,
    region: str = "",
    near: Mapping[str, int] | None = None,
    current: str = "",
    lost: str = "",
) -> Node | None:
    """The relay for a room; None when there is none.

    A room stays where it is (`current`) while that relay lives, is not the one that a member `lost`, and does not empty
    itself. Otherwise those with room go first, then the nearest, then the least busy; among equals the room decides,
    so that all who ask at once get the same answer, and rooms spread. How near a region is was measured (`near`, ms);
    where nobody measured, the hospital's own (`region`) is nearer than others.
    """
    living = [one for one in nodes if one.lives(now) and one.id != lost]
    here = next((one for one in living if one.id == current), None)
    if here is not None and not here.draining:
        return here
    taking = [one for one in living if not one.draining]
    return min(taking, key=lambda one: _rank(one, room, _far(one, region, near or {})), default=here)


def _far(node: Node, region: str, near: Mapping[str, int]) -> tuple[bool, int, bool]:
    """Known before unknown, then by steps of what was measured, then the own region before others."""
    return node.region not in near, near.get(node.region, 0) // _STEP_MS, node.region != region


def _rank(node: Node, room: str, far: tuple[bool, int, bool]) -> tuple[bool, tuple[bool, int, bool], int, str]:
    full = node.processor >= FULL_AT
    spread = hashlib.sha256(f"{room}\x1f{node.id}".encode()).hexdigest()
    return full, far, node.processor // _STEP, spread
