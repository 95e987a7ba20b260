"""When a person may be disturbed, what is merged, and what the line says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hospital.reminders.model import (
    HOUSE_TIME,
    MOST_CONVERSATIONS,
    MOST_COUNTED,
    PAUSE,
    QuietHours,
    Reminder,
    Round,
    said,
)

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
AFTER = timedelta(seconds=30)
HOURS = st.times().map(lambda one: f"{one.hour:02d}:{one.minute:02d}")
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda one: one.replace(tzinfo=UTC))


def here(text: str) -> datetime:
    """A moment by the clock in Shanghai, in UTC as the hospital keeps it."""
    return datetime.fromisoformat(text).replace(tzinfo=HOUSE_TIME).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-11-21T21:59:59", None),
        ("2026-11-21T22:00:00", "2026-11-22T07:00:00"),
        ("2026-11-21T23:59:59.999", "2026-11-22T07:00:00"),
        ("2026-11-22T00:00:00", "2026-11-22T07:00:00"),
        ("2026-11-22T06:59:59.999", "2026-11-22T07:00:00"),
        ("2026-11-22T07:00:00", None),
        ("2026-12-31T22:30:00", "2027-01-01T07:00:00"),
        ("2028-02-28T23:00:00", "2028-02-29T07:00:00"),
    ],
)
def test_the_night_is_quiet_by_the_clock_in_shanghai(moment: str, until: str | None):
    assert QuietHours().until(here(moment)) == (here(until) if until else None)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-11-21T11:59:59", None),
        ("2026-11-21T12:00:00", "2026-11-21T13:30:00"),
        ("2026-11-21T13:29:59", "2026-11-21T13:30:00"),
        ("2026-11-21T13:30:00", None),
    ],
)
def test_quiet_hours_may_lie_within_a_day(moment: str, until: str | None):
    quiet = QuietHours(begins="12:00", ends="13:30")
    assert quiet.until(here(moment)) == (here(until) if until else None)


def test_who_turned_them_off_has_no_quiet_hours():
    assert QuietHours(on=False).until(here("2026-11-22T03:00:00")) is None


@pytest.mark.parametrize(
    "hours", [("22:00", "22:00"), ("24:00", "07:00"), ("7:00", "08:00"), ("22:60", "07:00"), ("", "")]
)
def test_what_are_no_quiet_hours(hours: tuple[str, str]):
    with pytest.raises(ValidationError):
        QuietHours(begins=hours[0], ends=hours[1])


@given(begins=HOURS, ends=HOURS, moment=MOMENTS)
def test_quiet_hours_end_within_a_day_and_then_are_over(begins: str, ends: str, moment: datetime):
    if begins == ends:
        return
    quiet = QuietHours(begins=begins, ends=ends)
    until = quiet.until(moment)
    other = QuietHours(begins=ends, ends=begins)
    assert (until is None) != (other.until(moment) is None), "each moment is quiet in one of the two halves of the day"
    if until is not None:
        assert moment < until <= moment + timedelta(days=1)
        assert quiet.until(until) is None
        assert quiet.until(until - timedelta(milliseconds=1)) == until


def a_reminder(**fields: object) -> Reminder:
    return Reminder(id="rem_1", person_id="per_1").having(**fields)


def test_a_round_gathers_each_conversation_once():
    reminder = a_reminder()
    for name in ("cnv_1", "cnv_2", "cnv_1"):
        reminder = reminder.gathering(Round(conversation_ids=(name,)))
    reminder = reminder.gathering(Round(visit=True))
    assert reminder.waiting == Round(conversation_ids=("cnv_1", "cnv_2"), visit=True)
    assert reminder.round == 1


def test_what_a_round_covers_needs_no_write():
    round_ = Round(conversation_ids=("cnv_1",))
    assert round_.covers(Round(conversation_ids=("cnv_1",)))
    assert not round_.covers(Round(conversation_ids=("cnv_2",)))
    assert not round_.covers(Round(visit=True))
    assert Round(visit=True).covers(Round(visit=True))
    full = Round(conversation_ids=tuple(f"cnv_{n}" for n in range(MOST_CONVERSATIONS)))
    assert full.covers(Round(conversation_ids=("cnv_x",)))
    assert len(full.and_also(Round(conversation_ids=("cnv_x",))).conversation_ids) == MOST_CONVERSATIONS


def test_a_reminder_is_due_after_a_moment_and_not_soon_after_the_last_one():
    assert a_reminder().due_at(NOW, AFTER) == NOW + AFTER
    just_sent = a_reminder(sent_at=NOW - timedelta(minutes=1))
    assert just_sent.due_at(NOW, AFTER) == NOW - timedelta(minutes=1) + PAUSE
    assert a_reminder(sent_at=NOW - timedelta(hours=1)).due_at(NOW, AFTER) == NOW + AFTER


def test_what_comes_while_a_round_leaves_begins_another():
    first = a_reminder().gathering(Round(conversation_ids=("cnv_1",)))
    leaving = first.taken_out(1)
    assert leaving is not None
    assert (leaving.waiting, leaving.leaving) == (None, Round(conversation_ids=("cnv_1",)))
    then = leaving.gathering(Round(conversation_ids=("cnv_2",)))
    assert (then.round, then.waiting) == (2, Round(conversation_ids=("cnv_2",)))
    assert then.taken_out(1) is then, "the first round's event again: it goes on with what it took out"
    both = then.taken_out(2)
    assert both is not None
    assert both.leaving == Round(conversation_ids=("cnv_2", "cnv_1")), "what could not leave goes with the next"
    assert both.taken_out(1) is None
    assert both.ended().taken_out(2) is None


def test_what_is_put_off_waits_again_in_one_round():
    reminder = a_reminder().gathering(Round(conversation_ids=("cnv_1",))).taken_out(1)
    assert reminder is not None
    assert (reminder.put_off().waiting, reminder.put_off().round) == (Round(conversation_ids=("cnv_1",)), 2)
    meanwhile = reminder.gathering(Round(visit=True)).put_off()
    assert (meanwhile.waiting, meanwhile.round) == (Round(conversation_ids=("cnv_1",), visit=True), 2)
    assert meanwhile.leaving is None


def test_what_left_is_remembered_until_the_next():
    reminder = a_reminder(leaving=Round(visit=True)).ended(NOW, ("cnv_1",))
    assert (reminder.leaving, reminder.sent_at, reminder.told) == (None, NOW, ("cnv_1",))
    assert reminder.ended().told == ("cnv_1",)


@pytest.mark.parametrize(
    ("count", "visit", "names", "chinese", "english"),
    [
        (1, False, (), "您有 1 条新消息，请打开云诊查看。", "You have 1 new message. Open Yunzhen to read."),
        (3, False, (), "您有 3 条新消息，请打开云诊查看。", "You have 3 new messages. Open Yunzhen to read."),
        (
            0,
            True,
            (),
            "您的咨询有新进展，请打开云诊查看。",
            "There is news about your consultation. Open Yunzhen to read.",
        ),
        (
            2,
            True,
            (),
            "您有 2 条新消息，您的咨询有新进展，请打开云诊查看。",
            "You have 2 new messages. There is news about your consultation. Open Yunzhen to read.",
        ),
        (
            2,
            False,
            ("李明",),
            "李明发来 2 条新消息，请打开云诊查看。",
            "You have 2 new messages from 李明. Open Yunzhen to read.",
        ),
        (
            5,
            False,
            ("李明", "赵静"),
            "李明等 2 人发来 5 条新消息，请打开云诊查看。",
            "You have 5 new messages from 李明 and 1 more. Open Yunzhen to read.",
        ),
        (
            MOST_COUNTED + 1,
            False,
            (),
            "您有 99+ 条新消息，请打开云诊查看。",
            "You have 99+ new messages. Open Yunzhen to read.",
        ),
    ],
)
def test_the_line(count: int, visit: bool, names: tuple[str, ...], chinese: str, english: str):
    assert said(count, visit=visit, names=names) == chinese
    assert said(count, visit=visit, names=names, language="en") == english
