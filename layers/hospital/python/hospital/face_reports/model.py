"""A report on the comparison of faces: pure. Counts and shares, no picture, no person, no name of a file."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from hospital.face_reports.errors import FaceReportContradicts
from hospital.records import Record

Count = Annotated[int, Field(ge=0, le=10_000_000)]
Share = Annotated[float, Field(ge=0, le=1)]
ID = "fcr_last"
_ROUNDED = 0.0001


class Point(BaseModel):
    """What a threshold would do: shares of impostors taken for the person, and of persons taken for impostors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: Annotated[float, Field(ge=0, le=2)]
    far: Share
    frr: Share


class Figures(BaseModel):
    """What `infra.measure_faces` counted; docs/cards-and-faces.md says what each number means."""

    model_config = ConfigDict(frozen=True, extra="ignore")  # the runner's report also names files, which stay there

    pairs: Count
    genuine: Count
    impostor: Count
    right: Count
    wrong: Count
    in_doubt: Count
    accuracy: Share
    at_least: Share
    asked: Share
    shown: bool
    far: Share
    frr: Share
    same_below: Annotated[float, Field(ge=0, le=2)]
    other_from: Annotated[float, Field(ge=0, le=2)]
    curve: Annotated[tuple[Point, ...], Field(min_length=1, max_length=100)]
    pictures: Count
    left_out: Count
    versions: Annotated[
        dict[Annotated[str, Field(max_length=80)], Annotated[str, Field(max_length=80)]], Field(max_length=20)
    ]

    def demand_agreement(self) -> None:
        """Raises `FaceReportContradicts`: a slip of whoever copied it, or an accuracy that nobody counted."""
        accuracy = self.right / self.pairs if self.pairs else 0.0
        agrees = {
            "pairs": self.pairs == self.genuine + self.impostor == self.right + self.wrong + self.in_doubt,
            "accuracy": abs(self.accuracy - accuracy) < _ROUNDED,
            "at_least": self.at_least <= self.accuracy + _ROUNDED,
            "shown": not self.shown or (self.at_least >= self.asked and self.genuine > 0 and self.impostor > 0),
        }
        for field, does in agrees.items():
            if not does:
                raise FaceReportContradicts(field=field)


class FaceReport(Record):
    """The last report, and when it was brought in. Its shares are kept as text: tables know no binary fractions."""

    text: str
    brought_at: datetime

    @classmethod
    def of(cls, figures: Figures, now: datetime) -> Self:
        """The report of this deployment."""
        return cls(id=ID, text=figures.model_dump_json(), brought_at=now)

    @property
    def figures(self) -> Figures:
        """What was counted."""
        return Figures.model_validate_json(self.text)
