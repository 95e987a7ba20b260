"""Conflicts between requests under way at once, and what goes wrong on demand."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.store import Store
from infra.local.store.contention import Contention, Flight
from infra.local.store.faults import Faults, FunctionKilled

pytestmark = pytest.mark.store

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
OTHER = {**KEY, "sk": {"S": "c"}}
PUT = {"Put": {"TableName": "visits", "Item": KEY}}
PUT_OTHER = {"Put": {"TableName": "visits", "Item": OTHER}}
GET = {"Get": {"TableName": "visits", "Key": KEY}}
CHECK = {"ConditionCheck": {"TableName": "visits", "Key": KEY, "ConditionExpression": "attribute_not_exists(pk)"}}


@pytest.fixture
def once(cloud: Store, make_table: Callable[..., None]) -> Any:
    """A client that tries nothing again."""
    client = boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
    _ = client.exceptions.ClientError
    make_table(client)
    make_table(client, "people")
    return client


def code_of(call: Callable[[], Any]) -> str:
    """The code that the call is refused with, and for a transaction its reasons."""
    with pytest.raises(ClientError) as caught:
        call()
    response: dict[str, Any] = caught.value.response
    reasons = [reason["Code"] for reason in response.get("CancellationReasons", [])]
    return ",".join([response["Error"]["Code"], *reasons])


def transact(client: Any, *items: dict[str, Any], **more: Any) -> Any:
    return client.transact_write_items(TransactItems=list(items), **more)


class Held:
    """Requests that have come in and wait for the store, as those of other callers do."""

    def __init__(self, store: Store) -> None:
        self._lock = store._tables.units.lock
        self._threads = ThreadPoolExecutor(8)
        self._waiting = store

    def __enter__(self) -> "Held":
        self._lock.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()
        self._threads.shutdown()

    def come_in(self, call: Callable[[], Any], entered: threading.Event) -> "Future[Any]":
        """Starts the call and waits until it is under way."""
        future = self._threads.submit(call)
        assert entered.wait(30), "the request did not come in"
        entered.clear()
        return future


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set each time a request has come in."""
    event = threading.Event()
    enter = Contention._enter

    def seen(contention: Contention, flight: Flight) -> Any:
        holds = enter(contention, flight)
        event.set()
        return holds

    monkeypatch.setattr(Contention, "_enter", seen)
    return event


# ---- Developer Guide, "Amazon DynamoDB Transactions: How it works": transaction conflict handling ----
def test_a_single_write_that_meets_a_transaction_is_refused(cloud: Store, once: Any, entered: threading.Event) -> None:
    update = {
        "TableName": "visits",
        "Key": KEY,
        "UpdateExpression": "SET t = :t",
        "ExpressionAttributeValues": {":t": {"S": "x"}},
    }
    with Held(cloud) as held:
        first = held.come_in(lambda: transact(once, PUT), entered)
        late = [
            held.come_in(lambda: code_of(lambda: once.put_item(TableName="visits", Item=KEY)), entered),
            held.come_in(lambda: code_of(lambda: once.delete_item(TableName="visits", Key=KEY)), entered),
            held.come_in(lambda: code_of(lambda: once.update_item(**update)), entered),
        ]
        free = held.come_in(lambda: once.put_item(TableName="visits", Item=OTHER), entered)
        read = held.come_in(lambda: once.get_item(TableName="visits", Key=KEY), entered)
    first.result(), free.result(), read.result()
    assert [each.result() for each in late] == ["TransactionConflictException"] * 3
    assert {item["sk"]["S"] for item in once.scan(TableName="visits")["Items"]} == {"b", "c"}
    assert [(each.operation, each.conflicts) for each in cloud.meter.counts() if each.conflicts] == [
        ("DeleteItem", 1), ("PutItem", 1), ("UpdateItem", 1),
    ]  # fmt: skip


def test_a_transaction_that_meets_a_transaction_is_canceled_with_the_item_named(
    cloud: Store, once: Any, entered: threading.Event
) -> None:
    with Held(cloud) as held:
        first = held.come_in(lambda: transact(once, CHECK), entered)
        late = held.come_in(lambda: code_of(lambda: transact(once, PUT_OTHER, PUT)), entered)
        read = held.come_in(lambda: code_of(lambda: once.transact_get_items(TransactItems=[GET])), entered)
        # Refused, so it holds nothing itself.
        third = held.come_in(lambda: transact(once, PUT_OTHER), entered)
    first.result(), third.result()
    assert late.result() == "TransactionCanceledException,None,TransactionConflict"
    assert read.result() == "TransactionCanceledException,TransactionConflict"
    transact(once, PUT)


