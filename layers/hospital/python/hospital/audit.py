"""Audit lines: who did what to which record, from where. Written by `Work` in the same transaction as the change.

A line stands in its record's own partition under the record's version, so a missing line is a gap in the numbers.
"""

from __future__ import annotations

from hospital import clock
from hospital.caller import Caller
from hospital.records import Item, Key, Record, to_attributes


def audit_key(of: Key, version: int) -> Key:
    """The place of the line about that version of the record at `of`."""
    return Key(of.pk, f"AUDIT#{of.sk}#{version:010d}")


def audit_item(by: Caller, kind: str, record: Record, acts: list[str], fields: list[str]) -> Item:
    """The line: names of the changed fields, never their values."""
    return to_attributes(
        {
            "row": "audit",
            "at": clock.text(clock.now()),
            "by": by.stated(),
            "acts": acts,
            "kind": kind,
            "record": record.id,
            "record_version": record.version,
            "organisation_id": getattr(record, "organisation_id", None) or by.organisation_id or None,
            "fields": fields,
            "route": by.asked.route,
            "request_id": by.asked.request_id,
            "ip": by.asked.ip or None,
            "device": by.asked.device or None,
        }
    )
