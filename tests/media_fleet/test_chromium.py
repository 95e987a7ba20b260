"""Two real browsers through a real relay process: what CALL's rows stand on."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from media_fleet.codecs import OPUS_PAYLOAD, RED_PAYLOAD
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.waiting import wait_until
from tests.builders.impaired_port import ImpairedPort, Leg, impaired
from tests.media_fleet.relays import RelayProcess

pytestmark = pytest.mark.media

CLIENT = (Path(__file__).parent / "client.js").read_text(encoding="utf-8")
_WAIT_SECONDS = 40.0
_LOOPBACK = ("--allow-loopback-in-peer-connection", "--autoplay-policy=no-user-gesture-required")


@pytest.fixture(scope="module")
def way() -> Iterator[ImpairedPort]:
    """The only way to the relay's media: a port before it, on which datagrams are seen and clients can be moved."""
    with impaired(("127.0.0.1", _free_port())) as port:
        yield port


@pytest.fixture(scope="module")
def relay(way: ImpairedPort) -> Iterator[RelayProcess]:
    announced = f"127.0.0.1:{way.address[1]}"
    process = RelayProcess(MEDIA_PORT=str(way.target[1]), ANNOUNCED=announced)
    yield process
    assert process.stop() == 0


@pytest.fixture
def captured(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Datagrams of both ways, as they pass."""
    seen: list[bytes] = []
    for name in ("sent", "answered"):
        passing: Callable[[Leg, bytes], None] = getattr(Leg, name)

        def kept(leg: Leg, data: bytes, passing: Callable[[Leg, bytes], None] = passing) -> None:
            seen.append(data)
            passing(leg, data)

        monkeypatch.setattr(Leg, name, kept)
    return seen


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *_LOOPBACK])
        yield opened
        opened.close()


def opened(browser: Browser, relay: RelayProcess) -> Page:
    """A page of the relay's own origin, which may open its control socket, with the small client in it."""
    page = browser.new_page()
    page.goto(relay.control_url.replace("ws://", "http://").replace("/v1/control", "/health"))
    page.add_script_tag(content=CLIENT)
    return page


def join(page: Page, relay: RelayProcess, person: str, room: str = "call_1") -> None:
    page.evaluate("args => join(...args)", [relay.control_url, relay.grant(room, person), ["microphone", "camera"]])


def part(*pages: Page) -> None:
    """Say goodbye, and hear it."""
    for page in pages:
        page.evaluate("me.say({type: 'bye'})")
        wait_until(page, "me.said.at(-1)?.type === 'bye'")
        page.close()


def sees_and_hears(page: Page, other: str) -> None:
    """Wait until ten pictures of the other were decoded and half a second of sound with something in it was played."""
    wait_until(
        page,
        """async other => {
          const all = await received(), picture = all[`${other}/video`], sound = all[`${other}/audio`];
          return picture?.framesDecoded >= 10 && sound?.packetsReceived >= 25 && sound.totalAudioEnergy > 0.001;
        }""",
        other,
    )


def test_two_see_and_hear_each_other_through_a_reload(browser: Browser, relay: RelayProcess) -> None:
    ann, bob = opened(browser, relay), opened(browser, relay)
    join(ann, relay, "ann")
    join(bob, relay, "bob")
    sees_and_hears(ann, "bob")
    sees_and_hears(bob, "ann")
    # Ann's page is loaded again: her newer grant takes the older session's place, and Bob's PeerConnection stays.
    ann.close()
    ann = opened(browser, relay)
    join(ann, relay, "ann")
    sees_and_hears(ann, "bob")
    hers = ann.evaluate("me.tracks.filter(track => track.person_id === 'ann').map(track => track.id)")
    wait_until(bob, "hers => hers.every(id => me.heard.has(id))", hers)
    sees_and_hears(bob, "ann")
    assert ann.evaluate("me.pc.connectionState") == bob.evaluate("me.pc.connectionState") == "connected"
    # An ICE restart goes on with the same keys, and no offer of a browser ends a track.
    his = "me.tracks.filter(track => track.person_id === 'bob').map(track => track.id).sort().join()"
    tracks = bob.evaluate(his)
    bob.evaluate("me.negotiate({iceRestart: true})")
    before = bob.evaluate("received().then(all => all['ann/video'].framesDecoded)")
    wait_until(bob, "async before => (await received())['ann/video'].framesDecoded > before + 10", before)
    wait_until(bob, "me.said.some(said => said.type === 'quality' && said.people.ann > 0)")
    assert bob.evaluate(his) == ann.evaluate(his) == tracks
    counts = relay.metrics()
    assert (counts["relay_rooms"], counts["relay_participants"], counts["relay_legs"]) == (1, 2, 2)
    assert counts["relay_wire_unauthentic_total"] == counts["relay_wire_handler_failed_total"] == 0
    part(ann, bob)
    assert relay.metrics()["relay_rooms"] == 0


@pytest.mark.req("CALL-42")
def test_what_passes_is_srtp_and_plain_rtp_is_refused(
    browser: Browser, relay: RelayProcess, captured: list[bytes]
) -> None:
    ann, bob = opened(browser, relay), opened(browser, relay)
    join(ann, relay, "ann", "call_2")
    join(bob, relay, "bob", "call_2")
    sees_and_hears(ann, "bob")
    sees_and_hears(bob, "ann")
    # Every datagram is STUN, DTLS or RTP's form (RFC 7983), and the keys are DTLS's.
    first_bytes = {data[0] for data in captured}
    assert all(first < 4 or 19 < first < 64 or 127 < first < 192 for first in first_bytes)
    transport = ann.evaluate("me.pc.getStats().then(all => [...all.values()].find(one => one.type === 'transport'))")
    assert (transport["dtlsState"], transport["srtpCipher"]) == ("connected", "SRTP_AEAD_AES_256_GCM")
    # In plain RTP the first byte of every RED packet would name Opus (RFC 2198); here it is anything.
    voice = [data for data in captured if 127 < data[0] < 192 and data[1] & 0x7F == RED_PAYLOAD]
    named = [data for data in voice if _payload(data)[0] & 0x7F == OPUS_PAYLOAD]
    assert len(voice) > 50
    assert len(named) < len(voice) / 4
    # Who offers plain RTP is refused by name, and who sends it unasked is not heard.
    for plain in ("RTP/AVP", "RTP/AVPF"):
        ann.evaluate(
            """plain => me.say({type: "offer", number: 90, publish: [], subscribe: [],
              sdp: me.pc.localDescription.sdp.replaceAll("UDP/TLS/RTP/SAVPF", plain)})""",
            plain,
        )
        wait_until(ann, "me.said.some(said => said.type === 'refused')")
        refused = ann.evaluate("me.said.findLast(said => said.type === 'refused')")
        assert (refused["code"], refused["facts"]["reason"]) == ("sdp_not_understood", "plain_rtp")
        ann.evaluate("me.said.length = 0")
    before = relay.metrics()["relay_wire_unknown_address_total"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(bytes((0x80, OPUS_PAYLOAD)) + bytes(100), ("127.0.0.1", relay.media_port))
    deadline = time.monotonic() + _WAIT_SECONDS
    while relay.metrics()["relay_wire_unknown_address_total"] <= before:
        assert time.monotonic() < deadline
    part(ann, bob)


def test_another_network_in_the_middle_of_a_call_continues_it(
    browser: Browser, relay: RelayProcess, way: ImpairedPort
) -> None:
    """CALL-20 in part: both clients come from other addresses at once, and nobody says anything about it."""
    ann, bob = opened(browser, relay), opened(browser, relay)
    join(ann, relay, "ann", "call_3")
    join(bob, relay, "bob", "call_3")
    sees_and_hears(ann, "bob")
    sees_and_hears(bob, "ann")
    addresses = relay.metrics()["relay_addresses"]
    said = bob.evaluate("me.number")
    way.move()
    wait_until(bob, "async () => { window.before = (await received())['ann/video'].framesDecoded; return true; }")
    wait_until(bob, "async () => (await received())['ann/video'].framesDecoded > before + 20")
    sees_and_hears(ann, "bob")
    assert relay.metrics()["relay_addresses"] > addresses
    assert bob.evaluate("me.number") == said
    assert bob.evaluate("me.pc.connectionState") == "connected"
    part(ann, bob)


def _payload(datagram: bytes) -> bytes:
    """What follows the header of RTP (RFC 3550 section 5.1), extension and all."""
    start = 12 + 4 * (datagram[0] & 0x0F)
    if datagram[0] & 0x10:
        start += 4 + 4 * int.from_bytes(datagram[start + 2 : start + 4], "big")
    return datagram[start:]
