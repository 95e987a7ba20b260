"""Reminders: pure. When a person may be disturbed, what is merged into one line, and what that line says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta, timezone
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hospital.caller import Audience
from hospital.records import Record, Sealed

Language = Literal["zh", "en"]

HOUSE_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has one time and no summer time (since 1991), so functions need no time zone tables."""
PAUSE = timedelta(minutes=5)
"""A person is not disturbed again sooner than this after a reminder that left."""
MOST_CONVERSATIONS = 50
"""That one reminder remembers by name; more say the same to whoever is reminded."""
MOST_COUNTED = 99


class QuietHours(BaseModel):
    """When nothing is sent, by the clock of the hospital; over midnight when `ends` comes before `begins`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on: bool = True
    begins: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["22:00"])] = "22:00"
    ends: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["07:00"])] = "07:00"

    @model_validator(mode="after")
    def _not_all_day(self) -> Self:
        if self.begins == self.ends:
            raise ValueError("quiet hours begin and end at the same time")
        return self

    def until(self, moment: datetime) -> datetime | None:
        """When it is over, if `moment` lies in quiet hours: from `begins` on, no longer at `ends`."""
        here = moment.astimezone(HOUSE_TIME)
        begins, ends = time.fromisoformat(self.begins), time.fromisoformat(self.ends)
        clock = here.time()
        over_midnight = ends < begins
        quiet = clock >= begins or clock < ends if over_midnight else begins <= clock < ends
        if not self.on or not quiet:
            return None
        day = here.date() + timedelta(days=1) if over_midnight and clock >= begins else here.date()
        return datetime.combine(day, ends, HOUSE_TIME).astimezone(moment.tzinfo)


class Choices(Record):
    """What a person chose: app pushes, text messages, quiet hours, and whether a push may say who wrote. `id` is the
    person's."""

    push: bool = True
    sms: bool = False
    quiet: QuietHours = QuietHours()
    names: bool = False


class Browser(Record):
    """A browser that shows pushes while the session lasts in which it registered."""

    person_id: str
    session_id: str
    audience: Audience
    endpoint: Sealed
    key: Sealed
    secret: Sealed
    registered_at: datetime


class Round(BaseModel):
    """What waits: conversations with something unread, and whether a consultation moved."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    conversation_ids: tuple[str, ...] = ()
    visit: bool = False

    def and_also(self, other: Round | None) -> Round:
        """Both, each conversation once."""
        if other is None:
            return self
        ids = dict.fromkeys((*self.conversation_ids, *other.conversation_ids))
        return Round(conversation_ids=tuple(ids)[:MOST_CONVERSATIONS], visit=self.visit or other.visit)

    def covers(self, other: Round) -> bool:
        """Whether `other` adds nothing to what is remembered."""
        full = len(self.conversation_ids) >= MOST_CONVERSATIONS
        known = full or set(other.conversation_ids) <= set(self.conversation_ids)
        return known and (self.visit or not other.visit)


class Reminder(Record):
    """What a person is to be reminded of, and what left.

    `waiting` is gathered until the round is due; then it becomes `leaving` before anything is counted, so that a
    message that comes in between begins a round of its own. `told` are the conversations of the last reminder: what is
    still unread there counts again in the next one, which takes its place on the screen.
    """

    person_id: str
    round: int = 0
    waiting: Round | None = None
    leaving: Round | None = None
    leaving_round: int = 0
    told: tuple[str, ...] = ()
    sent_at: datetime | None = None

    def gathering(self, more: Round) -> Self:
        """A round begins with `more`, or goes on with it."""
        if self.waiting is None:
            return self.having(round=self.round + 1, waiting=more)
        return self.having(waiting=self.waiting.and_also(more))

    def due_at(self, now: datetime, after: timedelta) -> datetime:
        """When a round that begins now is looked at: after a moment in which more may come, and after the pause."""
        earliest = now + after
        return max(earliest, self.sent_at + PAUSE) if self.sent_at else earliest

    def taken_out(self, round_: int) -> Self | None:
        """With what waited in that round on its way; itself when it is on its way already; None when it was dealt
        with."""
        if self.waiting is not None and self.round == round_:
            leaving = self.waiting.and_also(self.leaving)
            return self.having(waiting=None, leaving=leaving, leaving_round=round_)
        return self if self.leaving is not None and self.leaving_round == round_ else None

    def put_off(self) -> Self:
        """What was on its way waits again, in a round of its own or in the one that began meanwhile."""
        leaving = self.leaving or Round()
        return self.gathering(leaving).having(leaving=None)

    def ended(self, now: datetime | None = None, told: Sequence[str] = ()) -> Self:
        """Nothing is on its way any more; `now` is when it left the house, if it did."""
        done = self.having(leaving=None)
        return done.having(sent_at=now, told=tuple(told)[:MOST_CONVERSATIONS]) if now else done


def said(count: int, *, visit: bool, names: Sequence[str] = (), language: Language = "zh") -> str:
    """The line that may stand on a locked screen: how many, never what; nobody's name but those it is given."""
    return _in_english(count, visit, names) if language == "en" else _in_chinese(count, visit, names)


def _in_chinese(count: int, visit: bool, names: Sequence[str]) -> str:
    who = f"{names[0]}等 {len(names)} 人发来" if len(names) > 1 else f"{names[0]}发来" if names else "您有"
    new = f"{who} {_counted(count)} 条新消息，" if count else ""
    moved = "您的咨询有新进展，" if visit else ""
    return f"{new}{moved}请打开云诊查看。"


def _in_english(count: int, visit: bool, names: Sequence[str]) -> str:
    messages = "message" if count == 1 else "messages"
    others = len(names) - 1
    who = f" from {names[0]}" + (f" and {others} more" if others else "") if names else ""
    new = f"You have {_counted(count)} new {messages}{who}. " if count else ""
    moved = "There is news about your consultation. " if visit else ""
    return f"{new}{moved}Open Yunzhen to read."


def _counted(count: int) -> str:
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)
