"""Keys of e-health cards, in the table `people`.

| who asks | key |
| --- | --- |
| a person's card of a channel | `HEALTHCARDS#per_1 / CHANNEL#tencent` |
| all cards of a person | the partition `HEALTHCARDS#per_1` |
"""

from __future__ import annotations

from hospital.records import Key


def cards_key(person_id: str) -> str:
    """The partition of a person's cards."""
    return f"HEALTHCARDS#{person_id}"


def card_key(person_id: str, channel: str) -> Key:
    """A person's card of a channel: there is at most one."""
    return Key(cards_key(person_id), f"CHANNEL#{channel}")
