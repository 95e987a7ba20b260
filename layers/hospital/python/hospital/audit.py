"""Audit lines: who did what to which record, from where. Written by `Work` in the same transaction as the change.

A line stands in its record's own partition under the record's version, so a missing line is a gap in the numbers.
A record that is itself a line (a message, a sign-in) carries the same marks: the subject that it is counted under, its
number there, and the chain that seals it.

| attribute | meaning |
| --- | --- |
| `line_subject` | `<table>:<pk>/<sk>` of the record that the line is about |
| `line_number` | its place in that subject's count, from 1, without gaps |
| `line_at` | when it was written |
| `line_chain` | the organisation whose chain seals it, or `org_platform` |
| `audited` | on a record: as many lines exist as its version says |
| `counts_lines_of`, `counts_in` | on a record: the subject whose lines the named field counts |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hospital import clock
from hospital.caller import Caller
from hospital.records import Item, Key, Record, to_attributes

PLATFORM = "org_platform"  # spelled as an id, so that it can stand wherever an organisation's does
MARKS = frozenset({"line_subject", "line_number", "line_at", "line_chain", "audited", "counts_lines_of", "counts_in"})


@dataclass(frozen=True)
class OwnLine:
    """That a record is itself an audit line: number `number` of what is counted at `subject`."""

    subject: Key
    number: int
    at: datetime
    organisation_id: str = ""

    def marks(self, table: str) -> dict[str, Any]:
        """The attributes that say so."""
        return line_marks(table, self.subject, self.number, self.at, self.organisation_id)


def line_marks(table: str, subject: Key, number: int, at: datetime, organisation_id: str | None) -> dict[str, Any]:
    """What makes an item a line."""
    return {
        "line_subject": subject_name(table, subject),
        "line_number": number,
        "line_at": clock.text(at),
        "line_chain": organisation_id or PLATFORM,
    }


def subject_name(table: str, place: Key) -> str:
    """How the record at `place` is called in lines, seals and findings."""
    return f"{table}:{place.pk}/{place.sk}"


def audit_key(of: Key, version: int) -> Key:
    """The place of the line about that version of the record at `of`."""
    return Key(of.pk, f"AUDIT#{of.sk}#{version:010d}")


def audit_item(by: Caller, table: str, of: Key, record: Record, acts: list[str], fields: list[str]) -> Item:
    """The line about `record`, which is stored at `of`: names of the changed fields, never their values."""
    now = clock.now()
    organisation_id = getattr(record, "organisation_id", None) or by.organisation_id or None
    return to_attributes(
        {
            "row": "audit",
            **line_marks(table, of, record.version, now, organisation_id),
            "at": clock.text(now),
            "by": by.stated() | ({"practitioner_role_id": by.practitioner_role_id} if by.practitioner_role_id else {}),
            "acts": acts,
            "kind": type(record).__name__,
            "record": record.id,
            "record_version": record.version,
            "organisation_id": organisation_id,
            "fields": fields,
            "route": by.asked.route,
            "request_id": by.asked.request_id,
            "ip": by.asked.ip or None,
            "device": by.asked.device or None,
        }
    )