def test_a_transactional_read_meets_single_writes_but_a_transaction_does_not(
    cloud: Store, once: Any, entered: threading.Event
) -> None:
    with Held(cloud) as held:
        first = held.come_in(lambda: once.put_item(TableName="visits", Item=KEY), entered)
        read = held.come_in(lambda: code_of(lambda: once.transact_get_items(TransactItems=[GET])), entered)
        write = held.come_in(lambda: transact(once, PUT), entered)
    first.result(), write.result()
    assert read.result() == "TransactionCanceledException,TransactionConflict"


def test_a_batch_leaves_over_what_a_transaction_holds(cloud: Store, once: Any, entered: threading.Event) -> None:
    requests = {"visits": [{"PutRequest": {"Item": KEY}}, {"PutRequest": {"Item": OTHER}}]}
    with Held(cloud) as held:
        first = held.come_in(lambda: transact(once, CHECK), entered)
        batch = held.come_in(lambda: once.batch_write_item(RequestItems=requests), entered)
    first.result()
    assert batch.result()["UnprocessedItems"] == {"visits": [{"PutRequest": {"Item": KEY}}]}
    assert [item["sk"]["S"] for item in once.scan(TableName="visits")["Items"]] == ["c"]


def test_a_token_whose_transaction_is_under_way_is_told_so(cloud: Store, once: Any, entered: threading.Event) -> None:
    with Held(cloud) as held:
        first = held.come_in(lambda: transact(once, PUT, ClientRequestToken="t"), entered)
        again = held.come_in(lambda: code_of(lambda: transact(once, PUT, ClientRequestToken="t")), entered)
    first.result()
    assert again.result() == "TransactionInProgressException"
    transact(once, PUT, ClientRequestToken="t")


def test_one_caller_after_the_other_never_conflicts(cloud: Store, once: Any) -> None:
    for _ in range(20):
        transact(once, PUT)
        once.put_item(TableName="visits", Item=KEY)
    assert not any(each.conflicts for each in cloud.meter.counts())


# ---- on demand ----
def test_throttled_calls_answer_as_tables_on_demand_do(cloud: Store, once: Any) -> None:
    cloud.faults.cause("throttle", "visits", {"PutItem"}, times=2)
    for _ in range(2):
        assert code_of(lambda: once.put_item(TableName="visits", Item=KEY)) == "ThrottlingException"
    once.put_item(TableName="visits", Item=KEY)
    fault = cloud.faults.cause("throttle", "visits")
    assert code_of(lambda: once.get_item(TableName="visits", Key=KEY)) == "ThrottlingException"
    assert code_of(lambda: once.scan(TableName="visits")) == "ThrottlingException"
    assert code_of(lambda: transact(once, PUT)) == "TransactionCanceledException,ThrottlingError"
    once.put_item(TableName="people", Item=KEY)
    cloud.faults.withdraw(fault)
    once.get_item(TableName="visits", Key=KEY)
    assert fault.met == 3
    assert sum(each.throttled for each in cloud.meter.counts()) == 5


def test_a_table_with_provisioned_capacity_says_that_it_is_exceeded(cloud: Store, once: Any) -> None:
    once.create_table(
        TableName="small",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    )
    cloud.faults.cause("throttle", "small")
    item = {"pk": {"S": "a"}}
    put = {"TableName": "small", "Item": item}
    assert code_of(lambda: once.put_item(**put)) == "ProvisionedThroughputExceededException"
    assert code_of(lambda: transact(once, {"Put": put})) == "TransactionCanceledException,ProvisionedThroughputExceeded"


def test_a_batch_is_carried_out_where_there_is_capacity(cloud: Store, once: Any) -> None:
    """API Reference, BatchWriteItem and BatchGetItem: unprocessed items; an error only if none is processed."""
    fault = cloud.faults.cause("throttle", "visits")
    puts = {name: [{"PutRequest": {"Item": KEY}}] for name in ("visits", "people")}
    assert once.batch_write_item(RequestItems=puts)["UnprocessedItems"] == {"visits": puts["visits"]}
    assert code_of(lambda: once.batch_write_item(RequestItems={"visits": puts["visits"]})) == "ThrottlingException"
    keys = {name: {"Keys": [KEY], "ConsistentRead": True} for name in ("visits", "people")}
    found = once.batch_get_item(RequestItems=keys)
    assert (found["Responses"], found["UnprocessedKeys"]) == ({"people": [KEY]}, {"visits": keys["visits"]})
    cloud.faults.withdraw(fault)
    assert once.batch_write_item(RequestItems=puts)["UnprocessedItems"] == {}


