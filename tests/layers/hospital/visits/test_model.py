"""The text consultation as a state machine: every act in every state."""

from __future__ import annotations

import itertools
import typing
from datetime import timedelta

import pytest

from hospital.caller import Caller, Role
from hospital.visits.errors import NotTheDoctor, VisitMovedOn, VisitNotFound
from hospital.visits.events import (
    VisitAccepted,
    VisitAnswerDue,
    VisitApplied,
    VisitBegun,
    VisitExpired,
    VisitFinished,
    VisitRefused,
)
from hospital.visits.model import OPEN, TRANSITIONS, Act, State, Visit
from tests.builders.moments import START
from tests.builders.people import caller
from tests.builders.visits import DAY, REFUSAL, SUMMARY, a_visit

pytestmark = pytest.mark.unit

STATES: tuple[State, ...] = typing.get_args(State)
ACTS: tuple[Act, ...] = typing.get_args(Act)
ROLES: tuple[Role, ...] = typing.get_args(Role)
IN_TIME = START + timedelta(hours=1)
# Written by hand, beside the table that the model holds.
EXPECTED: dict[tuple[State, Act], State] = {
    ("applied", "accept"): "accepted",
    ("applied", "refuse"): "refused",
    ("applied", "expire"): "expired",
    ("accepted", "begin"): "in_progress",
    ("in_progress", "finish"): "finished",
}


def act_on(visit: Visit, act: Act, now=IN_TIME) -> Visit:
    if act == "accept":
        return visit.accept(now)
    if act == "begin":
        return visit.begin("cnv_1", now)
    if act == "finish":
        return visit.finish(SUMMARY, now)
    if act == "refuse":
        return visit.refuse(REFUSAL, now)
    return visit.expire(max(now, visit.answer_by))


def test_the_table_is_the_one_that_was_agreed():
    assert EXPECTED == TRANSITIONS
    assert {"applied", "accepted", "in_progress"} == OPEN


@pytest.mark.parametrize(("state", "act"), list(itertools.product(STATES, ACTS)))
def test_every_act_in_every_state_either_moves_it_or_is_refused(state: State, act: Act):
    visit = a_visit(state)
    assert visit.state == state
    if (state, act) in EXPECTED:
        moved = act_on(visit, act)
        assert moved.state == EXPECTED[state, act]
        assert moved.version == visit.version, "the version is the store's to raise"
        assert visit.state == state, "the visit before is what it was"
    else:
        with pytest.raises(VisitMovedOn) as refusal:
            act_on(visit, act)
        assert refusal.value.facts == {"state": state}


def test_an_application_says_until_when_it_waits():
    visit = a_visit(answer_within=timedelta(minutes=90))
    assert (visit.applied_at, visit.answer_by) == (START, START + timedelta(minutes=90))
    assert (visit.accepted_at, visit.started_at, visit.ended_at, visit.summary, visit.refusal) == (None,) * 5


def test_each_act_writes_its_own_time_and_words():
    visit = a_visit("finished")
    minute = timedelta(minutes=1)
    assert (visit.accepted_at, visit.started_at, visit.ended_at) == tuple(START + n * minute for n in (1, 2, 3))
    assert (visit.summary, visit.conversation_id, visit.refusal) == (SUMMARY, "cnv_1", None)
    refused = a_visit("refused")
    assert (refused.refusal, refused.ended_at, refused.summary) == (REFUSAL, START + minute, None)


@pytest.mark.parametrize("act", ["accept", "refuse"])
def test_an_answer_counts_until_the_last_millisecond(act: Act):
    visit = a_visit()
    last = visit.answer_by - timedelta(milliseconds=1)
    assert act_on(visit, act, last).state in ("accepted", "refused")
    with pytest.raises(VisitMovedOn) as refusal:
        act_on(visit, act, visit.answer_by)
    assert refusal.value.facts == {"state": "expired"}


def test_it_expires_at_its_time_however_late_somebody_looks():
    visit = a_visit()
    with pytest.raises(VisitMovedOn):
        visit.expire(visit.answer_by - timedelta(milliseconds=1))
    for late in (timedelta(0), timedelta(days=400)):
        assert visit.expire(visit.answer_by + late).ended_at == visit.answer_by


@pytest.mark.parametrize("state", STATES)
def test_a_visit_is_read_as_it_stands_now(state: State):
    visit = a_visit(state)
    assert visit.as_of(visit.answer_by - timedelta(milliseconds=1)) is visit
    later = visit.as_of(visit.answer_by)
    assert later.state == ("expired" if state == "applied" else state)
    assert later.as_of(visit.answer_by + DAY) == later


PATIENT = caller("per_patient", "patient")
DOCTOR = caller("per_doctor", "doctor", "org_1", "prr_1")
OTHERS: dict[str, Caller] = {
    "another patient": caller("per_other", "patient"),
    "a colleague": caller("per_colleague", "doctor", "org_1", "prr_2"),
    "a doctor elsewhere": caller("per_elsewhere", "doctor", "org_2", "prr_3"),
    "the doctor's role id at another organisation": caller("per_doctor", "doctor", "org_2", "prr_1"),
    "the patient as a doctor": caller("per_patient", "doctor", "org_1", "prr_4"),
    "the doctor as a patient": caller("per_doctor", "patient"),
    "an operator": caller("per_operator", "operator", "", "prr_5"),
    "a partner": caller("per_partner", "partner", "", "prr_6"),
    **{
        f"a {role} of the organisation": caller(f"per_{role}", role, "org_1", f"prr_{role}")
        for role in ("nurse", "pharmacist", "org_admin")
    },
}


@pytest.mark.parametrize("state", STATES)
def test_its_patient_and_its_doctor_see_it(state: State):
    visit = a_visit(state)
    assert visit.seen_by(PATIENT) is visit
    assert visit.seen_by(DOCTOR) is visit


@pytest.mark.parametrize("who", OTHERS.values(), ids=OTHERS.keys())
def test_nobody_else_learns_that_it_exists(who: Caller):
    with pytest.raises(VisitNotFound):
        a_visit().seen_by(who)


def test_its_doctor_answers_it():
    visit = a_visit()
    assert visit.answered_by(DOCTOR) is visit


@pytest.mark.parametrize("who", [PATIENT, *OTHERS.values()], ids=["its patient", *OTHERS])
def test_nobody_else_answers_it(who: Caller):
    expected = NotTheDoctor if who.organisation_id == "org_1" else VisitNotFound
    with pytest.raises(expected):
        a_visit().answered_by(who)


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (VisitApplied, "applied"),
        (VisitAccepted, "accepted"),
        (VisitBegun, "in_progress"),
        (VisitFinished, "finished"),
        (VisitRefused, "refused"),
        (VisitExpired, "expired"),
    ],
)
def test_an_event_says_ids_and_state_and_no_words(event, state: State):
    visit = a_visit(state).having(version=3)
    told = event.of(visit)
    assert told.model_dump() == {
        "subject": visit.id,
        "sequence": 3,
        "organisation_id": "org_1",
        "person_id": "per_patient",
        "doctor_id": "prr_1",
        "doctor_person_id": "per_doctor",
        "state": state,
    }
    for words in ("王芳", "头痛", SUMMARY.conclusion, REFUSAL.words):
        assert words not in told.model_dump_json()


def test_the_reminder_says_when_the_answer_is_due():
    visit = a_visit().having(version=1)
    assert VisitAnswerDue.of(visit).model_dump() == {
        "subject": visit.id,
        "sequence": 1,
        "answer_by": visit.answer_by,
    }
