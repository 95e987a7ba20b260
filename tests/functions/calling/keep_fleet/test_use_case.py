"""The fleet is kept: who goes hears it with the next report, and one less is asked for when they say so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from adapters.fleet import Seen
from calling.keep_fleet.app import app
from calling.keep_fleet.use_case import keep_fleet
from hospital import clock
from hospital.errors import Unavailable
from hospital.relays.store import all_nodes, get_node
from tests.builders.calls import a_relay, answers, joins, rings
from tests.builders.cloud import Cloud
from tests.builders.conversations import Talk
from tests.builders.journal import Journal
from tests.builders.moments import Time
from tests.builders.relay import Relay

pytestmark = pytest.mark.store


@dataclass
class SmallFleet:
    """Counts what it is asked for."""

    wanted: int
    running: dict[str, bool] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    away: bool = False

    def look(self, ids: list[str]) -> Seen:
        if self.away:
            raise Unavailable(adapter="fleet")
        return Seen(self.wanted, {one: self.running[one] for one in ids if one in self.running})

    def ask_for(self, count: int) -> None:
        self.asked.append(count)
        self.wanted = count


def a_fleet(*names: str) -> SmallFleet:
    return SmallFleet(len(names), dict.fromkeys(names, True))


def load(rooms: int, processor: float = 0.0) -> dict[str, object]:
    return {"load": {"rooms": rooms, "participants": 2 * rooms, "packets_per_second": 9, "processor": processor}}


def kept(fleet: SmallFleet | None, least: int = 1) -> dict[str, object]:
    return keep_fleet(fleet, least=least, now=clock.now())


def test_a_relay_too_many_drains_and_then_one_less_is_asked_for(cloud: Cloud, time: Time):
    fleet = a_fleet("relay-1", "relay-2")
    busy, idle = a_relay("relay-1"), a_relay("relay-2")
    busy.report(**load(3)).ok()
    assert idle.report(**load(1)).ok()["drain"] is False
    assert kept(fleet) == {"load": 0, "retired": {"relay-2": "fewer"}, "count": None, "forgotten": []}
    assert fleet.asked == []
    assert busy.report(**load(3)).ok()["drain"] is False
    assert idle.report(**load(1)).ok()["drain"] is True
    assert kept(fleet)["count"] is None, "it has people and does not drain yet"
    assert idle.report(**load(1), draining=True).ok()["drain"] is True
    assert kept(fleet)["count"] == 1
    assert kept(fleet)["count"] is None, "once"
    assert fleet.asked == [1]


def test_nobody_is_sent_to_a_relay_that_is_to_go(talk: Talk, cloud: Cloud, time: Time):
    stays, goes = a_relay("relay-1"), a_relay("relay-2")
    stays.report(**load(5, 0.3)).ok()
    goes.report(**load(0)).ok()
    kept(a_fleet("relay-1", "relay-2"))
    call_id = rings(talk, talk.doctor).ok(201)["id"]
    answers(call_id, talk.patient).ok()

    def sent_to() -> str:
        entry = joins(call_id, talk.patient).ok()
        return str(entry["call"]["node"])

    assert sent_to() == "relay-1", "before it has heard so itself"
    assert goes.report(**load(0)).ok()["drain"] is True
    goes.report(**load(0), draining=True).ok()
    assert sent_to() == "relay-1"


def test_a_relay_that_a_room_was_sent_to_is_not_taken_for_an_empty_one(talk: Talk, cloud: Cloud, time: Time):
    """Its reports say so only once somebody has come."""
    taken, other = a_relay("relay-1"), a_relay("relay-2")
    taken.report(**load(0)).ok()
    other.report(**load(0, 0.3)).ok()
    call_id = rings(talk, talk.doctor).ok(201)["id"]
    answers(call_id, talk.patient).ok()
    assert joins(call_id, talk.patient).ok()["call"]["node"] == "relay-1"
    taken.report(**load(0)).ok()
    assert kept(a_fleet("relay-1", "relay-2"))["retired"] == {"relay-2": "fewer"}


def test_another_process_of_that_name_is_not_meant(cloud: Cloud, time: Time):
    a_relay("relay-1").report(**load(3)).ok()
    a_relay("relay-2").report(**load(0)).ok()
    kept(a_fleet("relay-1", "relay-2"))
    again = a_relay("relay-2", boot="boot-2")
    assert again.report(**load(0)).ok()["drain"] is False


def test_what_a_deployment_outdated_drains_and_the_fleet_stays_as_large(cloud: Cloud, time: Time):
    fleet = SmallFleet(1, {"old": False, "new": True})
    relays = [a_relay("old"), a_relay("new")]
    for relay in relays:
        relay.report(**load(4)).ok()
    assert kept(fleet)["retired"] == {"old": "older"}
    assert [relay.report(**load(4)).ok()["drain"] for relay in relays] == [True, False]
    relays[0].report(**load(4), draining=True).ok()
    assert kept(fleet)["count"] is None
    assert fleet.asked == []


def silent_since(relay: Relay, time: Time, **ago: int) -> None:
    relay.report(**load(1)).ok()
    time.now += timedelta(**ago)


def test_the_dead_are_forgotten_and_the_stale_are_not(cloud: Cloud, time: Time, journal: Journal):
    silent_since(a_relay("dead"), time, seconds=0)
    silent_since(a_relay("stale"), time, seconds=20)
    a_relay("relay-1").report(**load(9)).ok()
    assert kept(SmallFleet(2, {"stale": True, "relay-1": True}))["forgotten"] == ["dead"]
    assert get_node("dead") is None
    assert {one.id for one in all_nodes()} == {"stale", "relay-1"}
    assert "a relay is gone" in journal.text
    assert "a relay is not heard, but its process runs" in journal.text


def test_the_load_is_told_to_whoever_makes_the_fleet_larger(cloud: Cloud, time: Time):
    a_relay("relay-1").report(**load(0, 0.8)).ok()
    a_relay("relay-2").report(**load(0, 0.4)).ok()
    kept(a_fleet("relay-1", "relay-2"))
    assert ("relay_load", 60, {}) in cloud.metrics


def test_a_fleet_that_does_not_answer_is_tried_again_in_the_next_minute(cloud: Cloud, time: Time):
    fleet = a_fleet("relay-1", "relay-2")
    a_relay("relay-1").report(**load(0)).ok()
    a_relay("relay-2").report(**load(0)).ok()
    fleet.away = True
    with pytest.raises(Unavailable):
        kept(fleet)
    assert a_relay("relay-1").report(**load(0)).ok()["drain"] is False
    fleet.away = False
    assert kept(fleet)["retired"] == {"relay-1": "fewer"}


def test_without_a_fleet_load_is_told_and_nobody_goes(cloud: Cloud, time: Time):
    """As the schedule calls it: `FLEET_ADAPTER` is none."""
    a_relay("relay-1").report(**load(0, 0.5)).ok()
    a_relay("relay-2").report(**load(0)).ok()
    assert app({}, None) == {"load": 25, "retired": {}, "count": None, "forgotten": []}
