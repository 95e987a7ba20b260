"""Queries and scans as DynamoDB pages them: exact sizes, a last key whenever a limit ended the page.

moto sorts and copies a whole table for each; here only the page is looked at. A scan takes partitions in an order of
their own, as DynamoDB does: whoever relies on sorted scans finds out here.

Source: Amazon DynamoDB Developer Guide, "Paginating table query results", "Scanning tables in DynamoDB".
"""

from collections.abc import Iterable, Iterator
from hashlib import md5
from typing import Any, NamedTuple

from moto.dynamodb.models.dynamo_type import DynamoType, Item

from .images import kept_attributes
from .index_lag import IndexLag
from .query_index import Group, Keys, QueryIndex, SortKey, Value, keys_of, value_of
from .sizes import MOST_PAGE_BYTES, attributes_size, item_size


class Wanted(NamedTuple):
    """What a query asks: comparison and operands of the sort key, start key, direction, most items."""

    comparison: str | None
    operands: list[Any]
    start: dict[str, Any] | None
    forward: bool
    limit: int | None


class Answer(NamedTuple):
    """The items before any filter, the key to go on from, and the bytes that were read."""

    items: list[Any]
    last_key: dict[str, Any] | None
    read_bytes: int


def run_query(
    index: QueryIndex, lag: IndexLag, table: Any, index_name: str | None, hash_key: Any, wanted: Wanted
) -> Answer:
    """One page of a partition. The sort key's comparison narrows before anything is counted."""
    keys = keys_of(table, index_name)
    ordered = index.ordered(table, keys, hash_key, wanted)
    if index_name and (before := lag.before(table)):
        ordered = _from_before(ordered, before, keys, hash_key, wanted)
    return _page(table, keys, ordered, wanted.limit)


def _from_before(
    ordered: Iterable[Any], before: dict[tuple[Any, Any], Any], keys: Keys, hash_key: Any, wanted: Wanted
) -> Iterator[Any]:
    """The partition of an index without what it does not know yet."""
    known = [item for item in ordered if (item.hash_key, item.range_key) not in before]
    partition = value_of(hash_key)
    known += [item for item in before.values() if item is not None and keys.partition(item) == partition]
    return Group({keys.sort_key(item): item for item in known}).ordered(keys, wanted)


def run_scan(
    index: QueryIndex,
    table: Any,
    index_name: str | None,
    start: dict[str, Any] | None,
    limit: int | None,
    segment: tuple[int | None, int | None],
) -> Answer:
    """One page of a table or index; `segment` is (number, of how many) or (None, None)."""
    keys = keys_of(table, index_name)
    partitions = sorted((_spread(value), value) for value in index.partitions(table, keys))
    return _page(table, keys, _scanned(index, table, keys, partitions, start, segment), limit)


def project(table: Any, index_name: str | None, item: Any) -> Any:
    """The item as the index holds it: keys, and what its projection names."""
    names = projected(table, index_name)
    if names is None:
        return item
    part = Item.__new__(Item)
    part.hash_key, part.range_key = item.hash_key, item.range_key
    part.attrs = kept_attributes({name: value for name, value in item.attrs.items() if name in names})
    return part


def project_paths(item: Any, paths: list[list[str]]) -> Any:
    """The item with only what a projection expression names; `paths` as moto parses them."""
    if any(len(path) > 1 or "[" in path[0] for path in paths):
        return item.project(paths)
    names = {path[0] for path in paths}
    part = Item.__new__(Item)
    part.hash_key, part.range_key = item.hash_key, item.range_key
    part.attrs = kept_attributes({name: value for name, value in item.attrs.items() if name in names})
    return part


def projected(table: Any, index_name: str | None) -> frozenset[str] | None:
    """The attributes that an index holds; None for all of them."""
    if index_name is None:
        return None
    index = table.get_index(index_name, error_if_not=True)
    kind = (index.projection or {}).get("ProjectionType", "ALL")
    if kind == "ALL":
        return None
    own = [*table.table_key_attrs, *index.schema_key_attrs]
    return frozenset(own + list(index.projection.get("NonKeyAttributes", ()) if kind == "INCLUDE" else ()))


def entry_size(table: Any, index_name: str | None, item: Any) -> int:
    """Bytes of the item in the table, or in the index."""
    names = projected(table, index_name)
    if names is None:
        return item_size(item)
    return attributes_size({name: value for name, value in item.attrs.items() if name in names})


def _page(table: Any, keys: Keys, ordered: Iterable[Any], limit: int | None) -> Answer:
    items: list[Any] = []
    read = 0
    for item in ordered:
        size = entry_size(table, keys.index_name, item)
        if items and read + size > MOST_PAGE_BYTES:
            return Answer(items, _key_of(keys, table, items[-1]), read)
        items.append(item)
        read += size
        if len(items) == limit:
            # Also when nothing comes behind: DynamoDB has not looked.
            return Answer(items, _key_of(keys, table, item), read)
    return Answer(items, None, read)


def _key_of(keys: Keys, table: Any, item: Any) -> dict[str, Any]:
    names = dict.fromkeys([*table.table_key_attrs, keys.hash_attr, *keys.sort_attrs])
    return {name: item.attrs[name] for name in names}


def _spread(value: Value) -> bytes:
    return md5(repr(value).encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()


def _scanned(
    index: QueryIndex,
    table: Any,
    keys: Keys,
    partitions: list[tuple[bytes, Value]],
    start: dict[str, Any] | None,
    segment: tuple[int | None, int | None],
) -> Iterator[Any]:
    number, count = segment
    begin: tuple[bytes, SortKey] | None = None
    if start is not None:
        begin = _spread(value_of(DynamoType(start[keys.hash_attr]))), keys.sort_key_in(start)
    for place, value in partitions:
        if count is not None and int.from_bytes(place[:8], "big") % count != number:
            continue
        if begin is not None and place < begin[0]:
            continue
        after = begin[1] if begin is not None and place == begin[0] else None
        yield from index.partition(table, keys, value, after)
