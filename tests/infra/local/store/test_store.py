"""Which items and request tokens are kept over a restart, and who is turned away from a folder."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from infra.local.store import (
    Store,
    StoreBusy,
    StoreError,
    StoreOtherMoto,
    StoreTooNew,
    StoreUnreadable,
    installed,
)
from infra.local.store.testing import memory_cloud

pytestmark = pytest.mark.store

ITEM = {
    "pk": {"S": "医生"},
    "sk": {"S": "1"},
    "list1pk": {"S": "x"},
    "list1sk": {"S": "y"},
    "score": {"N": "1.5"},
    "photo": {"B": b"\x00\xff"},
    "deep": {"M": {"l": {"L": [{"B": b"\xfe"}, {"BS": [b"a", b"\xff"]}, {"NULL": True}, {"BOOL": False}]}}},
    "tags": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
    "empty": {"S": ""},
}
KEY = {"pk": ITEM["pk"], "sk": ITEM["sk"]}


# ---- items ----
def test_items_come_back_with_every_type_and_in_their_indexes(run: Callable[..., Any]) -> None:
    run(lambda store: boto3.client("dynamodb").put_item(TableName="visits", Item=ITEM))

    def look(store: Store) -> None:
        client = boto3.client("dynamodb")
        assert client.get_item(TableName="visits", Key=KEY)["Item"] == ITEM
        found = client.query(
            TableName="visits",
            IndexName="scores",
            KeyConditionExpression="list1pk = :x AND score < :n",
            ExpressionAttributeValues={":x": {"S": "x"}, ":n": {"N": "2"}},
        )
        assert found["Items"] == [ITEM]
        client.delete_item(TableName="visits", Key=KEY)

    run(look)
    assert run(lambda store: boto3.client("dynamodb").scan(TableName="visits")["Count"]) == 0


def test_the_key_1_and_the_key_1_0_are_one_row(tmp_path: Path) -> None:
    def use(work: Callable[[Any], Any]) -> Any:
        with Store.open(tmp_path) as store, mock_aws(), installed(store):
            client = boto3.client("dynamodb")
            client.create_table(
                TableName="counts",
                KeySchema=[{"AttributeName": "n", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "n", "AttributeType": "N"}],
                BillingMode="PAY_PER_REQUEST",
            )
            store.load()
            return work(client)

    use(lambda client: client.put_item(TableName="counts", Item={"n": {"N": "1"}, "v": {"S": "a"}}))
    use(lambda client: client.put_item(TableName="counts", Item={"n": {"N": "1.0"}, "v": {"S": "b"}}))
    assert [item["v"]["S"] for item in use(lambda client: client.scan(TableName="counts"))["Items"]] == ["b"]


def test_rows_of_a_table_that_left_the_template_stay(run: Callable[..., Any], tmp_path: Path) -> None:
    run(lambda store: boto3.client("dynamodb").put_item(TableName="visits", Item=ITEM))
    with Store.open(tmp_path / "state") as store, mock_aws(), installed(store):
        assert store.load().items == 0
    assert run(lambda store: boto3.client("dynamodb").scan(TableName="visits")["Count"]) == 1


def test_a_deleted_table_takes_its_rows_with_it(run: Callable[..., Any], make_table: Callable[..., None]) -> None:
    def drop(store: Store) -> None:
        client = boto3.client("dynamodb")
        client.put_item(TableName="visits", Item=ITEM)
        client.delete_table(TableName="visits")
        make_table(client)
        assert client.scan(TableName="visits")["Count"] == 0

    run(drop)
    assert run(lambda store: boto3.client("dynamodb").scan(TableName="visits")["Count"]) == 0


def test_a_table_can_be_emptied_at_start(run: Callable[..., Any], tmp_path: Path) -> None:
    run(lambda store: boto3.client("dynamodb").put_item(TableName="visits", Item=ITEM))
    with Store.open(tmp_path / "state") as store:
        last = store.last_seq()
        store.empty("visits")
        assert store.last_seq() == last
    assert run(lambda store: boto3.client("dynamodb").scan(TableName="visits")["Count"]) == 0

    def while_in_use(store: Store) -> int:
        client = boto3.client("dynamodb")
        client.put_item(TableName="visits", Item=ITEM)
        store.empty("visits")
        return int(client.scan(TableName="visits")["Count"])

    assert run(while_in_use) == 0


def test_a_write_before_load_is_refused(
    run: Callable[..., Any], make_table: Callable[..., None], tmp_path: Path
) -> None:
    run(lambda store: boto3.client("dynamodb").put_item(TableName="visits", Item=ITEM))
    with Store.open(tmp_path / "state") as store, mock_aws(), installed(store):
        client = boto3.client("dynamodb")
        make_table(client)
        with pytest.raises(StoreError, match="load"):
            client.put_item(TableName="visits", Item={**ITEM, "score": {"N": "9"}})
        store.load()
        assert client.get_item(TableName="visits", Key=KEY)["Item"] == ITEM


def test_when_the_commit_fails_the_call_fails_and_nothing_is_left(
    cloud: Store, dynamo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dynamo.put_item(TableName="visits", Item=ITEM)
    said: list[str] = []
    monkeypatch.setattr(cloud._database, "_say", said.append)
    cloud._database.connection.execute("PRAGMA max_page_count=1")  # as a full disk
    with pytest.raises(ClientError, match="full") as caught:
        dynamo.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": "visits", "Item": {**ITEM, "big": {"S": "x" * 100_000}}}},
                {"Put": {"TableName": "visits", "Item": {"pk": {"S": "q"}, "sk": {"S": "q"}}}},
            ]
        )
    assert caught.value.response["Error"]["Code"] == "InternalServerError"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert dynamo.scan(TableName="visits")["Items"] == [ITEM]
    cloud._database.connection.execute("PRAGMA max_page_count=1000000")
    dynamo.put_item(TableName="visits", Item={**ITEM, "big": {"S": "x"}})
    assert dynamo.get_item(TableName="visits", Key=KEY)["Item"]["big"] == {"S": "x"}
    assert ["full" in line for line in said] == [True, False]
    assert "is written again" in said[1]


def test_looking_for_what_is_not_there_leaves_nothing_behind(dynamo: Any) -> None:
    for number in range(5):
        missing = {"pk": {"S": f"missing-{number}"}, "sk": {"S": "1"}}
        assert "Item" not in dynamo.get_item(TableName="visits", Key=missing)
        dynamo.delete_item(TableName="visits", Key=missing)
    dynamo.put_item(TableName="visits", Item=ITEM)
    dynamo.delete_item(TableName="visits", Key=KEY)
    assert dict(dynamodb_backends[DEFAULT_ACCOUNT_ID]["cn-northwest-1"].tables["visits"].items) == {}


def test_an_item_over_400_kb_is_refused(dynamo: Any) -> None:
    with pytest.raises(ClientError, match="size has exceeded"):
        dynamo.put_item(TableName="visits", Item={**KEY, "a": {"S": "x" * 250_000}, "b": {"S": "x" * 160_000}})
    dynamo.put_item(TableName="visits", Item={**KEY, "a": {"S": "x" * 250_000}, "b": {"S": "x" * 150_000}})


# ---- request tokens ----
def booking(value: str) -> list[dict[str, Any]]:
    """A transaction that counts how often it was carried out."""
    update = {
        "TableName": "visits",
        "Key": KEY,
        "UpdateExpression": "ADD times :one SET v = :v",
        "ExpressionAttributeValues": {":one": {"N": "1"}, ":v": {"S": value}},
    }
    return [{"Update": update}]


def book(value: str, token: str = "t" * 12) -> None:
    boto3.client("dynamodb").transact_write_items(TransactItems=booking(value), ClientRequestToken=token)


def times() -> int:
    return int(boto3.client("dynamodb").get_item(TableName="visits", Key=KEY)["Item"]["times"]["N"])


def test_a_request_token_is_honoured_across_a_restart(run: Callable[..., Any]) -> None:
    run(lambda store: book("a"))

    def again(store: Store) -> None:
        book("a")
        assert times() == 1
        with pytest.raises(ClientError) as caught:
            book("b")
        assert caught.value.response["Error"]["Code"] == "IdempotentParameterMismatchException"
        book("b", token="u" * 12)
        assert times() == 2

    run(again)


def test_a_request_token_lasts_ten_minutes(make_table: Callable[..., None]) -> None:
    now = [1000.0]
    with Store.in_memory(clock=lambda: now[0]) as store, mock_aws(), installed(store):
        make_table(boto3.client("dynamodb"))
        book("a")
        now[0] += 599
        book("a")
        assert times() == 1
        now[0] += 2
        book("b")
        assert times() == 2


def test_a_transaction_that_failed_does_not_use_up_its_token(dynamo: Any) -> None:
    check = {
        "ConditionCheck": {
            "TableName": "visits",
            "Key": {"pk": {"S": "door"}, "sk": {"S": "1"}},
            "ConditionExpression": "attribute_exists(pk)",
        }
    }
    steps = [*booking("a"), check]
    with pytest.raises(dynamo.exceptions.TransactionCanceledException):
        dynamo.transact_write_items(TransactItems=steps, ClientRequestToken="t" * 12)
    dynamo.put_item(TableName="visits", Item={"pk": {"S": "door"}, "sk": {"S": "1"}})
    dynamo.transact_write_items(TransactItems=steps, ClientRequestToken="t" * 12)
    dynamo.transact_write_items(TransactItems=steps, ClientRequestToken="t" * 12)
    assert times() == 1


# ---- the folder ----
def test_a_second_process_is_turned_away(tmp_path: Path) -> None:
    with Store.open(tmp_path), pytest.raises(StoreBusy, match="in use by another process"):
        Store.open(tmp_path)
    Store.open(tmp_path).close()


def test_a_newer_folder_is_refused_and_left_alone(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "hospital.db")) as connection:
        connection.execute("PRAGMA user_version=99")
    with pytest.raises(StoreTooNew, match="format 99"):
        Store.open(tmp_path)
    with closing(sqlite3.connect(tmp_path / "hospital.db")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (99,)


def test_a_folder_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hospital.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreUnreadable, match="cannot be opened"):
        Store.open(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnreadable, match="cannot be made"):
        Store.open(tmp_path / "file")


def test_keys_kept_by_another_moto_are_refused_but_items_alone_are_not(run: Callable[..., Any], tmp_path: Path) -> None:
    def pretend() -> None:
        with closing(sqlite3.connect(tmp_path / "state" / "hospital.db", isolation_level=None)) as connection:
            connection.execute("UPDATE about SET value='4.0.0' WHERE name='moto'")

    run(lambda store: boto3.client("dynamodb").put_item(TableName="visits", Item=ITEM))
    pretend()
    assert run(lambda store: boto3.client("dynamodb").scan(TableName="visits")["Count"]) == 1
    run(lambda store: boto3.client("kms").create_key())
    pretend()
    with pytest.raises(StoreOtherMoto, match=r"moto 4\.0\.0"):
        Store.open(tmp_path / "state")


def test_a_fresh_cloud_knows_nothing_of_the_last(make_table: Callable[..., None]) -> None:
    client = None
    for _ in range(2):
        with memory_cloud():
            client = client or boto3.client("dynamodb")
            make_table(client)
            assert client.scan(TableName="visits")["Count"] == 0
            client.put_item(TableName="visits", Item=ITEM)
