"""Random walks of the visit model: whatever is done in whatever order, what must hold holds."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from hospital.visits.errors import VisitMovedOn
from hospital.visits.model import OPEN, TRANSITIONS, Act, Visit
from tests.builders.moments import START
from tests.builders.visits import REFUSAL, SUMMARY, a_visit

pytestmark = pytest.mark.unit

ACTS: tuple[Act, ...] = ("accept", "begin", "finish", "refuse", "expire")
HOUR = timedelta(hours=1)


def step(visit: Visit, act: Act, now) -> Visit:
    if act == "accept":
        return visit.accept(now)
    if act == "begin":
        return visit.begin(f"cnv_{now:%H%M}", now)
    if act == "finish":
        return visit.finish(SUMMARY, now)
    if act == "refuse":
        return visit.refuse(REFUSAL, now)
    return visit.expire(now)


def check(before: Visit, after: Visit, act: Act, now) -> None:
    """What holds after every step that was taken."""
    assert (before.as_of(now).state, act) in TRANSITIONS or (before.state, act) == ("applied", "expire")
    assert before.state in OPEN, "what is over stays as it is"
    for name in ("id", "patient", "doctor", "complaint", "notice", "applied_at", "answer_by", "organisation_id"):
        assert getattr(after, name) == getattr(before, name)
    times = [after.applied_at, after.accepted_at, after.started_at, after.ended_at]
    known = [moment for moment in times if moment is not None]
    assert known == sorted(known), "times never run backwards"
    assert (after.ended_at is None) == (after.state in OPEN)
    assert (after.summary is not None) == (after.state == "finished")
    assert (after.refusal is not None) == (after.state == "refused")
    assert (after.conversation_id is not None) == (after.state in ("in_progress", "finished"))
    if act == "accept":
        assert now < after.answer_by, "nobody accepts what has expired"
    if after.state == "expired":
        assert after.ended_at == after.answer_by <= now


def walk(seed: int, steps: int) -> dict[str, int]:
    """Walks through visits, one after another, and counts where they ended."""
    dice = random.Random(seed)
    ended = dict.fromkeys(("finished", "refused", "expired"), 0)
    visit, now, refused = a_visit(answer_within=3 * HOUR), START, 0
    for _ in range(steps):
        now += timedelta(milliseconds=dice.choice((0, 1, 60_000, 3_600_000)))
        act = dice.choice(ACTS)
        try:
            moved = step(visit, act, now)
        except VisitMovedOn as refusal:
            # Too early to expire is the one refusal of a step that the table knows.
            assert (visit.as_of(now).state, act) not in TRANSITIONS or act == "expire"
            assert refusal.facts["state"] == (visit.state if act == "expire" else visit.as_of(now).state)
            refused += 1
        else:
            check(visit, moved, act, now)
            visit = moved
        if visit.state not in OPEN and dice.random() < 0.2:
            ended[visit.state] += 1
            visit, now = a_visit(answer_within=dice.randrange(1, 5) * HOUR), START
    return ended


@pytest.mark.parametrize("seed", range(4))
def test_a_short_walk(seed: int):
    ended = walk(seed, 5_000)
    assert all(count > 20 for count in ended.values()), ended


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 110))
def test_a_walk_of_a_million_steps(seed: int):
    ended = walk(seed, 100_000)
    assert all(count > 500 for count in ended.values()), ended
