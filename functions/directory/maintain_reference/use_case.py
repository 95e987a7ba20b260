"""Reading and writing reference data of any kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from hospital.caller import Caller
from hospital.declaring import Content
from hospital.errors import ChangedMeanwhile, DomainError, Forbidden
from hospital.http import parsed
from hospital.paging import Page, Paging
from hospital.reference.errors import ItemChangedMeanwhile, ItemNotFound, KindUnknown
from hospital.reference.events import ReferenceChanged
from hospital.reference.keys import kind_key
from hospital.reference.kinds import KINDS, Kind
from hospital.reference.model import Item
from hospital.reference.store import claim_code, get_item, items
from hospital.work import Work

V = TypeVar("V", bound=BaseModel)


def may_read(kind: Kind, who: Caller) -> bool:
    """Whether the caller may read the kind at all."""
    try:
        kind.read.check(who)
    except DomainError:
        return False
    return True


def may_write(kind: Kind, who: Caller) -> bool:
    """Whether the caller may write items of the kind: of their own organisation, or the platform's."""
    try:
        kind.write.check(who)
    except DomainError:
        return False
    return bool(who.organisation_id) or not kind.per_organisation


def readable_kind(name: str, who: Caller) -> Kind:
    """The kind, if the caller may know of it."""
    kind = KINDS[name]
    if not may_read(kind, who):
        raise KindUnknown
    return kind


def list_items(
    name: str, paging: Paging, *, q: str | None, retired: bool, organisation_id: str | None, by: Caller
) -> Page[Item]:
    """One page of a kind. Staff read their own organisation's, whatever they ask for."""
    kind = readable_kind(name, by)
    owner = (by.organisation_id or organisation_id or "") if kind.per_organisation else ""
    where = items["retired"] == retired
    if q:
        where &= items["words"].contains(q.lower())
    return items.page("of_kind", kind_key(kind.name, owner), cursor=paging.cursor, limit=paging.limit, where=where)


def view_item(name: str, item_id: str, *, by: Caller) -> Item:
    """One item that the caller may read."""
    item = get_item(readable_kind(name, by), item_id)
    if by.organisation_id and item.organisation_id not in ("", by.organisation_id):
        raise ItemNotFound
    return item


def create_item(name: str, content: dict[str, Any], *, view: Callable[[Item], V], by: Caller, now: datetime) -> V:
    """A new item of the caller's organisation, or of the platform."""
    kind = _writable_kind(name, by)
    owner = by.organisation_id if kind.per_organisation else ""
    with Work(by=by) as work:
        item = work.add(items, Item.create(kind, owner, _read(kind, content), now))
        claim_code(work, kind, item)
        work.emit(ReferenceChanged.of(item, "created"))
        return work.answer(view(item))


def change_item(
    name: str,
    item_id: str,
    version: int,
    content: dict[str, Any],
    *,
    view: Callable[[Item], V],
    by: Caller,
    now: datetime,
) -> V:
    """New content for an item that nobody changed since `version`."""
    kind = _writable_kind(name, by)
    item = _own_item(kind, item_id, by).read_as(version)
    with _told_the_version(item), Work(by=by) as work:
        changed = work.change(items, item, item.written(kind, _read(kind, content), now))
        claim_code(work, kind, changed, before=item)
        work.emit(ReferenceChanged.of(changed, "changed"))
        return work.answer(view(changed))


def turn_item(
    name: str, item_id: str, version: int, *, retired: bool, view: Callable[[Item], V], by: Caller, now: datetime
) -> V:
    """Out of use, or back in use."""
    kind = _writable_kind(name, by)
    item = _own_item(kind, item_id, by).read_as(version)
    with _told_the_version(item), Work(by=by) as work:
        turned = work.change(items, item, item.turned(retired=retired, now=now))
        work.emit(ReferenceChanged.of(turned, "retired" if retired else "restored"))
        return work.answer(view(turned))


def _writable_kind(name: str, by: Caller) -> Kind:
    kind = readable_kind(name, by)
    if not may_write(kind, by):
        raise Forbidden(permission=kind.write.permission)
    return kind


def _own_item(kind: Kind, item_id: str, by: Caller) -> Item:
    item = get_item(kind, item_id)
    if kind.per_organisation and item.organisation_id != by.organisation_id:
        raise ItemNotFound
    return item


@contextmanager
def _told_the_version(item: Item) -> Iterator[None]:
    """Whoever loses to another editor at the last moment is told as much as whoever came later."""
    try:
        yield
    except ChangedMeanwhile:
        raise ItemChangedMeanwhile(version=items.need(items.key(item)).version) from None


def _read(kind: Kind, content: dict[str, Any]) -> Content:
    read: Content = parsed(kind.schema, content)
    return read
