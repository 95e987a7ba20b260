"""Who sees which size of a picture: as much as line and window take, without a jump for the decoder."""

from __future__ import annotations

from itertools import pairwise

import pytest

from media_fleet.plane import feedback, rtcp
from tests.builders.line import LineShape
from tests.builders.rtp_packets import Room, packet, vp8_payload
from tests.builders.rtp_peers import Hearing, Peer, World

pytestmark = pytest.mark.unit


def watching(down: LineShape, seed: int = 5) -> tuple[World, Peer, Hearing]:
    """Li shows three sizes on a good line, Wang watches on a line of that shape."""
    world = World(seed)
    li, wang = world.peer("li", up=LineShape(delay=0.02)), world.peer("wang", down=down)
    return world, wang, wang.hears(li.shows_layers(), 2000)


def rate_of(world: World, wang: Peer) -> int:
    """bit/s that are sent to Wang."""
    return world.exchange.quality("wang", world.at)["down_bps"]


def heights(heard: Hearing) -> list[int]:
    """The heights of keyframes, in their order."""
    return [height for _, _, height in heard.pictures if height]


def test_on_a_good_line_the_largest_is_there_within_ten_seconds() -> None:
    world, wang, heard = watching(LineShape(delay=0.02, rate=10_000_000))
    world.run(10)
    assert heights(heard) == [180, 360, 720]
    assert rate_of(world, wang) > 1_200_000
    assert world.exchange.quality("wang", world.at)["advice"] == "full"


@pytest.mark.parametrize(
    ("rate", "height", "least", "most"), [(350_000, 180, 110_000, 200_000), (900_000, 360, 400_000, 700_000)]
)
def test_a_narrow_line_gets_the_size_that_fits(rate: int, height: int, least: int, most: int) -> None:
    world, wang, heard = watching(LineShape(delay=0.02, rate=rate, queue=0.5))
    world.run(25)
    seen = []
    for _ in range(10):
        world.run(1)
        seen.append(rate_of(world, wang))
    assert least < sorted(seen)[5] < most
    assert wang.down.lost / wang.down.sent < 0.05
    assert sorted(heights(heard))[len(heights(heard)) // 2] <= height


def test_a_line_that_gets_worse_and_better_is_followed_without_a_jump() -> None:
    good = LineShape(delay=0.02, rate=8_000_000)
    world, wang, heard = watching(good)
    world.run(10)
    wang.down.shape = LineShape(delay=0.02, rate=300_000, queue=0.5)
    world.run(6)
    assert rate_of(world, wang) < 250_000
    wang.down.shape = good
    world.run(25)
    assert heights(heard)[-1] == 720
    ids = [picture for _, picture, _ in heard.pictures]
    steps = [(later - sooner) & 0x7FFF for sooner, later in pairwise(ids)]
    assert sum(step > 30 for step in steps) <= 3
    assert sum(step == 1 for step in steps) > 0.9 * len(steps)


def test_a_small_window_gets_a_small_picture() -> None:
    world, wang, heard = watching(LineShape(delay=0.02, rate=10_000_000))
    world.exchange.want("wang", "li-camera", 180)
    world.run(8)
    assert heights(heard) == [180]
    world.exchange.want("wang", "li-camera", 300)
    world.run(8)
    assert heights(heard)[-1] == 360
    world.exchange.want("wang", "li-camera", 100)
    world.run(2)
    assert heights(heard)[-1] == 180
    assert rate_of(world, wang) < 200_000


def test_a_layer_that_the_browser_stops_is_left() -> None:
    world, _, heard = watching(LineShape(delay=0.02, rate=10_000_000))
    world.run(10)
    li = world.peers["li"]
    del li.sending[32]
    world.run(4)
    assert heights(heard)[-1] == 360


def test_a_publisher_of_one_size_is_asked_for_less_when_somebody_cannot_follow() -> None:
    world = World()
    li, wang = world.peer("li"), world.peer("wang", down=LineShape(delay=0.02, rate=700_000, queue=0.4))
    wang.hears(li.shows(), 2000)
    world.run(12)
    limits = [message.bits for message in li.told if isinstance(message, rtcp.Remb)]
    assert 100_000 < sorted(limits[-8:])[4] < 850_000
    assert wang.down.lost / wang.down.sent < 0.1
    world.exchange.unsubscribe("wang", "li-camera")
    world.run(2)
    assert [message.bits for message in li.told if isinstance(message, rtcp.Remb)][-1] > 10_000_000


def test_voice_stays_when_no_picture_fits() -> None:
    world = World()
    li, wang = world.peer("li"), world.peer("wang", down=LineShape(delay=0.02, rate=120_000, queue=0.4))
    voice, _ = wang.hears(li.speaks(), 1000), wang.hears(li.shows_layers(), 2000)
    world.run(30)
    late = [number for number, at in voice.came.items() if at > world.at - 5]
    assert len(late) > 230
    assert world.exchange.quality("wang", world.at)["advice"] in ("audio", "low_video")


def test_a_receiver_who_only_says_remb_is_believed() -> None:
    room = Room()
    room.join("li", "wang")
    track = room.camera("li", 0, ssrcs=((7, None), (8, None)), rids=("q", "f"))
    room.hear("wang", track, 1000)
    heard = []
    for number in range(1, 300):
        for ssrc, size in ((7, 300), (8, 3000)):
            payload = vp8_payload(number % 30 == 1, number, height=180 if ssrc == 7 else 720) + bytes(size)
            room.send("li", packet(ssrc, number, 3000 * number, payload))
        room.report("wang", feedback.remb(1, 3_000_000 if number < 150 else 200_000, [1000]))
        room.tick(0.03)
        heard.append(len(room.ears["wang"].payloads()[-1]))
    assert heard[140] > 3000
    assert heard[-1] < 400


def test_quality_says_what_is() -> None:
    world = World()
    bad = LineShape(loss=0.3, delay=0.1)
    li, wang, sun = world.peer("li", up=bad), world.peer("wang"), world.peer("sun")
    wang.hears(li.speaks(), 1000)
    li.hears(wang.speaks(12), 1100)
    world.run(10)
    good, poor = world.exchange.quality("wang", world.at), world.exchange.quality("li", world.at)
    assert (good["level"], good["advice"], good["up_loss"], good["down_loss"]) == (5, "full", 0, 0)
    assert poor["level"] <= 4
    assert poor["up_loss"] < 0.03
    assert 100 <= poor["round_trip_ms"] <= 160
    assert 20_000 < good["up_bps"] < 60_000
    assert 20_000 < poor["down_bps"] < 60_000
    assert world.exchange.quality(sun.name, world.at + 5)["level"] == 0
    assert world.exchange.quality("li", world.at + 5)["level"] == 0
