"""A history written before the hospital opens: the kit's own records and use cases, on tables that are plain dicts.

Twenty thousand transactions through DynamoDB's own door take minutes; through this one seconds. Conditions are judged
and a history that the real tables would have refused is an error, so what stands here in the end is what they would
hold. `tests/infra/local/test_demo_history.py` compares the two.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path, Value
from pynamodb.expressions.update import Action, AddAction, RemoveAction, SetAction

from ..store.seams import Patch, Seam

Item = dict[str, Any]
"""DynamoDB JSON: attribute name -> {type: value}."""

_INDEXES = ("list1", "list2", "list3")


class CouldNotHaveHappened(RuntimeError):
    """A write whose condition does not hold: the generator's fault."""


class BeyondAHistory(RuntimeError):
    """The kit asked for something that no history has needed so far: teach it here, rather than write it wrong."""


class WrittenTable:
    """One table: `by_key[pk][sk]` and its three indexes. Stands in for a PynamoDB connection."""

    def __init__(self, told: Callable[[str, Item], None], name: str) -> None:
        self.by_key: dict[str, dict[str, Item]] = defaultdict(dict)
        self._lists: dict[tuple[str, str], dict[tuple[str, str], Item]] = defaultdict(dict)
        self._told, self._name = told, name

    # -- what hospital.table asks of a connection ------------------------------------------------------------------

    def get_item(self, _table: str, pk: str, sk: str, **_how: Any) -> dict[str, Any]:
        item = self._at(pk, sk)
        return {"Item": item} if item else {}

    def batch_get_item(self, table: str, keys: Iterable[dict[str, str]], **_how: Any) -> dict[str, Any]:
        found = [item for key in keys if (item := self._at(key["pk"], key["sk"]))]
        return {"Responses": {table: found}}

    def put_item(
        self, _table: str, pk: str, sk: str, attributes: Item, condition: Condition | None = None, **_how: Any
    ) -> None:
        self._demand(condition, pk, sk)
        self._put(pk, sk, attributes)

    def update_item(
        self, _table: str, pk: str, sk: str, actions: list[Action], condition: Condition | None = None, **_how: Any
    ) -> dict[str, Any]:
        self._demand(condition, pk, sk)
        return {"Attributes": self._update(pk, sk, actions)}

    def delete_item(self, _table: str, pk: str, sk: str, **_how: Any) -> None:
        self._take(pk, sk)

    def query(
        self,
        _table: str,
        partition: str,
        range_key_condition: Condition | None = None,
        filter_condition: Condition | None = None,
        index_name: str | None = None,
        limit: int | None = None,
        scan_index_forward: bool = True,
        select: str | None = None,
        exclusive_start_key: Any = None,
        **_how: Any,
    ) -> dict[str, Any]:
        if exclusive_start_key is not None:
            raise BeyondAHistory("a history reads first pages only")
        if index_name:
            rows = sorted(self._lists[index_name, partition].items(), key=lambda row: _sort(row[1], index_name))
        else:
            rows = sorted(self.by_key[partition].items())  # type: ignore[arg-type]
        items = [item for _, item in rows if range_key_condition is None or holds(range_key_condition, item)]
        if not scan_index_forward:
            items.reverse()
        items = [item for item in items[:limit] if filter_condition is None or holds(filter_condition, item)]
        return {"Count": len(items)} if select == "COUNT" else {"Items": items}

    def get_operation_kwargs(self, _table: str, pk: str, sk: str, **what: Any) -> tuple[Any, ...]:
        return self, pk, sk, what["attributes"], what["actions"], what["condition"]

    def transact_write_items(self, checks: Any, deletes: Any, puts: Any, updates: Any, **_how: Any) -> None:
        for table, pk, sk, _, _, condition in (*checks, *deletes, *puts, *updates):
            table._demand(condition, pk, sk)
        for table, pk, sk, *_ in deletes:
            table._take(pk, sk)
        for table, pk, sk, attributes, *_ in puts:
            table._put(pk, sk, attributes)
        for table, pk, sk, _, actions, _ in updates:
            table._update(pk, sk, actions)

    # -- how it is kept --------------------------------------------------------------------------------------------

    def _at(self, pk: str, sk: str) -> Item | None:
        rows = self.by_key.get(pk)
        return rows.get(sk) if rows else None

    def _demand(self, condition: Condition | None, pk: str, sk: str) -> None:
        if condition is not None and not holds(condition, self._at(pk, sk) or {}):
            raise CouldNotHaveHappened(f"{self._name}: {pk} / {sk}: {condition}")

    def _put(self, pk: str, sk: str, attributes: Item) -> None:
        self._take(pk, sk)
        item = {**attributes, "pk": {"S": pk}, "sk": {"S": sk}}
        self.by_key[pk][sk] = item
        for index in _INDEXES:
            if partition := item.get(f"{index}pk"):
                self._lists[index, partition["S"]][pk, sk] = item
        self._told(self._name, item)

    def _take(self, pk: str, sk: str) -> None:
        item = self.by_key[pk].pop(sk, None) or {}
        for index in _INDEXES:
            if partition := item.get(f"{index}pk"):
                self._lists[index, partition["S"]].pop((pk, sk))

    def _update(self, pk: str, sk: str, actions: list[Action]) -> Item:
        item = dict(self._at(pk, sk) or {})
        for action in actions:
            path, *values = action.values
            if not isinstance(path, Path):
                raise BeyondAHistory(f"a history does not know the change {action}")
            name = ".".join(path.path)
            if isinstance(action, RemoveAction):
                item.pop(name, None)
                continue
            value = values[0]
            if not isinstance(value, Value):
                raise BeyondAHistory(f"a history does not know the change {action}")
            if isinstance(action, SetAction):
                item[name] = value.value
            elif isinstance(action, AddAction):
                item[name] = {"N": str(int(item.get(name, {"N": "0"})["N"]) + int(value.value["N"]))}
            else:
                raise BeyondAHistory(f"a history does not know the change {action}")
        self._put(pk, sk, item)
        return self.by_key[pk][sk]


