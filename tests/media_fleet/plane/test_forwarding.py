"""A room forwards: who hears what, under which numbers, from when on, and what is not let through."""

from __future__ import annotations

from itertools import pairwise

import pytest

from media_fleet import codecs
from media_fleet.plane import extensions, feedback, rtcp, rtp
from tests.builders.rtp_packets import OPUS, VP8, Room, packet, vp8_payload

pytestmark = pytest.mark.unit

KEY, DELTA = vp8_payload(True), vp8_payload(False)


def opened(*others: str) -> Room:
    """Li publishes a camera (SSRC 7), the others hear it under SSRCs of their own."""
    room = Room()
    room.join("li", *others)
    track = room.camera("li", 7)
    for number, leg in enumerate(others):
        room.hear(leg, track, 1000 + number)
    return room


def test_each_receiver_hears_it_under_numbers_of_its_own() -> None:
    room = opened("wang", "zhao")
    for number in range(3):
        room.send("li", packet(7, 65534 + number, 3000 * number, KEY if not number else DELTA, marker=True), 0.033)
    for leg, ssrc in (("wang", 1000), ("zhao", 1001)):
        heads = room.ears[leg].heads()
        assert [head[3] for head in heads] == [ssrc] * 3
        assert [rtp.ahead(head[1], heads[0][1]) for head in heads] == [0, 1, 2]
        assert [rtp.ahead(head[2], heads[0][2], 32) for head in heads] == [0, 3000, 6000]
        assert {head[0] for head in heads} == {0x80 | VP8}
        assert room.ears[leg].payloads() == [KEY, DELTA, DELTA]
    assert room.ears["wang"].heads()[0][1:3] != room.ears["zhao"].heads()[0][1:3]
    assert room.ears["li"].rtp == []


def test_a_picture_begins_with_a_keyframe_that_was_asked_for() -> None:
    room = opened("wang")
    room.send("li", packet(7, 1, 0, DELTA))
    room.tick()
    assert room.ears["wang"].rtp == []
    assert room.ears["li"].messages(rtcp.KeyframeWanted) == [rtcp.KeyframeWanted(7)]
    room.send("li", packet(7, 2, 3000, KEY))
    room.send("li", packet(7, 1, 0, DELTA))
    assert room.ears["wang"].payloads() == [KEY]


def test_keyframes_are_asked_for_at_most_twice_a_second_and_until_one_comes() -> None:
    room = opened("wang", "zhao")
    for _ in range(200):
        for leg, ssrc in (("wang", 1000), ("zhao", 1001)):
            room.report(leg, feedback.picture_loss(1, ssrc) + feedback.full_intra_request(1, ssrc, 3))
        room.tick()
    assert 3 <= len(room.ears["li"].messages(rtcp.KeyframeWanted)) <= 5
    room.send("li", packet(7, 1, 0, KEY))
    asked = len(room.ears["li"].messages(rtcp.KeyframeWanted))
    room.tick(2)
    assert len(room.ears["li"].messages(rtcp.KeyframeWanted)) == asked


def test_a_new_ssrc_is_learned_by_mid_and_rid() -> None:
    room = Room()
    room.join("li", "wang")
    track = room.camera("li", 0, ssrcs=(), rids=("q", "f"))
    room.hear("wang", track, 1000)
    room.send("li", packet(50, 1, 0, KEY))
    room.send("li", packet(51, 1, 0, KEY, carried={codecs.MID: b"2", codecs.RID: b"f"}))
    room.send("li", packet(52, 1, 0, KEY, carried={codecs.MID: b"1", codecs.RID: b"x"}))
    assert room.exchange.counts()["ssrc_unknown"] == 3
    room.send("li", packet(53, 1, 0, KEY, carried={codecs.MID: b"1", codecs.RID: b"f"}))
    room.send("li", packet(53, 2, 0, DELTA))
    assert room.ears["wang"].payloads() == [KEY, DELTA]


