"""What is lost on the way comes after all: asked for upstream, answered downstream, and told honestly."""

from __future__ import annotations

import pytest

from media_fleet.plane import feedback, rtcp, rtp
from tests.builders.line import LineShape
from tests.builders.rtp_packets import OPUS, VP8, VP8_RTX, Room, packet, vp8_payload
from tests.builders.rtp_peers import World, residual

pytestmark = pytest.mark.unit

KEY, DELTA = vp8_payload(True), vp8_payload(False)


def sent_on(receivers_rtx: int | None = 1001, packets: int = 5) -> Room:
    """Li's camera has sent some packets to Wang."""
    room = Room()
    room.join("li", "wang")
    room.hear("wang", room.camera("li", 7, rtx=8), 1000, rtx_ssrc=receivers_rtx)
    for number in range(packets):
        room.send("li", packet(7, 10 + number, number, KEY if not number else DELTA + bytes((number,))), 0.02)
    return room


def asked_again(room: Room, index: int) -> bytes:
    """What Wang gets who asks again for the packet of that index."""
    wanted = room.ears["wang"].heads()[index][1]
    heard = len(room.ears["wang"].rtp)
    room.report("wang", feedback.nack(1, 1000, [wanted]))
    assert len(room.ears["wang"].rtp) == heard + 1
    return room.ears["wang"].rtp[-1]


def test_a_receiver_gets_it_by_rtx() -> None:
    room = sent_on()
    first = room.ears["wang"].heads()[2]
    parts = rtp.parse(asked_again(room, 2))
    assert parts is not None
    assert (parts[0] & 0x7F, parts[2], parts[3]) == (VP8_RTX, first[2], 1001)
    assert room.ears["wang"].payloads()[-1] == first[1].to_bytes(2, "big") + DELTA + b"\x02"


def test_without_rtx_it_gets_the_very_same_bytes() -> None:
    room = sent_on(receivers_rtx=None)
    assert asked_again(room, 2) == room.ears["wang"].rtp[2]
    room = Room()
    room.join("li", "wang")
    room.hear("wang", room.microphone("li", 3), 1000)
    room.send("li", packet(3, 1, 0, b"frame", kind=OPUS))
    assert asked_again(room, 0) == room.ears["wang"].rtp[0]


def test_asking_often_brings_it_once_a_round_trip_and_never_what_is_old_or_unknown() -> None:
    room = sent_on()
    numbers = [head[1] for head in room.ears["wang"].heads()]
    wanted = feedback.nack(1, 1000, [numbers[0], numbers[0] + 100 & 0xFFFF, numbers[0] - 5 & 0xFFFF])
    for _ in range(10):
        room.report("wang", wanted + feedback.nack(1, 4711, [numbers[0]]), 0.0005)
    assert len(room.ears["wang"].rtp) == 6
    for number in range(300):
        room.send("li", packet(7, 20 + number, 90 * number, DELTA), 0.01)
    heard = len(room.ears["wang"].rtp)
    room.report("wang", wanted)
    assert len(room.ears["wang"].rtp) == heard


def test_a_thousand_requests_do_not_fill_the_line() -> None:
    room = sent_on(packets=1)
    for number in range(1000):
        room.send("li", packet(7, 11 + number, 90 * number, DELTA + bytes(1000)), 0.001)
    numbers = [head[1] for head in room.ears["wang"].heads()]
    room.report("wang", feedback.nack(1, 1000, numbers))
    assert len(room.ears["wang"].rtp) - len(numbers) < 40


def test_what_a_switch_left_behind_is_still_answered() -> None:
    """A number from before the source changed is looked for where it came from."""
    room = sent_on()
    room.send("li", packet(7, 40000, 0, DELTA))
    room.send("li", packet(7, 40001, 0, KEY))
    numbers = room.ears["wang"].heads()
    assert numbers[-1][1] - numbers[-2][1] == 1
    assert asked_again(room, len(numbers) - 1)