def test_a_share_strikes_by_the_seed(cloud: Store, once: Any) -> None:
    def struck(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.cause("conflict", share=0.2)
        return [faults.strikes("conflict", "visits", "PutItem") for _ in range(500)]

    assert struck(1) == struck(1) != struck(2)
    assert 60 < sum(struck(1)) < 140
    cloud.faults.cause("conflict", share=0.5)
    for _ in range(40):
        try:
            once.put_item(TableName="visits", Item=KEY)
        except once.exceptions.TransactionConflictException:
            continue
    assert 5 < sum(each.conflicts for each in cloud.meter.counts()) < 35
    once.get_item(TableName="visits", Key=KEY)  # reads meet no transaction


def test_a_failing_server_does_nothing_and_a_lost_answer_hides_what_was_done(cloud: Store, once: Any) -> None:
    cloud.faults.cause("fail", "visits", times=1)
    assert code_of(lambda: transact(once, PUT, ClientRequestToken="t")) == "InternalServerError"
    assert once.scan(TableName="visits")["Count"] == 0
    cloud.faults.cause("lose answer", "visits", times=1)
    assert code_of(lambda: transact(once, PUT, ClientRequestToken="t")) == "InternalServerError"
    assert once.scan(TableName="visits")["Count"] == 1
    transact(once, PUT, ClientRequestToken="t")
    assert once.scan(TableName="visits")["Count"] == 1


def test_a_function_is_killed_right_after_its_write_and_nobody_else_is(cloud: Store, once: Any) -> None:
    cloud.faults.cause("kill", "visits", times=1)
    once.put_item(TableName="visits", Item=OTHER)  # not asked by a function
    cloud.meter.caller = lambda: "a-function"
    with pytest.raises(FunctionKilled):
        once.put_item(TableName="visits", Item=KEY)
    assert once.scan(TableName="visits")["Count"] == 2
    assert cloud.faults.active() == []


def test_boto_tries_throttled_calls_again_by_itself(cloud: Store, once: Any) -> None:
    cloud.faults.cause("throttle", "visits", times=2)
    patient = boto3.client("dynamodb", config=Config(retries={"mode": "standard", "max_attempts": 3}))
    patient.put_item(TableName="visits", Item=KEY)
    assert cloud.faults.active() == []


def test_one_partition_takes_a_thousand_writes_a_second() -> None:
    now = [100.0]
    faults = Faults(monotonic=lambda: now[0])
    hot, cold = ("visits", "Sa", "Sb"), ("visits", "Sz", "Sb")
    for _ in range(2000):
        faults.use(hot, 0, 1)
    assert not faults.is_exhausted(hot, "PutItem")
    faults.limit_partitions()
    for _ in range(1000):
        assert not faults.is_exhausted(hot, "PutItem")
        faults.use(hot, 0, 1)
    assert faults.is_exhausted(hot, "PutItem")
    assert not faults.is_exhausted(hot, "GetItem")
    assert not faults.is_exhausted(cold, "PutItem")
    now[0] += 1
    assert not faults.is_exhausted(hot, "PutItem")


def test_a_hot_partition_is_throttled_when_asked_for(cloud: Store, once: Any) -> None:
    cloud.faults.limit_partitions(reads=1_000_000, writes=1)
    codes = []
    for number in range(200):
        try:
            once.put_item(TableName="visits", Item={**KEY, "sk": {"S": str(number)}})
        except ClientError as error:
            codes.append(error.response["Error"]["Code"])
    assert set(codes) == {"ThrottlingException"}
    cloud.faults.clear()
    once.put_item(TableName="visits", Item=KEY)


def test_an_index_that_lags_answers_from_before(cloud: Store, once: Any) -> None:
    """Developer Guide, "Using Global Secondary Indexes in DynamoDB": reads of an index are eventually consistent."""
    now = [0.0]
    cloud.faults.index_lag._monotonic = lambda: now[0]

    def put(sk: str, place: str) -> None:
        item = {"pk": {"S": "a"}, "sk": {"S": sk}, "list1pk": {"S": "l"}, "list1sk": {"S": place}}
        once.put_item(TableName="visits", Item=item)

    def listed(**more: Any) -> list[str]:
        page = once.query(
            TableName="visits",
            IndexName="list1",
            KeyConditionExpression="list1pk = :l",
            ExpressionAttributeValues={":l": {"S": "l"}},
            **more,
        )
        return [item["sk"]["S"] + item["list1sk"]["S"] for item in page["Items"]]

    put("x", "1")
    put("y", "2")
    cloud.faults.lag_indexes(2.0)
    assert listed() == ["x1", "y2"]
    put("z", "0")
    put("x", "9")
    put("x", "8")
    once.delete_item(TableName="visits", Key={"pk": {"S": "a"}, "sk": {"S": "y"}})
    assert listed() == ["x1", "y2"]
    assert listed(ScanIndexForward=False, Limit=1) == ["y2"]
    assert once.get_item(TableName="visits", Key={"pk": {"S": "a"}, "sk": {"S": "x"}})["Item"]["list1sk"]["S"] == "8"
    now[0] += 2
    assert listed() == ["z0", "x8"]
    put("y", "7")
    cloud.faults.clear()
    assert listed() == ["z0", "y7", "x8"]
