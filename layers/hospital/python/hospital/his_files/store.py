"""Where files in the HIS and the order of cards are kept."""

from __future__ import annotations

from hospital import clock
from hospital.his_files import keys
from hospital.his_files.errors import FileNotOpen
from hospital.his_files.model import CardOrder, HisFileLink
from hospital.records import Key
from hospital.table import Collection


def _troubled(link: HisFileLink) -> Key | None:
    return None if link.is_open else Key(keys.TROUBLED, f"{clock.text(link.asked_at)}#{link.id}")


links = Collection(HisFileLink, "people", key=lambda link: keys.link_key(link.person_id), lists={"troubled": _troubled})
orders = Collection(CardOrder, "people", key=lambda order: keys.order_key(order.person_id))


def get_link(person_id: str) -> HisFileLink | None:
    """A person's file in the HIS, if one was ever asked for."""
    return links.get(keys.link_key(person_id))


def need_open(person_id: str) -> HisFileLink:
    """The file that is open; raises `FileNotOpen`."""
    link = get_link(person_id)
    if link is None or not link.is_open:
        raise FileNotOpen(state=link.state if link else "none")
    return link


def get_order(person_id: str) -> CardOrder:
    """How the person keeps their cards; version 0 when they never chose."""
    return orders.get(keys.order_key(person_id)) or CardOrder.of(person_id)
