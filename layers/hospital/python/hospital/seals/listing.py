"""The operations log: what a row of it holds of an audit line."""

from __future__ import annotations

from hospital.listings import Listing, Row
from hospital.seals.events import LineWritten


def operation_row(line: LineWritten) -> Row:
    """Who did what, when and from where; the names of the changed fields, never their values."""
    return Row(
        id=line.subject,
        listing="operations",
        organisation_id=line.organisation_id or "",
        at=line.at,
        sequence=line.sequence,
        who=line.practitioner_role_id or line.person_id or "",
        number=line.record,
        label=line.role or "system",
        facts={
            "act": line.acts[0],
            "acts": line.acts,
            "kind": line.kind,
            "record_version": line.record_version,
            "fields": line.fields,
            "person_id": line.person_id or "",
            "practitioner_role_id": line.practitioner_role_id or "",
            "role": line.role or "",
            "system": line.system or "",
            "route": line.route,
            "ip": line.ip or "",
            "device": line.device or "",
        },
    )


OPERATIONS = Listing("operations", LineWritten, row=operation_row)
