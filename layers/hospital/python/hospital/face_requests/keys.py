"""Keys of face checks that other systems asked for, in the table `people`.

| who asks | key |
| --- | --- |
| a request | `FACE_REQUEST#frq_1 / REQUEST` |
"""

from __future__ import annotations

from hospital.records import Key


def request_key(request_id: str) -> Key:
    """A request."""
    return Key(f"FACE_REQUEST#{request_id}", "REQUEST")
