"""Tables and the collections of records in them: reading. Writing is `hospital.work`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, Literal, TypeVar, cast

from pynamodb.connection.base import Connection
from pynamodb.exceptions import PutError, PynamoDBException, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from hospital import clock, settings
from hospital.audit import MARKS, OwnLine, subject_name
from hospital.connection import LISTS, TRIES, connection, pause
from hospital.errors import DomainError, NotFound, Unavailable
from hospital.paging import Page, decode_cursor, encode_cursor
from hospital.records import Item, Key, Record, from_attributes, sealed_fields, to_attributes
from hospital.sealing import Keyring

TableName = Literal["people", "clinical", "conversations", "reference", "connections", "requests", "listings", "seals"]
STREAMED: frozenset[TableName] = frozenset({"people", "clinical", "conversations", "reference"})  # have a stream
R = TypeVar("R", bound=Record)

_OURS = MARKS | {
    "pk",
    "sk",
    "row",
    "kind",
    "expires_on",
    *(f"{index}{end}" for index in LISTS for end in ("pk", "sk")),
}
_ROUNDS = 10  # of one filtered page: an honest cursor is better than a request that searches for ever


class Table:
    """One of the tables of `infra/tables.yaml`, under the name the template gives it."""

    def __init__(self, name: TableName) -> None:
        self.name = name

    @property
    def physical(self) -> str:
        """The name in this deployment."""
        return cast(str, getattr(settings.current(), f"table_{self.name}"))

    @property
    def connection(self) -> Connection:
        """A PynamoDB connection that knows the keys of this table."""
        return connection(settings.current().aws_region, self.physical)

    @property
    def keyring(self) -> Keyring:
        """What seals and opens the fields of this table."""
        return _keyring(self.name, self.physical, settings.current().aws_lambda_function_name)

    def read(self, key: Key, *, consistent: bool = True) -> Item | None:
        """The item at `key`."""
        answer = self.connection.get_item(self.physical, key.pk, key.sk, consistent_read=consistent)
        return answer.get("Item")

    def read_all(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """The items at `keys` that exist (at most 100 keys), in one call."""
        wanted: Any = [{"pk": key.pk, "sk": key.sk} for key in keys]
        found: dict[Key, Item] = {}
        for attempt in range(TRIES):
            pause(attempt)
            answer = self.connection.batch_get_item(self.physical, wanted, consistent_read=True)
            for item in answer["Responses"].get(self.physical, []):
                found[Key(item["pk"]["S"], item["sk"]["S"])] = item
            left = answer.get("UnprocessedKeys", {}).get(self.physical, {}).get("Keys", [])
            wanted = [{"pk": key["pk"]["S"], "sk": key["sk"]["S"]} for key in left]
            if not wanted:
                return found
        raise Unavailable(reason="busy")

    def put(self, key: Key, item: Item, *, when: Condition | None = None) -> bool:
        """Write one item outside a `Work`: only for what no event or audit line speaks of. False if `when` fails."""
        try:
            self.connection.put_item(self.physical, key.pk, key.sk, attributes=item, condition=when)
        except PutError as error:
            return _refused(error)
        return True

    def update(self, key: Key, actions: list[Action], *, when: Condition | None = None) -> Item | None:
        """Change one item in place outside a `Work`; the item after it, or None if `when` fails."""
        try:
            answer = self.connection.update_item(
                self.physical, key.pk, key.sk, actions=actions, condition=when, return_values="ALL_NEW"
            )
        except UpdateError as error:
            _refused(error)
            return None
        return cast(Item, answer["Attributes"])

    def remove(self, key: Key) -> None:
        """Delete one item outside a `Work`; twice is harmless."""
        self.connection.delete_item(self.physical, key.pk, key.sk)


class WrappedKeys:
    """The data keys of a table, wrapped by KMS, as items of that table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def wrapped_key(self, name: str) -> bytes | None:
        """See `sealing.KeyShelf`."""
        item = self._table.read(self._key(name))
        return cast(bytes, item["wrapped"]["B"]) if item else None

    def keep_wrapped_key(self, name: str, wrapped: bytes) -> bytes:
        """See `sealing.KeyShelf`."""
        kept = self._table.put(self._key(name), {"wrapped": {"B": wrapped}}, when=Path("pk").does_not_exist())
        return wrapped if kept else cast(bytes, self.wrapped_key(name))

    def _key(self, name: str) -> Key:
        return Key(f"DATAKEY#{self._table.name}#{name}", "DATAKEY")


