"""The event catalogue under `events/`, as tests read it."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from tests.builders.cloud import ROOT


def catalogue() -> dict[str, Path]:
    """Event type -> the file of its schema."""
    return {
        f"{path.parent.name}.{path.stem}": path
        for path in sorted((ROOT / "events").glob("*/*.json"))
        if not path.name.endswith(".example.json")
    }


def validator(event_type: str) -> Draft202012Validator:
    """What judges an envelope of that type."""
    schema = json.loads(catalogue()[event_type].read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
