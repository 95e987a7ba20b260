"""What is reported of copies. Ids and states."""

from __future__ import annotations

from typing import ClassVar, Self

from hospital.data_copies.model import DataCopy, State
from hospital.events import Event


class DataCopyEvent(Event):
    """What every event of a copy says."""

    SOURCE: ClassVar[str] = "data_copies"

    person_id: str
    asked_by: str
    state: State
    step: int

    @classmethod
    def of(cls, copy: DataCopy) -> Self:
        """The event of a copy as it was stored."""
        return cls(
            subject=copy.id,
            sequence=copy.version,
            person_id=copy.person_id,
            asked_by=copy.asked_by,
            state=copy.state,
            step=copy.step,
        )


class DataCopyStepDue(DataCopyEvent):
    """The next part is to be gathered; whoever hears it looks whether that is still so."""

    TYPE: ClassVar[str] = "data_copy.step_due.v1"


class DataCopyEnded(DataCopyEvent):
    """The file is ready, or whoever asked may not have it any more."""

    TYPE: ClassVar[str] = "data_copy.ended.v1"


class DataCopyOpened(DataCopyEvent):
    """An address for the file was given out."""

    TYPE: ClassVar[str] = "data_copy.opened.v1"
