"""From items and anchors to what the verifier wants."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from hospital.audit import subject_name
from hospital.records import Key, from_attributes
from hospital.seals.model import Anchor, Block, Head, KnownLine, WaitingLine
from hospital.seals.verifying import Evidence

TABLES = ("people", "clinical", "conversations", "reference", "seals")
Item = dict[str, Any]
"""One item of DynamoDB with its types: `{"pk": {"S": "VISIT#vis_1"}, ...}`; bytes are base64 text."""


def evidence_from(items: Iterable[tuple[str, Item]], anchors: Iterable[Anchor], read_at: datetime) -> Evidence:
    """All of a hospital's evidence; `items` are table (`people`) and item."""
    evidence = Evidence(anchors=list(anchors), read_at=read_at)
    lines: dict[str, Item] = {}
    counts: dict[str, int] = {}
    for table, item in items:
        if table == "seals":
            _add_seal(evidence, item)
            continue
        place = subject_name(table, Key(item["pk"]["S"], item["sk"]["S"]))
        if "line_subject" in item:
            lines[place] = item
        if item.get("row") == {"S": "record"} and item.get("audited") == {"BOOL": True}:
            counts[place] = int(item["version"]["N"])
        if "counts_lines_of" in item:
            counts[item["counts_lines_of"]["S"]] = int(item[item["counts_in"]["S"]]["N"])
    evidence.lines, evidence.counts = lines, counts
    return evidence


def _add_seal(evidence: Evidence, item: Item) -> None:
    kind = item.get("kind", {}).get("S")
    values = from_attributes(item)
    if kind == "Block":
        evidence.blocks.append(Block.model_validate(values))
    elif kind == "Head":
        evidence.heads.append(Head.model_validate(values))
    elif kind == "KnownLine":
        evidence.known.append(KnownLine.model_validate(values))
    elif kind == "WaitingLine":
        evidence.waiting.append(WaitingLine.model_validate(values))
