"""The call as a state machine: every act in every state, and what happens by itself."""

from __future__ import annotations

import typing
from collections.abc import Callable
from datetime import timedelta

import pytest

from hospital.calls.errors import (
    AnsweredElsewhere,
    CallMovedOn,
    CallNotFound,
    CallOver,
    NotTheCaller,
    TooManyPeople,
)
from hospital.calls.events import CallBegun, CallDue, CallEnded
from hospital.calls.members import MEMBER_TRANSITIONS, MemberState, Rung
from hospital.calls.model import TRANSITIONS, Act, Call, State
from tests.builders.calls import DOCTOR, NURSE, PATIENT, PHONE, SECOND, TABLET, a_call
from tests.builders.moments import START

pytestmark = pytest.mark.unit

STATES: tuple[State, ...] = typing.get_args(State)
SOON = START + 10 * SECOND
OPEN = [state for state in STATES if state != "ended"]


def states(call: Call) -> dict[str, MemberState]:
    return {one.person_id.removeprefix("per_"): one.state for one in call.members}


def test_the_table_leads_from_every_state_to_the_end_and_from_there_nowhere():
    assert {state for state, _ in TRANSITIONS} == set(STATES) - {"ended"}
    assert all(TRANSITIONS[state, "end"] == "ended" for state in OPEN)
    assert {act for _, act in TRANSITIONS} == set(typing.get_args(Act))
    assert {state for state, _ in MEMBER_TRANSITIONS} | set(MEMBER_TRANSITIONS.values()) == set(
        typing.get_args(MemberState)
    )


@pytest.mark.parametrize("state", STATES)
def test_a_call_goes_through_every_state(state: State):
    assert a_call(state).state == state


