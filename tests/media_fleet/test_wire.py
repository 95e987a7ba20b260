"""The UDP port: checks, floods, addresses, and bytes of no sense."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aioice import stun as aioice_stun

from media_fleet.plane import Exchange
from media_fleet.wire import stun
from media_fleet.wire.demux import Wire
from media_fleet.wire.legs import Leg
from media_fleet.wire.sockets import CannotBind, MediaSockets
from tests.media_fleet.peers import Udp, check, crowd, in_loop, until

pytestmark = [pytest.mark.media, pytest.mark.usefixtures("both_ways")]


class Silent:
    """A session that wants nothing."""

    def up(self) -> None: ...

    def down(self) -> None: ...

    def rtp(self, packet: bytes, at: float) -> None: ...

    def rtcp(self, packet: bytes, at: float) -> None: ...


@asynccontextmanager
async def wire_and_leg(hosts: tuple[str, ...] = ("127.0.0.1",)) -> AsyncIterator[tuple[Wire, Leg]]:
    wire = Wire(hosts, 0, (), 1_000_000)
    wire.open()
    leg = wire.leg(Silent())
    try:
        yield wire, leg
    finally:
        await wire.forget(leg)
        wire.close()


def message(datagram: bytes) -> aioice_stun.Message:
    return aioice_stun.parse_message(datagram)


@in_loop
async def test_a_check_is_answered_with_its_address_and_proof() -> None:
    async with wire_and_leg() as (wire, leg):
        client = await Udp.to(wire.port)
        ours = leg.credentials
        client.send(bytes(check(ours.ufrag, ours.password, nominate=False)))
        answer = message(await client.next())
        assert answer.attributes["XOR-MAPPED-ADDRESS"] == client.transport.get_extra_info("sockname")
        assert answer.check_message_integrity(ours.password.encode())
        assert wire.known == (1, 1)
        client.transport.close()


@in_loop
async def test_six_is_spoken_on_the_same_port() -> None:
    async with wire_and_leg(("127.0.0.1", "::1")) as (wire, leg):
        client = await Udp.to(wire.port, "::1")
        client.send(bytes(check(leg.credentials.ufrag, leg.credentials.password)))
        assert message(await client.next()).attributes["XOR-MAPPED-ADDRESS"][0] == "::1"
        assert leg.address is not None
        assert len(leg.address) == 4
        assert [one.split()[4] for one in wire.candidates()] == ["127.0.0.1", "::1"]
        client.transport.close()


@in_loop
async def test_the_nominated_address_is_the_one_that_is_sent_to() -> None:
    async with wire_and_leg() as (wire, leg):
        first, second = await Udp.to(wire.port), await Udp.to(wire.port)
        ours = leg.credentials
        addresses = []
        for client, nominate in ((first, False), (second, False), (second, True), (first, False)):
            client.send(bytes(check(ours.ufrag, ours.password, nominate=nominate)))
            await client.next()
            addresses.append(leg.address)
        here, there = (one.transport.get_extra_info("sockname") for one in (first, second))
        assert addresses == [here, here, there, there]
        for number in range(20):
            leg.checked_from(("192.0.2.1", number), False, 0.0)
        assert len(leg.addresses) == 8
        assert there in leg.addresses
        for client in (first, second):
            client.transport.close()


@in_loop
async def test_who_takes_itself_for_controlled_is_told_to_control() -> None:
    async with wire_and_leg() as (wire, leg):
        client = await Udp.to(wire.port)
        client.send(bytes(check(leg.credentials.ufrag, leg.credentials.password, controlled=True)))
        assert message(await client.next()).error_code == 487
        assert leg.address is None
        client.transport.close()


@in_loop
async def test_strangers_get_no_answer_and_cost_no_cryptography(monkeypatch: pytest.MonkeyPatch) -> None:
    async with wire_and_leg() as (wire, _):
        proofs = []
        monkeypatch.setattr(stun, "proved", lambda request, password: proofs.append(request))
        flood = bytes(check("unknown", "p" * 32))
        for number in range(5_000):
            wire.received(flood, ("192.0.2.1", number), 0.0)
        assert wire.counts.stun_unknown_user == 5_000
        assert (proofs, wire.counts.sent, wire.known) == ([], 0, (1, 0))


@in_loop
async def test_wrong_passwords_and_addresses_without_end_are_held_back() -> None:
    async with wire_and_leg() as (wire, leg):
        wrong, at = bytes(check(leg.credentials.ufrag, "p" * 32)), asyncio.get_running_loop().time()
        right = bytes(check(leg.credentials.ufrag, leg.credentials.password))
        wire.received(right, ("192.0.2.1", 5), at)
        for _ in range(2_000):
            wire.received(wrong, ("192.0.2.1", 5), at)
        assert wire.counts.stun_wrong_password == 65_536 // len(wrong)
        for number in range(1_000):
            wire.received(right, ("192.0.2.2", number), at + 60)
        assert wire.counts.stun_answered == 51
        assert len(leg.addresses) == wire.known[1] == 8


@in_loop
async def test_old_credentials_end_after_a_restart() -> None:
    async with wire_and_leg() as (wire, leg):
        old = leg.credentials
        wire.restart(leg)
        loop = asyncio.get_running_loop()
        wire.tidy(loop.time())
        assert wire.known[0] == 2
        wire.tidy(loop.time() + 10.1)
        assert wire.known[0] == 1
        wire.received(bytes(check(old.ufrag, old.password)), ("192.0.2.1", 5), loop.time())
        assert wire.counts.stun_unknown_user == 1


@pytest.mark.parametrize("seed", range(3))
@in_loop
async def test_bytes_of_no_sense_are_dropped_and_counted(seed: int) -> None:
    chance = random.Random(seed)
    async with crowd() as people:
        peer = await people.guest()
        await peer.offer(("microphone",))
        await peer.connect()
        wire, at = people.relay.wire, asyncio.get_running_loop().time()
        address = next(iter(wire._by_address))
        good = [
            bytes(check(peer.answered("ice-ufrag"), peer.answered("ice-pwd"))),
            peer.dtls._tx_srtp.protect(bytes((0x80, 111, 0, 1)) + bytes(30)),
            peer.dtls._tx_srtp.protect_rtcp(bytes((0x80, 201, 0, 1, 0, 0, 0, 9))),
            bytes((22, 254, 253)) + chance.randbytes(40),
        ]
        for number in range(3_000):
            datagram = bytearray(chance.choice(good))
            for _ in range(chance.randrange(1, 6)):
                datagram[chance.randrange(len(datagram))] = chance.randrange(256)
            cut = bytes(datagram[: chance.randrange(len(datagram) + 1)]) if number % 2 else bytes(datagram)
            wire.received(cut if number % 7 else chance.randbytes(chance.randrange(1_700)), address, at + number / 100)
            if number % 40 == 0:
                await asyncio.sleep(0)
        counts = wire.counts
        assert counts.handler_failed == 0
        assert min(counts.foreign, counts.stun_malformed, counts.stun_wrong_password, counts.unauthentic) > 0
        # And the call goes on.
        await peer.check()
        before = people.relay.hall.plane_counts()["received"]
        peer.send_rtp(111, 9, 77, b"word")
        await until(lambda: people.relay.hall.plane_counts()["received"] > before)


@in_loop
async def test_streams_and_bytes_of_one_client_are_bounded() -> None:
    async with crowd(bits_per_second=400_000) as people:
        peer = await people.guest()
        await peer.offer(("microphone",))
        await peer.connect()
        counts = people.relay.wire.counts
        for number in range(80):
            peer.send_rtp(111, 1, 1_000 + number, b"")
        await until(lambda: counts.too_many_streams >= 80 - 64)
        for number in range(200):
            peer.send_rtp(111, number + 2, 1_000, bytes(1_000))
        await until(lambda: counts.too_fast > 50)


@in_loop
async def test_a_defect_of_the_plane_costs_a_packet_and_not_the_call(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with crowd() as people:
        peer = await people.guest()
        await peer.offer(("microphone",))
        await peer.connect()
        with monkeypatch.context() as broken:
            for name in ("received_rtp", "tick"):
                broken.setattr(Exchange, name, lambda *_: 1 / 0)
            peer.send_rtp(111, 1, 77, b"word")
            await until(lambda: people.relay.wire.counts.handler_failed == 1)
            await until(lambda: people.relay._failed_ticks)
        assert "ZeroDivisionError" in caplog.text
        peer.send_rtp(111, 2, 77, b"word")
        await until(lambda: people.relay.hall.plane_counts()["received"] == 1)


@in_loop
async def test_replayed_and_forged_packets_go_no_further() -> None:
    async with crowd() as people:
        peer = await people.guest()
        await peer.offer(("microphone",))
        await peer.connect()
        datagram = peer.dtls._tx_srtp.protect(bytes((0x80, 111, 0, 1)) + bytes(30))
        for sent in (datagram, datagram, datagram[:-1] + bytes((datagram[-1] ^ 1,))):
            peer.udp.send(sent)
        await until(lambda: people.relay.wire.counts.unauthentic == 2)
        assert people.relay.hall.plane_counts()["received"] == 1


def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        with pytest.raises(CannotBind):
            MediaSockets(("127.0.0.1",), other.getsockname()[1], None)  # type: ignore[arg-type]
