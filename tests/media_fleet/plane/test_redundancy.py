"""What is sent twice before anybody asks: RED (RFC 2198) in and out, and copies, as much as the loss wants."""

from __future__ import annotations

import random

import pytest

from media_fleet import codecs
from media_fleet.plane import feedback, red, rtcp
from media_fleet.plane.ring import Kept
from tests.builders.line import LineShape
from tests.builders.rtp_packets import AUDIO, OPUS, RED, Room, packet
from tests.builders.rtp_peers import Hearing, World

pytestmark = pytest.mark.unit

FRAME = 960
PLAIN = {OPUS: AUDIO[OPUS]}


def kept(number: int, payload: bytes, timestamp: int | None = None) -> Kept:
    return 0.0, OPUS, number * FRAME if timestamp is None else timestamp, 1, payload


def red_of(*frames: bytes) -> bytes:
    """A RED payload of frames right after another, the newest last."""
    packets = {number: kept(number, frame) for number, frame in enumerate(frames)}
    return red.packed(packets, len(frames) - 1, tuple(range(len(frames) - 1, 0, -1)), OPUS)


def test_what_is_packed_is_unpacked() -> None:
    assert red.unpack(red_of(b"a", b"bb", b"ccc")) == [
        red.Block(OPUS, 2 * FRAME, b"a"),
        red.Block(OPUS, FRAME, b"bb"),
        red.Block(OPUS, 0, b"ccc"),
    ]
    assert red_of(b"alone") == bytes((OPUS,)) + b"alone"


