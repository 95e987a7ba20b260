"""What DynamoDB rejects and moto lets pass."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.store import Store

pytestmark = pytest.mark.store

ITEM = {"pk": {"S": "a"}, "sk": {"S": "b"}}
WRONG_INDEX_KEYS = [
    ({"list1pk": {"N": "1"}}, "Type mismatch for Index Key list1pk Expected: S Actual: N IndexName: list1"),
    ({"score": {"S": "1"}}, "Type mismatch for Index Key score Expected: N Actual: S IndexName: scores"),
    ({"list1sk": {"S": ""}}, "IndexKey: list1sk"),
]


def refused(call: Callable[..., Any], **arguments: Any) -> tuple[str, str]:
    """The code and message of the error that the call must answer."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize(("more", "message"), WRONG_INDEX_KEYS)
def test_an_index_key_of_a_wrong_type_or_empty_is_refused_on_put(
    dynamo: Any, more: dict[str, Any], message: str
) -> None:
    code, found = refused(dynamo.put_item, TableName="visits", Item={**ITEM, **more})
    assert code == "ValidationException"
    assert message in found or "IndexKey" in found
    assert dynamo.scan(TableName="visits")["Count"] == 0


@pytest.mark.parametrize(("more", "message"), WRONG_INDEX_KEYS)
def test_an_index_key_of_a_wrong_type_or_empty_is_refused_on_update(
    dynamo: Any, more: dict[str, Any], message: str
) -> None:
    dynamo.put_item(TableName="visits", Item=ITEM)
    ((name, value),) = more.items()
    code, _ = refused(
        dynamo.update_item,
        TableName="visits",
        Key=ITEM,
        UpdateExpression=f"SET {name} = :v",
        ExpressionAttributeValues={":v": value},
    )
    assert code == "ValidationException"
    assert dynamo.get_item(TableName="visits", Key=ITEM)["Item"] == ITEM


def test_an_index_key_of_a_wrong_type_cancels_a_transaction_with_its_reason(dynamo: Any) -> None:
    good = {"Put": {"TableName": "visits", "Item": ITEM}}
    bad = {"Put": {"TableName": "visits", "Item": {"pk": {"S": "c"}, "sk": {"S": "d"}, "list1pk": {"N": "1"}}}}
    with pytest.raises(ClientError) as caught:
        dynamo.transact_write_items(TransactItems=[good, bad])
    assert caught.value.response["Error"]["Code"] == "TransactionCanceledException"
    assert [reason["Code"] for reason in caught.value.response["CancellationReasons"]] == ["None", "ValidationError"]
    assert dynamo.scan(TableName="visits")["Count"] == 0


def test_a_batch_of_26_is_refused(dynamo: Any) -> None:
    requests = [{"PutRequest": {"Item": {"pk": {"S": "a"}, "sk": {"S": str(number)}}}} for number in range(26)]
    code, message = refused(dynamo.batch_write_item, RequestItems={"visits": requests})
    assert (code, message) == ("ValidationException", "Too many items requested for the BatchWriteItem call")
    dynamo.batch_write_item(RequestItems={"visits": requests[:25]})
    assert dynamo.scan(TableName="visits")["Count"] == 25


def test_a_batch_with_a_key_twice_or_a_wrong_key_writes_nothing(dynamo: Any) -> None:
    put = {"PutRequest": {"Item": ITEM}}
    for other in (
        {"PutRequest": {"Item": {**ITEM, "more": {"S": "x"}}}},
        {"DeleteRequest": {"Key": ITEM}},
        {"PutRequest": {"Item": {"pk": {"S": "z"}, "sk": {"N": "1"}}}},
    ):
        code, _ = refused(dynamo.batch_write_item, RequestItems={"visits": [put, other]})
        assert code == "ValidationException"
    assert dynamo.scan(TableName="visits")["Count"] == 0


def test_the_same_item_twice_in_a_transaction_is_refused(dynamo: Any) -> None:
    put = {"Put": {"TableName": "visits", "Item": ITEM}}
    delete = {"Delete": {"TableName": "visits", "Key": ITEM}}
    code, message = refused(dynamo.transact_write_items, TransactItems=[put, delete])
    assert code == "ValidationException"
    assert "multiple operations on one item" in message


def test_keys_that_do_not_match_the_table_are_refused(dynamo: Any) -> None:
    wrong = [{**ITEM, "list1pk": {"S": "x"}}, {"pk": {"S": "a"}, "sk": {"N": "1"}}, {"pk": {"S": "a"}}]
    for key in wrong:
        for call in (dynamo.get_item, dynamo.delete_item):
            assert refused(call, TableName="visits", Key=key)[0] == "ValidationException"
        steps = [{"Delete": {"TableName": "visits", "Key": key}}]
        assert refused(dynamo.transact_write_items, TransactItems=steps)[0] == "ValidationException"


def test_partiql_is_refused(dynamo: Any) -> None:
    code, message = refused(dynamo.execute_statement, Statement="SELECT * FROM visits")
    assert code == "ValidationException"
    assert "PartiQL" in message


def test_short_names_are_refused(cloud: Store, make_table: Callable[..., None]) -> None:
    client = boto3.client("dynamodb")
    for name in ("ab", "no spaces"):
        assert refused(make_table, client=client, name=name)[0] == "ValidationException"
    assert client.list_tables()["TableNames"] == []


def test_a_query_operand_of_a_wrong_type_is_refused(dynamo: Any) -> None:
    code, message = refused(
        dynamo.query,
        TableName="visits",
        KeyConditionExpression="pk = :p AND sk > :s",
        ExpressionAttributeValues={":p": {"S": "a"}, ":s": {"N": "1"}},
    )
    assert code == "ValidationException"
    assert "type does not match" in message


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ({"pk": {"S": "a"}}, "starting key is invalid"),
        ({"pk": {"S": "a"}, "sk": {"N": "1"}}, "starting key is invalid"),
        ({"pk": {"S": "other"}, "sk": {"S": "1"}}, "outside query boundaries"),
    ],
)
def test_a_forged_start_key_is_refused(dynamo: Any, start: dict[str, Any], message: str) -> None:
    code, found = refused(
        dynamo.query,
        TableName="visits",
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": {"S": "a"}},
        ExclusiveStartKey=start,
    )
    assert code == "ValidationException"
    assert message in found


def test_a_number_that_is_none_is_refused_in_an_update(dynamo: Any) -> None:
    code, _ = refused(
        dynamo.update_item,
        TableName="visits",
        Key=ITEM,
        UpdateExpression="SET score = :n",
        ExpressionAttributeValues={":n": {"N": "ten"}},
    )
    assert code == "ValidationException"
    assert dynamo.scan(TableName="visits")["Count"] == 0


def test_a_hundred_items_are_read_in_one_transaction(dynamo: Any) -> None:
    for number in range(30):
        dynamo.put_item(TableName="visits", Item={"pk": {"S": "a"}, "sk": {"S": str(number)}})
    steps = [{"Get": {"TableName": "visits", "Key": {"pk": {"S": "a"}, "sk": {"S": str(n)}}}} for n in range(30)]
    assert len(dynamo.transact_get_items(TransactItems=steps)["Responses"]) == 30
