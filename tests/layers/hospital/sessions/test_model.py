"""Sessions: which refresh token goes on, which is the grace's, which is a thief's."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from hospital.caller import Asked, Audience
from hospital.sessions.errors import SessionOver
from hospital.sessions.model import GRACE, SESSION_LIFE, Session
from hospital.sessions.opening import new_session
from tests.builders.moments import START

pytestmark = pytest.mark.unit

ASKED = Asked(request_id="req", ip="203.0.113.7", device="a phone")
SECOND = timedelta(seconds=1)


def a_session(audience: Audience = "patient") -> Session:
    return new_session("per_1", audience, "patient", ASKED, START)


def test_a_session_remembers_where_it_was_opened():
    session = new_session("per_1", "staff", "doctor", ASKED, START, "prr_1")
    assert (session.device, session.ip, session.practitioner_role_id) == ("a phone", "203.0.113.7", "prr_1")
    assert (session.opened_at, session.last_used_at, session.rotated_at) == (START, START, START)


@pytest.mark.parametrize(("audience", "life"), SESSION_LIFE.items())
def test_a_session_ends_with_its_audiences_time(audience: Audience, life: timedelta):
    session = a_session(audience)
    assert session.is_open(START + life - SECOND)
    assert not session.is_open(START + life)


def test_the_lives_are_the_agreed_ones():
    assert {
        "patient": timedelta(days=30),
        "staff": timedelta(hours=12),
        "partner": timedelta(hours=12),
    } == SESSION_LIFE
    assert timedelta(seconds=30) == GRACE


def test_the_present_number_goes_on_under_the_next():
    session = a_session()
    assert not session.was_replayed(1, START + SECOND)
    after = session.refreshed(1, START + SECOND)
    assert (after.refresh_number, after.rotated_at, after.last_used_at) == (2, START + SECOND, START + SECOND)
    assert after.ends_at == session.ends_at, "refreshing does not make it live longer"


def test_the_number_before_is_forgiven_for_thirty_seconds_and_changes_nothing():
    session = a_session().refreshed(1, START)
    assert not session.was_replayed(1, START + GRACE)
    assert session.refreshed(1, START + GRACE) is session
    assert session.was_replayed(1, START + GRACE + timedelta(milliseconds=1))


def test_a_number_two_back_is_a_replay_at_once():
    session = a_session().refreshed(1, START).refreshed(2, START)
    assert session.was_replayed(1, START)
    assert not session.was_replayed(2, START)


def test_a_number_that_was_never_given_opens_nothing():
    with pytest.raises(SessionOver):
        a_session().was_replayed(2, START)


def test_what_is_over_is_neither_refreshed_nor_called_replayed():
    revoked = a_session().refreshed(1, START).revoked(START)
    for number in (1, 2):
        with pytest.raises(SessionOver):
            revoked.was_replayed(number, START)
    with pytest.raises(SessionOver):
        a_session().was_replayed(1, START + timedelta(days=30))


def walk(seed: int, steps: int) -> int:
    """An owner who refreshes, now and then twice, and a thief with an old copy; counts the thefts that were noticed.

    A plain list of given numbers is the other opinion: the newest goes on, the one before is forgiven for a while.
    """
    dice = random.Random(seed)
    noticed, session, now, given = 0, a_session(), START, [START]
    for _ in range(steps):
        now += timedelta(seconds=dice.choice((0, 1, 20, 31, 600)))
        number = dice.randint(max(1, len(given) - 3), len(given) + 1)
        verdict = _verdict(session, number, now)
        if number > len(given) or now >= START + timedelta(days=30):
            assert verdict == "over"
        elif number == len(given):
            assert verdict == "goes on"
            session = session.refreshed(number, now)
            given.append(now)
        elif number == len(given) - 1 and now <= given[-1] + GRACE:
            assert verdict == "goes on"
            assert session.refreshed(number, now) is session
        else:
            assert verdict == "replayed"
            noticed += 1
            session, given, now = a_session(), [START], START
        assert session.refresh_number == len(given)
        if now >= START + timedelta(days=30):
            session, given, now = a_session(), [START], START
    return noticed


def _verdict(session: Session, number: int, now: datetime) -> str:
    try:
        return "replayed" if session.was_replayed(number, now) else "goes on"
    except SessionOver:
        return "over"


@pytest.mark.parametrize("seed", range(3))
def test_a_short_walk(seed: int):
    assert walk(seed, 5_000) > 100


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(100, 105))
def test_a_long_walk(seed: int):
    assert walk(seed, 200_000) > 1000
