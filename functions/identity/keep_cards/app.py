"""Routes of one's own cards."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from adapters.his import HisAnsweredAnother, HisRefused, HisUnavailable
from hospital.caller import Caller
from hospital.his_files.errors import CardNotYours, FileNotOpen
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.policy import can
from hospital.verifications.errors import NotVerified
from identity.keep_cards import use_case
from identity.keep_cards.answers import HisCardsView, HisFileView

app = App("keep_cards")

_KEEPS = can("card:keep")
_ASKED = (NotVerified, FileNotOpen, HisUnavailable, HisRefused, HisAnsweredAnother)


class ArrangeCards(Command):
    """All cards in the order wished, and the one that is shown first; without `default_id` that stays."""

    card_ids: Annotated[list[Annotated[str, Field(pattern=PATTERN)]], Field(max_length=50)]
    default_id: Annotated[str, Field(pattern=PATTERN)] | None = None


@app.route("GET", "/his-file", allow=_KEEPS, returns=HisFileView, errors=(NotVerified,))
def get_file(who: Caller) -> HisFileView:
    """How far one's file in the hospital's own system is."""
    return use_case.view_file(by=who)


@app.route("POST", "/his-file", allow=_KEEPS, returns=HisFileView, errors=(NotVerified,))
def post_file(who: Caller) -> HisFileView:
    """Open one's file, or link the one that is there."""
    return use_case.open_file(by=who)


@app.route("GET", "/cards", allow=_KEEPS, returns=HisCardsView, errors=_ASKED)
def get_cards(who: Caller) -> HisCardsView:
    """Visit cards, insurance cards and record numbers."""
    return use_case.view_cards(by=who)


@app.route("PUT", "/cards/order", allow=_KEEPS, body=ArrangeCards, returns=HisCardsView, errors=(CardNotYours, *_ASKED))
def put_order(who: Caller, body: ArrangeCards) -> HisCardsView:
    """Put one's cards in another order, or choose another default."""
    return use_case.arrange_cards(tuple(body.card_ids), body.default_id, by=who)