def test_a_publisher_that_takes_another_ssrc_goes_on_without_a_jump() -> None:
    room = Room()
    room.join("li", "wang")
    room.hear("wang", room.camera("li", 0, ssrcs=()), 1000)
    named = {codecs.MID: b"1"}
    room.send("li", packet(50, 9, 0, vp8_payload(True, picture=5, level=3, key_index=2), carried=named))
    later = vp8_payload(True, picture=900, level=70, key_index=9)
    room.send("li", packet(51, 4000, 77, later, carried=named), 0.5)
    first, second = room.ears["wang"].heads()
    assert (second[1] - first[1], second[3]) == (1, first[3])
    assert second[2] - first[2] == pytest.approx(45000, abs=2)
    assert room.ears["wang"].payloads()[1] == vp8_payload(True, picture=6, level=4, key_index=3)


def test_what_should_not_come_is_dropped_and_counted() -> None:
    room = opened("wang")
    room.send("li", packet(7, 100, 0, KEY))
    bad = {
        "ssrc_unknown": packet(8, 101, 0, DELTA),
        "payload_unknown": packet(7, 101, 0, DELTA, kind=5),
        "duplicate": packet(7, 100, 0, KEY),
        "far_off": packet(7, 30000, 0, DELTA),
        "malformed": b"\x80\x60",
    }
    for plain in bad.values():
        room.send("li", plain)
    room.exchange.received_rtp("nobody", packet(7, 101, 0), room.at)
    counts = room.exchange.counts()
    assert {name: counts[name] for name in (*bad, "leg_unknown")} == dict.fromkeys((*bad, "leg_unknown"), 1)
    assert len(room.ears["wang"].rtp) == 1


def test_an_old_packet_said_again_is_not_sent_on() -> None:
    """After two seconds it is forgotten whether it came: then it counts as too late."""
    room = opened("wang")
    room.send("li", packet(7, 1, 0, KEY))
    for number in range(2, 300):
        room.send("li", packet(7, number, 3000 * number, DELTA), 0.01)
    heard = len(room.ears["wang"].rtp)
    room.send("li", packet(7, 2, 6000, DELTA))
    room.send("li", packet(7, 290, 3000 * 290, DELTA))
    assert len(room.ears["wang"].rtp) == heard
    counts = room.exchange.counts()
    assert (counts["too_late"], counts["duplicate"]) == (1, 1)


def test_a_sender_that_counts_anew_is_believed_at_its_second_packet() -> None:
    room = opened("wang")
    room.send("li", packet(7, 100, 0, KEY))
    for number in range(3):
        room.send("li", packet(7, 40000 + number, 9, KEY if number == 2 else DELTA), 0.03)
    first, second = room.ears["wang"].heads()
    assert second[1] - first[1] == 1


def test_numbers_go_round() -> None:
    """Over a round of sequence numbers and one of timestamps nothing is lost or said twice."""
    room = opened("wang")
    room.send("li", packet(7, 65000, 0, KEY))
    for number in range(1, 70_000):
        room.send("li", packet(7, 65000 + number, 70_000 * number, DELTA), 0.01)
    heads = room.ears["wang"].heads()
    assert len(heads) == 70_000
    assert {(later[1] - sooner[1]) & 0xFFFF for sooner, later in pairwise(heads)} == {1}
    assert {(later[2] - sooner[2]) & 0xFFFFFFFF for sooner, later in pairwise(heads)} == {70_000}


def test_a_receiver_with_other_numbers_gets_its_own() -> None:
    room = Room()
    room.join("li", "wang")
    theirs = {120: codecs.PAYLOADS[codecs.VIDEO][VP8]}
    extension_ids = {1: codecs.TRANSPORT_CC, 2: codecs.VIDEO_ORIENTATION, 13: codecs.MID}
    room.hear("wang", room.camera("li", 7), 1000, payloads=theirs, extensions=extension_ids)
    for number in (1, 2):
        room.send("li", packet(7, number, 0, KEY, carried={codecs.MID: b"1", codecs.VIDEO_ORIENTATION: b"\x03"}))
    room.send("li", packet(7, 3, 0, b"\x65idr", kind=102))
    assert [head[0] for head in room.ears["wang"].heads()] == [120, 120]
    for wide, plain in enumerate(room.ears["wang"].rtp):
        parts = rtp.parse(plain)
        assert parts is not None
        assert extensions.elements(plain, parts[5], parts[6], parts[4]) == {1: wide.to_bytes(2, "big"), 2: b"\x03"}


