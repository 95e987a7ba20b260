"""Random walks of the call model: whatever people and relays do in whatever order, what must hold holds."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from hospital.calls.errors import AnsweredElsewhere, CallMovedOn, CallOver, NotTheCaller
from hospital.calls.members import IN_IT, MEMBER_TRANSITIONS, PENDING
from hospital.calls.model import TRANSITIONS, Call
from tests.builders.calls import DOCTOR, NURSE, PATIENT, a_call
from tests.builders.moments import START

pytestmark = pytest.mark.unit

PEOPLE = [one.person_id for one in (DOCTOR, PATIENT, NURSE)]
REFUSED = (AnsweredElsewhere, CallMovedOn, CallOver, NotTheCaller)
FACTS = ("joined", "flowing", "stopped")
ACTS = ("ring", "answer", "decline", "cancel", "leave", "end", "invite", "show", "hide", "place", "look", *FACTS)


def step(call: Call, act: str, dice: random.Random, now: datetime) -> Call:
    who = dice.choice(call.person_ids)
    session = f"{who}-{dice.choice((0, 0, 0, 1))}"
    if act == "answer":
        return call.answer(who, dice.choice(("device-1", "device-2")), "video", now)
    if act == "decline":
        return call.decline(who, dice.choice(("declined", "busy")), now)
    if act == "invite":
        return call.invite(who, [dice.choice((PATIENT, NURSE))], dice.choice(((), ("per_nurse",))), now)
    if act == "show":
        return call.show(who, dice.choice((1, 2)), now)
    if act == "place":
        return call.place(dice.choice(("relay-1", "relay-2")), now)
    if act in FACTS:
        return getattr(call, act)(who, session, now)
    return call.as_of(now) if act == "look" else getattr(call, act)(who, now)


def beyond(table: Mapping[tuple[Any, Any], Any]) -> dict[str, set[str]]:
    """State -> itself, and where the table leads from there in however many steps."""
    found = {state: {state} for pair in table.items() for state in (pair[0][0], pair[1])}
    for _ in found:
        for (state, _), to in table.items():
            found[state] |= found[to]
    return found


REACHED, MEMBERS_REACHED = beyond(TRANSITIONS), beyond(MEMBER_TRANSITIONS)


def check(before: Call, after: Call, now: datetime) -> None:
    """What holds after every step."""
    assert before.state != "ended" or after == before
    assert after.state in REACHED[before.state]
    known = {one.person_id: one.state for one in before.members}
    for one in after.members:
        if one.person_id in known:
            assert one.state in MEMBERS_REACHED[known[one.person_id]]
        assert (one.rings_until is not None) == (one.state in PENDING)
        assert not one.session or one.state in IN_IT
        assert one.state != "connected" or one.session
    if after.showing is not None:
        assert after.member(after.showing.by).state in IN_IT, "it ends with who shows it"
    moments = [after.created_at, after.accepted_at, after.connected_at, after.ended_at]
    told = [moment for moment in moments if moment is not None]
    assert told == sorted(told), "times never run backwards"
    over = after.state == "ended"
    assert over == (after.outcome is not None) == (after.ended_at is not None)
    assert (after.outcome == "completed") == (over and after.connected_at is not None)
    if over:
        assert after.due_at is None
        assert not any(after.holds(one) for one in after.person_ids)
        assert not any(one.state in PENDING | IN_IT for one in after.members)
    else:
        assert sum(after.holds(one) for one in after.person_ids) > 1
        assert after.connected_at is not None or after.due_at is not None, "nothing rings or waits for ever"
        assert after.due_at is None or after.due_at > now - timedelta(seconds=1) or after == before
    if after.state == "connected":
        alone = sum(bool(one.session) for one in after.members) < 2
        assert not alone or after.quiet_by is not None


def walk(seed: int, steps: int) -> dict[str, int]:
    """Walks through calls, one after another, and counts how they ended."""
    dice, ended = random.Random(seed), {}
    call, now = a_call("invited", PATIENT, NURSE), START
    for _ in range(steps):
        now += timedelta(milliseconds=dice.choice((0, 1, 900, 900, 5_000, 20_000)))
        weights = [1 if act in ("end", "cancel", "leave", "decline", "place") else 6 for act in ACTS]
        try:
            moved = step(call, dice.choices(ACTS, weights)[0], dice, now)
        except REFUSED:
            continue
        check(call.as_of(now), moved, now)
        call = moved
        if call.state == "ended":
            ended[call.outcome] = ended.get(call.outcome, 0) + 1
            call, now = a_call("invited", *dice.choice(((PATIENT,), (PATIENT, NURSE)))), START
    return ended


@pytest.mark.parametrize("seed", range(3))
def test_a_short_walk(seed: int):
    ended = walk(seed, 4_000)
    assert set(ended) == {"completed", "missed", "declined", "busy", "failed", "cancelled"}, ended


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 110))
def test_a_long_walk(seed: int):
    assert min(walk(seed, 100_000).values()) > 20
