"""The scan port: is there something in a file that harms who opens it?

`SCAN_ADAPTER` names the adapter. `rules` is the embedded default: what can be told without a list of known viruses
(see `rules`). `clamd` asks a ClamAV daemon at `SCAN_CLAMD_ADDRESS` as well, after the rules have passed.
"""

from __future__ import annotations

from typing import Protocol

from adapters.scan.clamd import ClamdScanner
from adapters.scan.finding import Finding
from adapters.scan.rules import RulesScanner
from hospital import settings


class Scanner(Protocol):
    """Looks into files."""

    def scan(self, content: bytes, format_: str) -> Finding | None:
        """None when `content`, of that format (`pdf`, `zip`, `docx`, ...), is harmless. `Unavailable` when it cannot
        tell now."""


class AdapterUnknown(RuntimeError):
    """`SCAN_ADAPTER` names no adapter."""


class Both:
    """Rules first: they cost nothing and need nobody."""

    def __init__(self, first: Scanner, second: Scanner) -> None:
        self._first, self._second = first, second

    def scan(self, content: bytes, format_: str) -> Finding | None:
        """See `Scanner`."""
        return self._first.scan(content, format_) or self._second.scan(content, format_)


def scanner() -> Scanner:
    """The adapter that the settings name."""
    current = settings.current()
    if current.scan_adapter == "rules":
        return RulesScanner()
    if current.scan_adapter == "clamd":
        return Both(RulesScanner(), ClamdScanner(current.scan_clamd_address))
    raise AdapterUnknown(f"SCAN_ADAPTER={current.scan_adapter} is no known adapter; known: rules, clamd")