def test_only_what_fits_is_carried() -> None:
    """341 ms of time, 1023 bytes a frame, one packet in all; what is not there is left out."""
    packets = {number: kept(number, bytes((number,)) * 40) for number in range(100) if number != 95}
    blocks = red.unpack(red.packed(packets, 99, tuple(range(30, 0, -1)), OPUS)) or []
    assert [block.earlier // FRAME for block in blocks] == [*range(17, 4, -1), 3, 2, 1, 0]
    assert all(block.payload == bytes((99 - block.earlier // FRAME,)) * 40 for block in blocks)
    assert len(red.packed({1: kept(1, b"x" * 1024), 2: kept(2, b"y")}, 2, (1,), OPUS)) == 2
    assert len(red.packed({n: kept(n, b"x" * 400) for n in range(10)}, 9, (4, 3, 2, 1), OPUS)) < 1200


@pytest.mark.parametrize("bad", [b"", b"\xef", b"\xef\x00\x00\x05\x6f", b"\xef\x00\x00", b"\x80\x00\x00\x00" * 40])
def test_what_cannot_be_read_is_none(bad: bytes) -> None:
    assert red.unpack(bad) is None


def test_no_bytes_raise() -> None:
    chance = random.Random(2198)
    good = red_of(b"a" * 30, b"b" * 30, b"c" * 30)
    for _ in range(3000):
        bad = bytearray(good if chance.random() < 0.7 else chance.randbytes(chance.randrange(60)))
        for _ in range(chance.randrange(4)):
            if bad:
                bad[chance.randrange(len(bad))] = chance.randrange(256)
        red.unpack(bytes(bad[: chance.randrange(len(bad) + 1)]))


def spoken(**receivers: dict[int, codecs.Codec]) -> Room:
    """Li speaks, the others hear by the payloads they have agreed to."""
    room = Room()
    room.join("li", *receivers)
    track = room.microphone("li", 3)
    for number, (leg, payloads) in enumerate(receivers.items()):
        room.hear(leg, track, 1000 + number, payloads=payloads)
    return room


def test_red_of_a_publisher_is_heard_by_all_and_fills_what_was_lost() -> None:
    room = spoken(wang=PLAIN, zhao=dict(AUDIO))
    room.send("li", packet(3, 10, 10 * FRAME, red_of(b"8", b"9", b"10"), kind=RED))
    room.send("li", packet(3, 12, 12 * FRAME, red_of(b"10", b"11", b"12"), kind=RED))
    room.send("li", packet(3, 13, 13 * FRAME, red_of(b"11", b"12", b"13"), kind=RED))
    for leg in ("wang", "zhao"):
        assert room.ears[leg].payloads() == [b"10", b"12", b"11", b"13"]
        heads = room.ears[leg].heads()
        assert {head[0] for head in heads} == {OPUS}
        assert [head[1] - heads[0][1] for head in heads] == [0, 2, 1, 3]
        assert [(head[2] - heads[0][2]) & 0xFFFFFFFF for head in heads] == [0, 2 * FRAME, FRAME, 3 * FRAME]
    assert room.exchange.counts()["carried"] == 1
    room.tick()
    assert room.ears["li"].messages(rtcp.Nack) == []


def test_red_that_carries_anything_else_is_dropped() -> None:
    room = spoken(wang=PLAIN)
    room.send("li", packet(3, 1, 0, bytes((RED,)) + b"frame", kind=RED))
    room.send("li", packet(3, 2, 0, b"\xef", kind=RED))
    assert room.ears["wang"].rtp == []
    assert room.exchange.counts()["malformed"] == 2


def loses(room: Room, leg: str, ssrc: int, fraction: float, seconds: float = 8) -> None:
    """A leg tells of so much loss while Li speaks on."""
    start = len(room.ears[leg].rtp)
    for number in range(start, start + int(seconds * 50)):
        room.send("li", packet(3, number + 1, number * FRAME, b"%d" % number, kind=OPUS), 0.01)
        if not number % 25:
            block = rtcp.ReportBlock(ssrc, fraction, 0, 0, 0, 0, 0)
            room.report(leg, feedback.receiver_report(1, [block]))
        room.tick(0.01)


def test_red_is_built_as_the_loss_wants_and_for_those_who_agreed() -> None:
    room = spoken(wang=dict(AUDIO), zhao=PLAIN)
    loses(room, "wang", 1000, 0.0)
    assert {head[0] for head in room.ears["wang"].heads()} == {OPUS}
    loses(room, "wang", 1000, 0.12)
    assert room.ears["wang"].heads()[-1][0] == RED
    blocks = red.unpack(room.ears["wang"].payloads()[-1]) or []
    newest = int(blocks[-1].payload)
    assert [newest - int(block.payload) for block in blocks] == [3, 2, 1, 0]
    assert [block.earlier for block in blocks] == [3 * FRAME, 2 * FRAME, FRAME, 0]
    loses(room, "wang", 1000, 0.33)
    assert len(red.unpack(room.ears["wang"].payloads()[-1]) or []) == 9
    assert {head[0] for head in room.ears["zhao"].heads()} == {OPUS}


def test_without_red_the_very_same_packets_come_again_spread_in_time() -> None:
    """45 % that a receiver tells is what all copies of a packet lost together."""
    room = spoken(wang=PLAIN)
    loses(room, "wang", 1000, 0.45)
    sent = room.ears["wang"].rtp
    times = [sent.count(plain) for plain in list(dict.fromkeys(sent))[-60:-10]]
    assert min(times) == max(times) == 5
    newest = sent.index(next(plain for plain in reversed(sent) if sent.count(plain) == 5))
    assert sent[newest + 1] != sent[newest]


def unheard(heard: Hearing) -> float:
    """Share of frames that never came."""
    wanted = (max(heard.frames) - min(heard.frames)) // FRAME
    return 1 - len(heard.frames) / (wanted + 1)


@pytest.mark.parametrize(("loss", "burst", "most"), [(0.1, 1, 0.005), (0.4, 1, 0.02), (0.4, 3, 0.08), (0.6, 1, 0.06)])
def test_red_alone_saves_the_voice(loss: float, burst: float, most: float) -> None:
    """A receiver who cannot ask again: what RED leaves unheard once the loss has been noticed."""
    world = World(seed=7)
    li = world.peer("li")
    wang = world.peer("wang", down=LineShape(loss=loss, burst=burst, delay=0.02))
    heard = wang.hears(li.speaks(), 1000, nack=False, redundant=True)
    world.run(5)
    heard.frames.clear()
    world.run(20)
    assert unheard(heard) < most
    assert wang.down.sent < 3 * 50 * 25
