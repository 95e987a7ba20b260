"""Consumer of the events that feed a listing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hospital.caller import Caller
from hospital.consumer import consumer
from hospital.listings import Listing, write_new_rows, write_row
from hospital.seals.listing import OPERATIONS
from hospital.sessions.listing import SIGN_INS
from hospital.sms.listing import SMS

LISTINGS: Mapping[str, Listing[Any]] = {listing.event.TYPE: listing for listing in (OPERATIONS, SIGN_INS, SMS)}


def on_listed_write_row(envelope: dict[str, Any], by: Caller) -> None:
    """The row of the thing that the event tells of; a second or older telling changes nothing."""
    listing = LISTINGS[envelope["type"]]
    write_row(listing, listing.event.told(envelope), by)


def write_rows_together(envelopes: Sequence[dict[str, Any]], by: Caller) -> None:
    """The rows of many new things, in one transaction: nearly every event tells of one."""
    told = [(LISTINGS[envelope["type"]], envelope) for envelope in envelopes]
    write_new_rows([(listing, listing.event.told(envelope)) for listing, envelope in told], by)


app = consumer(on_listed_write_row, together=write_rows_together)
