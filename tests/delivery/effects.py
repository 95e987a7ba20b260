"""What a device wants done, and what it keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.delivery.facts import Line, Mark

Frame = dict[str, Any]


@dataclass(frozen=True)
class Connect:
    """Open a connection."""


@dataclass(frozen=True)
class Hang:
    """Close it."""


@dataclass(frozen=True)
class Speak:
    """Send a frame."""

    frame: Frame


@dataclass(frozen=True)
class Fetch:
    """Ask for a page of messages after a number. `since` is the journal's length when it was asked for."""

    conversation: str
    after: int
    since: int


@dataclass(frozen=True)
class Look:
    """Ask for the list of conversations. `since` as in `Fetch`."""

    since: int


Effect = Connect | Hang | Speak | Fetch | Look


@dataclass
class Pending:
    """Something said that nobody has acknowledged."""

    frame: Frame
    said_at: float | None = None


@dataclass
class Marking:
    """A mark asked for, until the device hears that it stands."""

    seq: int
    said_at: float


@dataclass
class Screen:
    """A conversation on the device: shown without a gap up to `have`, the rest held back."""

    first: int
    have: int
    held: dict[int, Line] = field(default_factory=dict)
    recalled: set[int] = field(default_factory=set)
    fetching: float | None = None
    is_left: bool = False
    delivered: int = 0
    delivers_at: float = 0.0
    marking: dict[Mark, Marking] = field(default_factory=dict)
