"""Who is in a call is let into its room."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from calling.hold_call.app import app as hold_call
from hospital import clock, secret_keys
from tests.builders.calls import DESK, PHONE, TABLET, a_relay, acts, answers, joins, rings, seen, talking
from tests.builders.cloud import Cloud, client, together
from tests.builders.conversations import Talk
from tests.builders.gateway import call
from tests.builders.journal import Journal
from tests.builders.moments import Time
from tests.builders.people import new_patient

pytestmark = pytest.mark.store


def answered(talk: Talk) -> str:
    """A call that the patient took; its id."""
    call_id: str = rings(talk, talk.doctor).ok(201)["id"]
    answers(call_id, talk.patient).ok()
    return call_id


def test_a_grant_names_the_room_the_person_the_relay_and_what_they_may(talk: Talk):
    relay = a_relay()
    relay.report().ok()
    call_id = answered(talk)
    entry = joins(call_id, talk.patient).ok()
    now = clock.epoch(clock.now())
    claims = relay.reads(entry["grant"], now)
    assert claims.pop("jti")
    assert claims == {
        "iss": "yunzhen",
        "aud": "relay",
        "iat": now,
        "exp": now + 60,
        "until": now + 4 * 3600,
        "node": "relay-1",
        "room": call_id,
        "sub": talk.patient.person.id,
        "name": talk.patient.person.name,
        "rights": ["publish", "subscribe", "share"],
    }
    assert (entry["control_url"], entry["ice_servers"]) == ("wss://relay-1.hospital.test/control", [])
    assert entry["expires_at"] == "2026-11-21T06:31:00Z"
    assert entry["call"] == seen(call_id, talk.doctor)
    assert entry["call"]["node"] == "relay-1"
    assert joins(call_id, talk.patient).ok()["grant"] != entry["grant"], "each counts once"


def test_a_room_goes_where_it_is_nearest_to_those_who_measured_and_to_the_next_when_that_fails(
    talk: Talk, time: Time, journal: Journal
):
    """The doctor alone would be better off elsewhere; what only one of them reaches is not chosen."""
    for region in ("north", "east", "south"):
        a_relay(f"in-{region}", region=region).report().ok()
    told = call(hold_call, "GET", "/calls/current", who=talk.patient.caller).ok()["places"]
    assert told == [
        {"region": region, "control_url": f"wss://in-{region}.hospital.test/control"}
        for region in ("east", "north", "south")
    ]
    call_id = rings(talk, talk.doctor, near={"north": 20, "east": 90, "south": 5}).ok(201)["id"]
    body = {"device": PHONE, "media": "video", "near": {"north": 300, "east": 30}}
    acts(call_id, "answer", talk.patient, body).ok()
    placed = joins(call_id, talk.patient).ok()["call"]
    assert placed["node"] == "in-east"
    (line,) = [one for one in journal.lines if one["message"] == "a room was placed"]
    assert (line["where"], line["milliseconds"]) == ("east in-east", 60)
    assert joins(call_id, talk.doctor, DESK).ok()["call"]["node"] == "in-east"
    assert joins(call_id, talk.patient, lost_node="in-east").ok()["call"]["node"] == "in-north"
    assert "near" not in json.dumps(placed), "how far somebody is from where is nobody else's"


def test_what_was_not_measured_is_not_taken_for_near(talk: Talk):
    for near in ({"north east": 20}, {"north": -1}, {"north": 60_001}, {str(one): 1 for one in range(17)}):
        rings(talk, talk.doctor, near=near).refused(400, "request.schema_broken")
    a_relay().report().ok()
    assert call(hold_call, "GET", "/calls/current", who=talk.patient.caller).ok()["places"] == [], "no choice"


def test_who_answered_comes_in_by_the_device_that_did_and_nobody_else(talk: Talk):
    a_relay().report().ok()
    call_id = rings(talk, talk.doctor).ok(201)["id"]
    assert joins(call_id, talk.patient).refused(409, "call.moved_on") == {"state": "invited"}
    joins(call_id, new_patient()).refused(404, "call.not_found")
    joins("call_unknown", talk.doctor).refused(404, "call.not_found")
    assert joins(call_id, talk.doctor, DESK).ok(), "who rang may wait in the room"
    acts(call_id, "cancel", talk.doctor).ok()
    joins(call_id, talk.doctor, DESK).refused(409, "call.over")
    call_id = answered(talk)
    joins(call_id, talk.patient, TABLET).refused(409, "call.answered_elsewhere")
    joins(call_id, talk.patient, PHONE).ok()
    joins(call_id, talk.doctor, DESK).ok()
    joins(call_id, talk.doctor, TABLET).refused(409, "call.answered_elsewhere")
    joins(call_id, talk.doctor, DESK).ok()


def test_without_a_relay_that_lives_nobody_comes_in(talk: Talk, time: Time):
    call_id = answered(talk)
    joins(call_id, talk.doctor, DESK).refused(503, "call.relay_missing")
    a_relay().report().ok()
    time.passes(seconds=15)
    joins(call_id, talk.doctor, DESK).refused(503, "call.relay_missing")


def test_all_of_a_call_come_to_one_relay_whoever_comes_first(talk: Talk):
    relays = [a_relay(f"relay-{number}") for number in range(4)]
    for relay in relays:
        relay.report().ok()
    call_id = answered(talk)
    both = together(2, lambda n: joins(call_id, (talk.doctor, talk.patient)[n], (DESK, PHONE)[n]))
    assert len({one.ok()["control_url"] for one in both}) == 1
    relays[0].processor = 0.0
    for relay in relays:
        relay.report().ok()
    assert joins(call_id, talk.patient).ok()["call"]["node"] == both[0].json["call"]["node"]


def test_a_dead_relay_is_left_once_and_all_follow(talk: Talk):
    first, second = a_relay("relay-1"), a_relay("relay-2")
    call_id = talking(talk, first)
    second.report().ok()
    moved = joins(call_id, talk.patient, lost_node="relay-1").ok()
    assert (moved["call"]["node"], moved["call"]["state"]) == ("relay-2", "connected")
    followed = joins(call_id, talk.doctor, DESK, lost_node="relay-1").ok()
    assert followed["control_url"] == moved["control_url"] == "wss://relay-2.hospital.test/control"
    assert second.reads(followed["grant"], clock.epoch(clock.now()))["sub"] == talk.doctor.caller.person_id
    # It lived after all, and hears that its room is elsewhere; what it tells of it changes nothing.
    first.fact("left", call_id, talk.patient.person.id, f"s-{talk.patient.person.id}")
    assert first.report().ok()["close"] == [call_id]
    assert seen(call_id, talk.doctor) == followed["call"]


def test_a_relay_that_empties_itself_is_left_when_there_is_another(talk: Talk):
    first = a_relay("relay-1")
    call_id = talking(talk, first)
    first.draining = True
    first.report().ok()
    assert joins(call_id, talk.patient).ok()["call"]["node"] == "relay-1", "better than none"
    a_relay("relay-2").report().ok()
    assert joins(call_id, talk.patient).ok()["call"]["node"] == "relay-2"


def test_the_door_before_several_relays_reads_where_to_go(talk: Talk, time: Time):
    relay = a_relay()
    relay.post(*relay.signed(control_at="10.0.1.7:8080")).ok()
    call_id = answered(talk)
    token = clock.CLOCK.set(lambda: time.now + timedelta(days=3))  # a hospital whose time was moved
    relay.post(*relay.signed(control_at="10.0.1.7:8080")).ok()
    clock.CLOCK.reset(token)
    claims = relay.reads(joins(call_id, talk.patient).ok()["grant"], clock.epoch(time.now))
    assert claims["at"] == "10.0.1.7:8080"


def test_turn_servers_come_with_credentials_that_end(talk: Talk, cloud: Cloud, time: Time):
    """As coturn checks them: the name says until when, its HMAC-SHA1 under the shared secret is the word."""
    cloud.turn(TURN_URLS="turn:turn.test:3478,turns:turn.test:443?transport=tcp")
    secret = json.dumps({"turn": {"id": "coturn", "key": "north wind"}})
    client("secretsmanager").put_secret_value(SecretId="test-vendor", SecretString=secret)
    secret_keys.forget_keys()
    a_relay().report().ok()
    call_id = answered(talk)
    (server,) = joins(call_id, talk.patient).ok()["ice_servers"]
    assert server["urls"] == ["turn:turn.test:3478", "turns:turn.test:443?transport=tcp"]
    until, _, name = server["username"].partition(":")
    assert int(until) == clock.epoch(clock.now()) + 4 * 3600
    assert talk.patient.person.id not in name
    word = hmac.new(b"north wind", server["username"].encode(), hashlib.sha1).digest()
    assert server["credential"] == base64.b64encode(word).decode()
    (other,) = joins(call_id, talk.doctor, DESK).ok()["ice_servers"]
    assert other["username"] != server["username"]


def test_the_hospitals_own_coturn_has_a_secret_of_its_own(talk: Talk, cloud: Cloud, time: Time):
    client("secretsmanager").create_secret(Name="test-turn", SecretString="of coturn alone")
    cloud.turn(TURN_URLS="turns:turn.test:443?transport=tcp", TURN_SECRET_ID="test-turn")
    a_relay().report().ok()
    (server,) = joins(answered(talk), talk.patient).ok()["ice_servers"]
    word = hmac.new(b"of coturn alone", server["username"].encode(), hashlib.sha1).digest()
    assert server["credential"] == base64.b64encode(word).decode()


def test_without_the_secret_of_turn_servers_calls_go_without_them_and_it_is_said(
    talk: Talk, cloud: Cloud, journal: Journal
):
    cloud.turn(TURN_URLS="turn:turn.test:3478")
    a_relay().report().ok()
    assert joins(answered(talk), talk.patient).ok()["ice_servers"] == []
    assert "calls go without TURN" in journal.text


def test_after_a_rotation_each_relay_gets_grants_by_the_key_that_it_has(talk: Talk, time: Time):
    old = a_relay("relay-1")
    old.report().ok()
    client("secretsmanager").put_secret_value(SecretId="test-media", SecretString="fresh" * 12)
    secret_keys.forget_keys()
    call_id = answered(talk)
    old.reads(joins(call_id, talk.patient).ok()["grant"], clock.epoch(clock.now()))
    old.report().ok()
    old.draining = True
    old.report().ok()
    new = a_relay("relay-2", secret="fresh" * 12)
    new.report().ok()
    new.reads(joins(call_id, talk.patient).ok()["grant"], clock.epoch(clock.now()))
