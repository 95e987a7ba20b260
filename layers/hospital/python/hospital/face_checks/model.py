"""A face check as a state machine: pure. It is drawn, answered once within a minute, and judged; one in doubt is judged
once more, by a member of staff."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, Self

from hospital.face_checks.errors import FaceCheckNotFound, FaceCheckOver, FaceCheckUsed, OwnFace
from hospital.records import Record, Sealed

Action = Literal["turn_left", "turn_right", "blink", "open_mouth"]
State = Literal["drawn", "answered", "passed", "doubtful", "failed"]
Act = Literal["answer", "pass", "doubt", "fail", "confirm", "refuse"]

TRANSITIONS: Mapping[tuple[State, Act], State] = {
    ("drawn", "answer"): "answered",
    ("answered", "pass"): "passed",
    ("answered", "doubt"): "doubtful",
    ("answered", "fail"): "failed",
    ("doubtful", "confirm"): "passed",
    ("doubtful", "refuse"): "failed",
}

LIFE = timedelta(seconds=60)
REMEMBERED = timedelta(days=90)
"""For so long a frame that was sent is known again."""
REVIEWED_WITHIN = timedelta(days=7)
"""For so long at most the pictures of a check in doubt wait for somebody to look (rule FACE-CHOICE)."""


class FaceCheck(Record):
    """What was asked of somebody, and the verdict: result, score and method remain, as FACE-CHOICE allows."""

    person_id: str
    actions: tuple[Action, ...]
    drawn_at: datetime
    consented_at: datetime
    state: State = "drawn"
    why: str = ""
    score: str = ""
    method: str = ""
    reading_id: str = ""
    organisation_id: str = ""
    face_request_id: str = ""
    reviewed_by: str = ""

    @property
    def expires_at(self) -> datetime:
        """Until when it may be answered."""
        return self.drawn_at + LIFE

    def answer(self, reading_id: str, method: str, now: datetime) -> Self:
        """Frames came for it. `FaceCheckUsed`, `FaceCheckOver`."""
        if self.state != "drawn":
            raise FaceCheckUsed(state=self.state)
        if now >= self.expires_at:
            raise FaceCheckOver
        return self._moved("answer", reading_id=reading_id, method=method)

    def for_staff_of(self, organisation_id: str) -> Self:
        """Whose staff look where there is doubt; of none, when it is empty."""
        return self.having(organisation_id=organisation_id)

    def for_request(self, face_request_id: str) -> Self:
        """Which other system's request it answers; none's, when it is empty."""
        return self.having(face_request_id=face_request_id)

    def judge(self, act: Act, why: str, score: float | None) -> Self:
        """The verdict."""
        return self._moved(act, why=why, score="" if score is None else f"{score}")

    def review(self, *, same: bool, by_role: str) -> Self:
        """What a member of staff saw."""
        return self._moved("confirm" if same else "refuse", reviewed_by=by_role)

    def _moved(self, act: Act, **changes: str) -> Self:
        following = TRANSITIONS.get((self.state, act))
        if following is None:
            raise FaceCheckUsed(state=self.state)
        return self.having(state=following, **changes)


class DoubtfulFace(Record):
    """The two pictures of a check in doubt, JPEGs in base64, and whose they are said to be, until somebody has looked.
    `id` is the check's."""

    person_id: str
    organisation_id: str
    name: Sealed
    number: Sealed
    portrait: Sealed
    capture: Sealed
    held_at: datetime

    @property
    def expires_at(self) -> datetime:
        """When it is there no more, looked at or not."""
        return self.held_at + REVIEWED_WITHIN

    def seen_by(self, organisation_id: str, person_id: str, now: datetime) -> Self:
        """For staff of the organisation that the person named. `FaceCheckNotFound`, `OwnFace`."""
        if self.organisation_id != organisation_id or now >= self.expires_at:
            raise FaceCheckNotFound
        if self.person_id == person_id:
            raise OwnFace
        return self


class FaceLook(Record):
    """That a member of staff was given the pictures."""

    check_id: str
    person_id: str
    organisation_id: str
    practitioner_role_id: str
    at: datetime


class FrameSent(Record):
    """That a frame was sent. `id` is its digest."""

    sent_at: datetime


def drawn_actions(choose: Callable[[Sequence[Action]], Action]) -> tuple[Action, ...]:
    """Three different things to do, in an order that nobody can know before. `choose` draws one."""
    left: list[Action] = ["blink", "open_mouth", choose(("turn_left", "turn_right"))]
    order: list[Action] = []
    while left:
        order.append(choose(tuple(left)))
        left.remove(order[-1])
    return tuple(order)


def digest_of(frame: bytes) -> str:
    """By which a frame is known again."""
    return hashlib.sha256(frame).hexdigest()
