"""Where reference data is kept."""

from __future__ import annotations

from hospital import ids
from hospital.records import Key
from hospital.reference import keys
from hospital.reference.errors import CodeTaken, ItemNotFound
from hospital.reference.kinds import Kind
from hospital.reference.model import CodeClaim, Item
from hospital.table import Collection
from hospital.work import Work

items = Collection(
    Item,
    "reference",
    key=lambda item: keys.item_key(item.id),
    lists={
        "of_kind": lambda item: Key(keys.kind_key(item.kind_name, item.organisation_id), f"{item.position}#{item.id}")
    },
)
code_claims = Collection(
    CodeClaim,
    "reference",
    key=lambda claim: keys.code_key(claim.id),
    audited=False,  # says nothing that the item's own line does not
)


def find_item(item_id: str) -> Item | None:
    """The item with that id, of whatever kind."""
    return items.get(keys.item_key(item_id)) if ids.is_id(item_id) else None


def get_item(kind: Kind, item_id: str) -> Item:
    """The item of that kind; `ItemNotFound` when there is none."""
    item = find_item(item_id)
    if item is None or item.kind_name != kind.name:
        raise ItemNotFound
    return item


def find_by_code(kind: Kind, organisation_id: str, code: str) -> Item | None:
    """The item of that kind in use that the organisation calls so."""
    claim = code_claims.get(keys.code_key(keys.code_claim_id(kind.name, organisation_id, code)))
    item = find_item(claim.item_id) if claim else None
    return None if item is None or item.retired else item


def claim_code(work: Work, kind: Kind, item: Item, before: Item | None = None) -> None:
    """Keep the item's code its own, and give up the one it had `before`."""
    if kind.unique is None or (before is not None and before.content[kind.unique] == item.content[kind.unique]):
        return
    claim = _claim(kind, kind.unique, item)
    work.add(code_claims, claim, otherwise=CodeTaken(field=kind.unique))
    if before is not None:
        held = _claim(kind, kind.unique, before)
        work.remove(code_claims, held, when=code_claims["item_id"] == item.id)


def _claim(kind: Kind, unique: str, item: Item) -> CodeClaim:
    code = str(item.content[unique])
    return CodeClaim(id=keys.code_claim_id(kind.name, item.organisation_id, code), item_id=item.id)
