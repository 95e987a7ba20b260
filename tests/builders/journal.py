"""What the functions say in their logs."""

from __future__ import annotations

import json
import sys
from typing import Any


class Journal:
    """A stream that a logger writes to, and the lines in it as values."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        """See `io.TextIOBase`."""
        self.text += text
        sys.stdout.write(text)  # pytest shows it beside a failure
        return len(text)

    def flush(self) -> None:
        """See `io.TextIOBase`."""

    @property
    def lines(self) -> list[dict[str, Any]]:
        """One value per line."""
        return [json.loads(line) for line in self.text.splitlines() if line]
