"""moto's tables patched: undo of touched items, exact sizes and numbers, pages as DynamoDB cuts them."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.dynamodb.exceptions import (
    AttributeDoesNotExist,
    EmptyKeyAttributeException,
    IncorrectDataType,
    InvalidAttributeTypeError,
    InvalidUpdateExpressionInvalidDocumentPath,
    ItemSizeTooLarge,
    ItemSizeToUpdateTooLarge,
)
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import StreamShard, Table

from . import strict
from .images import fill
from .paging import Answer, Wanted, project, project_paths, run_query, run_scan
from .seams import Seam
from .sizes import EXACT, MOST_ITEM_BYTES, BadNumber, canonical_number, item_size, remeasure
from .tables import KeptTables
from .units import place

FOUND_WHEN_RUN = (
    ItemSizeTooLarge,
    ItemSizeToUpdateTooLarge,
    IncorrectDataType,
    AttributeDoesNotExist,
    InvalidUpdateExpressionInvalidDocumentPath,
    InvalidAttributeTypeError,
    EmptyKeyAttributeException,
    strict.NumberOutOfRange,
)
"""What DynamoDB finds out only at the item: in a transaction the reason `ValidationError` of that item."""

Replacement = Any


class TableSeams:
    """The replacements; each is named after what it replaces."""

    def __init__(self, tables: KeptTables) -> None:
        self._tables = tables
        self._units = tables.units

    def seams(self) -> list[Seam]:
        """All of them."""
        key_arguments = ("self", "table_name", "key")
        own = ("self",)
        return [
            Seam(DynamoDBBackend, "delete_table", ("self", "name"), self.delete_table),
            Seam(DynamoDBBackend, "update_item", key_arguments, self.update_item),
            Seam(DynamoDBBackend, "transact_write_items", ("self", "transact_items"), self.transact_write_items),
            Seam(Item, "__init__", ("self", "hash_key", "range_key", "attrs"), self.item_init),
            Seam(LimitedSizeDict, "__setitem__", ("self", "key", "value"), lambda original: dict.__setitem__),
            Seam(DynamoType, "__add__", ("self", "other"), self.arithmetic(EXACT.add)),
            Seam(DynamoType, "__sub__", ("self", "other"), self.arithmetic(EXACT.subtract)),
            Seam(Table, "get_item", (*own, "hash_key", "range_key"), self.get_item),
            Seam(Table, "put_item", ("self", "item_attrs"), self.put_item),
            Seam(Table, "delete_item", ("self", "hash_key", "range_key"), self.delete_item),
            Seam(Table, "query", QUERY_PARAMETERS, self.query),
            Seam(Table, "scan", SCAN_PARAMETERS, self.scan),
            Seam(Table, "__deepcopy__", None, self.deepcopy, is_new=True),
            Seam(StreamShard, "add", ("self", "old", "new"), self.stream_add),
        ]

    # ---- reads and writes ----
    def item_init(self, original: Replacement) -> Replacement:
        """The size is measured once, not once per attribute."""

        def __init__(item: Any, hash_key: Any, range_key: Any, attrs: Any) -> None:
            fill(item, hash_key, range_key, attrs)
            if item_size(item) > MOST_ITEM_BYTES:
                raise ItemSizeTooLarge()

        return __init__

    def arithmetic(self, compute: Callable[[Any, Any], Any]) -> Replacement:
        """Numbers with all their digits; moto takes `1E3` for no number."""

        def make(original: Replacement) -> Replacement:
            def arithmetic(one: Any, other: Any) -> Any:
                if one.type != "N" or other.type != "N":
                    raise IncorrectDataType()
                try:
                    return DynamoType({"N": canonical_number(str(compute(one.cast_value, other.cast_value)))})
                except BadNumber as error:
                    raise strict.NumberOutOfRange(str(error)) from error

            return arithmetic

        return make

    def get_item(self, original: Replacement) -> Replacement:
        """moto leaves an empty partition for every key that it looks for in vain; they would pile up for ever."""

        def get_item(table: Any, hash_key: Any, *others: Any, **named: Any) -> Any:
            with self._units.lock:
                item = original(table, hash_key, *others, **named)
                _drop_if_empty(table, hash_key)
                return item

        return get_item

    def put_item(self, original: Replacement) -> Replacement:
        """Notes the old item of the key, if the attributes hold a key at all; moto refuses the others itself."""

        def put_item(table: Any, item_attrs: Any, *others: Any, **named: Any) -> Any:
            key = _key_in(table, item_attrs)
            if key is None:
                return original(table, item_attrs, *others, **named)
            with self._units.unit() as unit, self._reasons_in_transactions():
                strict.check_index_keys(table, item_attrs, self._units.in_transaction)
                unit.see(table, *key)
                return original(table, item_attrs, *others, **named)

        return put_item

    def delete_item(self, original: Replacement) -> Replacement:
        """Notes the item that goes."""

        def delete_item(table: Any, hash_key: Any, range_key: Any) -> Any:
            with self._units.unit() as unit:
                unit.see(table, hash_key, range_key)
                item = original(table, hash_key, range_key)
                _drop_if_empty(table, hash_key)
                return item

        return delete_item

    def update_item(self, original: Replacement) -> Replacement:
        """Puts a copy into the table first: moto changes the item in place, and the old object is the undo."""

        def update_item(backend: Any, table_name: Any, key: Any, *others: Any, **named: Any) -> Any:
            with self._units.unit() as unit, self._reasons_in_transactions():
                table = backend.get_table(table_name)
                hash_key, range_key = backend.get_keys_value(table, key)
                before = unit.see(table, hash_key, range_key)
                if before is not None:
                    place(table, hash_key, range_key, copy.deepcopy(before))
                item = original(backend, table_name, key, *others, **named)
                if remeasure(item) > MOST_ITEM_BYTES:
                    raise ItemSizeToUpdateTooLarge()
                strict.check_depth(item.attrs)
                strict.check_index_keys(table, item.attrs, self._units.in_transaction)
                return item

        return update_item

    @contextmanager
    def _reasons_in_transactions(self) -> Iterator[None]:
        """moto ends the whole transaction with these; DynamoDB cancels it and names the item."""
        try:
            yield
        except FOUND_WHEN_RUN as error:
            if self._units.in_transaction:
                raise strict.ValidationError(error.message) from error
            raise

    def transact_write_items(self, original: Replacement) -> Replacement:
        """moto's own transaction, with its checks and reasons, as one unit."""

        def transact_write_items(backend: Any, transact_items: Any) -> Any:
            with self._units.unit() as unit:
                unit.is_transaction = True
                try:
                    return original(backend, transact_items)
                finally:
                    unit.is_transaction = False

        return transact_write_items

    def deepcopy(self, original: Replacement) -> Replacement:
        """moto's savepoint, a copy of each whole table, costs nothing inside a transaction: the unit is the undo."""

        def deepcopy(table: Any, memo: dict[int, Any]) -> Any:
            if self._units.in_transaction:
                return table
            double = object.__new__(type(table))
            memo[id(table)] = double
            double.__dict__.update(copy.deepcopy(table.__dict__, memo))
            return double

        return deepcopy

    def delete_table(self, original: Replacement) -> Replacement:
        """The kept rows go with the table."""

        def delete_table(backend: Any, name: str) -> Any:
            with self._units.lock:
                table = original(backend, name)
                self._tables.drop(table)
                return table

        return delete_table

    def stream_add(self, original: Replacement) -> Replacement:
        """moto's own stream records would only pile up: the change list takes their place."""

        def add(shard: Any, old: Any, new: Any) -> None:
            return None

        return add

    # ---- queries ----
    def query(self, original: Replacement) -> Replacement:
        """A page of one partition, of the table or of an index."""

        def query(
            table: Any, hash_key: Any, range_comparison: Any, range_objs: Any, limit: Any, exclusive_start_key: Any,
            scan_index_forward: Any, projection_expressions: Any, index_name: Any = None,
            consistent_read: bool = False, filter_expression: Any = None, hash_key_conditions: Any = None,
            range_key_conditions: Any = None, **filter_kwargs: Any,
        ) -> Any:  # fmt: skip
            strict.refuse_consistent_index(index_name, consistent_read)
            strict.check_operands(table, hash_key_conditions, range_key_conditions)
            strict.check_start_key(table, index_name, hash_key_conditions, exclusive_start_key)
            forward = scan_index_forward is not False
            wanted = Wanted(range_comparison, range_objs, exclusive_start_key, forward, limit)
            with self._units.lock:
                answer = run_query(self._tables.index, self._tables.index_lag, table, index_name, hash_key, wanted)
                return self._shown(table, index_name, answer, filter_expression, projection_expressions)

        return query

    def scan(self, original: Replacement) -> Replacement:
        """A page of a table or an index."""

        def scan(
            table: Any, filters: Any, limit: Any, exclusive_start_key: Any, filter_expression: Any = None,
            index_name: Any = None, consistent_read: bool = False, projection_expression: Any = None,
            segments: Any = (None, None),
        ) -> Any:  # fmt: skip
            strict.refuse_consistent_index(index_name, consistent_read)
            strict.check_start_key(table, index_name, None, exclusive_start_key)
            with self._units.lock:
                answer = run_scan(self._tables.index, table, index_name, exclusive_start_key, limit, segments)
                return self._shown(table, index_name, answer, filter_expression, projection_expression)

        return scan

    def _shown(self, table: Any, index_name: str | None, answer: Answer, where: Any, paths: Any) -> Any:
        """(items, how many were looked at, last key): what was read is billed, whatever the filter leaves of it."""
        self._tables.read_bytes = answer.read_bytes
        items = [project(table, index_name, item) for item in answer.items]
        if where is not None:
            items = [item for item in items if where.expr(item)]
        if paths:
            items = [project_paths(item, paths) for item in items]
        return items, len(answer.items), answer.last_key


QUERY_PARAMETERS = (
    "self", "hash_key", "range_comparison", "range_objs", "limit", "exclusive_start_key", "scan_index_forward",
    "projection_expressions", "index_name", "consistent_read", "filter_expression", "hash_key_conditions",
    "range_key_conditions", "filter_kwargs",
)  # fmt: skip


SCAN_PARAMETERS = (
    "self", "filters", "limit", "exclusive_start_key", "filter_expression", "index_name", "consistent_read",
    "projection_expression", "segments",
)  # fmt: skip


def _key_in(table: Any, item_attrs: Any) -> tuple[Any, Any] | None:
    """The key of an item to be put, or None when it is missing or of a wrong type."""
    types = {table.hash_key_attr: table.hash_key_type}
    if table.has_range_key:
        types[table.range_key_attr] = table.range_key_type
    if any(name not in item_attrs or expected not in item_attrs[name] for name, expected in types.items()):
        return None
    range_key = DynamoType(item_attrs[table.range_key_attr]) if table.has_range_key else None
    return DynamoType(item_attrs[table.hash_key_attr]), range_key


def _drop_if_empty(table: Any, hash_key: Any) -> None:
    if table.has_range_key and hash_key in table.items and not table.items[hash_key]:
        del table.items[hash_key]
