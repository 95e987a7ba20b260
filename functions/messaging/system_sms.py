"""Texts that other systems of the hospital send, by whichever door they come: HTTP, web service or queue.

Ledger: NOTE-05.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field

from hospital import ids
from hospital.caller import Asked, Caller
from hospital.http import Command
from hospital.limits import Limit
from hospital.sms.errors import QuotaUsedUp, SmsNotFound, SmsReferenceReused
from hospital.sms.keys import sms_key
from hospital.sms.model import Outcome, Sms, State
from hospital.sms.store import get_sms, queue, sms_messages, written
from hospital.systems.model import OtherSystem
from hospital.work import Work
from messaging.templates import template_for

OCCASION = "system_sms"
_PLAIN = "{text}"


class SystemSms(Command):
    """A text for a phone. The `reference` names it: sent again under the same one, it is the same message."""

    reference: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    phone: Annotated[str, Field(pattern=r"^1[3-9][0-9]{9}$")]
    text: Annotated[str, Field(min_length=1, max_length=500)]


class SystemSmsView(BaseModel):
    """What became of a message, the same by whatever way it was sent."""

    id: str
    reference: str
    state: State
    outcome: Outcome
    cause: str
    asked_at: datetime
    handed_over_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, sms: Sms) -> SystemSmsView:
        """The view of a message."""
        return cls(**sms.model_dump(include=set(cls.model_fields)), outcome=sms.outcome)


def take_sms(system: OtherSystem, told: SystemSms, *, asked: Asked, now: datetime) -> Sms:
    """The message of that reference, queued now or before. Raises `SmsReferenceReused`, `QuotaUsedUp`."""
    sms_id = ids.derived_id("sms", system.id, told.reference)
    known = _known(sms_id, told)
    if known is not None:
        return known
    Limit("sms_of_system", system.most_a_day, timedelta(days=1), QuotaUsedUp).take(system.id)
    template = template_for(system.organisation_id, OCCASION)
    sms = written(
        template.text if template else _PLAIN,
        {"text": told.text},
        phone=told.phone,
        occasion=OCCASION,
        now=now,
        id=sms_id,
        organisation_id=system.organisation_id,
        sender_id=system.id,
        terminal="system",
        reference=told.reference,
        registered=template.registered if template else {},
    )
    try:
        with Work(by=Caller(person_id=system.id, role=None, asked=asked)) as work:
            return queue(work, sms, otherwise=SmsReferenceReused())
    except SmsReferenceReused:  # it came by another door at this moment
        known = _known(sms_id, told)
        if known is None:
            raise
        return known


def _known(sms_id: str, told: SystemSms) -> Sms | None:
    """The message if it was told before, in the same words. Raises `SmsReferenceReused`."""
    known = sms_messages.get(sms_key(sms_id))
    if known is not None and (known.phone, known.variables.get("text")) != (told.phone, told.text):
        raise SmsReferenceReused
    return known


def sms_of_system(system: OtherSystem, sms_id: str) -> Sms:
    """A message that the system sent; another's does not exist."""
    sms = get_sms(sms_id)
    if sms.sender_id != system.id:
        raise SmsNotFound
    return sms
