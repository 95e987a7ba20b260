"""Keys of access, in the table `people`.

| who asks | key or list |
| --- | --- |
| the duties of an organisation | `ACCESS#org_1 / ACCESS` |
"""

from __future__ import annotations

from hospital.records import Key


def access_key(organisation_id: str) -> Key:
    """An organisation's duties."""
    return Key(f"ACCESS#{organisation_id}", "ACCESS")
