"""Messages that left the house, as staff and other systems see them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital.caller import Caller
from hospital.errors import NotFound
from hospital.ids import is_id
from hospital.sms.errors import SmsNotFound
from hospital.sms.model import Channel, Outcome, Sms, State, Where
from hospital.sms.store import get_sms


class SmsView(BaseModel):
    """A message: to whom, what, when, and what became of it. `phone` is whole for those alone who may see numbers."""

    id: str
    version: int
    channel: Channel
    occasion: str
    sender_id: str
    terminal: Where
    phone: str
    text: str
    state: State
    outcome: Outcome
    carrier: str
    cause: str
    tries: int
    resends: int
    asked_at: datetime
    handed_over_at: datetime | None
    ended_at: datetime | None
    delay_seconds: int | None

    @classmethod
    def of(cls, sms: Sms, *, numbers: bool = False) -> SmsView:
        """The view of a message."""
        shared = sms.model_dump(include=set(cls.model_fields) - {"phone"})
        delay = int(sms.delay.total_seconds()) if sms.delay is not None else None
        shown = sms.phone if numbers else sms.phone_masked
        return cls(**shared, phone=shown, outcome=sms.outcome, delay_seconds=delay)


def whose_sms(organisation_id: str, who: Caller) -> str:
    """The organisation whose messages are meant; another's do not exist for staff of an organisation."""
    if who.role == "operator":
        if organisation_id and not is_id(organisation_id):
            raise NotFound
        return organisation_id
    if organisation_id and not who.of_organisation(organisation_id):
        raise NotFound
    return who.organisation_id


def sms_of(sms_id: str, who: Caller) -> Sms:
    """The message, if it is the caller's to see."""
    sms = get_sms(sms_id)
    if who.role != "operator" and not who.of_organisation(sms.organisation_id):
        raise SmsNotFound
    return sms