def test_a_gap_is_asked_for_at_once_and_again_and_then_given_up() -> None:
    room = sent_on()
    room.tick()
    room.send("li", packet(7, 18, 9, DELTA))
    room.tick()
    (first,) = room.ears["li"].messages(rtcp.Nack)
    assert first == rtcp.Nack(7, (15, 16, 17))
    room.send("li", packet(7, 16, 7, DELTA))
    room.tick(0.99)
    asked = room.ears["li"].messages(rtcp.Nack)
    assert {message.sequences for message in asked[1:]} == {(15, 17)}
    assert 5 <= len(asked) <= 25
    assert room.ears["li"].messages(rtcp.KeyframeWanted)[-1].media == 7
    counts = room.exchange.counts()
    assert counts["given_up"] == 2
    room.tick(1)
    assert len(room.ears["li"].messages(rtcp.Nack)) == len(asked)


def test_a_publisher_repairs_by_rtx_learned_or_named() -> None:
    room = sent_on()
    room.send("li", packet(7, 16, 9, DELTA))
    room.send("li", packet(8, 1, 5, (15).to_bytes(2, "big") + DELTA + b"late", kind=VP8_RTX))
    room.send("li", packet(8, 2, 5, b"", kind=VP8_RTX))
    room.send("li", packet(8, 3, 5, (40000).to_bytes(2, "big") + DELTA, kind=VP8_RTX))
    assert room.ears["wang"].payloads()[-1] == DELTA + b"late"
    heads = room.ears["wang"].heads()
    assert heads[-1][1] - heads[-2][1] == -1
    assert heads[-1][0] & 0x7F == VP8
    counts = room.exchange.counts()
    assert (counts["repaired"], counts["far_off"], counts["payload_unknown"]) == (1, 1, 0)


def test_reordering_that_was_seen_is_waited_for() -> None:
    """After numbers that only came late, a gap is not asked for at once any more."""
    room = sent_on()
    for number in range(15, 200, 2):
        room.send("li", packet(7, number + 1, number, DELTA), 0.005)
        room.exchange.tick(room.at)
        room.send("li", packet(7, number, number, DELTA), 0.03)
        room.exchange.tick(room.at)
    asked = room.ears["li"].messages(rtcp.Nack)
    assert len(asked) <= 5


@pytest.mark.parametrize(
    ("loss", "burst", "most_audio", "most_video"),
    [(0.2, 1, 0.0005, 0.0005), (0.4, 1, 0.004, 0.006), (0.4, 4, 0.01, 0.01), (0.6, 1, 0.06, 0.06)],
)
def test_little_stays_lost_on_two_bad_legs(loss: float, burst: float, most_audio: float, most_video: float) -> None:
    """Loss on both legs both ways at 20 ms a way; what neither NACK nor RTX of two seconds brings is the residue."""
    world = World(seed=round(loss * 100))
    bad = LineShape(loss=loss, burst=burst, delay=0.02)
    li, wang = world.peer("li", up=bad, down=bad), world.peer("wang", up=bad, down=bad)
    voice, picture = wang.hears(li.speaks(), 1000), wang.hears(li.shows(), 2000)
    world.run(20)
    assert len(voice.came) > 900
    assert residual(voice) <= most_audio
    assert residual(picture) <= most_video
    told = [report.fraction for report in li.sending[22].reports[2:]]
    assert sum(told) / len(told) < most_video * 3 + 0.001


def test_a_line_that_turns_packets_around_is_not_asked_for_keyframes_for_ever() -> None:
    """Jitter of a second loses nothing: what comes late is waited for once that was seen."""
    world = World(seed=4)
    li, wang = world.peer("li", up=LineShape(jitter=1.0)), world.peer("wang")
    picture = wang.hears(li.shows(packets=2), 2000)
    world.run(10)
    keys = li.sending[22].keys
    world.run(10)
    assert li.sending[22].keys - keys <= 2
    assert residual(picture) < 0.005
