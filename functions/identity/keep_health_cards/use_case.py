"""Applying for e-health cards, and showing them."""

from __future__ import annotations

from datetime import datetime, timedelta

from adapters import health_card
from adapters.health_card import ChannelRefused
from hospital.caller import Caller
from hospital.errors import Unavailable
from hospital.health_cards.errors import ChannelNotOffered, CodeRefused, NotIssued, TooManyApplications
from hospital.health_cards.store import card_of, cards_of, need_card
from hospital.limits import Limit
from hospital.people.store import get_person
from hospital.verifications.model import Identity
from hospital.verifications.store import require_verified
from hospital.work import Work, decided_again
from identity.acting import acted_for
from identity.applying_for_cards import ask_channel, keep
from identity.keep_health_cards.answers import ChannelView, CodeView, HealthCardsView, HealthCardView

APPLICATIONS = Limit("health_cards", most=20, window=timedelta(days=1), refusal=TooManyApplications)
"""Nobody finds out at a channel by trying who has a card there."""


def view_cards(member_id: str | None, *, by: Caller, now: datetime) -> HealthCardsView:
    """The channels, and everything that was applied for."""
    identity = _whose(member_id, by, now)
    offered = [ChannelView.of(one) for one in health_card.offered()]
    kept = sorted(cards_of(identity.person_id), key=lambda one: one.asked_at)
    return HealthCardsView(channels=offered, cards=[HealthCardView.of(one) for one in kept])


def apply_for_card(channel: str, member_id: str | None, grant: str, *, by: Caller, now: datetime) -> HealthCardView:
    """Ask the channel for a card, unless it issued one already. One that does not answer is no error: it is asked
    again. The phone is the applicant's."""
    if channel not in {one.code for one in health_card.offered()}:
        raise ChannelNotOffered
    identity = _whose(member_id, by, now)
    APPLICATIONS.take(by.person_id)
    return decided_again(lambda: _applied(channel, identity, member_id or "", grant, by, now))


def _applied(channel: str, identity: Identity, member_id: str, grant: str, by: Caller, now: datetime) -> HealthCardView:
    card = card_of(identity.person_id, channel, now)
    after = card
    if not card.is_issued:
        wished = card.applied(by.person_id, member_id, grant, now)
        after = ask_channel(wished, identity, get_person(by.person_id).phone, now)
    with Work(by=by) as work:
        stored = card if card.is_issued else keep(work, card, after)
        return work.answer(HealthCardView.of(stored))


def view_code(health_card_id: str, member_id: str | None, *, by: Caller, now: datetime) -> CodeView:
    """What to show now: asked of the channel where its codes change, which may be away (`Unavailable`)."""
    identity = _whose(member_id, by, now)
    card = need_card(identity.person_id, health_card_id)
    if not card.is_issued or card.number is None:
        raise NotIssued(state=card.state)
    channel = health_card.channel(card.channel)
    if channel is None:
        raise CodeRefused(reason="not_offered")
    try:
        code = channel.code(card.number, identity.id_number)
    except ChannelRefused as no:
        raise CodeRefused(reason=no.reason) from None
    except Unavailable:
        if card.code is None:
            raise
        return CodeView(text=card.code, expires_at=None)
    return CodeView(text=code.text, expires_at=now + timedelta(seconds=code.seconds) if code.seconds else None)


def _whose(member_id: str | None, by: Caller, now: datetime) -> Identity:
    """Who they are whose cards are meant; the caller is verified in either case."""
    own = require_verified(by.person_id)
    return require_verified(acted_for(by.person_id, member_id, now).person_id) if member_id else own
