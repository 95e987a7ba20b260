"""Capacity units by AWS's rules, as the API answers them and as the meter counts them."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.models.dynamo_type import DynamoType

from infra.local.store import Store
from infra.local.store.sizes import attributes_size, number_size, value_size

pytestmark = pytest.mark.store

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
LISTED = {"list1pk": {"S": "l"}, "list1sk": {"S": "1"}}


def item_of(size: int, **more: Any) -> dict[str, Any]:
    """An item of exactly `size` bytes."""
    item = {**KEY, **more, "t": {"S": ""}}
    return {**item, "t": {"S": "x" * (size - attributes_size(item))}}


def used(answer: dict[str, Any]) -> float:
    return float(answer["ConsumedCapacity"]["CapacityUnits"])


# ---- sizes: Developer Guide, "DynamoDB item sizes and formats" ----
@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0), ({"S": "abc"}, 3), ({"S": "医生"}, 6), ({"B": b"\x00\xff"}, 2), ({"BOOL": True}, 1),
        ({"NULL": True}, 1), ({"SS": ["a", "bc"]}, 3), ({"BS": [b"a", b"bc"]}, 3), ({"NS": ["1", "100"]}, 4),
        ({"L": []}, 3), ({"M": {}}, 3), ({"L": [{"S": "ab"}, {"BOOL": True}]}, 3 + 2 + 1 + 1 + 1),
        ({"M": {"ab": {"S": "c"}}}, 3 + 1 + 2 + 1), ({"L": [{"M": {"a": {"L": []}}}]}, 3 + 1 + 3 + 1 + 1 + 3),
    ],
)  # fmt: skip
def test_a_value_has_the_documented_size(value: dict[str, Any], size: int) -> None:
    assert value_size(value) == value_size(DynamoType(value)) == size
    assert attributes_size({"名": value}) == 3 + size


@pytest.mark.parametrize(
    ("number", "size"),
    [
        ("0", 1),
        ("7", 2),
        ("12", 2),
        ("123", 3),
        ("100", 2),
        ("10", 2),
        ("-7", 3),
        ("0.5", 2),
        ("1.5", 3),
        ("1" * 38, 20),
    ],
)
def test_a_number_takes_a_byte_for_two_digits_and_one_more(number: str, size: int) -> None:
    assert number_size(number) == size


@pytest.mark.parametrize(("size", "is_taken"), [(409_600, True), (409_601, False)])
def test_an_item_has_at_most_400_kb_however_it_comes_to_be(size: int, is_taken: bool, dynamo: Any) -> None:
    whole = item_of(size)
    grow = {
        "TableName": "visits",
        "Key": KEY,
        "UpdateExpression": "SET t = :t",
        "ExpressionAttributeValues": {":t": whole["t"]},
    }
    ways = [
        lambda: dynamo.put_item(TableName="visits", Item=whole),
        lambda: dynamo.update_item(**grow),
        lambda: dynamo.transact_write_items(TransactItems=[{"Put": {"TableName": "visits", "Item": whole}}]),
        lambda: dynamo.transact_write_items(TransactItems=[{"Update": grow}]),
        lambda: dynamo.batch_write_item(RequestItems={"visits": [{"PutRequest": {"Item": whole}}]}),
    ]
    for way in ways:
        dynamo.delete_item(TableName="visits", Key=KEY)
        if is_taken:
            way()
        else:
            with pytest.raises(ClientError):
                way()
        assert dynamo.scan(TableName="visits")["Count"] == int(is_taken)


# ---- reads: Developer Guide, "DynamoDB read and write operations" ----
@pytest.mark.parametrize(("size", "units"), [(100, 1), (4096, 1), (4097, 2), (409_600, 100)])
def test_a_read_costs_4_kb_a_unit_and_half_when_eventually_consistent(size: int, units: float, dynamo: Any) -> None:
    dynamo.put_item(TableName="visits", Item=item_of(size))
    get = {"TableName": "visits", "Key": KEY, "ReturnConsumedCapacity": "TOTAL"}
    assert used(dynamo.get_item(**get, ConsistentRead=True)) == units
    assert used(dynamo.get_item(**get)) == units / 2
    assert used(dynamo.get_item(**get, ProjectionExpression="pk")) == units / 2
    keys = {"visits": {"Keys": [KEY, {**KEY, "sk": {"S": "none"}}], "ConsistentRead": True}}
    answer = dynamo.batch_get_item(RequestItems=keys, ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == [{"TableName": "visits", "CapacityUnits": units + 1}]
    answer = dynamo.transact_get_items(
        TransactItems=[{"Get": {"TableName": "visits", "Key": KEY}}], ReturnConsumedCapacity="TOTAL"
    )
    assert answer["ConsumedCapacity"] == [
        {"TableName": "visits", "CapacityUnits": units * 2, "ReadCapacityUnits": units * 2}
    ]


def test_looking_for_nothing_costs_the_smallest_unit(dynamo: Any) -> None:
    get = {"TableName": "visits", "Key": KEY, "ReturnConsumedCapacity": "TOTAL"}
    assert used(dynamo.get_item(**get)) == 0.5
    assert used(query(dynamo, "pk = :v", "nobody")) == 0.5


def query(dynamo: Any, condition: str, value: str, **more: Any) -> Any:
    return dynamo.query(
        TableName="visits",
        KeyConditionExpression=condition,
        ExpressionAttributeValues={":v": {"S": value}},
        ReturnConsumedCapacity="INDEXES",
        **more,
    )


def test_a_query_adds_sizes_up_before_it_rounds_and_pays_for_what_a_filter_drops(dynamo: Any) -> None:
    for number in range(10):
        dynamo.put_item(TableName="visits", Item={**item_of(1000, **LISTED), "sk": {"S": f"{number}"}})
    whole = query(dynamo, "pk = :v", "a")
    assert (whole["Count"], used(whole)) == (10, 1.5)  # 10,000 bytes: three times 4 KB
    assert used(query(dynamo, "pk = :v", "a", ConsistentRead=True)) == 3
    assert used(query(dynamo, "pk = :v", "a", Limit=4)) == 0.5
    filtered = query(dynamo, "pk = :v", "a", FilterExpression="attribute_exists(unknown_thing)")
    assert (filtered["Count"], filtered["ScannedCount"], used(filtered)) == (0, 10, 1.5)
    listed = query(dynamo, "list1pk = :v", "l", IndexName="list1")["ConsumedCapacity"]
    assert listed == {
        "TableName": "visits",
        "CapacityUnits": 1.5,
        "Table": {"CapacityUnits": 0.0},
        "GlobalSecondaryIndexes": {"list1": {"CapacityUnits": 1.5}},
    }
    scanned = dynamo.scan(TableName="visits", ReturnConsumedCapacity="TOTAL")
    assert used(scanned) == 1.5


# ---- writes ----
def put(dynamo: Any, size: int, **more: Any) -> dict[str, Any]:
    answer = dynamo.put_item(TableName="visits", Item=item_of(size, **more), ReturnConsumedCapacity="INDEXES")
    found: dict[str, Any] = answer["ConsumedCapacity"]
    return found


def test_a_write_costs_1_kb_a_unit_of_the_larger_of_old_and_new(dynamo: Any) -> None:
    assert put(dynamo, 1024)["CapacityUnits"] == 1
    assert put(dynamo, 1025)["CapacityUnits"] == 2
    assert put(dynamo, 5000)["CapacityUnits"] == 5
    assert put(dynamo, 100)["CapacityUnits"] == 5
    delete = {"TableName": "visits", "Key": KEY, "ReturnConsumedCapacity": "TOTAL"}
    assert put(dynamo, 3000)["CapacityUnits"] == 3
    assert used(dynamo.delete_item(**delete)) == 3
    assert used(dynamo.delete_item(**delete)) == 1


def test_an_index_costs_its_own_writes_and_two_when_the_item_moves_in_it(dynamo: Any) -> None:
    """Developer Guide, "Using Global Secondary Indexes in DynamoDB": write capacity units."""

    def indexes(**more: Any) -> dict[str, float]:
        found = put(dynamo, 1500, **more).get("GlobalSecondaryIndexes", {})
        return {name: units["CapacityUnits"] for name, units in found.items()}

    assert indexes() == {}
    assert indexes(**LISTED) == {"list1": 2}
    assert indexes(**LISTED) == {}  # nothing changed
    assert indexes(**LISTED, u={"S": "y"}) == {"list1": 2}
    assert indexes(list1pk={"S": "l"}, list1sk={"S": "2"}) == {"list1": 4}
    assert indexes(list1pk={"S": "l"}, list1sk={"S": "2"}, score={"N": "1"}) == {"list1": 2, "scores": 2}
    assert indexes() == {"list1": 2, "scores": 2}


def test_a_condition_that_fails_is_paid_for(cloud: Store, dynamo: Any) -> None:
    dynamo.put_item(TableName="visits", Item=item_of(3000))
    cloud.meter.reset()
    with pytest.raises(dynamo.exceptions.ConditionalCheckFailedException):
        dynamo.put_item(TableName="visits", Item=item_of(90_000), ConditionExpression="attribute_not_exists(pk)")
    assert cloud.meter.totals() == (0, 3)


def test_a_transaction_costs_twice_its_checks_too_and_its_repetition_is_read(cloud: Store, dynamo: Any) -> None:
    """Developer Guide, "Amazon DynamoDB Transactions: How it works": capacity management, idempotency."""
    dynamo.put_item(TableName="visits", Item={**item_of(5000), "sk": {"S": "checked"}})
    wish = {
        "TransactItems": [
            {"Put": {"TableName": "visits", "Item": item_of(1500, **LISTED)}},
            {
                "ConditionCheck": {
                    "TableName": "visits",
                    "Key": {**KEY, "sk": {"S": "checked"}},
                    "ConditionExpression": "attribute_exists(pk)",
                }
            },
        ],
        "ClientRequestToken": "t" * 36,
        "ReturnConsumedCapacity": "INDEXES",
    }
    (first,) = dynamo.transact_write_items(**wish)["ConsumedCapacity"]
    assert first == {
        "TableName": "visits",
        "CapacityUnits": 4 + 10 + 2,
        "WriteCapacityUnits": 4 + 10 + 2,
        "Table": {"CapacityUnits": 14, "WriteCapacityUnits": 14},
        "GlobalSecondaryIndexes": {"list1": {"CapacityUnits": 2, "WriteCapacityUnits": 2}},
    }
    (second,) = dynamo.transact_write_items(**wish)["ConsumedCapacity"]
    assert second["ReadCapacityUnits"] == second["CapacityUnits"] == 2 + 4


def test_nothing_is_answered_unless_asked_and_batches_answer_by_table(dynamo: Any, make_table: Any) -> None:
    make_table(dynamo, "people")
    assert "ConsumedCapacity" not in dynamo.put_item(TableName="visits", Item=KEY)
    assert "ConsumedCapacity" not in dynamo.get_item(TableName="visits", Key=KEY)
    writes = {
        name: [{"PutRequest": {"Item": {**KEY, "sk": {"S": str(n)}}}} for n in range(3)]
        for name in ("visits", "people")
    }
    assert "ConsumedCapacity" not in dynamo.batch_write_item(RequestItems=writes)
    found = dynamo.batch_write_item(RequestItems=writes, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
    assert found == [{"TableName": "visits", "CapacityUnits": 3}, {"TableName": "people", "CapacityUnits": 3}]


def test_the_meter_counts_by_function_operation_and_table(cloud: Store) -> None:
    dynamo = boto3.client("dynamodb")
    dynamo.create_table(
        TableName="plain",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for name in ("book", "book", None):
        cloud.meter.caller = lambda name=name: name
        dynamo.put_item(TableName="plain", Item={"pk": {"S": "a"}})
    dynamo.get_item(TableName="plain", Key={"pk": {"S": "a"}}, ConsistentRead=True)
    counts = {(each.function, each.operation): (each.calls, each.reads, each.writes) for each in cloud.meter.counts()}
    assert counts == {
        ("", "GetItem"): (1, 1, 0), ("", "PutItem"): (1, 0, 1), ("book", "PutItem"): (2, 0, 2),
    }  # fmt: skip
    assert cloud.meter.totals() == (1, 3)
    cloud.meter.reset()
    assert cloud.meter.counts() == []


# ---- pages: Developer Guide, "Paginating table query results in DynamoDB" ----
def test_a_page_holds_at_most_1_mb_to_the_byte(dynamo: Any) -> None:
    for number in range(5):
        whole = item_of(262_144)
        dynamo.put_item(TableName="visits", Item={**whole, "sk": {"S": str(number)}})
    first = query(dynamo, "pk = :v", "a")
    assert (first["Count"], first["LastEvaluatedKey"]["sk"]["S"]) == (4, "3")
    second = query(dynamo, "pk = :v", "a", ExclusiveStartKey=first["LastEvaluatedKey"])
    assert second["Count"] == 1
    assert "LastEvaluatedKey" not in second
    dynamo.put_item(TableName="visits", Item={**item_of(262_145), "sk": {"S": "0"}})
    assert query(dynamo, "pk = :v", "a")["Count"] == 3


def test_thirty_items_of_100_kb_come_in_three_pages(dynamo: Any) -> None:
    for number in range(30):
        dynamo.put_item(TableName="visits", Item={**item_of(102_400), "sk": {"S": f"{number:02}"}})
    pages = dynamo.get_paginator("query").paginate(
        TableName="visits", KeyConditionExpression="pk = :v", ExpressionAttributeValues={":v": {"S": "a"}}
    )
    assert [page["Count"] for page in pages] == [10, 10, 10]


def test_a_limit_that_is_reached_answers_a_last_key_though_nothing_follows(dynamo: Any) -> None:
    for number in range(3):
        dynamo.put_item(TableName="visits", Item={**KEY, "sk": {"S": str(number)}})
    page = query(dynamo, "pk = :v", "a", Limit=3)
    assert page["LastEvaluatedKey"] == {**KEY, "sk": {"S": "2"}}
    last = query(dynamo, "pk = :v", "a", Limit=3, ExclusiveStartKey=page["LastEvaluatedKey"])
    assert last["Count"] == 0
    assert "LastEvaluatedKey" not in last
    assert "LastEvaluatedKey" not in query(dynamo, "pk = :v", "a", Limit=4)


def test_a_batch_read_of_over_16_mb_leaves_keys_over_with_their_parameters(dynamo: Any) -> None:
    for number in range(45):
        dynamo.put_item(TableName="visits", Item={**item_of(400_000), "sk": {"S": f"{number:02}"}})
    keys = [{**KEY, "sk": {"S": f"{number:02}"}} for number in range(45)]
    answer = dynamo.batch_get_item(RequestItems={"visits": {"Keys": keys, "ProjectionExpression": "sk"}})
    left = answer["UnprocessedKeys"]["visits"]
    assert [len(answer["Responses"]["visits"]), len(left["Keys"])] == [41, 4]
    assert left["ProjectionExpression"] == "sk"
    again = dynamo.batch_get_item(RequestItems=answer["UnprocessedKeys"])
    assert [item["sk"]["S"] for item in again["Responses"]["visits"]] == ["41", "42", "43", "44"]
    assert all(set(item) == {"sk"} for item in again["Responses"]["visits"])


def test_a_scan_goes_through_everything_once_in_segments_and_pages(dynamo: Any) -> None:
    names = {f"p{number}" for number in range(40)}
    for name in names:
        for sk in ("1", "2"):
            dynamo.put_item(TableName="visits", Item={"pk": {"S": name}, "sk": {"S": sk}, **LISTED})
    for more in ({}, {"IndexName": "list1"}):
        found, start = [], {}
        while start is not None:
            page = dynamo.scan(TableName="visits", Limit=7, **more, **start)
            found += [(item["pk"]["S"], item["sk"]["S"]) for item in page["Items"]]
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]} if "LastEvaluatedKey" in page else None
        assert sorted(found) == sorted((name, sk) for name in names for sk in ("1", "2"))
        assert more or found != sorted(found), "sorted by chance or by design: a scan has no such order"
    parts = [
        {item["pk"]["S"] for item in dynamo.scan(TableName="visits", Segment=n, TotalSegments=3)["Items"]}
        for n in range(3)
    ]
    assert set().union(*parts) == names
    assert sum(map(len, parts)) == len(names)
    assert all(parts)
