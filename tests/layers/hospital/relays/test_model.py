"""Which relay a room goes to."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from hospital.relays.model import Node, chosen, places
from tests.builders.moments import START

pytestmark = pytest.mark.unit

SECOND = timedelta(seconds=1)


def a_node(name: str, *, silent: int = 0, **changes: object) -> Node:
    """A relay that was heard so many seconds ago."""
    told = {"boot": "b", "region": "west", "control_url": f"wss://{name}", "key_id": "k", **changes}
    return Node(id=name, heard_at=START - silent * SECOND, **told)


def name_of(nodes: list[Node], room: str = "call_1", **more: Any) -> str | None:
    found = chosen(nodes, room, now=START, region="west", **more)
    return found.id if found else None


def test_there_is_none_when_none_lives():
    assert name_of([]) is None
    assert name_of([a_node("a", silent=15)]) is None
    assert name_of([a_node("a", silent=14)]) == "a"
    assert name_of([a_node("a", draining=True)]) is None


def test_the_nearest_goes_first_unless_it_is_full():
    near, far = a_node("near", processor=80), a_node("far", region="east", processor=0)
    assert name_of([far, near]) == "near"
    assert name_of([far, near.having(processor=85)]) == "far"
    assert name_of([near.having(processor=99)]) == "near", "a full one is better than none"


def test_the_nearest_is_what_was_measured():
    nodes = [a_node("west"), a_node("east", region="east"), a_node("south", region="south")]
    assert name_of(nodes, near={"west": 210, "east": 40}) == "east"
    assert name_of(nodes, near={"west": 45, "east": 40}) == "west", "as near, and the hospital's own"
    assert name_of(nodes[1:], near={"west": 10, "east": 400}) == "east", "known before unknown"
    assert name_of([nodes[0], nodes[1].having(processor=85)], near={"west": 210, "east": 40}) == "west"
    assert name_of(nodes, near={"west": 210, "east": 40}, lost="east") == "west", "the next when that one fails"


def test_regions_are_named_when_there_is_a_choice():
    nodes = [a_node("a", processor=9), a_node("b", processor=3), a_node("c", region="east")]
    assert [(one.region, one.control_url) for one in places(nodes, START)] == [("east", "wss://c"), ("west", "wss://b")]
    assert places(nodes[:2], START) == []
    assert places([nodes[0], nodes[2].having(draining=True)], START) == []
    assert places([nodes[0], a_node("d", region="east", silent=15)], START) == []


def test_the_least_busy_goes_first_and_small_differences_are_none():
    assert name_of([a_node("busy", processor=60), a_node("idle", processor=10)]) == "idle"
    rooms = [f"call_{number}" for number in range(200)]
    two = [a_node("a", processor=3), a_node("b", processor=15)]
    spread = Counter(name_of(two, room) for room in rooms)
    assert min(spread["a"], spread["b"]) > 60, "rooms of the same moment spread"


def test_all_who_ask_for_a_room_at_once_get_the_same_answer():
    nodes = [a_node(name) for name in "abcdef"]
    assert len({name_of(list(order), "call_7") for order in (nodes, nodes[::-1], nodes[3:] + nodes[:3])}) == 1


def test_a_room_stays_where_it_is_while_that_relay_lives():
    nodes = [a_node("here", processor=99, region="east"), a_node("other")]
    assert name_of(nodes, current="here") == "here"
    assert name_of([nodes[0].having(heard_at=START - 15 * SECOND), nodes[1]], current="here") == "other"
    assert name_of(nodes, current="gone") == "other"


def test_a_relay_that_somebody_lost_is_left_and_one_that_others_left_is_not_gone_back_to():
    nodes = [a_node("first"), a_node("second")]
    assert name_of(nodes, current="first", lost="first") == "second"
    assert name_of(nodes, current="second", lost="first") == "second"
    assert name_of(nodes[:1], current="first", lost="first") is None


def test_a_relay_that_empties_itself_is_left_when_another_takes():
    nodes = [a_node("here", draining=True), a_node("other")]
    assert name_of(nodes, current="here") == "other"
    assert name_of(nodes[:1], current="here") == "here"
