"""What face checks report: ids and verdicts, nothing of a face."""

from __future__ import annotations

from typing import ClassVar, Self

from hospital.events import Event
from hospital.face_checks.model import FaceCheck, State


class FaceCheckEvent(Event):
    """What every event of a face check says."""

    SOURCE: ClassVar[str] = "face_checks"

    person_id: str
    state: State
    why: str

    @classmethod
    def of(cls, check: FaceCheck) -> Self:
        """The event of a check as it was stored."""
        return cls(
            subject=check.id, sequence=check.version, person_id=check.person_id, state=check.state, why=check.why
        )


class FaceChecked(FaceCheckEvent):
    """The verdict is there."""

    TYPE: ClassVar[str] = "face_check.judged.v1"
