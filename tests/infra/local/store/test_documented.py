"""What AWS's documentation says DynamoDB answers, case by case, each with the document that says so."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.store.testing import memory_cloud
from tests.infra.local.store.conftest import create_visits

pytestmark = pytest.mark.store

API = "API Reference: "
GUIDE = "Developer Guide: "
QUOTAS = GUIDE + "Service, account, and table quotas in Amazon DynamoDB"
TYPES = GUIDE + "Supported data types and naming rules in Amazon DynamoDB"
WORDS = GUIDE + "Reserved words in DynamoDB"
NAMES = GUIDE + "Expression attribute names (aliases) in DynamoDB"
OPERATORS = GUIDE + "Condition and filter expressions, operators, and functions in DynamoDB"
KEYS = GUIDE + "Key condition expressions for the Query operation in DynamoDB"
FILTERS = GUIDE + "Filter expressions for the Query operation in DynamoDB"
TRANSACTIONS = GUIDE + "Amazon DynamoDB Transactions: How it works"
INDEXES = GUIDE + "Using Global Secondary Indexes in DynamoDB"

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
Arguments = dict[str, Any]


@dataclass(frozen=True)
class Refused:
    """A call that is refused with a code and a message that holds `says`."""

    what: str
    document: str
    call: str
    arguments: Arguments
    says: str
    code: str = "ValidationException"


def put(**attributes: Any) -> Arguments:
    return {"TableName": "visits", "Item": {**KEY, **attributes}}


def update(expression: str, **values: Any) -> Arguments:
    named = {f":{name}": value for name, value in values.items()}
    more = {"ExpressionAttributeValues": named} if named else {}
    return {"TableName": "visits", "Key": KEY, "UpdateExpression": expression, **more}


def query(condition: str, **more: Any) -> Arguments:
    values = more.pop("values", {":p": {"S": "a"}})
    return {
        "TableName": "visits",
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": values,
        **more,
    }


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"S": "x"}
    for _ in range(levels):
        value = {"L": [value]}
    return value


def check(**more: Any) -> Arguments:
    return {**put(), "ConditionExpression": more.pop("when"), **more}


def transaction(*items: Arguments, **more: Any) -> Arguments:
    return {"TransactItems": list(items), **more}


PUT = {"Put": put()}
A = {":a": {"S": "x"}}
REFUSED = [
    # ---- values ----
    Refused("39 digits", TYPES, "put_item", put(n={"N": "1" * 39}), "more than 38 significant digits"),
    Refused("1E126", TYPES, "put_item", put(n={"N": "1E126"}), "Number overflow"),
    Refused("1E-131", TYPES, "put_item", put(n={"N": "1E-131"}), "Number underflow"),
    Refused("no number", TYPES, "put_item", put(n={"N": "ten"}), "cannot be converted to a numeric value"),
    Refused("NaN", TYPES, "put_item", put(n={"N": "NaN"}), "cannot be converted to a numeric value"),
    Refused("an empty number set", TYPES, "put_item", put(n={"NS": []}), "set  may not be empty"),
    Refused("an empty binary set", TYPES, "put_item", put(n={"BS": []}), "set  may not be empty"),
    Refused("a set with a member twice", TYPES, "put_item", put(n={"SS": ["a", "a"]}), "contains duplicates"),
    Refused("one number in two forms", TYPES, "put_item", put(n={"NS": ["1", "1.0"]}), "contains duplicates"),
    Refused("NULL that is false", API + "AttributeValue", "put_item", put(n={"NULL": False}), "value of true"),
    Refused("33 levels", QUOTAS, "put_item", put(n=nested(33)), "Nesting Levels"),
    Refused("33 levels by update", QUOTAS, "update_item", update("SET n = :v", v=nested(33)), "Nesting Levels"),
    Refused("an item of 409,601 bytes", QUOTAS, "put_item", put(n={"S": "x" * (409_601 - 7)}),
        "Item size has exceeded"),
    Refused("a sum of 39 digits", TYPES, "update_item", update("ADD big :v", v={"N": "0.5"}), "38 significant digits"),
    Refused("a sum of text", API + "UpdateItem", "update_item", update("ADD words :v", v={"N": "1"}),
        "incorrect data type"),
    # ---- keys ----
    Refused("an empty key", TYPES, "put_item", {"TableName": "visits", "Item": {**KEY, "sk": {"S": ""}}},
        "empty string"),
    Refused("a partition key of 2,049 bytes", QUOTAS, "put_item", put(pk={"S": "x" * 2049}), "2048"),
    Refused("a sort key of 1,025 bytes", QUOTAS, "put_item", put(sk={"S": "x" * 1025}), "1024"),
    Refused("a long key to look for", QUOTAS, "get_item",
        {"TableName": "visits", "Key": {**KEY, "sk": {"S": "x" * 1025}}}, "1024"),
    Refused("an index key of 2,049 bytes", QUOTAS, "put_item", put(list1pk={"S": "x" * 2049}), "index key"),
    Refused("an index key of NULL", INDEXES, "put_item", put(list1pk={"NULL": True}), "Type mismatch for Index Key"),
    Refused("no sort key", API + "PutItem", "put_item", {"TableName": "visits", "Item": {"pk": {"S": "a"}}},
        "Missing the key sk"),
    Refused("a key that changes", API + "UpdateItem", "update_item", update("SET sk = :v", v={"S": "c"}),
        "part of the key"),
    Refused("no such table", API + "PutItem", "put_item", {**put(), "TableName": "nothing"}, "resource not found",
        "ResourceNotFoundException"),
    # ---- expressions ----
    Refused("a reserved word", WORDS, "update_item", update("SET status = :v", v={"S": "x"}),
        "reserved keyword: status"),
    Refused("a reserved word in a condition", WORDS, "put_item", check(when="attribute_exists(name)"),
        "reserved keyword: name"),
    Refused("a reserved word in a path", WORDS, "put_item", check(when="attribute_exists(a.name)"),
        "reserved keyword: name"),
    Refused("a reserved word to project", WORDS, "get_item",
        {"TableName": "visits", "Key": KEY, "ProjectionExpression": "a, date"}, "reserved keyword: date"),
    Refused("a reserved word in a filter", WORDS, "scan",
        {"TableName": "visits", "FilterExpression": "attribute_exists(role)"}, "reserved keyword: role"),
    Refused("a name never used", NAMES, "put_item",
        {**check(when="attribute_exists(a)"), "ExpressionAttributeNames": {"#b": "b"}},
        "unused in expressions: keys: {#b}"),
    Refused("a value never used", NAMES, "put_item",
        {**check(when="attribute_exists(a)"), "ExpressionAttributeValues": A}, "unused in expressions: keys: {:a}"),
    Refused("a value not given", NAMES, "put_item", check(when="a = :a"), "not defined; attribute value: :a"),
    Refused("a name not given", NAMES, "put_item", check(when="attribute_exists(#a)"),
        "not defined; attribute name: #a"),
    Refused("names without expression", NAMES, "put_item", {**put(), "ExpressionAttributeNames": {"#a": "a"}},
        "only be specified when using expressions"),
    Refused("a name without #", NAMES, "put_item",
        {**check(when="attribute_exists(a)"), "ExpressionAttributeNames": {"a": "b"}}, "Syntax error"),
    Refused("an unknown function", OPERATORS, "put_item", check(when="exists(a)"),
        "Invalid function name; function: exists"),
    Refused("a function of conditions in an update", API + "UpdateItem", "update_item", update("SET a = size(b)"),
        "Invalid function name"),
    Refused("no sense", OPERATORS, "put_item", check(when="a = = :a", ExpressionAttributeValues=A), "Syntax error"),
    Refused("half a condition", OPERATORS, "put_item", check(when="a ="), "Syntax error"),
    Refused("a bracket left open", OPERATORS, "put_item", check(when="(attribute_exists(a)"), "Syntax error"),
    Refused("an empty expression", API + "PutItem", "put_item", check(when=" "), "can not be empty"),
    Refused("4,097 bytes", QUOTAS, "put_item", check(when="attribute_exists(" + "a" * 4079 + ")"),
        "Expression size has exceeded"),
    Refused("101 operands of IN", QUOTAS, "put_item",
        check(when="a IN (" + ", ".join([":a"] * 101) + ")", ExpressionAttributeValues=A), "too many operands"),
    Refused("301 operators", QUOTAS, "put_item",
        check(when=" AND ".join(["a = :a"] * 151), ExpressionAttributeValues=A), "too many operators"),
    Refused("overlapping paths", API + "UpdateItem", "update_item", update("SET a = :v, a.b = :v", v={"S": "x"}),
        "overlap"),
    Refused("one clause twice", API + "UpdateItem", "update_item", update("SET a = :v SET b = :v", v={"S": "x"}),
        "only be used once"),
    Refused("a path that is not there", API + "UpdateItem", "update_item", update("SET lost.b = :v", v={"S": "x"}),
        "document path"),
    Refused("an attribute that is not there", API + "UpdateItem", "update_item",
        update("SET a = lost + :v", v={"N": "1"}), "does not exist in the item"),
    Refused("a legacy parameter", GUIDE + "Legacy conditional parameters", "put_item",
        {**put(), "Expected": {"pk": {"Exists": False}}}, "legacy"),
    # ---- queries ----
    Refused("a filter on the sort key", FILTERS, "query", query("pk = :p", FilterExpression="sk = :p"),
        "non-primary key attributes"),
    Refused("a filter on an index key", FILTERS, "query",
        query("list1pk = :p", IndexName="list1", FilterExpression="list1sk = :p"), "non-primary key attributes"),
    Refused("no partition key", KEYS, "query", query("sk = :p"), "missed key schema element: pk"),
    Refused("a partition key in a range", KEYS, "query", query("pk > :p"), "Query key condition not supported"),
    Refused("two conditions on a key", KEYS, "query", query("pk = :p AND sk > :p AND sk < :p"),
        "one condition per key"),
    Refused("OR between keys", KEYS, "query", query("pk = :p OR sk = :p"), "Invalid operator"),
    Refused("<> on a key", KEYS, "query", query("pk = :p AND sk <> :p"), "Invalid operator"),
    Refused("contains on a key", KEYS, "query", query("pk = :p AND contains(sk, :p)"), "Invalid function name"),
    Refused("begins_with on a number", KEYS, "query",
        query("list1pk = :p AND begins_with(score, :n)", IndexName="scores",
            values={":p": {"S": "a"}, ":n": {"N": "1"}}), "operand type: N"),
    Refused("bounds the wrong way round", KEYS, "query",
        query("pk = :p AND sk BETWEEN :b AND :a", values={":p": {"S": "a"}, ":a": {"S": "a"}, ":b": {"S": "b"}}),
        "upper bound"),
    Refused("an empty key to look for", KEYS, "query", query("pk = :p", values={":p": {"S": ""}}), "empty string"),
    Refused("a consistent read of an index", INDEXES, "query",
        query("list1pk = :p", IndexName="list1", ConsistentRead=True), "Consistent reads are not supported"),
    Refused("a consistent scan of an index", INDEXES, "scan",
        {"TableName": "visits", "IndexName": "list1", "ConsistentRead": True}, "Consistent reads are not supported"),
    Refused("no such index", API + "Query", "query", query("pk = :p", IndexName="list9"),
        "does not have the specified index"),
    Refused("a segment beyond", API + "Scan", "scan", {"TableName": "visits", "Segment": 2, "TotalSegments": 2},
        "less than parameter TotalSegments"),
    # ---- batches ----
    Refused("101 keys", API + "BatchGetItem", "batch_get_item",
        {"RequestItems": {"visits": {"Keys": [{**KEY, "sk": {"S": str(n)}} for n in range(101)]}}}, ""),
    Refused("a key twice", API + "BatchGetItem", "batch_get_item", {"RequestItems": {"visits": {"Keys": [KEY, KEY]}}},
        "contains duplicates"),
    Refused("a key of a wrong type", API + "BatchGetItem", "batch_get_item",
        {"RequestItems": {"visits": {"Keys": [{**KEY, "sk": {"N": "1"}}]}}}, "does not match the schema"),
    # ---- transactions ----
    Refused("101 items", TRANSACTIONS, "transact_write_items",
        transaction(*({"Put": put(sk={"S": str(n)})} for n in range(101))), "less than or equal to 100"),
    Refused("an item twice", TRANSACTIONS, "transact_write_items",
        transaction(PUT,
            {"ConditionCheck": {"TableName": "visits", "Key": KEY, "ConditionExpression": "attribute_exists(pk)"}}),
                "multiple operations on one item"),
    Refused("an item read twice", API + "TransactGetItems", "transact_get_items",
        transaction({"Get": {"TableName": "visits", "Key": KEY}}, {"Get": {"TableName": "visits", "Key": KEY}}),
        "multiple operations on one item"),
    Refused("over 4 MB", TRANSACTIONS, "transact_write_items",
        transaction(*({"Put": put(sk={"S": str(n)}, n={"S": "x" * 400_000})} for n in range(11))), "4 MB"),
    Refused("a long token", API + "TransactWriteItems", "transact_write_items",
        transaction(PUT, ClientRequestToken="t" * 37), "less than or equal to 36"),
]  # fmt: skip


@pytest.fixture(scope="module")
def sender() -> Iterator[Any]:
    """A client that sends what it is given."""
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
    with memory_cloud():
        client = boto3.client("dynamodb", config=config)
        create_visits(client)
        yield client


@pytest.fixture
def plain(sender: Any) -> Any:
    """The client, with one item in `visits`."""
    sender.put_item(**put(big={"N": "9" * 38}, words={"S": "x"}))
    return sender


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case.call}: {case.what}")
def test_dynamodb_refuses(case: Refused, plain: Any) -> None:
    before = plain.scan(TableName="visits")["Items"]
    with pytest.raises(ClientError) as caught:
        getattr(plain, case.call)(**case.arguments)
    error = caught.value.response["Error"]
    assert error["Code"] == case.code, case.document
    assert case.says.lower() in error["Message"].lower(), case.document
    assert plain.scan(TableName="visits")["Items"] == before


IN_TRANSACTION = [
    (update("SET lost.b = :v", v={"S": "x"}), "document path"),
    (update("ADD words :v", v={"N": "1"}), "incorrect data type"),
    (update("SET a = lost + :v", v={"N": "1"}), "does not exist in the item"),
    (update("ADD big :v", v={"N": "0.5"}), "38 significant digits"),
    (update("SET n = :v", v={"S": "x" * 409_600}), "Item size to update has exceeded"),
    (update("SET list1pk = :v", v={"N": "1"}), "Type mismatch"),
    (update("SET list1pk = :v", v={"S": ""}), "empty string"),
]
"""API Reference, TransactWriteItems: the messages that come with the reason ValidationError."""


@pytest.mark.parametrize(("step", "says"), IN_TRANSACTION, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_found_at_the_item_is_the_reason_of_that_item(step: Arguments, says: str, plain: Any) -> None:
    with pytest.raises(ClientError) as caught:
        plain.transact_write_items(TransactItems=[{"Put": put(sk={"S": "c"})}, {"Update": step}])
    assert caught.value.response["Error"]["Code"] == "TransactionCanceledException"
    first, second = caught.value.response["CancellationReasons"]
    assert (first["Code"], second["Code"]) == ("None", "ValidationError")
    assert says in second["Message"]
    assert plain.scan(TableName="visits")["Count"] == 1


STORED = [
    ("1.50", "1.5"), ("-0", "0"), ("1E2", "100"), ("0.00", "0"), ("00012", "12"), ("+7", "7"), ("1e-5", "0.00001"),
    ("9" * 38, "9" * 38), ("-" + "9" * 38 + "E87", "-" + "9" * 38 + "0" * 87), ("1E125", "1" + "0" * 125),
]  # fmt: skip


@pytest.mark.parametrize(("given", "kept"), STORED)
def test_numbers_lose_leading_and_trailing_zeros(given: str, kept: str, plain: Any) -> None:
    plain.put_item(**put(n={"N": given}, many={"NS": [given]}, deep={"M": {"l": {"L": [{"N": given}]}}}))
    item = plain.get_item(TableName="visits", Key=KEY)["Item"]
    assert (item["n"], item["many"], item["deep"]) == ({"N": kept}, {"NS": [kept]}, {"M": {"l": {"L": [{"N": kept}]}}})


def test_sums_keep_every_digit(plain: Any) -> None:
    plain.put_item(**put(n={"N": "1E19"}))
    step = update("SET n = n + :v, m = n - :w", v={"N": "0.000000000000000001"}, w={"N": "1E2"})
    found = plain.update_item(**step, ReturnValues="UPDATED_NEW")["Attributes"]
    assert found["n"] == {"N": "10000000000000000000.000000000000000001"}
    assert found["m"] == {"N": "9999999999999999900"}


CONDITIONS = [
    ("number = :v", {"BOOL": True}, False), ("flag = :v", {"N": "1"}, False), ("text < :v", {"N": "5"}, False),
    ("number < :v", {"S": "5"}, False), ("number <= :v", {"N": "1"}, True), ("missing = :v", {"NULL": True}, False),
    ("nothing = :v", {"NULL": True}, True), ("missing <> :v", {"S": "x"}, True), ("number <> :v", {"N": "1.0"}, False),
    ("missing < :v", {"S": "x"}, False), ("NOT missing < :v", {"S": "x"}, True),
    ("text BETWEEN :v AND :v", {"S": "b"}, True),
    ("number BETWEEN :v AND :v", {"S": "1"}, False), ("number IN (:v)", {"N": "1.00"}, True),
    ("flag IN (:v)", {"N": "1"}, False),
    ("contains(words, :v)", {"S": "a"}, True), ("contains(words, :v)", {"N": "1"}, False),
    ("contains(numbers, :v)", {"N": "2.0"}, True), ("contains(many, :v)", {"L": [{"S": "x"}]}, True),
    ("contains(many, :v)", {"BOOL": True}, False), ("contains(many, :v)", {"N": "1"}, True),
    ("contains(bytes, :v)", {"B": b"\x01"}, True),
    ("begins_with(bytes, :v)", {"B": b"\x00"}, True), ("begins_with(number, :v)", {"S": "1"}, False),
    ("size(words) = :v", {"N": "2"}, True), ("size(missing) < :v", {"N": "9"}, False),
    ("size(number) < :v", {"N": "9"}, False),
    ("bytes < :v", {"B": b"\xff"}, True), ("flag < :v", {"BOOL": True}, False),
    ("deep = :v", {"M": {"a": {"N": "1.0"}}}, True),
    ("words = :v", {"SS": ["b", "a"]}, True), ("attribute_type(number, :v)", {"S": "N"}, True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "holds"), CONDITIONS)
def test_operands_compare_by_type(text: str, value: dict[str, Any], holds: bool, plain: Any) -> None:
    """Developer Guide: Condition and filter expressions, operators, and functions in DynamoDB."""
    plain.put_item(
        **put(
            number={"N": "1"}, flag={"BOOL": True}, text={"S": "b"}, nothing={"NULL": True}, words={"SS": ["a", "b"]},
            numbers={"NS": ["1", "2"]}, bytes={"B": b"\x00\x01"}, deep={"M": {"a": {"N": "1"}}},
            many={"L": [{"N": "1"}, {"L": [{"S": "x"}]}]},
        )
    )  # fmt: skip
    attribute = re.findall(r"(?<![:\w])(?!NOT)\w+(?![\w(])", text)[0]
    found = plain.scan(
        TableName="visits",
        FilterExpression=re.sub(rf"\b{attribute}\b", "#n", text),
        ExpressionAttributeNames={"#n": attribute},
        ExpressionAttributeValues={":v": value},
    )
    assert (found["Count"], found["ScannedCount"]) == (int(holds), 1)