class Manuscript:
    """All tables by their physical names. `told` hears of every item put."""

    def __init__(self) -> None:
        self.told: Callable[[str, Item], None] = lambda _table, _item: None
        self.tables: dict[str, WrittenTable] = {}

    def table(self, name: str) -> WrittenTable:
        """The table of that name."""
        if name not in self.tables:
            self.tables[name] = WrittenTable(lambda table, item: self.told(table, item), name)
        return self.tables[name]

    @contextmanager
    def written(self) -> Iterator[None]:
        """Within the block the kit reads and writes here. Only before the hospital serves anybody."""
        from hospital import table

        patch = Patch(
            [
                Seam(
                    table,
                    "connection",
                    ("region", "physical"),
                    lambda _own: lambda _region, physical: self.table(physical),
                )
            ]
        )
        try:
            yield
        finally:
            patch.remove()

    def items(self, now: int) -> Iterator[tuple[str, list[Item]]]:
        """Table by table what is left at `now` (epoch seconds): what expired before that is tidied away.

        A table is forgotten as it is handed over: with the real one beside it memory would hold all twice."""
        for name in list(self.tables):
            table = self.tables.pop(name)
            rows = (item for partition in table.by_key.values() for item in partition.values())
            yield name, [item for item in rows if "expires_on" not in item or int(item["expires_on"]["N"]) > now]


def holds(condition: Condition, item: Item) -> bool:
    """Whether a condition holds for an item, as DynamoDB judges it."""
    operator, values = condition.operator, condition.values
    if operator == "AND":
        return all(holds(part, item) for part in values)
    if operator == "OR":
        return any(holds(part, item) for part in values)
    if operator == "NOT":
        return not holds(values[0], item)
    first = _value(values[0], item)
    if operator == "attribute_exists":
        return first is not None
    if operator == "attribute_not_exists":
        return first is None
    return first is not None and _compares(operator, first, [_value(value, item) for value in values[1:]])


def _compares(operator: str, first: Item, others: list[Item | None]) -> bool:
    if any(other is None or other.keys() != first.keys() for other in others):
        return operator == "<>"
    plain = _plain(first)
    rest = [_plain(other) for other in others]
    judges: dict[str, Callable[[], bool]] = {
        "=": lambda: plain == rest[0],
        "<>": lambda: plain != rest[0],
        "<": lambda: plain < rest[0],
        "<=": lambda: plain <= rest[0],
        ">": lambda: plain > rest[0],
        ">=": lambda: plain >= rest[0],
        "BETWEEN": lambda: rest[0] <= plain <= rest[1],
        "IN": lambda: plain in rest,
        "begins_with": lambda: plain.startswith(rest[0]),
        "contains": lambda: rest[0] in plain,
    }
    if operator not in judges:
        raise BeyondAHistory(f"a history does not know the condition {operator}")
    return judges[operator]()


def _value(operand: Any, item: Item) -> Item | None:
    if isinstance(operand, Path):
        return item.get(".".join(operand.path))
    if isinstance(operand, Value):
        plain: Item = operand.value
        return plain
    raise BeyondAHistory(f"a history does not know the operand {operand}")


def _plain(value: Any) -> Any:
    ((kind, content),) = value.items()
    if kind == "N":
        return float(content)
    return content if kind in ("S", "BOOL", "B", "NULL") else json.dumps(content, sort_keys=True)


def _sort(item: Item, index: str) -> tuple[str, str, str]:
    return item[f"{index}sk"]["S"], item["pk"]["S"], item["sk"]["S"]
