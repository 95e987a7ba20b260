"""Keys of signing up, in the table `people`.

| who asks | key or list |
| --- | --- |
| what a terminal asks | `SIGN_UP#org_1#web / FLOW`; the platform's without an organisation: `SIGN_UP##web / FLOW` |
"""

from __future__ import annotations

from hospital.records import Key
from hospital.terminals import Terminal


def flow_key(organisation_id: str, terminal: Terminal) -> Key:
    """What an organisation, or the platform (empty), asks at a terminal."""
    return Key(f"SIGN_UP#{organisation_id}#{terminal}", "FLOW")
