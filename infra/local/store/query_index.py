"""Sorted partitions of tables and indexes, so that a query looks at a page and not at the whole table.

moto filters, sorts and pages whatever items it is given: a superset of the answer in any order is enough. This
module finds a small one. It only ever narrows by what it understands; anything else falls back to the partition,
or to the whole table.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from moto.dynamodb.models.dynamo_type import DynamoType

from .units import Touch, look

Value = tuple[str, Any]
"""(type, value) of a key attribute; numbers as Decimal, so that 1 and 1.0 are one key."""
SortKey = tuple[Value, ...]

SMALL = 64
"""Partitions of a table up to this many items are handed over whole: sorting them costs less than keeping order."""

AFTER_ALL: Value = ("~", None)
"""Sorts after every key value of any type."""


@dataclass(frozen=True)
class Keys:
    """The key attributes that order one table or index; `index_name` None is the table itself."""

    index_name: str | None
    hash_attr: str
    sort_attrs: tuple[str, ...]
    range_attr: str | None

    def partition(self, item: Any) -> Value | None:
        """The hash value of an item, or None when the index does not hold it."""
        if any(attr not in item.attrs for attr in self.sort_attrs):
            return None
        value = item.attrs.get(self.hash_attr)
        return None if value is None else value_of(value)

    def sort_key(self, item: Any) -> SortKey:
        """Where the item stands in its partition."""
        return tuple(value_of(item.attrs[attr]) for attr in self.sort_attrs)


@dataclass(frozen=True)
class Page:
    """What a query asks of one partition: DynamoDB's comparison and its operands, start key, direction, limit."""

    comparison: str | None
    operands: list[Any]
    start: dict[str, Any] | None
    forward: bool
    limit: int | None


class Group:
    """The items of one partition; the order is made when first asked for and kept from then on."""

    def __init__(self, items: dict[SortKey, Any]) -> None:
        self.items = items
        self._order: list[SortKey] | None = None

    def put(self, key: SortKey, item: Any) -> None:
        """Adds or replaces."""
        if self._order is not None and key not in self.items:
            insort(self._order, key)
        self.items[key] = item

    def drop(self, key: SortKey) -> None:
        """Removes; nothing happens when it is not there."""
        if self.items.pop(key, None) is not None and self._order is not None:
            del self._order[bisect_left(self._order, key)]

    def window(self, keys: Keys, page: Page) -> list[Any]:
        """The items that the page can show, and the one behind it: moto answers a next key when it sees one more."""
        if self._order is None:
            self._order = sorted(self.items)
        order = self._order
        bounds = _bounds(order, page.comparison, page.operands)
        if bounds is None:
            return list(self.items.values())
        low, high = bounds
        start = _start_key(keys, page.start)
        if page.forward:
            if start is not None:
                low = max(low, bisect_right(order, start))
            end = high + 1 if page.limit is None else min(high + 1, low + page.limit + 1)
            return [self.items[key] for key in order[low:end]]
        if start is not None:
            high = min(high, bisect_left(order, start))
        begin = low - 1 if page.limit is None else max(low - 1, high - page.limit - 1)
        return [self.items[key] for key in order[max(begin, 0) : high]]


