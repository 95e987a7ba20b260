"""Relays report; the hospital decides what that means."""

from __future__ import annotations

import pytest

from hospital.calls.store import get_call
from hospital.relays.store import get_node
from tests.builders.calls import DESK, PHONE, a_relay, acts, answers, joins, rings, seen, talking
from tests.builders.cloud import Cloud
from tests.builders.conversations import Talk
from tests.builders.moments import Time

pytestmark = pytest.mark.store


def test_a_relay_that_nobody_knew_registers(cloud: Cloud, time: Time):
    relay = a_relay(processor=0.253)
    assert relay.post(*relay.signed(told_by_a_newer_relay=True)).ok() == {
        "acknowledged": 0,
        "drain": False,
        "close": [],
        "remove": [],
        "address": "203.0.113.7",
    }
    node = get_node("relay-1")
    assert node.model_dump(exclude={"version", "key_id"}) == {
        "id": "relay-1",
        "boot": "boot-1",
        "region": "cn-northwest-1",
        "control_url": "wss://relay-1.hospital.test/control",
        "control_at": "",
        "draining": False,
        "rooms": 1,
        "participants": 2,
        "packets_per_second": 100,
        "processor": 25,
        "acknowledged": 0,
        "heard_at": time.now,
    }


def test_who_does_not_hold_the_key_is_refused_without_a_reason_and_what_is_no_report_too(cloud: Cloud, time: Time):
    relay = a_relay()
    body, headers = relay.signed()
    for changed in (
        {"x-relay-signature": "0" * 64},
        {"x-relay-signature": "雪"},
        {"x-relay-node": "relay-2"},
        {"x-relay-time": str(int(relay.seconds()) + 1)},
        {"x-relay-time": "x"},
        {"x-relay-time": ""},
    ):
        assert relay.post(body, headers | changed).refused(401, "identity.missing") == {}
    relay.post(body.replace("false", "true"), headers).refused(401, "identity.missing")
    relay.post(*a_relay(secret="another").signed()).refused(401, "identity.missing")
    relay.post(*relay.signed(node="relay-2")).refused(401, "identity.missing")
    for minutes_off in (-61, 61):
        relay.post(*relay.signed(moment=relay.seconds() + minutes_off)).refused(401, "identity.missing")
    relay.post(body, {}).refused(401, "identity.missing")
    assert get_node("relay-1") is None
    relay.post(body, headers).ok()
    for changes in (
        {"v": 2},
        {"control_url": "http://x"},
        {"load": {}},
        {"facts": [{"number": 0, "at": 1, "kind": "joined", "room": "x"}]},
        {"facts": [{"number": 1, "at": 1, "kind": "danced", "room": "x"}]},
        {"boot": ""},
    ):
        relay.post(*relay.signed(**changes)).refused(400, "request.schema_broken")


def test_people_come_media_flows_and_the_call_is_connected(talk: Talk):
    relay = a_relay()
    relay.report().ok()
    call_id = rings(talk, talk.doctor).ok(201)["id"]
    answers(call_id, talk.patient).ok()
    desk = talk.socket(talk.doctor)
    doctor, patient = talk.doctor.caller.person_id, talk.patient.person.id
    for who, device in ((talk.doctor, DESK), (talk.patient, PHONE)):
        joins(call_id, who, device).ok()
    relay.fact("joined", call_id, doctor, "s1")
    assert relay.report().ok()["acknowledged"] == 1
    assert seen(call_id, talk.doctor)["state"] == "connecting"
    relay.fact("flowing", call_id, doctor, "s1")
    relay.fact("joined", call_id, patient, "s2")
    assert relay.report().ok()["acknowledged"] == 3
    shown = seen(call_id, talk.patient)
    assert (shown["state"], shown["connected_at"]) == ("connected", "2026-11-21T06:30:00Z")
    relay.fact("flowing", call_id, patient, "s2")
    relay.report().ok()
    assert {one["state"] for one in seen(call_id, talk.patient)["members"]} == {"connected"}
    talk.deliver()
    assert desk.take("call")[-1]["call"] == seen(call_id, talk.doctor)