class Collection(Generic[R]):
    """All records of one kind.

    `key` gives a record's place. `lists` name what the three indexes hold: each gives the partition and the sort text
    of a record in that list, or None when it is not in it now. `expires` gives the moment after which the record may
    be tidied away (it is judged in code, never by its absence). `audited=False` is for records that hold no state
    worth a log; say why beside it. `own_line` is for records that are themselves lines of one: they are written once.
    `counts` names what else a record's field counts the lines of (its subject, the field).
    """

    def __init__(
        self,
        record: type[R],
        table: TableName,
        *,
        key: Callable[[R], Key],
        lists: Mapping[str, Callable[[R], Key | None]] | None = None,
        expires: Callable[[R], datetime | None] | None = None,
        audited: bool = True,
        own_line: Callable[[R], OwnLine] | None = None,
        counts: Callable[[R], tuple[Key, str]] | None = None,
    ) -> None:
        if hidden := _OURS & record.model_fields.keys():
            raise TypeError(f"{record.__name__} has fields that items keep for themselves: {sorted(hidden)}")
        self.record = record
        self.table = Table(table)
        self.key = key
        self.audited = audited and own_line is None
        self.is_line = own_line is not None
        self._own_line = own_line
        self._counts = counts
        self._lists = dict(lists or {})
        self._expires = expires
        self._sealed = sealed_fields(record)

    def __getitem__(self, field: str) -> Path:
        """A field, for conditions and changes: `slots["places_left"] > 0`."""
        if field not in self.record.model_fields:
            raise KeyError(f"{self.record.__name__} has no field {field}")
        return Path([field])

    # -- one record ---------------------------------------------------------------------------------------------

    def get(self, key: Key, *, consistent: bool = True) -> R | None:
        """The record at `key`, or None."""
        item = self.table.read(key, consistent=consistent)
        return self.from_item(item) if item else None

    def need(self, key: Key, otherwise: DomainError | None = None) -> R:
        """The record at `key`; raises `otherwise` (`NotFound`) when there is none."""
        record = self.get(key)
        if record is None:
            raise otherwise or NotFound()
        return record

    def get_all(self, keys: Iterable[Key]) -> list[R]:
        """The records at `keys` that exist, in that order (at most 100)."""
        unique = list(dict.fromkeys(keys))
        items = self.table.read_all(unique)
        return [self.from_item(items[key]) for key in unique if key in items]

    # -- many records -------------------------------------------------------------------------------------------

    def page(
        self,
        list_name: str,
        partition: str,
        *,
        cursor: str | None = None,
        limit: int = 20,
        newest_first: bool = False,
        where: Condition | None = None,
    ) -> Page[R]:
        """One page of a list. `where` filters what was read, so a page may hold fewer than `limit` and yet go on."""
        index = self._index(list_name)
        start = None
        if cursor:
            pk, sk, position = decode_cursor(cursor, 3)
            start = {"pk": pk, "sk": sk, f"{index}pk": partition, f"{index}sk": position}
        items, last = self._query(
            partition, index=index, start=start, limit=limit, newest_first=newest_first, where=where
        )
        after = encode_cursor(last["pk"]["S"], last["sk"]["S"], last[f"{index}sk"]["S"]) if last else None
        return Page(items=[self.from_item(item) for item in items], cursor=after)

    def between(
        self, pk: str, first: str, last: str, *, limit: int, newest_first: bool = False
    ) -> tuple[list[R], bool]:
        """The records of a partition with `first` <= sk <= `last`, and whether these are all of them."""
        items, more = self._query(
            pk, index=None, start=None, limit=limit, newest_first=newest_first, range_=Path("sk").between(first, last)
        )
        return [self.from_item(item) for item in items], more is None

    def count_before(
        self, list_name: str, partition: str, position: str, *, where: Condition | None = None, at_most: int = 100
    ) -> int:
        """How many of a list stand before `position` and meet `where`, of the first `at_most`."""
        index = self._index(list_name)
        answer = self.table.connection.query(
            self.table.physical,
            partition,
            range_key_condition=Path(f"{index}sk") < position,
            filter_condition=where,
            index_name=index,
            limit=at_most,
            select="COUNT",
        )
        return int(answer["Count"])

    def _query(
        self,
        partition: str,
        *,
        index: str | None,
        start: dict[str, str] | None,
        limit: int,
        newest_first: bool,
        where: Condition | None = None,
        range_: Condition | None = None,
    ) -> tuple[list[Item], Item | None]:
        """(items, the last item read if there may be more)."""
        items: list[Item] = []
        position: Any = {name: {"S": value} for name, value in start.items()} if start else None
        for _ in range(_ROUNDS):
            answer = self.table.connection.query(
                self.table.physical,
                partition,
                range_key_condition=range_,
                filter_condition=where,
                exclusive_start_key=position,
                index_name=index,
                limit=limit - len(items) if where is None else max(limit, 100),
                scan_index_forward=not newest_first,
                consistent_read=index is None,
            )
            items += answer["Items"]
            position = answer.get("LastEvaluatedKey")
            if len(items) > limit:
                return items[:limit], items[limit - 1]
            if position is None or len(items) == limit:
                break
        return items, position

    def _index(self, list_name: str) -> str:
        return LISTS[list(self._lists).index(list_name)]

    # -- items --------------------------------------------------------------------------------------------------

    def to_item(self, record: R) -> Item:
        """The record as it is stored, keys and index keys included."""
        place = self.key(record)
        values = record.model_dump(mode="json")
        for field in self._sealed:
            if values[field] is not None:
                text = json.dumps(values[field], ensure_ascii=False, separators=(",", ":"))
                values[field] = self.table.keyring.seal(text, _field_place(place, field))
        values |= {"pk": place.pk, "sk": place.sk, "row": "record", "kind": self.record.__name__}
        values |= self._marks(record)
        for index, listed in zip(LISTS, self._lists.values(), strict=False):
            if entry := listed(record):
                values |= {f"{index}pk": entry.pk, f"{index}sk": entry.sk}
        if self._expires and (moment := self._expires(record)):
            values["expires_on"] = clock.epoch(moment)
        return to_attributes(values)

    def _marks(self, record: R) -> dict[str, Any]:
        """What a verifier of the audit lines reads on the item."""
        marks: dict[str, Any] = {"audited": True} if self.audited else {}
        if self._own_line:
            marks |= self._own_line(record).marks(self.table.name)
        if self._counts:
            subject, field = self._counts(record)
            marks |= {"counts_lines_of": subject_name(self.table.name, subject), "counts_in": field}
        return marks

    def from_item(self, item: Item) -> R:
        """The record that an item holds."""
        values = from_attributes(item)
        place = Key(values["pk"], values["sk"])
        for field in self._sealed & values.keys():
            values[field] = json.loads(self.table.keyring.open(values[field], _field_place(place, field)))
        return self.record.model_validate(values)


def _field_place(place: Key, field: str) -> str:
    return f"{place.pk}/{place.sk}/{field}"


def answered_code(error: PynamoDBException) -> str | None:
    """What DynamoDB answered, or None when no answer came (PynamoDB's own property fails on a time-out)."""
    answer: Any = getattr(error.cause, "response", None) or {}
    return cast(str | None, answer.get("Error", {}).get("Code"))


def _refused(error: PutError | UpdateError) -> bool:
    if answered_code(error) != "ConditionalCheckFailedException":
        raise error
    return False


@lru_cache(maxsize=512)
def _keyring(name: TableName, physical: str, function: str) -> Keyring:
    """A function opens data keys by its own right, also where many share a process."""
    return Keyring(physical, WrappedKeys(Table(name)))


def forget_keyrings() -> None:
    """For tests: open keys belong to one simulated cloud. Connections carry nothing from one to the next."""
    _keyring.cache_clear()
