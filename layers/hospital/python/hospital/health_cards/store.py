"""Where e-health cards are kept."""

from __future__ import annotations

from datetime import datetime

from hospital.health_cards import keys
from hospital.health_cards.errors import HealthCardNotFound
from hospital.health_cards.model import HealthCard
from hospital.table import Collection

cards = Collection(HealthCard, "people", key=lambda card: keys.card_key(card.person_id, card.channel))
_MOST = 50


def card_of(person_id: str, channel: str, now: datetime) -> HealthCard:
    """The person's card of that channel; version 0 when they never applied."""
    return cards.get(keys.card_key(person_id, channel)) or HealthCard.of(person_id, channel, now)


def get_card(person_id: str, channel: str) -> HealthCard | None:
    """The person's card of that channel, if they ever applied."""
    return cards.get(keys.card_key(person_id, channel))


def cards_of(person_id: str) -> list[HealthCard]:
    """Every card the person applied for, issued or not."""
    found, _ = cards.between(keys.cards_key(person_id), "CHANNEL#", "CHANNEL#~", limit=_MOST)
    return found


def need_card(person_id: str, health_card_id: str) -> HealthCard:
    """One of the person's; `HealthCardNotFound`."""
    found = next((one for one in cards_of(person_id) if one.id == health_card_id), None)
    if found is None:
        raise HealthCardNotFound
    return found
