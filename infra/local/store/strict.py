"""What DynamoDB rejects and moto lets pass. Messages are DynamoDB's own wherever it documents or shows them."""

import re
from collections.abc import Iterable
from typing import Any

from moto.dynamodb.exceptions import DynamodbException, MockValidationException
from moto.dynamodb.models.dynamo_type import DynamoType

MOST_BATCH_WRITES = 25
NAME = re.compile(r"[a-zA-Z0-9_.-]+")


class ValidationError(Exception):
    """A rejected item inside a transaction: moto makes the class name the code of the CancellationReason."""


class IdempotentParameterMismatch(DynamodbException):  # type: ignore[misc]
    """A request token came again with other content."""

    def __init__(self) -> None:
        super().__init__(
            "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException",
            "Request rejected because it was retried with a different payload but the same client token",
        )


def refuse_short_names(body: dict[str, Any]) -> None:
    """CreateTable: names of tables and indexes have 3 to 255 characters of [a-zA-Z0-9_.-]."""
    _check_name("tableName", body["TableName"])
    for kind in ("globalSecondaryIndexes", "localSecondaryIndexes"):
        for number, index in enumerate(body.get(kind[0].upper() + kind[1:]) or [], start=1):
            _check_name(f"{kind}.{number}.member.indexName", index["IndexName"])


def _check_name(where: str, name: str) -> None:
    complaint = None
    if len(name) < 3:
        complaint = "Member must have length greater than or equal to 3"
    elif len(name) > 255:
        complaint = "Member must have length less than or equal to 255"
    elif not NAME.fullmatch(name):
        complaint = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
    if complaint:
        raise MockValidationException(
            f"1 validation error detected: Value '{name}' at '{where}' failed to satisfy constraint: {complaint}"
        )


def refuse_large_batch(backend: Any, body: dict[str, Any]) -> None:
    """BatchWriteItem: at most 25 requests, each key once."""
    requests = [(name, request) for name, several in body["RequestItems"].items() for request in several]
    if len(requests) > MOST_BATCH_WRITES:
        raise MockValidationException("Too many items requested for the BatchWriteItem call")
    seen = set()
    for name, request in requests:
        table = backend.get_table(name)
        if "DeleteRequest" in request:
            key = request["DeleteRequest"]["Key"]
            check_key(table, key)
        else:
            key = request["PutRequest"]["Item"]
            _check_put_types(table, key)
        if all(attr in key for attr in table.table_key_attrs):
            found = (table.name, *(repr(key[attr]) for attr in table.table_key_attrs))
            if found in seen:
                raise MockValidationException("Provided list of item keys contains duplicates")
            seen.add(found)


def _check_put_types(table: Any, item: dict[str, Any]) -> None:
    # The whole batch is judged before its first write; moto would have written half of it by then.
    for attr, expected in ((table.hash_key_attr, table.hash_key_type), (table.range_key_attr, table.range_key_type)):
        if attr is not None and attr in item and expected not in item[attr]:
            raise MockValidationException(
                f"One or more parameter values were invalid: Type mismatch for key {attr} "
                f"expected: {expected} actual: {next(iter(item[attr]))}"
            )


def check_key(table: Any, key: dict[str, Any]) -> None:
    """A Key names exactly the table's key attributes, with their types, and none is empty."""
    types = {table.hash_key_attr: table.hash_key_type}
    if table.has_range_key:
        types[table.range_key_attr] = table.range_key_type
    if set(key) != set(types) or any(types[name] not in value for name, value in key.items()):
        raise MockValidationException("The provided key element does not match the schema")
    for name, value in key.items():
        if value[types[name]] in ("", b""):
            raise MockValidationException(
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain "
                f"an empty string value. Key: {name}"
            )


def check_transaction_keys(backend: Any, transact_items: Iterable[dict[str, Any]]) -> None:
    """The Key of every ConditionCheck, Delete, Update and Get matches its table; numbers in operands are numbers."""
    for item in transact_items:
        for operation in item.values():
            table = backend.get_table(operation["TableName"])
            if "Key" in operation:
                check_key(table, operation["Key"])
            table._validate_item_types(operation.get("ExpressionAttributeValues") or {})


def refuse_partiql() -> None:
    """PartiQL statements: nobody here needs them, and they would pass the checks by."""
    raise MockValidationException("PartiQL is not accepted here: read and write by key, query, scan or transaction")


def check_index_keys(table: Any, attrs: dict[str, Any], in_transaction: bool) -> None:
    """An item's index keys have the types that the table defines and are not empty.

    `attrs` holds moto's DynamoType or {type: value}. Raises DynamoDB's ValidationException, or inside a
    transaction ValidationError, which becomes the reason of that item.
    """
    types = {each["AttributeName"]: each["AttributeType"] for each in table.attr}
    for index in table.all_indexes():
        for key in index.schema:
            name = key["AttributeName"]
            if name not in attrs or name in table.table_key_attrs:
                continue
            value = DynamoType(attrs[name])
            complaint = _complaint(index.name, name, types.get(name), value)
            if complaint:
                raise ValidationError(complaint) if in_transaction else MockValidationException(complaint)


def _complaint(index: str, name: str, expected: str | None, value: Any) -> str | None:
    if expected is not None and value.type != expected:
        return (
            f"One or more parameter values were invalid: Type mismatch for Index Key {name} "
            f"Expected: {expected} Actual: {value.type} IndexName: {index}"
        )
    if value.value in ("", b""):
        return (
            "One or more parameter values are not valid. A value specified for a secondary index key is not "
            "supported. The AttributeValue for a key attribute cannot contain an empty string value. "
            f"IndexName: {index}, IndexKey: {name}"
        )
    return None


def check_query(table: Any, index_name: str | None, hashes: Any, ranges: Any, start: dict[str, Any] | None) -> None:
    """Operands have their key's type; a start key has the query's keys, with their types and the query's partition."""
    types = {each["AttributeName"]: each["AttributeType"] for each in table.attr}
    operands = [(name, value) for name, value in hashes or []]
    operands += [(name, value) for name, _, values in ranges or [] for value in values]
    for name, value in operands:
        if value.type != types.get(name, value.type):
            raise MockValidationException(
                "One or more parameter values were invalid: Condition parameter type does not match schema type"
            )
    if start is None:
        return
    names = set(table.table_key_attrs)
    if index_name:
        names |= set(table.get_index(index_name, error_if_not=True).schema_key_attrs)
    if set(start) != names or any(types[name] not in value for name, value in start.items()):
        raise MockValidationException("The provided starting key is invalid")
    for name, value in hashes or []:
        if DynamoType(start[name]) != value:
            raise MockValidationException(
                "The provided starting key is outside query boundaries based on provided conditions"
            )
