"""Sorted partitions of tables and indexes, so that a query looks at a page and not at the whole table."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models.dynamo_type import DynamoType

from .units import Touch, look

Value = tuple[str, Any]
"""(type, value) of a key attribute; numbers as Decimal, so that 1 and 1.0 are one key."""
SortKey = tuple[Value, ...]

SMALL = 64
"""Partitions of a table up to this many items are sorted anew each time: that costs less than keeping their order."""

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

    def sort_key_in(self, start: dict[str, Any]) -> SortKey:
        """The place that a start key names."""
        return tuple(value_of(DynamoType(start[attr])) for attr in self.sort_attrs)


class Page(Protocol):
    """What a query asks of one partition: DynamoDB's comparison and its operands, start key, direction."""

    @property
    def comparison(self) -> str | None: ...

    @property
    def operands(self) -> list[Any]: ...

    @property
    def start(self) -> dict[str, Any] | None: ...

    @property
    def forward(self) -> bool: ...


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

    def ordered(self, keys: Keys, page: Page) -> Iterator[Any]:
        """The items that the page asks for, in its order, from behind its start key."""
        order = self._sorted()
        bounds = _bounds(order, page.comparison, page.operands)
        low, high = (0, len(order)) if bounds is None else bounds
        start = keys.sort_key_in(page.start) if page.start is not None else None
        if page.forward:
            low = low if start is None else max(low, bisect_right(order, start))
            places: Iterable[int] = range(low, high)
        else:
            high = high if start is None else min(high, bisect_left(order, start))
            places = range(high - 1, low - 1, -1)
        for place in places:
            item = self.items[order[place]]
            if bounds is not None or item.attrs[keys.range_attr].compare(page.comparison, page.operands):
                yield item

    def after(self, start: SortKey | None) -> Iterator[Any]:
        """The items behind a key, in order."""
        order = self._sorted()
        for key in islice(order, 0 if start is None else bisect_right(order, start), None):
            yield self.items[key]

    def _sorted(self) -> list[SortKey]:
        if self._order is None:
            self._order = sorted(self.items)
        return self._order


class QueryIndex:
    """The partitions of all tables, built on first use and kept up by `follow` after each commit."""

    def __init__(self) -> None:
        self._tables: WeakKeyDictionary[Any, dict[Keys, dict[Value, Group]]] = WeakKeyDictionary()

    def forget(self, table: Any) -> None:
        """Drops what is known of a table whose items were changed behind our back."""
        self._tables.pop(table, None)

    def ordered(self, table: Any, keys: Keys, hash_key: Any, page: Page) -> Iterator[Any]:
        """The items of one partition that the page asks for, in its order."""
        group = self._group(table, keys, value_of(hash_key), hash_key)
        return group.ordered(keys, page) if group else iter(())

    def partitions(self, table: Any, keys: Keys) -> Iterable[Value]:
        """The hash values of all partitions, in no order."""
        if keys.index_name is not None:
            return self._index_groups(table, keys)
        return map(value_of, table.items)

    def partition(self, table: Any, keys: Keys, value: Value, start: SortKey | None) -> Iterator[Any]:
        """The items of one partition behind a key, in order."""
        kind, content = value
        group = self._group(table, keys, value, DynamoType({kind: str(content) if kind == "N" else content}))
        return group.after(start) if group else iter(())

    def _group(self, table: Any, keys: Keys, value: Value, hash_key: Any) -> Group | None:
        if keys.index_name is not None:
            return self._index_groups(table, keys).get(value)
        row = table.items.get(hash_key)
        if row is None:
            return None
        if not keys.sort_attrs:
            return Group({(): row})
        if len(row) <= SMALL:
            return Group({keys.sort_key(item): item for item in row.values()})
        return self._table_group(table, keys, hash_key, row)

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


def keys_of(table: Any, index_name: str | None) -> Keys:
    """The keys that order a table or its index. Raises ValidationException for an index that is not there."""
    if index_name is None:
        own = (table.range_key_attr,) if table.has_range_key else ()
        return Keys(None, table.hash_key_attr, own, table.range_key_attr)
    for index in table.all_indexes():
        if index.name == index_name:
            hash_attr, range_attr = index_keys(index.schema)
            return Keys(index_name, hash_attr, (*filter(None, [range_attr]), *table.table_key_attrs), range_attr)
    raise MockValidationException(f"The table does not have the specified index: {index_name}")


def index_keys(schema: list[dict[str, str]]) -> tuple[str, str | None]:
    """(hash attribute, range attribute) of a key schema. Raises ValidationException for keys of several attributes."""
    hashes = [key["AttributeName"] for key in schema if key["KeyType"] == "HASH"]
    ranges = [key["AttributeName"] for key in schema if key["KeyType"] == "RANGE"]
    if len(hashes) != 1 or len(ranges) > 1:
        raise MockValidationException("Only keys of one partition and at most one sort attribute are known here")
    return hashes[0], ranges[0] if ranges else None


def _bounds(order: list[SortKey], comparison: str | None, operands: list[Any]) -> tuple[int, int] | None:
    """[low, high) of the keys that satisfy the comparison on the first sort attribute; None: not understood."""
    values = [value_of(operand) for operand in operands]
    match comparison and comparison.upper():
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
