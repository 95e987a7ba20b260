"""One item of reference data: pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from hospital import ids
from hospital.declaring import Content
from hospital.records import Record
from hospital.reference.errors import ItemChangedMeanwhile
from hospital.reference.kinds import Kind


class Item(Record):
    """An item. It is retired, never deleted: old records point here. `organisation_id` is empty for the platform's."""

    kind_name: str
    organisation_id: str
    content: dict[str, Any]
    position: str
    words: str
    retired: bool = False
    changed_at: datetime

    @classmethod
    def create(cls, kind: Kind, organisation_id: str, content: Content, now: datetime) -> Self:
        """A new item."""
        return cls(
            id=ids.new_id(kind.id_prefix),
            kind_name=kind.name,
            organisation_id=organisation_id,
            **_written(kind, content),
            changed_at=now,
        )

    def written(self, kind: Kind, content: Content, now: datetime) -> Self:
        """The item with new content."""
        return self.having(**_written(kind, content), changed_at=now)

    def turned(self, *, retired: bool, now: datetime) -> Self:
        """The item, out of use or back in use."""
        return self.having(retired=retired, changed_at=now)

    def read_as(self, version: int) -> Self:
        """Itself, if this is the version that its editor read."""
        if version != self.version:
            raise ItemChangedMeanwhile(version=self.version)
        return self


class CodeClaim(Record):
    """That an item has a code that no other of its kind and organisation has."""

    item_id: str


def _written(kind: Kind, content: Content) -> dict[str, Any]:
    values = content.model_dump(mode="json")
    texts = [value for value in values.values() if isinstance(value, str)]
    return {"content": values, "position": kind.position(values), "words": " ".join(texts).lower()}