def test_muted_stopped_and_left_is_not_heard() -> None:
    room = opened("wang", "zhao", "sun")
    room.send("li", packet(7, 1, 0, KEY))
    room.exchange.want("wang", "li-camera", 0)
    room.exchange.unsubscribe("zhao", "li-camera")
    room.exchange.remove_leg("sun")
    room.send("li", packet(7, 2, 0, DELTA))
    assert [len(room.ears[leg].rtp) for leg in ("wang", "zhao", "sun")] == [1, 1, 1]
    room.exchange.want("wang", "li-camera", 360)
    room.exchange.mute("li-camera", True)
    room.send("li", packet(7, 3, 0, KEY))
    assert len(room.ears["wang"].rtp) == 1
    room.exchange.mute("li-camera", False)
    room.tick()
    assert room.ears["li"].messages(rtcp.KeyframeWanted)[-1] == rtcp.KeyframeWanted(7)
    room.send("li", packet(7, 4, 9000, KEY), 0.1)
    heads = room.ears["wang"].heads()
    assert len(heads) == 2
    assert heads[1][1] - heads[0][1] == 1
    room.exchange.remove_leg("li")
    room.send("li", packet(7, 5, 0, KEY))
    assert room.exchange.counts()["leg_unknown"] == 1


def test_voice_begins_at_once() -> None:
    room = Room()
    room.join("li", "wang")
    room.hear("wang", room.microphone("li", 3), 2000)
    room.send("li", packet(3, 1, 0, b"frame", kind=OPUS))
    assert room.ears["wang"].payloads() == [b"frame"]


def test_lips_and_words_stay_together() -> None:
    """Sender reports tell receivers which moments of voice and picture are one, after each was moved differently."""
    room = opened("wang")
    room.hear("wang", room.microphone("li", 3), 2000)
    noon = 5 << 32
    room.send("li", packet(7, 1, 90_000, KEY))
    room.send("li", packet(3, 1, 480_000, b"frame", kind=OPUS))
    room.report("li", feedback.sender_report(7, noon, 90_000, 1, 1))
    room.report("li", feedback.sender_report(3, noon, 480_000, 1, 1), 0.2)
    room.tick(2)
    reports = room.ears["wang"].messages(rtcp.SenderReport)
    picture, voice = room.ears["wang"].heads()
    for ssrc, first, rate in ((1000, picture[2], 90_000), (2000, voice[2], 48_000)):
        mine = [report for report in reports if report.ssrc == ssrc]
        assert len(mine) >= 2
        for report in mine:
            since = rtp.ahead(report.timestamp, first, 32) / rate
            assert (report.ntp - noon) / (1 << 32) == pytest.approx(since, abs=0.001)
        assert (mine[-1].packets, mine[-1].octets) == (1, len(KEY) if ssrc == 1000 else 5)
    names = {message.ssrc: message.cname for message in room.ears["wang"].messages(rtcp.Description)}
    assert names[1000] == names[2000] == "li"


def test_the_publisher_hears_how_it_comes() -> None:
    room = opened("wang")
    room.report("li", feedback.sender_report(7, 5 << 32 | 1 << 31, 0, 0, 0))
    for number in range(1, 11):
        room.send("li", packet(7, 65530 + number, 3000 * number, KEY), 0.0333)
    room.exchange.tick(room.at + 0.5)
    (report,) = room.ears["li"].messages(rtcp.ReceiverReport)
    (block,) = report.blocks
    assert (block.ssrc, block.fraction, block.lost, block.highest) == (7, 0, 0, 65540)
    assert block.last_report == 0x5_8000
    assert block.delay / 65536 == pytest.approx(0.333 + 0.5, abs=0.01)
    assert block.jitter < 200
