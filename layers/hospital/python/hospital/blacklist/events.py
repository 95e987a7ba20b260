"""What the blacklist reports. Ids and state; no reason, no words."""

from __future__ import annotations

from typing import ClassVar, Self

from hospital.blacklist.model import Blacklisting, State
from hospital.events import Event


class BlacklistingChanged(Event):
    """Somebody came on an organisation's blacklist, appealed, was answered, or was taken off."""

    TYPE: ClassVar[str] = "blacklisting.changed.v1"
    SOURCE: ClassVar[str] = "blacklist"

    organisation_id: str
    person_id: str
    state: State

    @classmethod
    def of(cls, blacklisting: Blacklisting) -> Self:
        """The event of a place as it was stored."""
        shared = blacklisting.model_dump(include={"organisation_id", "person_id", "state"})
        return cls(subject=blacklisting.id, sequence=blacklisting.version, **shared)
