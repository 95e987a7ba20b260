"""Identities: pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hospital.verifications.errors import AlreadyVerified, CounterCheckOver
from hospital.verifications.id_number import parse_id_number
from hospital.verifications.model import CounterCheck, Identity, Level, Proven
from tests.builders.moments import START
from tests.builders.numbers import an_id_number

pytestmark = pytest.mark.unit

NUMBER = parse_id_number(an_id_number(sex="male"), START.date())


def proven(level: Level = "authority", **more: Any) -> Proven:
    return Proven(**{"name": "王强", "number": NUMBER, "level": level, "method": "number"} | more)


@pytest.mark.parametrize(
    ("level", "profile", "opens"),
    [
        ("authority", "production", True),
        ("manual", "production", True),
        ("card_portrait", "production", False),
        ("card_portrait", "staging", True),
        ("card_portrait", "local", True),
    ],
)
def test_what_opens_treatment(level: Level, profile: str, opens: bool):
    assert Identity.of("per_1", proven(level), START).opens_treatment(profile) is opens


def test_shown_again_the_name_may_change_and_the_level_rises_but_never_falls():
    later = START + timedelta(days=400)
    weak = Identity.of("per_1", proven("card_portrait", method="card"), START)
    strong = weak.shown_again(proven("manual", method="counter", name="王刚"), later)
    assert (strong.level, strong.method, strong.name, strong.verified_at) == ("manual", "counter", "王刚", later)
    again = strong.shown_again(proven("card_portrait", method="card"), later)
    assert (again.level, again.method, again.name) == ("manual", "counter", "王强")


def test_it_never_becomes_somebody_else():
    other = parse_id_number(an_id_number(), START.date())
    with pytest.raises(AlreadyVerified):
        Identity.of("per_1", proven(), START).shown_again(proven(number=other), START)


def test_a_check_at_a_counter_is_confirmed_once_and_in_time():
    check = CounterCheck(
        id="chk_1",
        person_id="per_1",
        organisation_id="org_1",
        practitioner_role_id="prr_1",
        begun_at=START,
        expires_at=START + timedelta(minutes=15),
    )
    confirmed = check.confirm(START + timedelta(minutes=14))
    for over, moment in ((confirmed, START), (check, START + timedelta(minutes=15))):
        with pytest.raises(CounterCheckOver):
            over.confirm(moment)
