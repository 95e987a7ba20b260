"""What is private to aiortc and pylibsrtp, held: a new version fails here first."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from importlib.metadata import version
from typing import Any

import pytest
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from media_fleet import aiortc_inside
from media_fleet.aiortc_inside import Certificate, Dtls, Fingerprint, HandshakeFailed, Srtp
from tests.media_fleet.peers import CERTIFICATE, FINGERPRINT, in_loop, until

pytestmark = [pytest.mark.media, pytest.mark.usefixtures("both_ways")]

RTP = bytes((0x80, 111, 0, 1)) + bytes(8) + b"spoken"
RTCP = bytes((0x80, 201, 0, 1, 0, 0, 0, 9))


def test_versions_are_those_it_was_written_against() -> None:
    assert {name: version(name) for name in ("aiortc", "aioice", "pylibsrtp")} == {
        "aiortc": "1.16.0",
        "aioice": "0.13.0",
        "pylibsrtp": "1.0.0",
    }


class Line:
    """A client's end of a line that loses datagrams both ways."""

    role = "controlling"
    state = "completed"

    def __init__(self, loss: float, seed: int) -> None:
        self._chance = random.Random(seed)
        self._loss = loss
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self.sent: Counter[bytes] = Counter()
        self.server = Dtls(Certificate(), self._to_client, self._closed)
        self.closed = asyncio.Event()
        self.client = RTCDtlsTransport(self, [CERTIFICATE])  # type: ignore[arg-type]
        self.client._set_role("client")

    def _closed(self) -> None:
        self.closed.set()

    def _to_client(self, datagram: bytes) -> None:
        self.sent[datagram] += 1
        if self._chance.random() >= self._loss:
            self._queue.put_nowait(datagram)

    async def _send(self, datagram: bytes) -> None:
        # As browsers do, whose own timer is short.
        for gap in (0.0, 0.05, 0.15):
            if self._chance.random() >= self._loss:
                asyncio.get_running_loop().call_later(gap, self.server.received, datagram)

    async def _recv(self) -> bytes:
        return await self._queue.get()

    async def shake_hands(self, certificate: Certificate | None = None, expected: str = FINGERPRINT.value) -> Srtp:
        theirs = RTCDtlsParameters([RTCDtlsFingerprint(FINGERPRINT.algorithm, self.print)])
        _, srtp = await asyncio.gather(
            self.client.start(theirs), self.server.connect([Fingerprint("sha-256", expected)])
        )
        return srtp

    @property
    def print(self) -> str:
        transport: Any = self.server._transport
        prints = transport.getLocalParameters().fingerprints
        return str(next(one.value for one in prints if one.algorithm == "sha-256"))

    async def close(self) -> None:
        await self.server.close()
        await self.client.stop()


@in_loop
async def test_keys_work_both_ways_and_only_once() -> None:
    line = Line(0, 1)
    srtp = await line.shake_hands()
    there = line.client
    assert there._rx_srtp.unprotect(bytes(srtp.protect(RTP) or b"")) == RTP
    assert there._rx_srtp.unprotect_rtcp(bytes(srtp.protect_rtcp(RTCP) or b"")) == RTCP
    sealed = there._tx_srtp.protect(RTP)
    assert srtp.unprotect(sealed) == RTP
    assert srtp.unprotect(sealed) is None
    assert srtp.unprotect(sealed[:-1]) is None
    assert srtp.unprotect(b"") is None
    assert srtp.unprotect(bytes(aiortc_inside.LONGEST_PACKET + 1)) is None
    assert srtp.unprotect_rtcp(there._tx_srtp.protect_rtcp(RTCP)) == RTCP
    assert srtp.protect(b"\x80") is None
    await line.client.stop()
    await asyncio.wait_for(line.closed.wait(), 10)
    await line.close()


@in_loop
async def test_another_certificate_than_the_offer_said_fails() -> None:
    line = Line(0, 2)
    with pytest.raises(HandshakeFailed):
        await line.shake_hands(expected=":".join(["AB"] * 32))
    await line.close()


@in_loop
async def test_flights_are_repeated_so_that_a_bad_line_costs_little() -> None:
    line = Line(0.4, 3)
    await line.shake_hands()
    await until(lambda: set(line.sent.values()) == {6})
    assert len(line.sent) >= 2
    await line.close()


@in_loop
async def test_a_queue_that_nobody_reads_is_bounded() -> None:
    line = Line(0, 4)
    assert [line.server.received(b"\x16") for _ in range(70)].count(True) == 64
    await line.server.close()
