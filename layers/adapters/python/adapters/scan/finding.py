"""What a scan says about a file that is not clean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """`harmful`, with what was found; `locked` when a password keeps it from looking; `damaged` if it does not open."""

    kind: Literal["harmful", "locked", "damaged"]
    found: str = ""
