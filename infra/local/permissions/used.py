"""What was really used of what is granted: one line for each new (function, action, resource), kept at once.

Lines: `{"function", "action", "resource", "statement", "conditions"}`; `function` is the logical id, `statement` the
place of the statement that allowed it, `conditions` what the call said about that statement's condition keys.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE_NAME = "permissions-used.jsonl"


@dataclass(frozen=True)
class Use:
    """One thing that a function did, and the statement by which it might."""

    function: str
    action: str
    resource: str
    statement: str
    conditions: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


class UsedFile:
    """Appends each use once. Without a file it only remembers."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self.known: set[str] = set()
        if path is not None:
            self.known.update(_line(use) for use in read_uses([path]))

    def note(self, use: Use) -> None:
        """Kept before it returns."""
        line = _line(use)
        with self._lock:
            if line in self.known:
                return
            self.known.add(line)
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(f"{line}\n")


def read_uses(paths: Iterable[Path]) -> Iterator[Use]:
    """The uses that files hold; a line cut off by a kill is passed over."""
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
            if (use := parsed(line)) is not None:
                yield use


def parsed(line: str) -> Use | None:
    """The use on a line; None when it was cut off."""
    try:
        found: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    conditions = {key: tuple(values) for key, values in found.pop("conditions", {}).items()}
    return Use(**found, conditions=conditions)


def _line(use: Use) -> str:
    found = {"function": use.function, "action": use.action, "resource": use.resource, "statement": use.statement}
    return json.dumps(found | ({"conditions": dict(use.conditions)} if use.conditions else {}), sort_keys=True)
