"""A face check that another system asked for, as a state machine: pure. Its person opens it on a phone, tries a few
times, and it ends with a verdict or with its time."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, Self

from hospital.face_requests.errors import (
    FaceRequestJudged,
    FaceRequestNotFound,
    FaceRequestOfOther,
    FaceRequestOver,
)
from hospital.records import Record, Sealed
from hospital.terminals import Terminal

State = Literal["asked", "opened", "doubtful", "passed", "failed"]
Act = Literal["open", "pass", "doubt", "fail", "confirm", "refuse"]
Standing = Literal["asked", "opened", "doubtful", "passed", "failed", "expired"]
"""How it stands for who asked: `expired` is one whose time was over before a verdict."""

TRANSITIONS: Mapping[tuple[State, Act], State] = {
    ("asked", "open"): "opened",
    ("opened", "open"): "opened",
    ("opened", "pass"): "passed",
    ("opened", "doubt"): "doubtful",
    ("opened", "fail"): "failed",
    ("doubtful", "confirm"): "passed",
    ("doubtful", "refuse"): "failed",
}

LIFE = timedelta(minutes=30)
"""For so long its link opens, and may the face be shown."""
KEPT = timedelta(days=8)
"""For so long the result is told, then it is gone. A face in doubt waits for staff a week at most."""
MOST_TRIES = 3


class FaceRequest(Record):
    """Whose face is to be checked, for which system. `code` stands in the link; `person_id` is whose account opened
    it last. The verdict is told, never a picture."""

    system_id: str
    system_name: str
    organisation_id: str
    reference: str
    name: Sealed
    number: Sealed
    code: Sealed
    asked_at: datetime
    state: State = "asked"
    person_id: str = ""
    terminal: Terminal | None = None
    tries: int = 0
    level: str = ""
    judged_at: datetime | None = None

    @property
    def expires_at(self) -> datetime:
        """Until when the person may show their face."""
        return self.asked_at + LIFE

    @property
    def kept_until(self) -> datetime:
        """Until when the result is told."""
        return self.asked_at + KEPT

    @property
    def tries_left(self) -> int:
        """How often the person may still try; none after a verdict."""
        return MOST_TRIES - self.tries if self.state == "opened" else 0

    def is_of(self, name: str, number: str) -> bool:
        """Whether that person is asked for."""
        return (self.name, self.number) == (name, number)

    def standing(self, now: datetime) -> Standing:
        """How it stands for who asked."""
        return "expired" if self.state in ("asked", "opened") and now >= self.expires_at else self.state

    def open(self, code: str, person_id: str, terminal: Terminal, now: datetime) -> Self:
        """Somebody followed the link. `FaceRequestNotFound`, `FaceRequestOver`, `FaceRequestJudged`."""
        if not hmac.compare_digest(self.code.encode(), code.encode()):
            raise FaceRequestNotFound
        return self._in_time(now)._moved("open", person_id=person_id, terminal=terminal)

    def demand(self, person_id: str, name: str, number: str, now: datetime) -> Self:
        """That the card is the asked person's, shown by who opened the link, in time."""
        if self.person_id != person_id:
            raise FaceRequestNotFound
        self._in_time(now)
        if self.state != "opened":
            raise FaceRequestJudged(state=self.state)
        if not self.is_of(name, number):
            raise FaceRequestOfOther
        return self

    def judge(self, act: Act, level: str, now: datetime) -> Self:
        """What came of one try; the third that fails is the last."""
        tries = self.tries + (act in ("pass", "doubt", "fail"))
        if act == "fail" and tries < MOST_TRIES:
            return self.having(tries=tries)
        ended = {} if act == "doubt" else {"judged_at": now}
        return self._moved(act, tries=tries, level=level, **ended)

    def _in_time(self, now: datetime) -> Self:
        if self.standing(now) == "expired":
            raise FaceRequestOver
        return self

    def _moved(self, act: Act, **changes: object) -> Self:
        following = TRANSITIONS.get((self.state, act))
        if following is None:
            raise FaceRequestJudged(state=self.state)
        return self.having(state=following, **changes)
