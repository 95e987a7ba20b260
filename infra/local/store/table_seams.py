"""moto's DynamoDB patched: one request at a time, undo of touched items, narrow queries, tokens, strictness."""

import copy
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb import responses
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import StreamShard, Table
from moto.dynamodb.responses import DynamoHandler

from . import strict
from .images import fill
from .query_index import Page
from .request_tokens import RequestTokens, digest_of
from .seams import Seam
from .tables import KeptTables
from .units import place

MOST_TRANSACTION_READS = 100
"""TransactGetItems: AWS takes 100 items, moto still 25."""

MOST_ITEM_BYTES = 405_000
"""moto's limit for an item, as moto measures it."""

Replacement = Any


class TableSeams:
    """The replacements; each is named after what it replaces."""

    def __init__(self, tables: KeptTables, tokens: RequestTokens) -> None:
        self._tables = tables
        self._units = tables.units
        self._tokens = tokens
        self._narrowed: tuple[Any, list[Any]] | None = None

    def seams(self) -> list[Seam]:
        """All of them."""
        key_arguments = ("self", "table_name", "key")
        own = ("self",)
        return [
            Seam(DynamoHandler, "call_action", own, self.call_action),
            Seam(DynamoHandler, "create_table", own, self.create_table),
            Seam(DynamoHandler, "batch_write_item", own, self.batch_write_item),
            Seam(DynamoHandler, "get_item", own, self.keyed_action),
            Seam(DynamoHandler, "delete_item", own, self.keyed_action),
            Seam(DynamoHandler, "update_item", own, self.keyed_action),
            Seam(DynamoHandler, "transact_get_items", own, self.transact_get_items),
            Seam(DynamoHandler, "transact_write_items", own, self.transact_write_items_action),
            Seam(DynamoHandler, "execute_statement", own, self.partiql),
            Seam(DynamoHandler, "execute_transaction", own, self.partiql),
            Seam(DynamoHandler, "batch_execute_statement", own, self.partiql),
            Seam(responses, "TRANSACTION_MAX_ITEMS", None, lambda original: MOST_TRANSACTION_READS),
            Seam(DynamoDBBackend, "delete_table", ("self", "name"), self.delete_table),
            Seam(DynamoDBBackend, "update_item", key_arguments, self.update_item),
            Seam(DynamoDBBackend, "transact_write_items", ("self", "transact_items"), self.transact_write_items),
            Seam(Item, "__init__", ("self", "hash_key", "range_key", "attrs"), self.item_init),
            Seam(Table, "get_item", (*own, "hash_key", "range_key"), self.get_item),
            Seam(Table, "put_item", ("self", "item_attrs"), self.put_item),
            Seam(Table, "delete_item", ("self", "hash_key", "range_key"), self.delete_item),
            Seam(Table, "query", QUERY_PARAMETERS, self.query),
            Seam(Table, "all_items", own, self.all_items),
            Seam(Table, "__deepcopy__", None, self.deepcopy, is_new=True),
            Seam(StreamShard, "add", ("self", "old", "new"), self.stream_add),
        ]

    # ---- requests ----
    def call_action(self, original: Replacement) -> Replacement:
        """One DynamoDB request at a time; its answer leaves after the commit of its last unit."""

        def call_action(handler: Any) -> Any:
            with self._units.lock:
                return original(handler)

        return call_action

    def create_table(self, original: Replacement) -> Replacement:
        """Names as DynamoDB takes them."""

        def create_table(handler: Any) -> Any:
            strict.refuse_short_names(handler.body)
            return original(handler)

        return create_table

    def batch_write_item(self, original: Replacement) -> Replacement:
        """One commit for the batch, and nothing written when one of its requests is refused."""

        def batch_write_item(handler: Any) -> Any:
            with self._units.unit():
                strict.refuse_large_batch(handler.dynamodb_backend, handler.body)
                return original(handler)

        return batch_write_item

    def keyed_action(self, original: Replacement) -> Replacement:
        """GetItem, DeleteItem, UpdateItem: the Key must match the table, and numbers must be numbers."""

        def keyed_action(handler: Any) -> Any:
            table = handler.dynamodb_backend.get_table(handler.body["TableName"])
            strict.check_key(table, handler.body["Key"])
            table._validate_item_types(handler.body.get("ExpressionAttributeValues") or {})
            return original(handler)

        return keyed_action

    def transact_get_items(self, original: Replacement) -> Replacement:
        """The keys must match their tables."""

        def transact_get_items(handler: Any) -> Any:
            strict.check_transaction_keys(handler.dynamodb_backend, handler.body["TransactItems"])
            return original(handler)

        return transact_get_items

    def transact_write_items_action(self, original: Replacement) -> Replacement:
        """A request token seen before answers success without writing, or refuses other content."""

        def transact_write_items(handler: Any) -> Any:
            items = handler.body["TransactItems"]
            strict.check_transaction_keys(handler.dynamodb_backend, items)
            token = handler.body.get("ClientRequestToken")
            if not token:
                return original(handler)
            digest = digest_of(items)
            before = self._tokens.digest_before(token)
            if before is not None:
                if before != digest:
                    raise strict.IdempotentParameterMismatch()
                return ActionResult({"ConsumedCapacity": [], "ItemCollectionMetrics": {}})
            with self._units.unit() as unit:
                unit.token = (token, digest)
                return original(handler)

        return transact_write_items

    def partiql(self, original: Replacement) -> Replacement:
        """Refused."""

        def partiql(handler: Any) -> Any:
            strict.refuse_partiql()

        return partiql

    # ---- reads and writes ----
    def item_init(self, original: Replacement) -> Replacement:
        """The size is measured once, not once per attribute."""

        def __init__(item: Any, hash_key: Any, range_key: Any, attrs: Any) -> None:
            fill(item, hash_key, range_key, attrs)
            if item.size() > MOST_ITEM_BYTES:
                raise ItemSizeTooLarge()

        return __init__

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
            with self._units.unit() as unit:
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
            with self._units.unit() as unit:
                table = backend.get_table(table_name)
                hash_key, range_key = backend.get_keys_value(table, key)
                before = unit.see(table, hash_key, range_key)
                if before is not None:
                    place(table, hash_key, range_key, copy.deepcopy(before))
                item = original(backend, table_name, key, *others, **named)
                strict.check_index_keys(table, item.attrs, self._units.in_transaction)
                return item

        return update_item

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
        """While moto's query runs, `all_items` yields only what this query can answer."""

        def query(
            table: Any, hash_key: Any, range_comparison: Any, range_objs: Any, limit: Any, exclusive_start_key: Any,
            scan_index_forward: Any, projection_expressions: Any, index_name: Any = None,
            consistent_read: bool = False, filter_expression: Any = None, hash_key_conditions: Any = None,
            range_key_conditions: Any = None, **filter_kwargs: Any,
        ) -> Any:  # fmt: skip
            strict.check_query(table, index_name, hash_key_conditions, range_key_conditions, exclusive_start_key)
            # A legacy filter counts towards the limit before it is applied: only the whole partition will do.
            page = None if filter_kwargs else Page(
                range_comparison, range_objs, exclusive_start_key, scan_index_forward is not False, limit
            )  # fmt: skip
            with self._units.lock:
                found = self._tables.index.candidates(table, index_name, hash_key, page)
                self._narrowed = None if found is None else (table, found)
                try:
                    return original(
                        table, hash_key, range_comparison, range_objs, limit, exclusive_start_key, scan_index_forward,
                        projection_expressions, index_name, consistent_read, filter_expression,
                        hash_key_conditions=hash_key_conditions, range_key_conditions=range_key_conditions,
                        **filter_kwargs,
                    )  # fmt: skip
                finally:
                    self._narrowed = None

        return query

    def all_items(self, original: Replacement) -> Replacement:
        """The candidates of the query that runs, else everything."""

        def all_items(table: Any) -> Any:
            narrowed = self._narrowed
            return narrowed[1] if narrowed is not None and narrowed[0] is table else original(table)

        return all_items


QUERY_PARAMETERS = (
    "self", "hash_key", "range_comparison", "range_objs", "limit", "exclusive_start_key", "scan_index_forward",
    "projection_expressions", "index_name", "consistent_read", "filter_expression", "hash_key_conditions",
    "range_key_conditions", "filter_kwargs",
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
