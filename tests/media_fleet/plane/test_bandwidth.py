"""What a line carries is found out: quickly, downwards at once, and in spite of loss that has other reasons."""

from __future__ import annotations

import random

import pytest

from media_fleet.plane import wide
from media_fleet.plane.estimator import Estimator, Told
from tests.builders.line import Line, LineShape

pytestmark = pytest.mark.unit

PACKET = 1100
ROUND_TRIP = 0.06


class Sender:
    """Sends as much as its estimate says, and hears each 50 ms what became of it."""

    def __init__(self, shape: LineShape, seed: int = 3, most: float = 10_000_000) -> None:
        self.line = Line(shape, seed)
        self.estimator = Estimator()
        self.most = most
        self.at = 0.0
        self.rates: list[float] = []
        self._under_way: list[Told] = []
        self._owed = 0.0

    def run(self, seconds: float) -> float:
        """The estimate afterwards."""
        for _ in range(round(seconds / 0.05)):
            for _ in range(10):
                self.at += 0.005
                self._owed += min(self.estimator.rate, self.most) * 0.005 / 8
                while self._owed >= PACKET:
                    self._owed -= PACKET
                    self._under_way.append((self.at, self.line.take(PACKET, self.at), PACKET))
            self.estimator.told(self._told(self.at - ROUND_TRIP / 2), self.at, ROUND_TRIP)
            self.rates.append(self.estimator.rate)
        return self.estimator.rate

    def _told(self, until: float) -> list[Told]:
        """What came by then, and what was lost before the newest of it."""
        came = [number for number, one in enumerate(self._under_way) if one[1] is not None and one[1] < until]
        before = self._under_way[: max(came, default=-1) + 1]
        open_still = [one for one in before if one[1] is not None and one[1] >= until]
        self._under_way = open_still + self._under_way[len(before) :]
        return [one for one in before if one[1] is None or one[1] < until]


def test_four_megabits_within_five_seconds() -> None:
    sender = Sender(LineShape(rate=20_000_000, delay=0.03))
    assert sender.run(5) >= 4_000_000


@pytest.mark.parametrize("rate", [500_000, 1_500_000, 4_000_000])
def test_it_settles_under_what_the_line_carries(rate: float) -> None:
    sender = Sender(LineShape(rate=rate, delay=0.03, overtaking=False))
    sender.run(20)
    settled = sender.rates[-200:]
    assert 0.65 * rate < sum(settled) / len(settled) < 1.05 * rate
    assert sender.estimator.loss < 0.02


def test_a_halved_line_is_noticed_within_two_seconds_and_regained_within_fifteen() -> None:
    whole = LineShape(rate=3_000_000, delay=0.03)
    sender = Sender(whole)
    sender.run(10)
    sender.line.shape = LineShape(rate=1_500_000, delay=0.03)
    assert sender.run(2) < 1_500_000
    sender.run(8)
    assert 0.65 * 1_500_000 < sender.estimator.rate < 1_650_000
    sender.line.shape = whole
    assert sender.run(15) > 2_300_000


@pytest.mark.parametrize("loss", [0.1, 0.2, 0.4])
def test_loss_that_is_always_there_does_not_bring_it_down(loss: float) -> None:
    sender = Sender(LineShape(rate=8_000_000, delay=0.03, loss=loss))
    assert sender.run(8) >= 3_000_000


def test_jitter_does_not_bring_it_down() -> None:
    sender = Sender(LineShape(rate=8_000_000, delay=0.03, jitter=0.03))
    assert sender.run(10) >= 2_000_000


def test_a_line_whose_queue_is_short_is_found_by_its_loss() -> None:
    sender = Sender(LineShape(rate=1_000_000, delay=0.03, queue=0.05))
    sender.run(20)
    settled = sender.rates[-200:]
    assert 400_000 < sum(settled) / len(settled) < 1_300_000


def test_what_was_not_sent_is_not_believed() -> None:
    sender = Sender(LineShape(rate=8_000_000, delay=0.03), most=200_000)
    assert sender.run(10) < 700_000


@pytest.mark.parametrize("seed", range(5))
def test_feedback_says_what_came_when(seed: int) -> None:
    chance = random.Random(seed)
    at, arrivals = 1234.5, []
    loss = chance.choice((0.0, 0.05, 0.5))
    for _ in range(chance.randrange(1, 400)):
        at += chance.choice((0.0001, 0.005, 0.03, 0.2))
        arrivals.append(None if chance.random() < loss else at - chance.random() * 0.01)
    read = wide.parse(wide.build(65_530, arrivals, seed))
    assert read is not None
    base, found = read
    assert base == 65_530
    assert [one is None for one in found] == [one is None for one in arrivals]
    pairs = [(one, other) for one, other in zip(found, arrivals, strict=True) if one is not None and other is not None]
    for one, other in pairs:
        assert one == pytest.approx(other, abs=wide.TICK)


def test_feedback_can_pass_over_what_was_lost_and_goes_round() -> None:
    arrivals = wide.Arrivals()
    arrivals.came += [(65_534, 1.0), (65_535, 1.01), (2, 1.03)]
    bodies = [wide.parse(body) for body in arrivals.told(hides=True)]
    assert bodies == [(65_534, pytest.approx([1.0, 1.01], abs=1e-3)), (2, pytest.approx([1.03], abs=1e-3))]
    arrivals.came += [(5, 1.1), (1, 1.11)]
    (body,) = arrivals.told(hides=False)
    base, found = wide.parse(body) or (0, [])
    assert (base, [one is not None for one in found]) == (1, [True, False, False, False, True])
    assert arrivals.told(hides=False) == []


def test_no_bytes_of_feedback_raise() -> None:
    chance = random.Random(15)
    good = wide.build(7, [1.0, None, 1.5, 9.0, *[None] * 30, 10.0], 1)
    for _ in range(3000):
        bad = bytearray(good if chance.random() < 0.7 else chance.randbytes(chance.randrange(60)))
        for _ in range(chance.randrange(4)):
            if bad:
                bad[chance.randrange(len(bad))] = chance.randrange(256)
        read = wide.parse(bytes(bad[: chance.randrange(len(bad) + 1)]))
        assert read is None or len(read[1]) <= wide.MOST
