"""The change list: order, redelivery, waiting, trimming."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.store import Change, Store

pytestmark = pytest.mark.store


def put(client: Any, number: int, table: str = "visits", **more: dict[str, Any]) -> None:
    client.put_item(TableName=table, Item={"pk": {"S": "p"}, "sk": {"S": str(number)}, **more})


def test_each_kind_of_change_with_its_images(cloud: Store, dynamo: Any) -> None:
    key = {"pk": {"S": "p"}, "sk": {"S": "1"}}
    put(dynamo, 1, photo={"B": b"\xff"}, tags={"SS": ["b", "a"]})
    dynamo.update_item(
        TableName="visits", Key=key, UpdateExpression="SET a = :a", ExpressionAttributeValues={":a": {"N": "1"}}
    )
    put(dynamo, 1, photo={"B": b"\xff"}, tags={"SS": ["a", "b"]}, a={"N": "1"})  # nothing changes: no record
    dynamo.delete_item(TableName="visits", Key=key)
    dynamo.delete_item(TableName="visits", Key=key)
    first = {**key, "photo": {"B": "/w=="}, "tags": {"SS": ["a", "b"]}}
    second = {**first, "a": {"N": "1"}}
    found = [(change.name, change.old, change.new) for change in cloud.changes("any", ["visits"])]
    assert found == [("INSERT", None, first), ("MODIFY", first, second), ("REMOVE", second, None)]


def test_a_transaction_that_fails_leaves_no_change(cloud: Store, dynamo: Any) -> None:
    put(dynamo, 1)
    check = {"TableName": "visits", "Key": {"pk": {"S": "no"}, "sk": {"S": "no"}}}
    with pytest.raises(dynamo.exceptions.TransactionCanceledException):
        dynamo.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": "visits", "Item": {"pk": {"S": "p"}, "sk": {"S": "2"}}}},
                {"ConditionCheck": {**check, "ConditionExpression": "attribute_exists(pk)"}},
            ]
        )
    assert [change.new and change.new["sk"]["S"] for change in cloud.changes("any", ["visits"])] == ["1"]


def test_changes_come_in_order_again_and_again_until_they_are_done(cloud: Store, dynamo: Any) -> None:
    cloud.register("outbox", ["visits"])
    for number in range(10):
        put(dynamo, number)
    first = cloud.changes("outbox", ["visits"], limit=4)
    assert [change.new and change.new["sk"]["S"] for change in first] == ["0", "1", "2", "3"]
    assert cloud.changes("outbox", ["visits"], limit=4) == first
    cloud.done("outbox", first[1].seq)
    rest = cloud.changes("outbox", ["visits"])
    assert [change.seq for change in rest] == [change.seq for change in first[2:]] + [
        first[-1].seq + step for step in range(1, 7)
    ]
    cloud.done("outbox", first[0].seq)
    assert cloud.checkpoint("outbox") == first[1].seq


def test_a_table_without_stream_has_no_changes(cloud: Store, dynamo: Any, make_table: Callable[..., None]) -> None:
    make_table(dynamo, "requests", stream=False)
    put(dynamo, 1, "requests")
    put(dynamo, 2)
    assert [change.table for change in cloud.changes("any", ["visits", "requests"])] == ["visits"]


def test_a_waiting_consumer_is_woken_by_its_own_table(
    cloud: Store, dynamo: Any, make_table: Callable[..., None]
) -> None:
    make_table(dynamo, "people")
    got: list[tuple[float, list[Change]]] = []
    begin = time.monotonic()
    waiting = threading.Thread(
        target=lambda: got.append((time.monotonic(), cloud.changes("outbox", ["visits"], wait=10)))
    )
    waiting.start()
    put(dynamo, 1, "people")
    time.sleep(0.1)
    put(dynamo, 2)
    waiting.join(5)
    assert not waiting.is_alive()
    assert [change.table for change in got[0][1]] == ["visits"]
    assert time.monotonic() - begin < 5
    assert cloud.changes("people", ["people"], wait=0)[0].table == "people"


def test_waiting_ends_when_nothing_comes(cloud: Store) -> None:
    begin = time.monotonic()
    assert cloud.changes("any", ["visits"], wait=0.2) == []
    assert 0.15 < time.monotonic() - begin < 2


def test_trim_keeps_what_a_registered_consumer_has_not_done(
    cloud: Store, dynamo: Any, make_table: Callable[..., None]
) -> None:
    make_table(dynamo, "people")
    for number in range(3):
        put(dynamo, number)
        put(dynamo, number, "people")
    assert cloud.trim() == 0
    cloud.register("slow", ["visits"])
    cloud.register("quick", ["visits", "people"])
    cloud.done("quick", cloud.last_seq())
    assert cloud.trim() == 3  # all of people
    cloud.done("slow", cloud.changes("slow", ["visits"])[0].seq)
    assert cloud.trim() == 1
    cloud.forget("slow")
    assert cloud.trim() == 2
    put(dynamo, 9)
    assert len(cloud.changes("quick", ["visits", "people"])) == 1


def test_consumers_are_named_with_what_waits_for_them(
    cloud: Store, dynamo: Any, make_table: Callable[..., None]
) -> None:
    make_table(dynamo, "people")
    cloud.register("gone", ["people"])
    cloud.register("outbox", ["visits", "people"])
    for number in range(3):
        put(dynamo, number)
    cloud.done("outbox", cloud.changes("outbox", ["visits"])[0].seq)
    first = cloud.last_seq() - 2
    assert cloud.consumers() == [("gone", ("people",), 0, 0), ("outbox", ("people", "visits"), first, 2)]
    put(dynamo, 1, "people")
    cloud.forget("gone")
    assert [each.name for each in cloud.consumers()] == ["outbox"]


def test_trimmed_changes_give_their_room_back(run: Callable[..., Any], tmp_path: Path) -> None:
    file = tmp_path / "state" / "hospital.db"

    def fill(store: Store) -> None:
        store.register("outbox", ["visits"])
        client = boto3.client("dynamodb")
        for number in range(60):
            put(client, number % 3, text={"S": f"{number}" * 20_000})

    run(fill)
    before = file.stat().st_size

    def trim(store: Store) -> None:
        store.done("outbox", store.last_seq())
        assert store.trim() == 60

    run(trim)
    assert file.stat().st_size < before / 5


def test_changes_and_checkpoints_outlive_the_process(run: Callable[..., Any]) -> None:
    def first(store: Store) -> int:
        store.register("outbox", ["visits"])
        client = boto3.client("dynamodb")
        for number in range(3):
            put(client, number)
        store.done("outbox", store.changes("outbox", ["visits"])[0].seq)
        return store.last_seq()

    last = run(first)
    rest = run(lambda store: store.changes("outbox", ["visits"]))
    assert [change.seq for change in rest] == [last - 1, last]
    assert run(lambda store: store.last_seq()) == last
