"""Keys of inspections, in the table `reference`.

| who asks | key or list |
| --- | --- |
| an inspection by id | `INSPECTION#ins_1 / INSPECTION` |
| all of them, newest first | list `all`: `INSPECTIONS / <asked at>#ins_1` |
| those with a report, newest first | list `reports`: `INSPECTION-REPORTS / <asked at>#ins_1` |
"""

from __future__ import annotations

from hospital.records import Key

ALL = "INSPECTIONS"
REPORTS = "INSPECTION-REPORTS"


def inspection_key(inspection_id: str) -> Key:
    """An inspection."""
    return Key(f"INSPECTION#{inspection_id}", "INSPECTION")
