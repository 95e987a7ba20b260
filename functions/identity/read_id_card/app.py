"""Routes of identity cards."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from adapters.ocr import CardNotFound, OtherSide, PictureRefused, Side
from hospital import clock
from hospital.caller import Caller
from hospital.card_readings.errors import ReadingNotFound, TooManyReadings
from hospital.http import App, Command
from hospital.policy import can
from identity.read_id_card.use_case import CardPicturesView, CardReadingView, read_id_card, view_pictures

app = App("read_id_card")

_OWN = can("account:keep")
LONGEST_PICTURE = 2_000_000
"""Characters of base64: 1.5 MB, which holds 1600 pixels in any quality worth having."""


class ReadCard(Command):
    """A photograph of one side, as JPEG, PNG or WebP in base64; 1600 pixels on its longer side are enough."""

    side: Side
    picture: Annotated[str, Field(min_length=1, max_length=LONGEST_PICTURE)]


@app.route(
    "POST",
    "/id-card-readings",
    allow=_OWN,
    body=ReadCard,
    longest_body=LONGEST_PICTURE + 1000,
    returns=CardReadingView,
    status=201,
    errors=(PictureRefused, CardNotFound, OtherSide, TooManyReadings),
)
def post_reading(who: Caller, body: ReadCard) -> CardReadingView:
    """Read one side of an identity card from a photograph."""
    return read_id_card(body.side, body.picture, by=who, now=clock.now())


@app.route(
    "GET", "/id-card-readings/{reading_id}/pictures", allow=_OWN, returns=CardPicturesView, errors=(ReadingNotFound,)
)
def get_pictures(who: Caller, reading_id: str) -> CardPicturesView:
    """The card and its portrait, cut out of one's own photograph."""
    return view_pictures(reading_id, by=who, now=clock.now())
