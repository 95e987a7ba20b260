"""Opening the file, reading the cards, arranging them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from adapters import his
from adapters.his import HisCard, Presented
from hospital import clock
from hospital.caller import Caller
from hospital.health_cards.model import shown_card
from hospital.health_cards.store import cards_of
from hospital.his_files.errors import CardNotYours
from hospital.his_files.events import CardsArranged
from hospital.his_files.model import CardOrder, HisFileLink, card_id_of
from hospital.his_files.store import get_link, get_order, need_open, orders
from hospital.people.store import get_person
from hospital.verifications.store import require_verified
from hospital.work import Work, decided_again
from identity.keep_cards.answers import HisCardsView, HisCardView, HisFileView
from identity.opening_files import ask_his, keep, link_of


@dataclass(frozen=True)
class Shelf:
    """A person's cards by id in their order, and the default."""

    link: HisFileLink
    cards: dict[str, HisCard]
    order: CardOrder
    channels: dict[str, str]
    """By the id of an e-health card that was applied for here: through which channel."""

    def view(self) -> HisCardsView:
        """As the person sees them."""
        card_ids = list(self.cards)
        default = self.order.default_of(card_ids)
        shown = [
            HisCardView.of(card_id, card, is_default=card_id == default, channel=self.channels.get(card_id, ""))
            for card_id, card in self.cards.items()
        ]
        return HisCardsView(file=HisFileView.of(self.link), cards=shown, order_version=self.order.version)

    def in_order(self, order: CardOrder) -> Shelf:
        """The same cards as another order puts them."""
        return replace(self, order=order, cards={card_id: self.cards[card_id] for card_id in order.sorted(self.cards)})


def open_file(*, by: Caller) -> HisFileView:
    """Ask the HIS for the caller's file, unless it gave one already. A HIS that does not answer is no error: it is
    asked again."""
    return decided_again(lambda: _opened(by))


def _opened(by: Caller) -> HisFileView:
    identity = require_verified(by.person_id)
    now = clock.now()
    link = link_of(by.person_id, get_link(by.person_id), now)
    after = link if link.is_open else ask_his(link, identity, get_person(by.person_id).phone, now)
    with Work(by=by) as work:
        stored = link if link.is_open else keep(work, link, after)
        return work.answer(HisFileView.of(stored))


def view_file(*, by: Caller) -> HisFileView:
    """How far the caller's file is."""
    require_verified(by.person_id)
    link = get_link(by.person_id)
    return HisFileView.of(link) if link else HisFileView(state="none")


def view_cards(*, by: Caller) -> HisCardsView:
    """The caller's cards, as the HIS holds them now. Raises `HisUnavailable`: nobody is told that there are none."""
    return _shelf(by).view()


def arrange_cards(card_ids: tuple[str, ...], default_id: str | None, *, by: Caller) -> HisCardsView:
    """Another order, another default."""
    return decided_again(lambda: _arranged(card_ids, default_id, by))


def _arranged(card_ids: tuple[str, ...], default_id: str | None, by: Caller) -> HisCardsView:
    shelf = _shelf(by)
    if {*card_ids, *filter(None, [default_id])} - shelf.cards.keys():
        raise CardNotYours
    order = shelf.order
    arranged = order.arranged(card_ids, order.default_id if default_id is None else default_id)
    with Work(by=by) as work:
        stored = work.change(orders, order, arranged) if order.version else work.add(orders, arranged)
        work.emit(CardsArranged.of(stored))
        return work.answer(shelf.in_order(stored).view())


def _shelf(by: Caller) -> Shelf:
    require_verified(by.person_id)
    link = need_open(by.person_id)
    order = get_order(by.person_id)
    issued = [one for one in cards_of(by.person_id) if one.is_issued]
    shown = shown_card(issued, order.default_id)
    held = his.his().cards(Presented(link.patient_number or "", shown))
    mine = {one.id: HisCard("e_health", one.number or "") for one in issued}
    known = {card.number for card in mine.values()}  # a HIS may hold the same card
    theirs = [card for card in held.cards if card.kind != "e_health" or card.number not in known]
    cards = {card_id_of(by.person_id, card.kind, card.number): card for card in theirs} | mine
    return Shelf(link, cards, order, {one.id: one.channel for one in issued}).in_order(order)
