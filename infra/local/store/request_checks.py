"""One check per operation, before anything is looked up: what DynamoDB rejects in a request and moto lets pass.

Source: Amazon DynamoDB API Reference, the page of each operation; Developer Guide, "Service, account, and table
quotas in DynamoDB".
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from moto.dynamodb.exceptions import (
    MockValidationException,
    MultipleTransactionsException,
    TooManyTransactionsException,
    TransactWriteSingleOpException,
)

from . import strict
from .expressions import check_expressions
from .sizes import MOST_BATCH_READ_BYTES, MOST_TRANSACTION_BYTES, attributes_size
from .values import settle_values

Body = dict[str, Any]
Check = Callable[[Any, Body], None]

MOST_BATCH_WRITES, MOST_BATCH_READS, MOST_IN_TRANSACTION = 25, 100, 100
MOST_TOKEN_LENGTH = 36

LEGACY = (
    "AttributesToGet", "AttributeUpdates", "ConditionalOperator", "Expected", "KeyConditions", "QueryFilter",
    "ScanFilter",
)  # fmt: skip
LEVELS = ("NONE", "TOTAL", "INDEXES")


def check_request(operation: str, backend: Any, body: Body) -> None:
    """Raises what DynamoDB answers; brings values in `body` into the form in which DynamoDB keeps them."""
    level = body.get("ReturnConsumedCapacity", "NONE")
    if level not in LEVELS:
        raise MockValidationException(
            f"1 validation error detected: Value '{level}' at 'returnConsumedCapacity' failed to satisfy constraint: "
            "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"
        )
    CHECKS[operation](backend, body)


def _put(backend: Any, body: Body) -> None:
    table = _table(backend, body)
    _check_operation(body)
    settle_values(body["Item"].values())
    strict.check_put(table, body["Item"])


def _keyed(backend: Any, body: Body) -> None:
    table = _table(backend, body)
    _check_operation(body)
    settle_values(body["Key"].values())
    strict.check_key(table, body["Key"])


def _find(backend: Any, body: Body) -> None:
    """Query and Scan."""
    table = _table(backend, body)
    found = _check_operation(body)
    index = body.get("IndexName")
    if index and index not in {each.name for each in table.all_indexes()}:
        raise MockValidationException(f"The table does not have the specified index: {index}")
    own = set(table.get_index(index).schema_key_attrs if index else table.table_key_attrs)
    settle_values((body.get("ExclusiveStartKey") or {}).values())
    if "KeyConditionExpression" in body:
        _check_key_condition(body["KeyConditionExpression"], body.get("ExpressionAttributeNames") or {})
        if keys := own & found.roots.get("FilterExpression", set()):
            raise MockValidationException(
                "Filter Expression can only contain non-primary key attributes: "
                f"Primary key attribute: {sorted(keys)[0]}"
            )


def _check_key_condition(text: str, names: dict[str, str]) -> None:
    words = text.replace("(", " ( ").replace(")", " ) ").replace(",", " ").split()
    for word in words:
        if word.upper() in ("OR", "NOT", "IN") or word == "<>":
            raise MockValidationException(f"Invalid operator used in KeyConditionExpression: {word.upper()}")
    for operator in ("<=", ">=", "<", ">", "="):
        text = text.replace(operator, " ")
    named = Counter(
        names.get(word, word)
        for word in text.replace("(", " ").replace(")", " ").replace(",", " ").split()
        if word[0] != ":" and word.upper() not in ("AND", "BETWEEN") and word != "begins_with"
    )
    if any(count > 1 for count in named.values()):
        raise MockValidationException("KeyConditionExpressions must only contain one condition per key")


def _batch_get(backend: Any, body: Body) -> None:
    requests = body["RequestItems"]
    if sum(len(request["Keys"]) for request in requests.values()) > MOST_BATCH_READS:
        raise MockValidationException("Too many items requested for the BatchGetItem call")
    for name, request in requests.items():
        table = backend.get_table(name)
        _check_operation(request)
        for key in request["Keys"]:
            settle_values(key.values())
            strict.check_key(table, key)
        _refuse_twice([(table, key) for key in request["Keys"]])


def _batch_write(backend: Any, body: Body) -> None:
    requests = [(name, request) for name, several in body["RequestItems"].items() for request in several]
    if len(requests) > MOST_BATCH_WRITES:
        raise MockValidationException("Too many items requested for the BatchWriteItem call")
    keyed, size = [], 0
    for name, request in requests:
        table = backend.get_table(name)
        if len(request) != 1:
            raise MockValidationException(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
                "datatypes"
            )
        if "DeleteRequest" in request:
            key = request["DeleteRequest"]["Key"]
            settle_values(key.values())
            strict.check_key(table, key)
        else:
            key = request["PutRequest"]["Item"]
            settle_values(key.values())
            strict.check_put(table, key)
        size += attributes_size(key)
        keyed.append((table, key))
    _refuse_twice(keyed)
    if size > MOST_BATCH_READ_BYTES:
        raise MockValidationException("Request size exceeded the 16 MB limit of the BatchWriteItem call")


def _transact_write(backend: Any, body: Body) -> None:
    items = body["TransactItems"]
    if len(items) > MOST_IN_TRANSACTION:
        raise TooManyTransactionsException()
    token = body.get("ClientRequestToken") or ""
    if len(token) > MOST_TOKEN_LENGTH:
        raise MockValidationException(
            f"1 validation error detected: Value '{token}' at 'clientRequestToken' failed to satisfy constraint: "
            "Member must have length less than or equal to 36"
        )
    keyed, size = [], 0
    for item in items:
        if len(item) != 1:
            raise TransactWriteSingleOpException()
        ((kind, operation),) = item.items()
        (_put if kind == "Put" else _keyed)(backend, operation)
        key = operation["Item"] if kind == "Put" else operation["Key"]
        size += attributes_size(key) + attributes_size(operation.get("ExpressionAttributeValues") or {})
        keyed.append((backend.get_table(operation["TableName"]), key))
    if _has_twice(keyed):
        raise MultipleTransactionsException()
    refuse_large_transaction(size)


def _transact_get(backend: Any, body: Body) -> None:
    items = [item["Get"] for item in body["TransactItems"]]
    if len(items) > MOST_IN_TRANSACTION:
        raise TooManyTransactionsException()
    for item in items:
        _keyed(backend, item)
    if _has_twice([(backend.get_table(item["TableName"]), item["Key"]) for item in items]):
        raise MultipleTransactionsException()


def refuse_large_transaction(size: int) -> None:
    """The items of a transaction have at most 4 MB together."""
    if size > MOST_TRANSACTION_BYTES:
        raise MockValidationException("Transaction request cannot exceed 4 MB: the items are too large together")


def _check_operation(body: Body) -> Any:
    for name in LEGACY:
        if name in body:
            raise MockValidationException(f"{name} is a legacy parameter and not accepted here: use an expression")
    found = check_expressions(body)
    settle_values((body.get("ExpressionAttributeValues") or {}).values())
    return found


def _table(backend: Any, body: Body) -> Any:
    return backend.get_table(body["TableName"])


def _refuse_twice(keyed: list[tuple[Any, Body]]) -> None:
    if _has_twice(keyed):
        raise MockValidationException("Provided list of item keys contains duplicates")


def _has_twice(keyed: Iterable[tuple[Any, Body]]) -> bool:
    keys = [(table.name, *(repr(item[attr]) for attr in table.table_key_attrs)) for table, item in keyed]
    return len(set(keys)) < len(keys)


CHECKS: dict[str, Check] = {
    "GetItem": _keyed,
    "PutItem": _put,
    "UpdateItem": _keyed,
    "DeleteItem": _keyed,
    "Query": _find,
    "Scan": _find,
    "BatchGetItem": _batch_get,
    "BatchWriteItem": _batch_write,
    "TransactGetItems": _transact_get,
    "TransactWriteItems": _transact_write,
}
