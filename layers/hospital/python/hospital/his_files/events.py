"""What is reported of files in the HIS. Ids, states and reasons that the HIS codes; never a number."""

from __future__ import annotations

from typing import ClassVar, Self

from hospital.events import Event
from hospital.his_files.model import CardOrder, HisFileLink, State


class HisFileEvent(Event):
    """What every event of a file says."""

    SOURCE: ClassVar[str] = "his_files"

    person_id: str
    state: State
    reason: str = ""

    @classmethod
    def of(cls, link: HisFileLink) -> Self:
        """The event of a file as it was stored."""
        return cls(
            subject=link.id, sequence=link.version, person_id=link.person_id, state=link.state, reason=link.reason
        )


class HisFileOpened(HisFileEvent):
    """The HIS opened the file, or had it."""

    TYPE: ClassVar[str] = "his_file.opened.v1"


class HisFileNotOpened(HisFileEvent):
    """The HIS did not answer, said no, or answered with somebody else."""

    TYPE: ClassVar[str] = "his_file.not_opened.v1"


class HisFileRetryDue(HisFileEvent):
    """It is time to ask the HIS again; whoever hears it looks whether that is still so."""

    TYPE: ClassVar[str] = "his_file.retry_due.v1"


class CardsArranged(Event):
    """A person put their cards in another order, or chose another default."""

    TYPE: ClassVar[str] = "card.arranged.v1"
    SOURCE: ClassVar[str] = "his_files"

    person_id: str

    @classmethod
    def of(cls, order: CardOrder) -> Self:
        """The event of an order as it was stored."""
        return cls(subject=order.id, sequence=order.version, person_id=order.person_id)
