"""What a journal says, gathered so that the checker can ask it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from tests.delivery.facts import Acknowledged, History, Journal, Line, Place, Refused, Said, Settled, Shown

RECALLED = "recalled"
STRANGER = "conversation.not_found"


@dataclass(frozen=True)
class Fault:
    """One thing that must not be."""

    name: str
    words: str

    def __str__(self) -> str:
        return f"{self.name}: {self.words}"


Key = tuple[str, str]
"""Conversation and the sender's name for a message: `<person>/<id>`."""


@dataclass
class Known:
    """What the journal says, gathered by conversation."""

    said: dict[Key, Said] = field(default_factory=dict)
    acknowledged: dict[Key, list[tuple[int, Acknowledged]]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[Key, tuple[int, Refused]] = field(default_factory=dict)
    seen_by_writer: dict[Key, int] = field(default_factory=dict)
    """Where in the journal a device of the writer showed it as it stands, last."""
    places: dict[tuple[str, str], Place] = field(default_factory=dict)
    histories: dict[tuple[str, str], History] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    stands: dict[tuple[str, int], Line] = field(default_factory=dict)
    """The message of each number, as whoever saw it first before it was recalled."""
    recalls: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """Where in the journal it was acknowledged that the message of that number is recalled, and by which number."""


def key_of(fact: Said | Acknowledged | Refused) -> Key:
    """Under which name."""
    return fact.conversation, f"{fact.person}/{fact.id}"


def name_of(conversation: str, line: Line) -> Key | None:
    """Likewise; None for what the hospital says."""
    return (conversation, f"{line.sender}/{line.id}") if line.sender is not None else None


def known_from(journal: Journal) -> Known:
    """All of it, in one look."""
    known = Known()
    for place, fact in enumerate(journal.facts):
        match fact:
            case Said():
                known.said.setdefault(key_of(fact), fact)
            case Acknowledged():
                known.acknowledged[key_of(fact)].append((place, fact))
            case Refused():
                known.refused[key_of(fact)] = (place, fact)
            case Place():
                known.places[fact.conversation, fact.person] = fact
            case History():
                known.histories[fact.conversation, fact.person] = fact
            case Shown() if fact.line.sender == fact.person and (name := name_of(fact.conversation, fact.line)):
                known.seen_by_writer[name] = place
            case Settled():
                known.settled.add(fact.device)
            case _:
                pass
    for key, acks in known.acknowledged.items():
        said = known.said.get(key)
        if said is not None and said.type == "recall":
            known.recalls[key[0], said.content["seq"]] = acks[0][0], acks[0][1].seq
    return known


def reads_as(said: Said, line: Line) -> bool:
    """It reads as it was said. Of a file that is its upload: what it turned out to be the hospital tells, all alike."""
    told = {name: line.content.get(name) for name in said.content} if "upload_id" in said.content else line.content
    return (said.type, said.content) == (line.type, told)


def covers(place: Place, seq: int) -> bool:
    """May it be read from there?"""
    return seq >= place.first_seq and (place.last_seq is None or seq <= place.last_seq)


def span(place: Place) -> str:
    """In words."""
    return f"{place.first_seq} to {'the end' if place.last_seq is None else place.last_seq}"
