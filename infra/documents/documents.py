"""All generated documents, as texts by path. Needs the functions and the kit to be importable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .asyncapi import socket_document
from .claims import read_claims
from .events import event_classes, event_path, event_schema
from .features import features_text, ledger_text, read_ledger
from .gateway import gateway_document
from .heads import headed_templates
from .openapi import api_document
from .operations import read_operations
from .states import states_text


def documents(root: Path, ledger: Path | None = None) -> dict[str, str]:
    """Path below `root` -> text. Without `ledger`, the committed extract of it serves."""
    operations = read_operations(root / "functions")
    rows = read_ledger(ledger) if ledger else json.loads((root / "docs/ledger.json").read_text(encoding="utf-8"))
    return {
        **headed_templates(root),
        "docs/openapi.json": _text(api_document(operations)),
        "docs/asyncapi.json": _text(socket_document()),
        **{
            f"infra/openapi/{area}.json": _text(gateway_document(area, operations))
            for area in sorted({operation.area for operation in operations})
        },
        **{event_path(name): _text(event_schema(kind)) for name, kind in sorted(event_classes(root).items())},
        "docs/ledger.json": ledger_text(rows),
        "docs/states.md": states_text(root),
        "docs/features.md": features_text(rows, read_claims(root / "tests"), operations),
    }


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
