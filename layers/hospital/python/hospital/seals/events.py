"""What the audit trail reports. A line is its own outbox row: its table's stream shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from hospital import ids
from hospital.caller import Asked, Caller, Role
from hospital.events import Event, envelope

_OF_CALLER = ("person_id", "role", "practitioner_role_id", "system")


class LineWritten(Event):
    """Somebody did something to a record: an audit line was written. The subject is the line itself."""

    TYPE: ClassVar[str] = "audit.line_written.v1"
    SOURCE: ClassVar[str] = "audit"

    organisation_id: str | None
    at: datetime
    acts: list[str]
    kind: str
    record: str
    record_version: int
    fields: list[str]
    person_id: str | None
    role: Role | None
    practitioner_role_id: str | None
    system: str | None
    route: str
    ip: str | None
    device: str | None

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        """The event of a line's row, as plain values."""
        told = {name: row.get(name) for name in cls.model_fields} | {name: row["by"].get(name) for name in _OF_CALLER}
        return cls.model_validate(told | {"subject": _name("lin", row), "sequence": 1})


def line_envelope(row: dict[str, Any]) -> dict[str, Any]:
    """The envelope of a line's event: the same each time that the stream shows the line."""
    event, by = LineWritten.of(row), row["by"]
    who = Caller(
        person_id=event.person_id or event.system or "",
        role=event.role,
        asked=Asked(request_id=row["request_id"], route=event.route),
        organisation_id=by.get("organisation_id", ""),
    )
    return envelope(event, _name("evt", row), who, event.at)


def _name(prefix: str, row: dict[str, Any]) -> str:
    return ids.derived_id(prefix, row["line_subject"], row["sk"])
