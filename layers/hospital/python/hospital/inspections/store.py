"""Where inspections are kept."""

from __future__ import annotations

from hospital import clock, ids
from hospital.inspections import keys
from hospital.inspections.errors import InspectionNotFound
from hospital.inspections.model import Inspection
from hospital.records import Key
from hospital.table import Collection


def _place(inspection: Inspection) -> str:
    return f"{clock.text(inspection.asked_at)}#{inspection.id}"


inspections = Collection(
    Inspection,
    "reference",
    key=lambda one: keys.inspection_key(one.id),
    lists={
        "all": lambda one: Key(keys.ALL, _place(one)),
        "reports": lambda one: Key(keys.REPORTS, _place(one)) if one.state == "done" else None,
    },
)


def get_inspection(inspection_id: str) -> Inspection:
    """The inspection with that id; `InspectionNotFound`."""
    if not ids.is_id(inspection_id):
        raise InspectionNotFound
    return inspections.need(keys.inspection_key(inspection_id), InspectionNotFound())


def last_report() -> Inspection | None:
    """The newest inspection that ended with a report."""
    page = inspections.page("reports", keys.REPORTS, limit=1, newest_first=True)
    return page.items[0] if page.items else None
