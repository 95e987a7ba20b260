"""How many relays there should be, and which go: nobody is cut, and the fleet neither flaps nor forgets."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from hospital.relays.fleet import CALM, GIVEN_UP_AFTER, Decision, Retirement, decide, percent
from hospital.relays.model import Node

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SILENT = NOW - timedelta(seconds=30)


def node(name: str, **told: object) -> Node:
    """An idle relay that was just heard of."""
    given = {"boot": f"{name}_1", "region": "cn", "control_url": "wss://m/v1/control", "key_id": "k", "heard_at": NOW}
    return Node(id=name, **{**given, **told})


def decided(nodes: list[Node], retirements: list[Retirement] | None = None, **given: object) -> Decision:
    """By default all run the newest, as many as are wanted, and one has to stay."""
    running = {one.id: True for one in nodes}
    known = {"wanted": len(nodes), "running": running, "least": 1, "now": NOW}
    return decide(nodes, retirements or [], **{**known, **given})  # type: ignore[arg-type]


def gone(decision: Decision) -> list[tuple[str, str]]:
    return [(one.id, one.why) for one in decision.retire]


# -- load ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "full"),
    [({}, 0), ({"processor": 40}, 40), ({"rooms": 100, "processor": 3}, 50), ({"participants": 400}, 100)],
)
def test_a_relay_is_as_full_as_what_of_it_is_fullest(told, full):
    assert percent(node("a", **told)) == full


def test_load_is_the_mean_of_those_that_take_rooms():
    nodes = [
        node("a", processor=60),
        node("b", processor=20),
        node("drains", processor=90, draining=True),
        node("silent", processor=90, heard_at=SILENT),
        node("goes", processor=90),
    ]
    going = Retirement(id="goes", boot="goes_1", why="older", at=NOW)
    assert decided(nodes, [going]).load == 40
    assert decided([]).load == 0


# -- fewer ---------------------------------------------------------------------------------------------------------


def test_when_fewer_would_do_the_emptiest_drains_before_the_fleet_is_asked():
    nodes = [node("a", rooms=9, processor=20), node("b", rooms=1, processor=5), node("c", rooms=4, processor=10)]
    first = decided(nodes)
    assert gone(first) == [("b", "fewer")]
    assert first.count is None, "it has people: the fleet is not asked for fewer before it drains"

    marked = list(first.retire)
    assert decided(nodes, marked) == Decision(load=15), "waits, and nobody else goes meanwhile"

    draining = [nodes[0], node("b", rooms=1, draining=True), nodes[2]]
    then = decided(draining, marked)
    assert (then.count, then.counted, then.retire) == (2, ("b",), ())

    counted = [one.model_copy(update={"counted": True}) for one in marked]
    assert decided(draining, counted, wanted=2).count is None, "asked once"


def test_a_relay_that_ended_before_anybody_looked_is_made_do_without_too():
    marked = [Retirement(id="b", boot="b_1", why="fewer", at=NOW)]
    assert decided([node("a")], marked, wanted=2).count == 1
    assert decided([node("a"), node("b", boot="b_2")], marked, wanted=2).count == 1, "another process is not meant"


def test_one_goes_and_then_it_is_calm():
    nodes = [node(name) for name in "abcd"]
    lately = Retirement(id="z", boot="z_1", why="fewer", at=NOW - CALM + timedelta(seconds=1), counted=True)
    assert decided(nodes, [lately]).retire == ()
    assert gone(decided(nodes, [lately.model_copy(update={"at": NOW - CALM})])) == [("a", "fewer")]


def test_the_fleet_is_never_smaller_than_it_has_to_be():
    nodes = [node("a"), node("b")]
    assert decided(nodes, least=2).retire == ()
    marked = [Retirement(id="b", boot="b_1", why="fewer", at=NOW)]
    assert decided([node("a"), node("b", draining=True)], marked, least=2).count == 2


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_what_just_grew_does_not_shrink_again(count):
    """AWS adds one when the mean is above 50: spread over one more, it is still too much for fewer."""
    load = 51 * count // (count + 1)
    assert decided([node(f"n{number}", processor=load) for number in range(count + 1)]).retire == ()


def test_nobody_goes_while_one_is_still_starting():
    assert decided([node("a"), node("b")], wanted=3).retire == ()


# -- deployments ---------------------------------------------------------------------------------------------------


def test_what_a_deployment_outdated_goes_as_soon_as_there_is_room_for_it():
    old = [node("a", rooms=3), node("b", rooms=1)]
    running = {"a": False, "b": False, "c": True, "d": True}
    assert decided(old, running=running, wanted=2).retire == (), "the new ones have not been heard of"
    one = decided([*old, node("c")], running=running, wanted=2)
    assert gone(one) == [("b", "older")]
    both = decided([*old, node("c"), node("d")], running=running, wanted=2)
    assert gone(both) == [("b", "older"), ("a", "older")]
    assert both.count is None, "the fleet stays as large as it was asked to be"


def test_more_than_were_asked_for_go_too():
    assert gone(decided([node("a", rooms=2), node("b")], wanted=1)) == [("b", "surplus")]


# -- stale and dead ------------------------------------------------------------------------------------------------


def test_a_silent_relay_is_dead_when_its_process_is_gone():
    nodes = [node("a"), node("stale", heard_at=SILENT), node("dead", heard_at=SILENT)]
    found = decided(nodes, running={"a": True, "stale": True}, wanted=2)
    assert (found.forget, found.silent) == (("dead",), ("stale",))
    assert found.retire == ()


def test_where_nobody_knows_the_processes_silence_has_to_last():
    last = node("gone", heard_at=NOW - GIVEN_UP_AFTER)
    found = decided([node("a"), node("silent", heard_at=SILENT), last], running=None)
    assert (found.forget, found.silent) == (("gone",), ("silent",))
    assert (found.retire, found.count) == ((), None), "somebody else runs them"


# -- a year of nights ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_a_fleet_comes_to_rest_at_its_smallest_and_nobody_is_ever_cut(seed):
    """Relays of random load, whose rooms end one by one; the fleet ends nobody and replaces whoever ends."""
    chance = random.Random(seed)
    least = chance.randint(1, 3)
    rooms = {f"n{number}": chance.randint(0, 6) for number in range(chance.randint(least, 8))}
    wanted, made, now = len(rooms), len(rooms), NOW
    retirements: dict[str, Retirement] = {}
    for _ in range(200):
        now += timedelta(minutes=1)
        for name in [one for one in rooms if one in retirements and not rooms[one]]:
            del rooms[name]  # drained and empty: it ends by itself
        while len(rooms) < wanted:
            made += 1
            rooms[f"n{made}"] = 0
        for name in rooms:
            rooms[name] = max(0, rooms[name] - chance.randint(0, 1))
        nodes = [node(one, rooms=held, draining=one in retirements, heard_at=now) for one, held in rooms.items()]
        found = decide(
            nodes, list(retirements.values()), wanted=wanted, running=dict.fromkeys(rooms, True), least=least, now=now
        )
        retirements |= {one.id: one for one in found.retire}
        retirements |= {one: retirements[one].model_copy(update={"counted": True}) for one in found.counted}
        wanted = wanted if found.count is None else found.count
        assert wanted >= least
        assert len([one for one in nodes if one.id not in retirements]) >= least
    assert (wanted, len(rooms)) == (least, least)
