"""A call over a line that loses much or has less room: what is recovered, counted, and told to who takes part."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from media_fleet import codecs
from media_fleet.plane import Incoming, rtcp
from media_fleet.plane.floor import Floor
from media_fleet.plane.holding import MOST, seconds_to_repair
from media_fleet.plane.missing import Missing
from media_fleet.plane.share import Share
from tests.builders.line import LineShape
from tests.builders.rtp_packets import VP8, Room, packet, vp8_payload
from tests.builders.rtp_peers import Hearing, World, residual

pytestmark = pytest.mark.unit

BAD = LineShape(loss=0.4, delay=0.02)


def called(shape: LineShape, repairs: bool) -> tuple[World, Hearing, Hearing]:
    """Li and Wang on lines of that shape both ways; what Wang hears and sees of Li, with repair agreed and without."""
    world = World(seed=23)
    li, wang = world.peer("li", up=shape, down=shape), world.peer("wang", up=shape, down=shape)
    voice = wang.hears(li.speaks(nack=repairs), 1000, nack=repairs, redundant=repairs)
    track = li.shows(packets=2)
    if not repairs:
        plain = {VP8: codecs.Codec("VP8", 90_000)}
        told = Incoming(track, "camera", "video", "1", plain, codecs.EXTENSIONS, ssrcs=((22, None),))
        world.exchange.publish("li", told)
    return world, voice, wang.hears(track, 2000, nack=repairs)


def test_what_is_recovered_is_counted_and_the_call_is_better_for_it() -> None:
    """40 % lost on both legs both ways: repeated, carried by others and sent twice, against nothing of that."""
    world, voice, picture = called(BAD, repairs=True)
    world.run(20)
    bare, voice_bare, picture_bare = called(BAD, repairs=False)
    bare.run(20)
    counts, without = world.exchange.counts(), bare.exchange.counts()
    assert counts["repaired"] > 300
    assert min(counts["copied"], counts["repeated"]) > 500
    assert (without["repaired"], without["carried"], without["repeated"]) == (0, 0, 0)
    assert residual(voice) < 0.01
    assert residual(picture) < 0.01
    assert min(residual(voice_bare), residual(picture_bare)) > 0.4
    # Who takes part is told what the line loses and what of it stayed lost: the difference was recovered.
    li, wang = world.exchange.quality("li", world.at), world.exchange.quality("wang", world.at)
    assert 0.3 < li["up_line_loss"] < 0.5
    assert li["up_loss"] < 0.03
    assert 0.3 < wang["down_line_loss"] < 0.5
    assert wang["down_loss"] < 0.03


def test_a_halved_line_gets_less_than_it_carries_and_smaller_pictures_that_go_on_and_both_come_back() -> None:
    world = World(5)
    whole, half = LineShape(delay=0.02, rate=2_600_000), LineShape(delay=0.02, rate=1_300_000)
    li, wang = world.peer("li", up=LineShape(delay=0.02)), world.peer("wang", down=whole)
    heard = wang.hears(li.shows_layers(), 2000)
    world.run(15)

    def sent() -> int:
        return world.exchange.quality("wang", world.at)["down_bps"]

    def height() -> int:
        return [high for _, _, high in heard.pictures if high][-1]

    assert sent() > 1_500_000
    assert height() == 720
    wang.down.shape = half
    began = world.at
    world.run(4)
    rates = []
    for _ in range(12):
        world.run(0.5)
        rates.append(sent())
    assert max(rates) < 1_300_000
    assert height() == 360
    assert world.exchange.quality("wang", world.at)["down_loss"] < 0.03
    wang.down.shape = whole
    world.run(25)
    assert sent() > 1_500_000
    assert height() == 720
    shown = [at for at, _, _ in heard.pictures if at > began]
    assert max(later - sooner for sooner, later in pairwise(shown)) < 1
    assert len(shown) > 0.9 * 30 * (world.at - began)


def test_how_long_media_is_kept_back_follows_loss_and_round_trip() -> None:
    assert seconds_to_repair(0.005, 0.04, 1, 1, 0) == 0
    rounds = [seconds_to_repair(loss, 0.04, 3, 1, 0) for loss in (0.2, 0.4, 0.6, 0.8)]
    assert rounds == sorted(rounds)
    assert 0.04 < rounds[0] < 0.2 < rounds[1] < 0.45
    assert seconds_to_repair(0.6, 0.3, 3, 1, 0) > 4 * seconds_to_repair(0.6, 0.04, 3, 1, 0)
    assert seconds_to_repair(0.6, 0.04, 1, 4, 4) < seconds_to_repair(0.6, 0.04, 1, 1, 0) / 2


def test_the_simulated_rounds_agree_with_the_arithmetic() -> None:
    chance = random.Random(6)
    late, loss, asks, trip = 0, 0.6, 4, 0.05
    wait = seconds_to_repair(loss, trip, asks, 1, 0)
    for _ in range(20_000):
        at = 0.02
        lost = chance.random() < loss
        while lost:
            at += trip
            lost = all(chance.random() < loss for _ in range(asks)) or chance.random() < loss
        late += at > wait
    assert 0 < late / 20_000 <= 0.004


@pytest.mark.parametrize(("loss", "least", "most"), [(0.0, 0, 0), (0.2, 40, 350), (0.6, 400, 2000)])
def test_who_hears_is_told_how_long_to_keep_media_back(loss: float, least: int, most: int) -> None:
    world = World(seed=9)
    bad = LineShape(loss=loss, delay=0.02)
    li, wang = world.peer("li", up=bad, down=bad), world.peer("wang", up=bad, down=bad)
    wang.hears(li.speaks(), 1000)
    wang.hears(li.shows(packets=2), 2000)
    world.run(15)
    assert least <= world.exchange.quality("wang", world.at)["hold_ms"] <= most
    assert world.exchange.quality("li", world.at)["hold_ms"] == 0


def test_jitter_is_kept_back_for_and_is_no_loss() -> None:
    world = World(seed=11)
    turns = LineShape(jitter=0.5)
    li, wang = world.peer("li", up=turns), world.peer("wang", down=turns)
    wang.hears(li.speaks(), 1000)
    wang.hears(li.shows(packets=1), 2000)
    world.run(20)
    told = world.exchange.quality("wang", world.at)
    assert 400 < told["hold_ms"] < 1200
    assert world.exchange.quality("li", world.at)["up_line_loss"] < 0.15
    assert told["hold_ms"] <= 1000 * MOST
    assert world.exchange.quality("li", world.at)["hold_ms"] == 0


def test_the_last_packets_of_a_lossy_stream_are_asked_for_unseen() -> None:
    """Where half is lost, nobody waits for the packet that would show the gap."""
    missing = Missing()
    missing.judge(65_536)
    missing.gap(65_537, 65_560, 0.0)
    missing.judge(65_586, 0.5)
    missing.gap(65_587, 65_610, 0.5)
    missing.judge(65_636, 0.5)
    assert missing.loss > 0.3
    assert missing.spacing == pytest.approx(0.01)
    assert missing.ahead(65_636, 0.005, 1.0, 0.04) == 0
    assert missing.ahead(65_636, 0.05, 1.0, 0.04) == 5
    assert missing.ahead(65_636, 0.05, 1.0001, 0.04) == 0
    assert missing.ahead(65_636, 2.0, 3.0, 0.04) == 0


def test_a_layer_that_nobody_sees_is_not_asked_for() -> None:
    room = Room()
    room.join("li", "wang")
    track = room.camera("li", 0, ssrcs=((7, None), (8, None)), rids=("q", "f"))
    room.hear("wang", track, 1000)
    for number in (1, 2, 9, 10):
        for ssrc in (7, 8):
            room.send("li", packet(ssrc, number, 3000 * number, vp8_payload(number == 1, number, height=180)), 0.02)
        room.tick()
    assert {message.media for message in room.ears["li"].messages(rtcp.Nack)} == {7}


def test_a_share_forgets_and_takes_back() -> None:
    share = Share(window=100)
    assert share.value is None
    share.add(40, 100)
    assert share.value == pytest.approx(0.4)
    share.add(0, 50)
    assert share.value == pytest.approx(0.2)
    share.add(-80, 10)
    assert share.value == 0


def test_a_floor_is_for_loss_that_more_sending_does_not_raise() -> None:
    floor = Floor()

    def told(loss: float, at: float, stands: bool = False) -> int:
        floor.judge(loss, stands, at)
        return floor.bits

    assert told(0.2, 0) == 0
    assert [told(0.4, at) for at in (1, 4, 5, 6)] == [0, 0, 1_200_000, 1_200_000]
    assert told(0.25, 7) == 1_200_000
    assert told(0.6, 8) == 0, "more was sent, and more was lost"
    assert [told(0.4, at) for at in (20, 30, 37)] == [0, 0, 0]
    assert [told(0.6, at) for at in (40, 45)] == [0, 800_000]
    assert told(0.6, 46, stands=True) == 0
    assert told(0.6, 47) == 0
