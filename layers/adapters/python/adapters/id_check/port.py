"""What the hospital asks of whoever keeps, or may ask, the population's register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Result = Literal["match", "mismatch", "unknown"]
"""match: there is a person of that number, and of that name. mismatch: the number is another's. unknown: the register
has nobody of that number; it may be somebody's all the same (a soldier's, one who has just been born)."""


@dataclass(frozen=True)
class Finding:
    """An answer, and what the register calls it, for asking about it later."""

    result: Result
    reference: str


class IdCheck(Protocol):
    """Compares name and number with the register."""

    def check(self, name: str, id_number: str) -> Finding:
        """Whether somebody of that name has that number (18 characters). Raises `Unavailable` when nobody can say."""
