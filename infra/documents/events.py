"""The event catalogue: one JSON Schema per event class, of the whole envelope.

Schemas are open to unknown fields, as consumers must be; that senders add none is the classes' own rule. Examples are
written by hand beside them.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KIT = "layers/hospital/python/hospital"
ID = {"type": "string", "pattern": "^[a-z]{2,4}_[0-9A-Za-z]{1,40}$"}


def event_classes(root: Path) -> dict[str, Any]:
    """Type (`visit.accepted.v1`) -> class, of all subjects."""
    from hospital.events import Event

    for path in sorted((root / KIT).glob("*/events.py")):
        importlib.import_module(f"hospital.{path.parent.name}.events")
    return {kind.TYPE: kind for kind in _below(Event) if "TYPE" in vars(kind)}


def event_path(event_type: str) -> str:
    """`visit.accepted.v1` -> `events/visit/accepted.v1.json`."""
    subject, _, name = event_type.partition(".")
    return f"events/{subject}/{name}.json"


def event_schema(kind: Any) -> dict[str, Any]:
    """The schema of the CloudEvents envelope of one event class."""
    data = _opened(kind.model_json_schema())
    definitions = data.pop("$defs", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.TYPE,
        "description": " ".join((kind.__doc__ or "").split()),
        "type": "object",
        "properties": {
            "specversion": {"const": "1.0"},
            "id": ID | {"description": "Unique per event; deliveries of the same event carry the same id"},
            "type": {"const": kind.TYPE},
            "source": {"const": f"hospital.{kind.SOURCE}"},
            "subject": ID,
            "time": {"type": "string", "format": "date-time"},
            "sequence": {
                "type": "string",
                "pattern": "^[0-9]{10}$",
                "description": "The subject's version: a gap tells that another event of the subject is on its way",
            },
            "datacontenttype": {"const": "application/json"},
            "trace": {"type": "string", "description": "The id of the request or event that caused it"},
            "actor": {
                "type": "object",
                "properties": {
                    "person_id": ID,
                    "role": {"type": "string"},
                    "organisation_id": ID,
                    "system": {"type": "string", "description": "The function, where no person acted"},
                },
            },
            "data": data,
        },
        "required": ["specversion", "id", "type", "source", "subject", "time", "sequence", "actor", "data"],
        **({"$defs": definitions} if definitions else {}),
    }


def _below(kind: Any) -> Iterator[Any]:
    for sub in kind.__subclasses__():
        if sub.__module__.startswith("hospital."):
            yield sub
        yield from _below(sub)


def _opened(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {name: _opened(value) for name, value in schema.items() if name != "additionalProperties"}
    return [_opened(value) for value in schema] if isinstance(schema, list) else schema
