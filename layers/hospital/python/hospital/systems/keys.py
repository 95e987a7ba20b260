"""Keys of other systems, in the table `people`. Texts were the first thing they asked for: hence the names.

| who asks | key or list |
| --- | --- |
| a system | `SMS_SYSTEM#sys_1 / SMS_SYSTEM` |
| the systems of an organisation | list `of_organisation`: `SMS_SYSTEMS#org_1 / sys_1` |
"""

from __future__ import annotations

from hospital.audit import PLATFORM
from hospital.records import Key


def system_key(system_id: str) -> Key:
    """A system."""
    return Key(f"SMS_SYSTEM#{system_id}", "SMS_SYSTEM")


def systems_key(organisation_id: str) -> str:
    """The partition of an organisation's systems."""
    return f"SMS_SYSTEMS#{organisation_id or PLATFORM}"