def test_told_again_a_fact_counts_once_and_a_new_process_counts_anew(talk: Talk):
    relay = a_relay()
    call_id = talking(talk, relay)
    doctor = talk.doctor.caller.person_id
    relay.fact("left", call_id, doctor, f"s-{doctor}")
    body, headers = relay.signed()
    for _ in range(2):
        assert relay.post(body, headers).ok()["acknowledged"] == 5
    version = get_call(call_id).version
    relay.boot = "boot-2"
    relay.number, relay.facts = 0, []
    assert relay.report().ok()["acknowledged"] == 0
    relay.fact("joined", call_id, doctor, "s-again")
    assert relay.report().ok()["acknowledged"] == 1
    # The old process's report once more, though another has reported since: nothing happens a second time.
    relay.post(body, headers).ok()
    assert get_call(call_id).version == version + 1
    assert get_call(call_id).member(doctor).session == "s-again"


def test_of_two_who_talk_one_is_gone_and_comes_again_or_the_call_ends(talk: Talk, time: Time):
    relay = a_relay()
    call_id = talking(talk, relay)
    patient = talk.patient.person.id
    relay.fact("left", call_id, patient, f"s-{patient}")
    relay.report().ok()
    assert seen(call_id, talk.doctor)["due_at"] == "2026-11-21T06:31:00Z"
    time.passes(seconds=20)
    relay.fact("joined", call_id, patient, "s-again")
    relay.report().ok()
    assert seen(call_id, talk.doctor)["due_at"] is None
    relay.fact("closed", call_id)
    relay.report().ok()
    time.passes(seconds=30)
    over = seen(call_id, talk.doctor)
    assert (over["outcome"], over["seconds"]) == ("completed", 50)


def test_it_hears_of_rooms_that_are_over_and_people_who_left(talk: Talk, time: Time):
    relay = a_relay()
    call_id = talking(talk, relay)
    colleague = talk.clinic.colleague
    acts(call_id, "invitations", talk.doctor, {"people": [colleague.role.id]}).ok()
    answers(call_id, colleague, DESK).ok()
    acts(call_id, "leave", talk.patient).ok()
    gone = {"room": call_id, "person_id": talk.patient.person.id}
    assert relay.report().ok()["remove"] == [gone]
    time.passes(seconds=30)
    assert relay.report().ok()["remove"] == [gone], "an answer may be lost"
    acts(call_id, "end", talk.doctor).ok()
    answer = relay.report().ok()
    assert (answer["close"], answer["remove"]) == ([call_id], [])
    time.passes(minutes=2)
    assert relay.report().ok()["close"] == []


def test_who_has_no_business_in_a_room_is_sent_away(talk: Talk):
    relay = a_relay()
    call_id = talking(talk, relay)
    relay.fact("joined", call_id, "per_stranger", "s9")
    relay.fact("flowing", call_id, "per_stranger", "s9")
    relay.fact("joined", "call_unknown", "per_stranger", "s9")
    relay.fact("joined", "x" * 64, "per_stranger", "s9")
    answer = relay.report().ok()
    assert answer["acknowledged"] == relay.number
    assert answer["remove"] == [{"room": call_id, "person_id": "per_stranger"}]
    assert answer["close"] == ["call_unknown", "x" * 64]


def test_a_relay_where_the_room_is_not_has_nothing_to_say_of_it(talk: Talk):
    call_id = talking(talk, a_relay("relay-1"))
    before = seen(call_id, talk.doctor)
    other = a_relay("relay-2")
    other.fact("closed", call_id)
    assert other.report().ok()["close"] == [call_id]
    assert seen(call_id, talk.doctor) == before


def test_when_the_table_is_busy_what_was_not_written_is_told_again(talk: Talk, cloud: Cloud):
    relay = a_relay()
    call_id = talking(talk, relay)
    doctor = talk.doctor.caller.person_id
    relay.fact("left", call_id, doctor, f"s-{doctor}")
    cloud.store.faults.cause("throttle", operations={"TransactWriteItems"})
    assert relay.report().ok()["acknowledged"] == 4
    cloud.store.faults.clear()
    assert relay.report().ok()["acknowledged"] == 5
    assert seen(call_id, talk.doctor)["due_at"] is not None
