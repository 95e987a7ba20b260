"""What people do, made up from a seed: who, on which device, in which conversation, and what."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

ACTS = {
    "say": 60,
    "read": 12,
    "recall": 4,
    "break": 5,  # the line breaks, the device comes back
    "leave": 3,  # the page is closed; it is opened again by a later act
    "reload": 3,
    "stall": 4,  # it does not read what it is sent, for a while
    "type": 2,
    "part": 3,  # the person leaves the group, or comes (back)
    "drop": 1,  # the gateway starts anew
}
"""Acts and how often each comes, in parts of a hundred or so."""

TALK = ("say", "recall", "type")

TOLD = {
    "break": "lines cut",
    "leave": "pages closed",
    "reload": "pages reloaded",
    "stall": "devices that stop reading",
    "drop": "gateway started anew",
    "kill": "hospital killed with -9",
}
"""The acts that are troubles, as the report calls them."""

WORDS = [
    "您好",
    "头痛三天了 🤕",
    "<b>加粗</b>",
    "‮نعم",
    "a\u200bb",
    "体温 38.5 °C",
    "好的",
    "谢谢👍🏽",
    "第一行\n第二行",
]


@dataclass(frozen=True)
class Act:
    """One act. `luck` (0 to 1) decides what else has to be decided, such as which message is recalled."""

    device: int
    conversation: int
    what: str
    luck: float


@dataclass(frozen=True)
class Script:
    """A run: whose the devices are (person by number), who is in which conversation, and what they do."""

    seed: int
    persons: int
    devices: tuple[int, ...]
    conversations: tuple[tuple[int, ...], ...]
    acts: tuple[Act, ...]

    @classmethod
    def made(cls, seed: int, messages: int, talking: int = 1) -> Script:
        """Two to six people with one to three devices each, in one to three conversations, who say so many messages;
        `talking` times as many between one trouble and the next."""
        chance = random.Random(f"script {seed}")
        persons = chance.choice((2, 2, 2, 3, 3, 4, 5, 6))
        devices = tuple(person for person in range(persons) for _ in range(chance.choice((1, 1, 2, 2, 3))))
        conversations = tuple(_members(chance, persons) for _ in range(chance.choice((1, 1, 2, 3))))
        acts = tuple(_acts(chance, devices, conversations, messages, talking))
        return cls(seed, persons, devices, conversations, acts)

    @classmethod
    def in_a_hospital(cls, seed: int, messages: int, strikes: tuple[str, ...]) -> Script:
        """A patient and a doctor in the conversation of a visit, three colleagues in a group, two devices each; the
        strikes come at moments of chance."""
        chance = random.Random(f"script {seed}")
        devices, conversations = (0, 1, 1, 0, 2, 2, 3), ((0, 1), (1, 2, 3))
        acts = list(_acts(chance, devices, conversations, messages))
        for what in strikes:
            acts.insert(chance.randrange(len(acts) // 5, len(acts)), Act(0, 0, what, 0.0))
        return cls(seed, 4, devices, conversations, tuple(acts))

    def history(self, conversation: int) -> Literal["all", "from_join"]:
        """What newcomers may read there."""
        return "all" if (self.seed + conversation) % 2 else "from_join"

    def late(self, conversation: int) -> set[int]:
        """Who comes to that group only later."""
        members = self.conversations[conversation]
        return {members[-1]} if 0 not in members and self.history(conversation) == "from_join" else set()

    def __str__(self) -> str:
        sizes = "+".join(str(len(members)) for members in self.conversations)
        return f"seed {self.seed}: {self.persons} people, {len(self.devices)} devices, conversations of {sizes}"


def _members(chance: random.Random, persons: int) -> tuple[int, ...]:
    """The patient and some others, or a group without the patient."""
    if persons > 3 and chance.random() < 0.6:
        return tuple(sorted(chance.sample(range(1, persons), chance.randint(3, persons - 1))))
    others = chance.sample(range(1, persons), chance.randint(1, persons - 1))
    return (0, *sorted(others))


def _acts(
    chance: random.Random,
    devices: tuple[int, ...],
    conversations: tuple[tuple[int, ...], ...],
    messages: int,
    talking: int = 1,
) -> Iterator[Act]:
    left = messages
    kinds = list(ACTS)
    weights = [often * talking if what in TALK else often for what, often in ACTS.items()]
    while left:
        conversation = chance.randrange(len(conversations))
        able = [number for number, person in enumerate(devices) if person in conversations[conversation]]
        (what,) = chance.choices(kinds, weights)
        left -= what == "say"
        yield Act(chance.choice(able), conversation, what, chance.random())


HELD = ((0.08, "card"), (0.09, "image"), (0.10, "voice"), (0.105, "video"), (0.115, "file"))
"""From which luck on a record or a file is sent; from the last on texts, and before the first a measured value."""
_TEXTS = 0.125


def held_by(act: Act) -> str | None:
    """The type of what has to be there before it is sent: a card's record, a file's upload."""
    if act.what != "say" or not HELD[0][0] <= act.luck < _TEXTS:
        return None
    return [type_ for luck, type_ in HELD if luck <= act.luck][-1]


def said(act: Act, number: int) -> tuple[str, dict[str, Any]]:
    """(type, content) of what is said in words: mostly a text, now and then a value under a registered schema."""
    if act.luck < HELD[0][0]:
        measured = {"kind": "heart_rate", "value": 60 + number % 40, "unit": "/min", "note": "",
                    "measured_at": "2026-11-22T08:00:00+08:00"}  # fmt: skip
        return "x-measurement", measured
    words = WORDS[int(act.luck * 1000) % len(WORDS)]
    return "text", {"text": f"{words} {number}"}