class QueryIndex:
    """The partitions of all tables, built on first use and kept up by `follow` after each commit."""

    def __init__(self) -> None:
        self._tables: WeakKeyDictionary[Any, dict[Keys, dict[Value, Group]]] = WeakKeyDictionary()

    def forget(self, table: Any) -> None:
        """Drops what is known of a table whose items were changed behind our back."""
        self._tables.pop(table, None)

    def candidates(self, table: Any, index_name: str | None, hash_key: Any, page: Page | None) -> list[Any] | None:
        """Items that a query may answer, as a superset; None when only the whole table will do.

        Without a page the whole partition is answered.
        """
        keys = _keys_of(table, index_name)
        if keys is None or hash_key is None:
            return None
        if index_name is None:
            row = table.items.get(hash_key)
            if row is None:
                return []
            if not keys.sort_attrs:
                return [row]
            if len(row) <= SMALL:
                return list(row.values())
            group = self._table_group(table, keys, hash_key, row)
        else:
            found = self._index_groups(table, keys).get(value_of(hash_key))
            if found is None:
                return []
            group = found
        return group.window(keys, page) if page and keys.range_attr else list(group.items.values())

    def follow(self, touches: Iterable[Touch]) -> None:
        """Takes the changes of a committed unit into the partitions that are kept."""
        for touch in touches:
            kept = self._tables.get(touch.table)
            if not kept:
                continue
            after = look(touch.table, touch.hash_key, touch.range_key)
            try:
                for keys, groups in kept.items():
                    _move(keys, groups, touch.before, after)
            except (TypeError, ArithmeticError):
                # Committed already, so this must not fail: a value with no order has the partitions made anew.
                self.forget(touch.table)

    def _table_group(self, table: Any, keys: Keys, hash_key: Any, row: dict[Any, Any]) -> Group:
        groups = self._tables.setdefault(table, {}).setdefault(keys, {})
        value = value_of(hash_key)
        group = groups.get(value)
        if group is None:
            group = groups[value] = Group({keys.sort_key(item): item for item in row.values()})
        return group

    def _index_groups(self, table: Any, keys: Keys) -> dict[Value, Group]:
        kept = self._tables.setdefault(table, {})
        groups = kept.get(keys)
        if groups is None:
            groups = kept[keys] = {}
            for item in every_item(table):
                _move(keys, groups, None, item)
        return groups


def every_item(table: Any) -> Iterator[Any]:
    """All items of a table, in no order."""
    for row in table.items.values():
        if table.has_range_key:
            yield from row.values()
        else:
            yield row


def value_of(value: Any) -> Value:
    """A comparable, hashable key value of moto's DynamoType."""
    return value.type, value.cast_value


def _move(keys: Keys, groups: dict[Value, Group], before: Any, after: Any) -> None:
    old = None if before is None else keys.partition(before)
    new = None if after is None else keys.partition(after)
    if old is not None and old in groups:
        groups[old].drop(keys.sort_key(before))
        if not groups[old].items:
            del groups[old]
    # A table's partitions are made when first queried; only an index must know every item from the start.
    if new is not None and (keys.index_name is not None or new in groups):
        groups.setdefault(new, Group({})).put(keys.sort_key(after), after)


def _keys_of(table: Any, index_name: str | None) -> Keys | None:
    if index_name is None:
        own = (table.range_key_attr,) if table.has_range_key else ()
        return Keys(None, table.hash_key_attr, own, table.range_key_attr)
    for index in table.all_indexes():
        if index.name == index_name:
            hashes = [key["AttributeName"] for key in index.schema if key["KeyType"] == "HASH"]
            ranges = [key["AttributeName"] for key in index.schema if key["KeyType"] == "RANGE"]
            if len(hashes) != 1 or len(ranges) > 1:
                return None
            return Keys(index_name, hashes[0], (*ranges, *table.table_key_attrs), ranges[0] if ranges else None)
    return None


def _bounds(order: list[SortKey], comparison: str | None, operands: list[Any]) -> tuple[int, int] | None:
    """[low, high) of the keys that satisfy the comparison on the first sort attribute; None: not understood."""
    values = [value_of(operand) for operand in operands]
    match comparison:
        case None:
            return 0, len(order)
        case "=":
            return _before(order, values[0]), _behind(order, values[0])
        case "<":
            return 0, _before(order, values[0])
        case "<=":
            return 0, _behind(order, values[0])
        case ">":
            return _behind(order, values[0]), len(order)
        case ">=":
            return _before(order, values[0]), len(order)
        case "BETWEEN":
            return _before(order, values[0]), _behind(order, values[1])
        case "BEGINS_WITH" if values[0][1] and values[0][0] == "S":
            return _before(order, values[0]), _before(order, ("S", _next_prefix(values[0][1])))
    return None


def _before(order: list[SortKey], value: Value) -> int:
    return bisect_left(order, (value,))


def _behind(order: list[SortKey], value: Value) -> int:
    return bisect_left(order, (value, AFTER_ALL))


def _next_prefix(prefix: str) -> str:
    """The first text that sorts after everything that begins with `prefix`."""
    last = ord(prefix[-1])
    return prefix + "\U0010ffff" if last == 0x10FFFF else prefix[:-1] + chr(last + 1)


def _start_key(keys: Keys, start: dict[str, Any] | None) -> SortKey | None:
    if start is None or any(attr not in start for attr in keys.sort_attrs):
        return None
    return tuple(value_of(DynamoType(start[attr])) for attr in keys.sort_attrs)
