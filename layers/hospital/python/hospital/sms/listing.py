"""The list of messages sent: what a row of it holds."""

from __future__ import annotations

from hospital.listings import Listing, Row
from hospital.sms.events import SmsMoved

HOUSE = "house"
"""Who sent what no other system did."""


def sms_row(told: SmsMoved) -> Row:
    """To whom (a hash of the number), by what and by whom, when, and what became of it. The label is what the day's
    totals tell apart: channel, outcome, terminal and sender."""
    sender = told.sender_id or HOUSE
    return Row(
        id=told.subject,
        listing="sms",
        organisation_id=told.organisation_id,
        at=told.asked_at,
        sequence=told.sequence,
        who=told.person_id,
        number=told.phone_hash,
        label=f"{told.channel}.{told.outcome}.{told.terminal}.{sender}",
        facts={
            "channel": told.channel,
            "state": told.state,
            "outcome": told.outcome,
            "occasion": told.occasion,
            "sender": sender,
            "terminal": told.terminal,
            "carrier": told.carrier,
            "cause": told.cause,
        },
    )


SMS = Listing("sms", SmsMoved, row=sms_row)
