"""What DynamoDB rejects and moto lets pass. Messages are DynamoDB's own wherever it documents or shows them."""

import re
from typing import Any

from moto.dynamodb.exceptions import HashKeyTooLong, MockValidationException, RangeKeyTooLong
from moto.dynamodb.models.dynamo_type import DynamoType

from .query_index import index_keys
from .sizes import MOST_HASH_KEY_BYTES, MOST_RANGE_KEY_BYTES, value_size
from .values import MOST_LEVELS

MOST_INDEXES = 20
MOST = {True: MOST_HASH_KEY_BYTES, False: MOST_RANGE_KEY_BYTES}
NAME = re.compile(r"[a-zA-Z0-9_.-]+")


class ValidationError(Exception):
    """A rejected item inside a transaction: moto makes the class name the code of the CancellationReason."""


class NumberOutOfRange(MockValidationException):  # type: ignore[misc]
    """A sum that DynamoDB cannot keep."""


def check_depth(attrs: dict[str, Any]) -> None:
    """An update may nest values no deeper than 32 levels."""
    if any(_depth(value) > MOST_LEVELS for value in attrs.values()):
        raise MockValidationException("Nesting Levels have exceeded supported limits")


def _depth(value: Any) -> int:
    if value.type == "L":
        return 1 + max(map(_depth, value.value), default=0)
    if value.type == "M":
        return 1 + max(map(_depth, value.value.values()), default=0)
    return 0


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


def refuse_unknown_schema(body: dict[str, Any]) -> None:
    """CreateTable: keys and indexes as this store knows them."""
    index_keys(body["KeySchema"])
    for index in body.get("GlobalSecondaryIndexes") or []:
        index_keys(index["KeySchema"])
    if body.get("LocalSecondaryIndexes"):
        raise MockValidationException("Local secondary indexes are not known here: nobody needs them")
    if len(body.get("GlobalSecondaryIndexes") or []) > MOST_INDEXES:
        raise MockValidationException(
            "One or more parameter values were invalid: GlobalSecondaryIndex count exceeds the per-table limit of 20"
        )


def check_put(table: Any, item: dict[str, Any]) -> None:
    """An item to be put has the table's key attributes, with their types, and none is empty or too long."""
    for attr, expected in ((table.hash_key_attr, table.hash_key_type), (table.range_key_attr, table.range_key_type)):
        if attr is None:
            continue
        if attr not in item:
            raise MockValidationException(
                f"One or more parameter values were invalid: Missing the key {attr} in the item"
            )
        if expected not in item[attr]:
            raise MockValidationException(
                f"One or more parameter values were invalid: Type mismatch for key {attr} "
                f"expected: {expected} actual: {next(iter(item[attr]))}"
            )
        _check_key_value(attr, item[attr], is_hash=attr == table.hash_key_attr)


def _check_key_value(attr: str, value: dict[str, Any], *, is_hash: bool) -> None:
    if next(iter(value.values())) in ("", b""):
        raise MockValidationException(
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
            f"empty string value. Key: {attr}"
        )
    size = value_size(value)
    if is_hash and size > MOST_HASH_KEY_BYTES:
        raise HashKeyTooLong()
    if not is_hash and size > MOST_RANGE_KEY_BYTES:
        raise RangeKeyTooLong()


def check_key(table: Any, key: dict[str, Any]) -> None:
    """A Key names exactly the table's key attributes, with their types, and none is empty."""
    types = {table.hash_key_attr: table.hash_key_type}
    if table.has_range_key:
        types[table.range_key_attr] = table.range_key_type
    if set(key) != set(types) or any(types[name] not in value for name, value in key.items()):
        raise MockValidationException("The provided key element does not match the schema")
    for name, value in key.items():
        _check_key_value(name, value, is_hash=name == table.hash_key_attr)


def refuse_partiql() -> None:
    """PartiQL statements: nobody here needs them, and they would pass the checks by."""
    raise MockValidationException("PartiQL is not accepted here: read and write by key, query, scan or transaction")


def check_index_keys(table: Any, attrs: dict[str, Any], in_transaction: bool) -> None:
    """An item's index keys have the types that the table defines and are not empty.

    `attrs` holds moto's DynamoType or {type: value}. Raises DynamoDB's ValidationException, or inside a
    transaction ValidationError, which becomes the reason of that item.
    """
    for index in table.all_indexes():
        hash_attr, _ = index_keys(index.schema)
        for key in index.schema:
            name = key["AttributeName"]
            if name not in attrs or name in table.table_key_attrs:
                continue
            value = attrs[name] if isinstance(attrs[name], DynamoType) else DynamoType(attrs[name])
            complaint = _complaint(table, index.name, name, value, MOST[name == hash_attr])
            if complaint:
                raise ValidationError(complaint) if in_transaction else MockValidationException(complaint)


def _complaint(table: Any, index: str, name: str, value: Any, most: int) -> str | None:
    expected = next((each["AttributeType"] for each in table.attr if each["AttributeName"] == name), None)
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
    if (size := value_size(value)) > most:
        return (
            "One or more parameter values were invalid: Size of an index key has exceeded the maximum size limit of "
            f"{most} bytes: {size} IndexName: {index}, IndexKey: {name}"
        )
    return None


def check_operands(table: Any, hashes: Any, ranges: Any) -> None:
    """Operands of a key condition have their key's type; BETWEEN has its lower bound first."""
    types = {each["AttributeName"]: each["AttributeType"] for each in table.attr}
    operands = [(name, value) for name, value in hashes or []]
    operands += [(name, value) for name, _, values in ranges or [] for value in values]
    for name, value in operands:
        if value.type != types.get(name, value.type):
            raise MockValidationException(
                "One or more parameter values were invalid: Condition parameter type does not match schema type"
            )
    for _, comparison, values in ranges or []:
        if comparison == "BEGINS_WITH" and values[0].type == "N":
            raise MockValidationException(
                "Invalid KeyConditionExpression: Incorrect operand type for operator or function; "
                "operator or function: begins_with, operand type: N"
            )
        if comparison == "BETWEEN" and values[0] > values[1]:
            low, high = (f"AttributeValue: {{{value.type}:{value.value}}}" for value in values)
            raise MockValidationException(
                "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal "
                f"to lower bound; lower bound operand: {low}, upper bound operand: {high}"
            )


def check_start_key(table: Any, index_name: str | None, hashes: Any, start: dict[str, Any] | None) -> None:
    """A start key has the keys of table and index, with their types, and lies in the query's partition."""
    if start is None:
        return
    types = {each["AttributeName"]: each["AttributeType"] for each in table.attr}
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


def refuse_consistent_index(index_name: str | None, consistent: bool) -> None:
    """Global secondary indexes are eventually consistent."""
    if index_name and consistent:
        raise MockValidationException("Consistent reads are not supported on global secondary indexes")
