"""Reading RTP, its extensions and RTCP: what is right is read, what is bad is told, and nothing raises."""

from __future__ import annotations

import random

import pytest

from media_fleet import codecs
from media_fleet.plane import extensions, feedback, rtcp, rtp
from tests.builders.rtp_packets import IDS, packet

pytestmark = pytest.mark.unit

BLOCK = rtcp.ReportBlock(7, 0.25, 12, 70000, 90, 0x1234, 65536)


def test_a_packet_is_taken_apart() -> None:
    plain = packet(9, 65535, 1 << 31, b"abc", kind=96, marker=True, carried={codecs.MID: b"1"})
    kind, sequence, timestamp, ssrc, profile, begin, end, payload, size = rtp.parse(plain) or (0,) * 9
    assert (kind, sequence, timestamp, ssrc) == (0x80 | 96, 65535, 1 << 31, 9)
    assert extensions.elements(plain, begin, end, profile) == {IDS[codecs.MID]: b"1"}
    assert plain[payload:size] == b"abc"


def test_padding_is_no_payload() -> None:
    plain = packet(9, 1, 1, b"abc\x00\x00\x03")
    parts = rtp.parse(bytes((plain[0] | 0x20,)) + plain[1:])
    assert parts is not None
    assert plain[parts[7] : parts[8]] == b"abc"


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"\x80" * 11,
        b"\x40" + bytes(11),
        b"\x8f" + bytes(20),
        b"\x90" + bytes(11),
        b"\x90" + bytes(11) + b"\xbe\xde\x00\x09" + bytes(8),
        b"\xa0" + bytes(11) + b"\x09",
        b"\xa0" + bytes(11) + b"\x00",
    ],
)
def test_what_is_no_packet_is_none(bad: bytes) -> None:
    assert rtp.parse(bad) is None


def test_two_byte_extensions_are_read() -> None:
    block = bytes((4, 1)) + b"1" + bytes((3, 2)) + b"\x01\x02" + bytes((13, 1)) + b"\x03" + b"\x00"
    assert extensions.elements(block, 0, len(block), 0x1000)[4] == b"1"
    roles = extensions.roles_of(codecs.EXTENSIONS)
    assert extensions.sift_two_byte(block, 0, len(block), roles) == (0x102, b"\xd0\x03\x00\x00")


def test_only_what_travels_is_kept() -> None:
    carried = {codecs.MID: b"1", codecs.TRANSPORT_CC: b"\x12\x34", codecs.VIDEO_ORIENTATION: b"\x03"}
    plain = packet(1, 1, 1, carried=carried)
    parts = rtp.parse(plain)
    assert parts is not None
    wide, kept = extensions.sift(plain, parts[5], parts[6], extensions.roles_of(codecs.EXTENSIONS))
    assert (wide, kept) == (0x1234, bytes((IDS[codecs.VIDEO_ORIENTATION] << 4, 3, 0, 0)))


def test_another_numbering_is_written() -> None:
    theirs = {2: codecs.VIDEO_ORIENTATION, 13: codecs.MID}
    numbers = extensions.numbers_for(theirs)
    assert numbers is not None
    assert extensions.renumbered(b"\xd0\x03\x10\xff", numbers) == b"\x20\x03\x00\x00"
    assert extensions.numbers_for(codecs.EXTENSIONS) is None


def test_what_is_built_is_read_again() -> None:
    compound = (
        feedback.sender_report(1, 2 << 32, 3, 4, 5)
        + feedback.receiver_report(6, [BLOCK, BLOCK._replace(lost=-3)])
        + feedback.description(1, "someone")
        + feedback.nack(1, 2, [65534, 65535, 0, 3, 40])
        + feedback.picture_loss(1, 2)
        + feedback.full_intra_request(1, 3, 9)
        + feedback.remb(1, 2_500_000, [2, 3])
        + feedback.wide_feedback(1, 2, b"12345678")
        + feedback.bye([1, 2])
    )
    assert rtcp.parse(compound) == [
        rtcp.SenderReport(1, 2 << 32, 3, 4, 5, ()),
        rtcp.ReceiverReport(6, (BLOCK, BLOCK._replace(lost=-3))),
        rtcp.Description(1, "someone"),
        rtcp.Nack(2, (65534, 65535, 0, 3, 40)),
        rtcp.KeyframeWanted(2),
        rtcp.KeyframeWanted(3),
        rtcp.Remb(2_500_000, (2, 3)),
        rtcp.WideFeedback(b"12345678"),
        rtcp.Bye((1, 2)),
    ]


def test_no_bytes_raise() -> None:
    """Random bytes, and good packets with bytes changed or cut off, through every parser."""
    chance = random.Random(8285)
    good = [
        packet(9, 1, 1, b"abc", carried={codecs.MID: b"1", codecs.AUDIO_LEVEL: b"\x01"}),
        feedback.receiver_report(6, [BLOCK]) + feedback.description(1, "x") + feedback.remb(1, 10**6, [2]),
        feedback.nack(1, 2, range(30)) + feedback.bye([1, 2]) + feedback.full_intra_request(1, 3, 9),
    ]
    roles = extensions.roles_of(codecs.EXTENSIONS)
    for _ in range(4000):
        bad = bytearray(chance.choice(good) if chance.random() < 0.8 else chance.randbytes(chance.randrange(80)))
        for _ in range(chance.randrange(4)):
            if bad:
                bad[chance.randrange(len(bad))] = chance.randrange(256)
        plain = bytes(bad[: chance.randrange(len(bad) + 1)] if chance.random() < 0.3 else bad)
        rtcp.parse(plain)
        extensions.elements(plain, 0, len(plain), chance.choice((extensions.ONE_BYTE, extensions.TWO_BYTE)))
        if parts := rtp.parse(plain):
            assert parts[7] <= parts[8] <= len(plain)
            extensions.sift(plain, parts[5], parts[6], roles)
