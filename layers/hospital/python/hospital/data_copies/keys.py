"""Keys of copies, in the table `people`, and where their files lie in the media bucket.

| who asks | key |
| --- | --- |
| a copy by who asked for it | `DATACOPIES#per_1 / COPY#dcp_1` |
| all that somebody asked for | the partition `DATACOPIES#per_1` |
"""

from __future__ import annotations

from hospital.records import Key


def copies_key(asked_by: str) -> str:
    """The partition of what somebody asked for."""
    return f"DATACOPIES#{asked_by}"


def copy_key(asked_by: str, copy_id: str) -> Key:
    """A copy: with another's key there is none."""
    return Key(copies_key(asked_by), f"COPY#{copy_id}")


def object_key(copy_id: str, name: str) -> str:
    """A file of a copy in the media bucket, whose rule `copies` lets it go after some days."""
    return f"media/copies/{copy_id}/{name}"
