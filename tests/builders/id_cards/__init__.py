"""Made-up identity cards: people from a seed, their card drawn, and the card as a phone photographs it.

Nobody exists of whom a card is made here; numbers are valid by their check digit only.
"""

from tests.builders.id_cards.cards import CardOf, drawn_back, drawn_front, made_card
from tests.builders.id_cards.photographs import CONDITIONS, TROUBLES, as_jpeg, photographed

__all__ = (
    "CONDITIONS",
    "TROUBLES",
    "CardOf",
    "as_jpeg",
    "drawn_back",
    "drawn_front",
    "made_card",
    "photographed",
)
