"""`docs/states.md`: a diagram of each subject's state machine, drawn from the table that judges it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KIT = "layers/hospital/python/hospital"


def states_text(root: Path) -> str:
    """One Mermaid state diagram per subject that has `TRANSITIONS`."""
    parts = ["# How things move", "Generated from the `TRANSITIONS` tables in the subjects' `model.py`, which decide."]
    for subject, model in _models(root):
        first = (model.__doc__ or "").split("\n")[0]
        parts.append(f"## {subject}\n\n{first}\n\n{_drawn(model.TRANSITIONS)}")
        if hasattr(model, "MEMBER_TRANSITIONS"):
            parts.append(f"Each of its members:\n\n{_drawn(model.MEMBER_TRANSITIONS)}")
    return "\n\n".join(parts) + "\n"


def _models(root: Path) -> Iterator[tuple[str, Any]]:
    for path in sorted((root / KIT).glob("*/model.py")):
        model = importlib.import_module(f"hospital.{path.parent.name}.model")
        if hasattr(model, "TRANSITIONS"):
            yield path.parent.name, model


def _drawn(transitions: dict[tuple[str, str], str]) -> str:
    return f"```mermaid\n{_diagram(transitions)}\n```"


def _diagram(transitions: dict[tuple[str, str], str]) -> str:
    before = list(dict.fromkeys(state for state, _ in transitions))
    after = list(dict.fromkeys(transitions.values()))
    lines = ["stateDiagram-v2"]
    lines += [f"    [*] --> {state}" for state in before if state not in after]
    lines += [f"    {state} --> {following}: {act}" for (state, act), following in transitions.items()]
    lines += [f"    {state} --> [*]" for state in after if state not in before]
    return "\n".join(lines)
