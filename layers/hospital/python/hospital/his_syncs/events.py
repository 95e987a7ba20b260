"""What runs report: how far they are, never a name."""

from __future__ import annotations

from typing import ClassVar, Self

from hospital.events import Event
from hospital.his_syncs.model import Extent, HisSync, State


class HisSyncEvent(Event):
    """What every event of a run says."""

    SOURCE: ClassVar[str] = "his_syncs"

    organisation_id: str
    extent: Extent
    state: State
    reason: str = ""

    @classmethod
    def of(cls, run: HisSync) -> Self:
        """The event of a run as it was stored."""
        return cls(
            subject=run.id,
            sequence=run.version,
            organisation_id=run.organisation_id,
            extent=run.extent,
            state=run.state,
            reason=run.reason,
        )


class HisSyncStepDue(HisSyncEvent):
    """The next page is to be taken; whoever hears it looks whether that is still so."""

    TYPE: ClassVar[str] = "his_sync.step_due.v1"


class HisSyncEnded(HisSyncEvent):
    """A run read everything, or gave up."""

    TYPE: ClassVar[str] = "his_sync.ended.v1"
