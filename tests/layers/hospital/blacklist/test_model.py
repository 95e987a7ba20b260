"""Every act in every state: it moves as the table says, or is refused and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import product
from types import MappingProxyType
from typing import get_args

import pytest

from hospital.blacklist.errors import AnotherDecides, Blacklisted, BlacklistingMovedOn
from hospital.blacklist.model import TRANSITIONS, Act, Blacklisting, State
from tests.builders.moments import START

pytestmark = pytest.mark.unit

LATER = START + timedelta(hours=1)


def begun(words: str = "约了不来") -> Blacklisting:
    return Blacklisting.begun("per_1", "org_1", "pat_1", reason="no_shows", words=words, by="prr_1", now=START)


ACTS: Mapping[Act, Callable[[Blacklisting], Blacklisting]] = MappingProxyType(
    {
        "list": lambda one: one.begun_anew(begun("又没有来")),
        "appeal": lambda one: one.appealed("我病了", LATER),
        "uphold": lambda one: one.upheld("属实", "prr_2", LATER),
        "remove": lambda one: one.removed("谈过了", "prr_1", LATER),
    }
)


@pytest.mark.parametrize(("state", "act"), list(product(get_args(State), get_args(Act))))
def test_every_act_in_every_state(state: State, act: Act):
    before = begun().having(state=state)
    if (state, act) in TRANSITIONS:
        assert ACTS[act](before).state == TRANSITIONS[state, act]
        return
    with pytest.raises(BlacklistingMovedOn) as refusal:
        ACTS[act](before)
    assert refusal.value.facts == {"state": state}


@pytest.mark.parametrize("state", get_args(State))
def test_all_but_one_who_was_taken_off_are_refused(state: State):
    one = begun().having(state=state)
    if state == "removed":
        one.refuse()
        return
    with pytest.raises(Blacklisted) as refusal:
        one.refuse()
    assert refusal.value.facts["may_appeal"] is (state == "listed")


def test_nobody_judges_what_is_said_to_their_own_words():
    appealed = begun().appealed("我病了", LATER)
    with pytest.raises(AnotherDecides):
        appealed.upheld("属实", "prr_1", LATER)


def test_whoever_comes_on_it_again_begins_anew():
    ended = begun().appealed("我病了", LATER).removed("谈过了", "prr_2", LATER)
    again = ended.begun_anew(begun("又没有来"))
    assert again.model_dump(exclude={"version"}) == begun("又没有来").model_dump(exclude={"version"})
