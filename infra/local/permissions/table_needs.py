"""What DynamoDB's calls need: one need per item of a transaction and table of a batch, the index for its query."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .names import Names
from .statements import Need

Params = Mapping[str, Any]
Needs = Callable[[Names, Params], Iterator[Need]]

_OF_ONE_TABLE = (
    "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "DescribeTable", "DescribeTimeToLive",
    "DescribeContinuousBackups",
)  # fmt: skip
_VERBS = {"ConditionCheck": "ConditionCheckItem", "Delete": "DeleteItem", "Put": "PutItem", "Update": "UpdateItem"}


def _on_table(name: str) -> Needs:
    action = f"dynamodb:{name}"

    def needs(names: Names, params: Params) -> Iterator[Need]:
        yield Need(action, (names.table(params["TableName"], params.get("IndexName")),), params)

    return needs


def _batch(name: str) -> Needs:
    action = f"dynamodb:{name}"

    def needs(names: Names, params: Params) -> Iterator[Need]:
        for table, asked in params["RequestItems"].items():
            yield Need(action, (names.table(table),), asked)

    return needs


def _transact_get(names: Names, params: Params) -> Iterator[Need]:
    for item in params["TransactItems"]:
        yield Need("dynamodb:GetItem", (names.table(item["Get"]["TableName"]),), item["Get"])


def _transact_write(names: Names, params: Params) -> Iterator[Need]:
    for item in params["TransactItems"]:
        ((verb, written),) = item.items()
        yield Need(f"dynamodb:{_VERBS[verb]}", (names.table(written["TableName"]),), written)


def _list(names: Names, params: Params) -> Iterator[Need]:
    yield Need("dynamodb:ListTables", ("*",), params)


TABLE_CALLS: dict[str, Needs] = {
    **{name: _on_table(name) for name in _OF_ONE_TABLE},
    "BatchGetItem": _batch("BatchGetItem"),
    "BatchWriteItem": _batch("BatchWriteItem"),
    "TransactGetItems": _transact_get,
    "TransactWriteItems": _transact_write,
    "ListTables": _list,
}


def leading_keys(need: Need, names: Names) -> list[str]:
    """`dynamodb:LeadingKeys`: the partition keys of the items that a need is about."""
    name = names.hash_keys.get(need.resource, "pk")
    return sorted({_text(value) for value in _hash_values(need.item, name) if value is not None})


def attributes(need: Need) -> list[str]:
    """`dynamodb:Attributes`: the top-level attributes that a call names, whichever way."""
    item = need.item
    if isinstance(item, list):  # the writes of one table of a batch
        return sorted({name for write in item for entry in write.values() for part in entry.values() for name in part})
    found = {*item.get("Item", {}), *item.get("Key", {}), *item.get("AttributesToGet", [])}
    for key in item.get("Keys", []):
        found.update(key)
    substitutes = item.get("ExpressionAttributeNames", {})
    found.update(substitutes.values())
    for part in str(item.get("ProjectionExpression", "")).split(","):
        top = part.strip().partition(".")[0].partition("[")[0]
        if top:
            found.add(substitutes.get(top, top))
    return sorted(found)


def _hash_values(item: Any, name: str) -> Iterator[Any]:
    if isinstance(item, list):
        for write in item:
            for entry in write.values():
                yield (entry.get("Item") or entry.get("Key") or {}).get(name)
        return
    for place in (item.get("Item"), item.get("Key"), *item.get("Keys", [])):
        if place:
            yield place.get(name)
    conditions = item.get("KeyConditions", {}).get(name, {})
    yield from conditions.get("AttributeValueList", [])
    yield _compared(item, name)


def _compared(item: Mapping[str, Any], name: str) -> Any:
    """The value that a key condition demands of the partition key: `#0 = :0 AND ...`."""
    substitutes = item.get("ExpressionAttributeNames", {})
    for part in str(item.get("KeyConditionExpression", "")).replace("(", " ").replace(")", " ").split(" AND "):
        left, is_equal, right = part.partition("=")
        if is_equal and substitutes.get(left.strip(), left.strip()) == name:
            return item.get("ExpressionAttributeValues", {}).get(right.strip())
    return None


def _text(value: Any) -> str:
    """A key's value as IAM compares it: without its type."""
    found = next(iter(value.values())) if isinstance(value, dict) else value
    return found.decode("latin-1") if isinstance(found, bytes) else str(found)
