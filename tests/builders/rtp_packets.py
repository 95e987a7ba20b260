"""Packets as browsers send them, and a room whose legs remember what reached them: for tests of the relay's plane."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from struct import pack, unpack_from
from typing import TypeVar

from media_fleet import codecs
from media_fleet.plane import Exchange, Incoming, Outgoing, extensions, rtcp, rtp

OPUS, RED, VP8, VP8_RTX = 111, 63, 96, 97
AUDIO = codecs.PAYLOADS[codecs.AUDIO]
VIDEO = codecs.PAYLOADS[codecs.VIDEO]
IDS = {uri: number for number, uri in codecs.EXTENSIONS.items()}


def packet(
    ssrc: int,
    sequence: int,
    timestamp: int,
    payload: bytes = b"media",
    kind: int = VP8,
    marker: bool = False,
    carried: Mapping[str, bytes] | None = None,
) -> bytes:
    """An RTP packet; `carried` are header extensions by URI under the common table's numbers."""
    block = b"".join(bytes((IDS[uri] << 4 | len(content) - 1,)) + content for uri, content in (carried or {}).items())
    block += bytes(-len(block) % 4)
    head = pack(">HH", extensions.ONE_BYTE, len(block) // 4) + block if block else b""
    flags = 0x90 if block else 0x80
    return pack(">BBHII", flags, kind | marker << 7, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc) + head + payload


def vp8_payload(
    key: bool, picture: int = 0, level: int = 0, key_index: int = 0, height: int = 360, size: int = 40
) -> bytes:
    """The first packet of a frame, with all running numbers."""
    descriptor = bytes((0x90, 0xF0, 0x80 | picture >> 8 & 0x7F, picture & 0xFF, level & 0xFF, key_index & 0x1F))
    if not key:
        return descriptor + b"\x01" + bytes(40)
    width = height * 16 // 9
    return descriptor + b"\x00\x00\x00\x9d\x01\x2a" + pack("<HH", width, height) + bytes(40)


Shape = TypeVar("Shape")


@dataclass
class Ear:
    """What reached a leg."""

    rtp: list[bytes] = field(default_factory=list)
    rtcp: list[bytes] = field(default_factory=list)

    def heads(self) -> list[tuple[int, int, int, int]]:
        """Marker and payload type, sequence number, timestamp, SSRC of each packet."""
        return [unpack_from(">xBHII", plain) for plain in self.rtp]

    def payloads(self) -> list[bytes]:
        """What the packets carry."""
        return [plain[parts[7] : parts[8]] for plain in self.rtp if (parts := rtp.parse(plain))]

    def messages(self, shape: type[Shape]) -> list[Shape]:
        """RTCP messages of one shape."""
        return [found for plain in self.rtcp for found in rtcp.parse(plain) if isinstance(found, shape)]


class Room:
    """An exchange with legs that publish and hear by the common table of codecs. Time is what `at` was last."""

    def __init__(self, seed: int = 1) -> None:
        self.exchange = Exchange(random.Random(seed))
        self.ears: dict[str, Ear] = {}
        self.at = 100.0

    def join(self, *legs: str) -> None:
        """Takes legs in."""
        for leg in legs:
            ear = self.ears[leg] = Ear()
            self.exchange.add_leg(leg, ear.rtp.append, ear.rtcp.append)

    def camera(self, leg: str, ssrc: int, rtx: int | None = None, **more: object) -> str:
        """Publishes a camera, without simulcast unless `more` says so; the track's name."""
        track = f"{leg}-camera"
        told = {"payloads": VIDEO, "extensions": codecs.EXTENSIONS, "ssrcs": ((ssrc, rtx),), **more}
        self.exchange.publish(leg, Incoming(track, "camera", "video", "1", **told))  # type: ignore[arg-type]
        return track

    def microphone(self, leg: str, ssrc: int, **more: object) -> str:
        """Publishes a microphone; the track's name."""
        track = f"{leg}-microphone"
        told = {"payloads": AUDIO, "extensions": codecs.EXTENSIONS, "ssrcs": ((ssrc, None),), **more}
        self.exchange.publish(leg, Incoming(track, "microphone", "audio", "0", **told))  # type: ignore[arg-type]
        return track

    def hear(self, leg: str, track: str, ssrc: int, **more: object) -> None:
        """Subscribes by the common table."""
        payloads = AUDIO if track.endswith("microphone") else VIDEO
        told = {"payloads": payloads, "extensions": codecs.EXTENSIONS, **more}
        self.exchange.subscribe(leg, track, Outgoing("9", ssrc, **told))  # type: ignore[arg-type]

    def send(self, leg: str, plain: bytes, later: float = 0.0) -> None:
        """A packet of RTP reaches the relay, so many seconds after the last."""
        self.at += later
        self.exchange.received_rtp(leg, plain, self.at)

    def report(self, leg: str, plain: bytes, later: float = 0.0) -> None:
        """A packet of RTCP reaches the relay."""
        self.at += later
        self.exchange.received_rtcp(leg, plain, self.at)

    def tick(self, seconds: float = 0.01) -> None:
        """Lets time pass in steps of 10 ms."""
        for _ in range(max(1, round(seconds / 0.01))):
            self.at += 0.01
            self.exchange.tick(self.at)
