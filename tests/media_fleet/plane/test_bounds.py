"""Nothing that comes in raises or grows: bad bytes through a whole room, a long call, and people who come and go."""

from __future__ import annotations

import gc
import random
import sys
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

import pytest

from media_fleet import codecs
from media_fleet.plane import Exchange, feedback, rtcp, wide
from tests.builders.line import LineShape
from tests.builders.rtp_packets import AUDIO, OPUS, RED, VIDEO, VP8_RTX, Room, packet, vp8_payload
from tests.builders.rtp_peers import World

pytestmark = pytest.mark.unit


def good_packets(chance: random.Random, number: int) -> list[bytes]:
    """What a browser could send, of each kind."""
    named = {codecs.MID: b"1", codecs.RID: chance.choice((b"q", b"h", b"x")), codecs.TRANSPORT_CC: bytes(2)}
    return [
        packet(7, number, 3000 * number, vp8_payload(not number % 50, number), marker=True, carried=named),
        packet(7, number, 3000 * number, b"\x7c\x85\x88", kind=102),
        packet(8, number, 3000 * number, (number & 0xFFFF).to_bytes(2, "big") + b"late", kind=VP8_RTX),
        packet(chance.getrandbits(32), number, 1, vp8_payload(True), carried=named),
        packet(3, number, 960 * number, b"frame", kind=OPUS, carried={codecs.AUDIO_LEVEL: b"\x10"}),
        packet(3, number, 960 * number, b"\xef\x00\x3c\x05\x6fabcdefgh", kind=RED),
    ]


def good_reports(chance: random.Random) -> list[bytes]:
    """What a browser could say, of each kind."""
    block = rtcp.ReportBlock(1000, chance.random(), 5, 70000, 9, chance.getrandbits(32), 65536)
    body = wide.build(chance.getrandbits(16), [1.0, None, 1.1, 1.2], 1)
    return [
        feedback.sender_report(7, chance.getrandbits(64), chance.getrandbits(32), 1, 1),
        feedback.receiver_report(1, [block, block._replace(ssrc=1001)]),
        feedback.nack(1, 1000, [chance.getrandbits(16) for _ in range(20)]),
        feedback.picture_loss(1, 1000) + feedback.full_intra_request(1, 1000, 1),
        feedback.remb(1, chance.getrandbits(40), [1000]) + feedback.wide_feedback(1, 1000, body),
        feedback.bye([7]) + feedback.description(7, "x"),
    ]


def spoiled(chance: random.Random, plain: bytes) -> bytes:
    """With some bytes changed, or cut, or lengthened."""
    bad = bytearray(plain)
    for _ in range(chance.randrange(4)):
        bad[chance.randrange(len(bad))] = chance.randrange(256)
    return bytes(bad[: chance.randrange(len(bad) + 1)]) if chance.random() < 0.2 else bytes(bad) + chance.randbytes(3)


@pytest.mark.parametrize("seed", range(4))
def test_no_bytes_raise(seed: int) -> None:
    chance = random.Random(seed)
    room = Room(seed)
    room.join("li", "wang")
    track = room.camera("li", 7, rtx=8, rids=("q", "h"))
    room.hear("wang", track, 1000, rtx_ssrc=1001)
    room.hear("wang", room.microphone("li", 3), 1002)
    number = 0
    for _ in range(1800):
        number += chance.choice((1, 1, 1, 2, 5, -3))
        plain = chance.choice(good_packets(chance, number))
        room.send("li", spoiled(chance, plain) if chance.random() < 0.6 else plain)
        told = chance.choice(good_reports(chance))
        room.report(chance.choice(("li", "wang")), spoiled(chance, told) if chance.random() < 0.6 else told)
        if not number % 5:
            room.tick()
    counts = room.exchange.counts()
    assert min(counts[name] for name in ("malformed", "ssrc_unknown", "payload_unknown", "rtcp_malformed")) > 10
    assert len(room.ears["wang"].rtp) > 100
    for plain in room.ears["wang"].rtp:
        assert plain[0] == 0x90
        assert plain[1] & 0x7F in {*AUDIO, *VIDEO}


def held(exchange: Exchange) -> int:
    """Bytes of all that an exchange holds, without code and what it was given to send by."""
    seen: set[int] = set()
    open_still: list[object] = [exchange]
    size = 0
    while open_still:
        one = open_still.pop()
        if id(one) in seen or isinstance(one, type | FunctionType | BuiltinFunctionType | MethodType | ModuleType):
            continue
        seen.add(id(one))
        size += sys.getsizeof(one)
        open_still.extend(gc.get_referents(one))
    return size


def test_a_flood_of_new_ssrcs_keeps_nothing() -> None:
    room = Room()
    room.join("li")
    room.camera("li", 0, ssrcs=(), rids=("q",))
    named = {codecs.MID: b"1", codecs.RID: b"q"}
    sizes = []
    for ssrc in range(1, 1200):
        room.send("li", packet(ssrc, 1, 1, vp8_payload(True), carried=named))
        room.send("li", packet(ssrc + 5000, 1, 1, vp8_payload(True)))
        if not ssrc % 500:
            room.tick()
            sizes.append(held(room.exchange))
    assert sizes[-1] < sizes[0] + 5_000


def test_a_long_bad_call_does_not_grow() -> None:
    world = World(seed=9)
    bad = LineShape(loss=0.2, delay=0.03, jitter=0.05)
    li, wang = world.peer("li", up=bad, down=bad), world.peer("wang", up=bad, down=bad)
    wang.hears(li.speaks(), 1000)
    wang.hears(li.shows(packets=2), 2000)
    li.hears(wang.speaks(13), 1200)
    sizes = []
    for _ in range(4):
        world.run(12)
        sizes.append(held(world.exchange))
    assert max(sizes[2:]) < 1.5 * sizes[1]
    assert max(sizes) < 4_000_000


def test_who_leaves_leaves_nothing() -> None:
    room = Room()
    room.join("li")
    track = room.camera("li", 7, rtx=8)
    sizes = []
    for turn in range(60):
        room.join("wang")
        room.hear("wang", track, 1000 + turn, rtx_ssrc=5000 + turn)
        room.hear("li", room.microphone("wang", 90 + turn), 3000 + turn)
        for number in range(5):
            at = turn * 5 + number
            room.send("li", packet(7, at, 3000 * at, vp8_payload(True, at)))
            room.send("wang", packet(90 + turn, number, 960 * number, b"frame", kind=OPUS), 0.6)
            room.tick()
        assert len(room.ears["wang"].rtp) == 5
        room.exchange.remove_leg("wang")
        sizes.append(held(room.exchange))
    # What was sent when is remembered for 4096 packets of a leg: that list fills.
    assert max(sizes[10:]) < sizes[9] + 30_000
