"""Asking the channel again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hospital import clock
from hospital.caller import Caller
from hospital.consents.errors import ConsentMissing
from hospital.families.errors import MemberNotFound, MemberPending
from hospital.health_cards.events import HealthCardRetryDue
from hospital.health_cards.model import HealthCard
from hospital.health_cards.store import get_card
from hospital.people.store import get_person
from hospital.verifications.errors import NotVerified
from hospital.verifications.store import require_verified
from hospital.work import Work
from identity.acting import acted_for
from identity.applying_for_cards import ask_channel, keep


def on_health_card_retry_due_apply(envelope: dict[str, Any], by: Caller) -> None:
    """Only the newest word counts: what was asked again meanwhile has its own retry."""
    event = HealthCardRetryDue.told(envelope)
    card = get_card(event.person_id, event.channel)
    if card is None or card.version != event.sequence or card.state != "waiting":
        return
    asked = _asked(card, clock.now())
    with Work(by=by, once=envelope["id"]) as work:
        keep(work, card, asked)


def _asked(card: HealthCard, now: datetime) -> HealthCard:
    """Who applied for another is asked about again: a family may have parted since."""
    try:
        if card.member_id and acted_for(card.applied_by, card.member_id, now).person_id != card.person_id:
            return card.refused("not_acting")
        identity = require_verified(card.person_id)
    except (MemberNotFound, MemberPending, ConsentMissing, NotVerified):
        return card.refused("not_acting")
    return ask_channel(card, identity, get_person(card.applied_by).phone, now)
