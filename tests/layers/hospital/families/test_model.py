"""Members of a family: who is one, and from when until when."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import get_args

import pytest

from hospital.families.errors import GuardianUnfit, MemberMovedOn, MemberPending
from hospital.families.model import TRANSITIONS, Member, State, require_guardian, stage_of

pytestmark = pytest.mark.unit

NOW, TODAY = datetime(2026, 11, 21, 6, 30, tzinfo=UTC), date(2026, 11, 21)


def a_member(born: date, state: State = "pending", today: date = TODAY) -> Member:
    member = Member.add(
        owner_id="per_1",
        person_id="per_2",
        relation="child",
        name="王小宝",
        id_number="110101202005040024",
        birth_date=born,
        number_hash="hash",
        paper=None,
        now=NOW,
        today=today,
    )
    return member.having(state=state)


@pytest.mark.parametrize(
    ("born", "today", "stage"),
    [
        (date(2008, 11, 21), TODAY, "adult"),
        (date(2008, 11, 22), TODAY, "child"),
        (date(2008, 2, 29), date(2026, 2, 28), "child"),
        (date(2008, 2, 29), date(2026, 3, 1), "adult"),
    ],
)
def test_a_child_is_one_until_the_day_on_which_they_are_18(born, today, stage):
    assert stage_of(born, today) == stage


def test_who_grows_up_has_to_agree_themselves():
    child = a_member(date(2008, 11, 22)).seen_by_staff("prr_1", NOW, TODAY)
    assert child.as_of(TODAY) == child
    grown = child.as_of(date(2026, 11, 22))
    assert (grown.stage, grown.state, grown.confirmed_at, grown.confirmed_by) == ("adult", "pending", None, "")
    assert grown.agreed("per_3", "account", NOW, date(2026, 11, 22)).person_id == "per_3"
    with pytest.raises(MemberMovedOn):
        grown.seen_by_staff("prr_1", NOW, date(2026, 11, 22))


def test_a_child_does_not_agree_and_an_adult_is_not_shown_by_papers():
    with pytest.raises(MemberMovedOn):
        a_member(date(2020, 5, 4)).agreed("per_2", "account", NOW, TODAY)
    with pytest.raises(MemberMovedOn):
        a_member(date(1960, 5, 4)).seen_by_staff("prr_1", NOW, TODAY)


@pytest.mark.parametrize("state", get_args(State))
def test_what_may_be_done_in_which_state(state):
    child = a_member(date(2020, 5, 4), state)
    acts = {
        "confirm": lambda: child.seen_by_staff("prr_1", NOW, TODAY),
        "end": lambda: child.ended("owner", NOW),
    }
    for act, do in acts.items():
        if (state, act) in TRANSITIONS:
            assert do().state == TRANSITIONS[state, act]
        else:
            with pytest.raises(MemberMovedOn):
                do()
    if state == "full":
        assert child.need_full() is child
    else:
        with pytest.raises(MemberPending):
            child.need_full()


@pytest.mark.parametrize(
    ("guardian", "child", "reason"),
    [
        (date(2020, 5, 4), date(2020, 5, 4), "younger"),
        (date(2020, 5, 5), date(2020, 5, 4), "younger"),
        (date(2008, 11, 22), date(2020, 5, 4), "minor"),
        (date(2008, 11, 21), date(2020, 5, 4), None),
    ],
)
def test_who_can_be_a_guardian(guardian, child, reason):
    if reason is None:
        require_guardian(guardian, child, TODAY)
        return
    with pytest.raises(GuardianUnfit) as refusal:
        require_guardian(guardian, child, TODAY)
    assert refusal.value.facts["reason"] == reason