ACTS: dict[str, Callable[[Call], Call]] = {
    "ring": lambda call: call.ring("per_patient", SOON),
    "answer": lambda call: call.answer("per_patient", PHONE, "video", SOON),
    "decline": lambda call: call.decline("per_patient", "declined", SOON),
    "cancel": lambda call: call.cancel("per_doctor", SOON),
    "leave": lambda call: call.leave("per_doctor", SOON),
    "end": lambda call: call.end("per_doctor", SOON),
    "invite": lambda call: call.invite("per_doctor", [NURSE], (), SOON),
    "join": lambda call: call.joined("per_doctor", "s9", SOON),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_is_over_stays_over(act: str):
    with pytest.raises(CallOver) as refusal:
        ACTS[act](a_call("ended"))
    assert refusal.value.facts == {"outcome": "completed"}


def test_one_answers_and_both_talk():
    call = a_call("connected")
    assert states(call) == {"doctor": "connected", "patient": "connected"}
    assert (call.accepted_at, call.connected_at) == (START + 2 * SECOND, START + 4 * SECOND)
    assert call.due_at is None
    over = call.end("per_patient", SOON)
    assert (over.outcome, over.ended_at, over.seconds) == ("completed", SOON, 6)
    assert states(over) == {"doctor": "left", "patient": "left"}


@pytest.mark.parametrize(("reason", "outcome"), [("declined", "declined"), ("busy", "busy")])
def test_one_who_does_not_take_it_ends_it_with_their_reason(reason, outcome):
    over = a_call("ringing").decline("per_patient", reason, SOON)
    assert (over.state, over.outcome, over.seconds) == ("ended", outcome, None)
    assert states(over) == {"doctor": "left", "patient": reason}


def test_unanswered_it_is_missed_after_45_seconds_however_late_somebody_looks():
    call = a_call("ringing")
    assert call.due_at == START + timedelta(seconds=45)
    assert call.as_of(call.due_at - SECOND) is call
    for late in (timedelta(0), timedelta(days=2)):
        over = call.as_of(call.due_at + late)
        assert (over.outcome, over.ended_at) == ("missed", START + timedelta(seconds=45))
    with pytest.raises(CallOver):
        call.answer("per_patient", PHONE, "video", call.due_at)


def test_in_another_call_it_is_busy_at_once():
    call = Call.begin(
        organisation_id="org_1",
        conversation_id="cnv_1",
        visit_id=None,
        media="audio",
        caller=DOCTOR,
        others=[PATIENT],
        busy={"per_patient"},
        now=START,
    )
    assert (call.state, call.outcome, states(call)["patient"]) == ("ended", "busy", "busy")


def test_the_caller_gives_up_before_anybody_answers_and_nobody_else_does():
    with pytest.raises(NotTheCaller):
        a_call("ringing").cancel("per_patient", SOON)
    over = a_call("ringing").cancel("per_doctor", SOON)
    assert (over.outcome, states(over)["patient"]) == ("cancelled", "missed")
    for state in ("accepted", "connecting", "connected"):
        with pytest.raises(CallMovedOn) as refusal:
            a_call(state).cancel("per_doctor", SOON)
        assert refusal.value.facts == {"state": state}


def test_the_first_device_answers_and_the_others_learn_it():
    call = a_call("accepted")
    assert call.answer("per_patient", PHONE, "video", SOON) is call, "the same device may ask again"
    with pytest.raises(AnsweredElsewhere):
        call.answer("per_patient", TABLET, "video", SOON)


def test_who_rang_talks_by_the_device_that_comes_first():
    call = a_call("accepted").bind("per_doctor", TABLET)
    with pytest.raises(AnsweredElsewhere):
        call.bind("per_doctor", PHONE)
    with pytest.raises(CallMovedOn):
        a_call("ringing").bind("per_patient", PHONE)


def test_accepted_without_media_it_fails_after_30_seconds():
    for state in ("accepted", "connecting"):
        call = a_call(state)
        assert call.due_at == START + timedelta(seconds=32)
        over = call.as_of(call.due_at)
        assert (over.outcome, over.ended_at) == ("failed", call.due_at)


def test_one_whose_media_does_not_flow_is_connected_all_the_same_when_they_hear_the_other():
    call = a_call("connecting").joined("per_patient", "s2", SOON)
    assert call.state == "connecting"
    call = call.flowing("per_doctor", "s1", SOON)
    assert (call.state, states(call)) == ("connected", {"doctor": "connected", "patient": "accepted"})


def test_with_nobodys_media_it_ends_after_30_seconds_and_alone_after_60():
    call = a_call("connected").stopped("per_patient", "s2", SOON)
    assert (call.state, states(call)["patient"]) == ("connected", "accepted")
    assert call.due_at == SOON + timedelta(seconds=60)
    back = call.joined("per_patient", "s3", SOON + SECOND)
    assert back.due_at is None, "they came again"
    both = call.stopped("per_doctor", "s1", SOON + SECOND)
    assert both.due_at == SOON + timedelta(seconds=31)
    over = both.as_of(both.due_at)
    assert (over.outcome, over.ended_at) == ("completed", both.due_at)


def test_a_session_that_was_replaced_says_nothing_any_more():
    call = a_call("connected").joined("per_patient", "s3", SOON)
    assert call.stopped("per_patient", "s2", SOON) == call
    assert call.flowing("per_patient", "s2", SOON) == call
    assert call.stopped("per_patient", "s3", SOON) != call


def test_a_room_that_moves_takes_everybody_along_and_ends_if_nobody_comes():
    call = a_call("connected").place("relay-2", SOON)
    assert call.node == "relay-2"
    assert {one.session for one in call.members} == {""}
    assert (call.state, call.due_at) == ("connected", SOON + timedelta(seconds=30))
    assert call.place("relay-2", SOON) is call
    again = call.joined("per_patient", "t1", SOON).joined("per_doctor", "t2", SOON).flowing("per_doctor", "t2", SOON)
    assert again.due_at is None


def test_a_third_is_rung_and_the_two_talk_on():
    call = a_call("connected").invite("per_doctor", [NURSE, PATIENT], (), SOON)
    assert states(call) == {"doctor": "connected", "patient": "connected", "nurse": "invited"}
    missed = call.as_of(SOON + timedelta(seconds=45))
    assert (missed.state, states(missed)["nurse"]) == ("connected", "missed")
    asked_again = missed.invite("per_patient", [NURSE], (), SOON + timedelta(seconds=50))
    assert states(asked_again)["nurse"] == "invited"
    joined = asked_again.answer("per_nurse", TABLET, "audio", SOON + timedelta(seconds=51))
    assert joined.state == "connected"
    assert joined.due_at is None, "a call that is connected does not fail for one more"
    left = joined.leave("per_doctor", SOON + timedelta(seconds=52))
    assert (left.state, states(left)["doctor"]) == ("connected", "left")
    assert left.leave("per_nurse", SOON + timedelta(seconds=53)).outcome == "completed"


def test_of_three_a_patient_leaves_and_does_not_end_it():
    call = a_call("connected").invite("per_doctor", [NURSE], (), SOON)
    with pytest.raises(NotTheCaller):
        call.end("per_patient", SOON)
    assert call.end("per_doctor", SOON).outcome == "completed"


def test_who_rings_invites_nobody():
    with pytest.raises(CallMovedOn):
        a_call("ringing").invite("per_patient", [NURSE], (), SOON)


def test_eight_is_full():
    crowd = [Rung(person_id=f"per_{number}", name="某", role="nurse") for number in range(8)]
    with pytest.raises(TooManyPeople):
        a_call("invited", *crowd)
    call = a_call("invited", *crowd[:7])
    with pytest.raises(TooManyPeople) as refusal:
        call.invite("per_doctor", [NURSE], (), SOON)
    assert refusal.value.facts == {"most": 8}
    assert len(call.decline("per_0", "declined", SOON).invite("per_doctor", [NURSE], (), SOON).members) == 9


@pytest.mark.parametrize("act", [act for act in ACTS if act != "join"])
def test_an_outsider_does_not_learn_that_it_exists(act: str):
    call = a_call("connected")
    with pytest.raises(CallNotFound):
        {
            "ring": lambda: call.ring("per_other", SOON),
            "answer": lambda: call.answer("per_other", PHONE, "video", SOON),
            "decline": lambda: call.decline("per_other", "declined", SOON),
            "cancel": lambda: call.cancel("per_other", SOON),
            "leave": lambda: call.leave("per_other", SOON),
            "end": lambda: call.end("per_other", SOON),
            "invite": lambda: call.invite("per_other", [NURSE], (), SOON),
        }[act]()


def test_events_say_ids_and_states_and_no_names():
    call = a_call("ended").having(version=7)
    for event in (CallBegun, CallEnded):
        told = event.of(call).model_dump_json()
        assert "李明" not in told
        assert "王芳" not in told
    assert CallEnded.of(call).seconds == 5
    due = CallDue.of(a_call("ringing"), SOON)
    assert due.model_dump() == {"subject": due.subject, "sequence": 0, "due_at": SOON}
