"""Routes of the texts of consents."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from directory.keep_consent_texts.use_case import ConsentTextsView, ConsentTextView, view_texts, write_text
from hospital import clock
from hospital.caller import Caller
from hospital.consents.errors import TextChanged, TextNotFound
from hospital.consents.model import Purpose
from hospital.http import App, Command
from hospital.policy import can

app = App("keep_consent_texts")

_WRITES = can("consent_text:write")


class WriteConsentText(Command):
    """New words for a text that was read as `own_version` (0: the platform's words). `asks_anew`: it asks for more, or
    for something else, so that all who signed are asked again."""

    purpose: Purpose
    title: Annotated[str, Field(min_length=2, max_length=60)]
    text: Annotated[str, Field(min_length=10, max_length=5000)]
    own_version: Annotated[int, Field(ge=0, le=2**31)]
    asks_anew: bool = True


@app.route("GET", "/consent-texts", allow=_WRITES, returns=ConsentTextsView)
def get_texts(who: Caller) -> ConsentTextsView:
    """The texts as one's own patients read them."""
    return view_texts(by=who)


@app.route(
    "PUT",
    "/consent-texts",
    allow=_WRITES,
    body=WriteConsentText,
    returns=ConsentTextView,
    errors=(TextChanged, TextNotFound),
)
def put_text(who: Caller, body: WriteConsentText) -> ConsentTextView:
    """Write the next version of a text."""
    return write_text(
        body.purpose, body.title, body.text, body.own_version, asks_anew=body.asks_anew, by=who, now=clock.now()
    )
