"""Asking a channel for an e-health card, once or again: the person and the retry do the same."""

from __future__ import annotations

from datetime import datetime

from adapters import health_card
from adapters.health_card import Applicant, ChannelRefused
from hospital.errors import Unavailable
from hospital.health_cards.events import HealthCardIssued, HealthCardNotIssued, HealthCardRetryDue
from hospital.health_cards.model import HealthCard
from hospital.health_cards.store import cards
from hospital.observability import count
from hospital.trying_again import put_down
from hospital.verifications.model import Identity
from hospital.work import Work


def ask_channel(card: HealthCard, identity: Identity, phone: str | None, now: datetime) -> HealthCard:
    """What the card becomes by the channel's answer, or by its silence. Asked under the card's own id."""
    channel = health_card.channel(card.channel)
    if channel is None:
        return card.refused("not_offered")
    applicant = Applicant(
        identity.name, identity.id_number, identity.sex, identity.birth_date, phone or "", card.grant or ""
    )
    try:
        issued = channel.issue(applicant, key=card.id)
    except Unavailable as away:
        return card.unanswered(str(away.facts.get("reason", "unavailable")), now)
    except ChannelRefused as no:
        return card.refused(no.reason, no.said)
    return card.issued(issued.number, issued.code, now)


def keep(work: Work, before: HealthCard, after: HealthCard) -> HealthCard:
    """Stores the answer, reports it, and says when the channel is asked again."""
    count("health_card", state=after.state, channel=after.channel)
    told = HealthCardIssued.of if after.is_issued else HealthCardNotIssued.of
    return put_down(work, cards, before, after, told=told, again=HealthCardRetryDue.of)
