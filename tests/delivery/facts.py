"""What is known of a run from outside: what people said, what their devices were answered, and what they showed.

A fact's place in the journal is its moment: `since` names the place at which what it answers was asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

Content = dict[str, Any]
Mark = Literal["read", "delivered"]


@dataclass(frozen=True)
class Line:
    """A message as a reader was given it. `id` and `sender` are None for what the hospital says."""

    seq: int
    id: str | None
    sender: str | None
    type: str
    content: Content

    @classmethod
    def of(cls, message: Content) -> Line:
        """From a pushed frame or a page of history."""
        sender = message["sender"]
        return cls(
            message["seq"],
            message["id"],
            sender["person_id"] if sender else None,
            message["type"],
            message["content"],
        )


@dataclass(frozen=True)
class Fact:
    """Something a device of a person noticed in a conversation."""

    device: str
    person: str
    conversation: str


@dataclass(frozen=True)
class Said(Fact):
    """The person pressed send: from here on the device must bring it to the hospital."""

    id: str
    type: str
    content: Content


@dataclass(frozen=True)
class Acknowledged(Fact):
    """The hospital says that it is stored under that number."""

    id: str
    seq: int


@dataclass(frozen=True)
class Refused(Fact):
    """The hospital says that it will never be stored."""

    id: str
    code: str


@dataclass(frozen=True)
class Shown(Fact):
    """It appeared on the screen."""

    line: Line


@dataclass(frozen=True)
class Hidden(Fact):
    """It was recalled: what was shown is gone from the screen."""

    seq: int


@dataclass(frozen=True)
class Cleared(Fact):
    """The page was loaded again: its screen of that conversation is empty."""


@dataclass(frozen=True)
class Asked(Fact):
    """The device asks for a mark of its person."""

    what: Mark
    seq: int


@dataclass(frozen=True)
class Marked(Fact):
    """The device was told how far a member (`of`) has read or taken in."""

    of: str
    what: Mark
    seq: int


@dataclass(frozen=True)
class Types(Fact):
    """The person is writing, and the device says so."""


@dataclass(frozen=True)
class TypingSeen(Fact):
    """The device was told that a member (`of`) is writing, by a frame of these fields."""

    of: str
    fields: frozenset[str]


@dataclass(frozen=True)
class Fetched(Fact):
    """A page of history."""

    lines: tuple[Line, ...]
    since: int


@dataclass(frozen=True)
class Settled(Fact):
    """After the end of all troubles a heartbeat said that the device holds everything."""


@dataclass(frozen=True)
class Stuck(Fact):
    """Long after the end of all troubles the device still had something to do: `why`."""

    why: str


@dataclass(frozen=True)
class History(Fact):
    """In the end: all that the person may read of the conversation."""

    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Listed(Fact):
    """The conversation as the person's list shows it."""

    first_seq: int
    last_seq: int
    read_seq: int
    delivered_seq: int
    unread: int
    since: int
    final: bool = False


@dataclass(frozen=True)
class Place(Fact):
    """From which number to which the person may read, by the history rule; `last_seq` None for who is still in."""

    first_seq: int
    last_seq: int | None
    was_away: bool = False
    """Has ever left: what they asked for meanwhile was refused."""


@dataclass(frozen=True)
class Audited(Fact):
    """In the end: what an auditor reads."""

    lines: tuple[Line, ...]


Some = TypeVar("Some", bound=Fact)


class Journal:
    """Facts in the order in which they happened."""

    def __init__(self, facts: list[Fact] | None = None) -> None:
        self.facts: list[Fact] = facts or []

    def __len__(self) -> int:
        return len(self.facts)

    def note(self, fact: Fact) -> None:
        """One more."""
        self.facts.append(fact)

    def of(self, kind: type[Some]) -> Iterator[tuple[int, Some]]:
        """(place, fact) of one kind, in order."""
        for place, fact in enumerate(self.facts):
            if isinstance(fact, kind):
                yield place, fact

    def write(self, path: Path) -> None:
        """One line of JSON a fact, for whoever looks for the reason of a failure."""
        told = ({"fact": type(fact).__name__, **asdict(fact)} for fact in self.facts)
        lines = (json.dumps(one, ensure_ascii=False, default=sorted) for one in told)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
