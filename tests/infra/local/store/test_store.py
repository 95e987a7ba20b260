"""What is kept over a restart, who is turned away, and that threads do not hurt each other."""

import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
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
    StoreUnwritable,
    installed,
)
from infra.local.store.testing import memory_cloud

pytestmark = pytest.mark.store

ITEM = {
    "pk": {"S": "医生"},
    "sk": {"S": "1"},
    "list1pk": {"S": "x"},
    "list1sk": {"S": "y"},
    "score": {"N": "1.50"},
    "photo": {"B": b"\x00\xff"},
    "deep": {"M": {"l": {"L": [{"B": b"\xfe"}, {"BS": [b"a", b"\xff"]}, {"NULL": True}, {"BOOL": False}]}}},
    "tags": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
    "empty": {"S": ""},
}
KEY = {"pk": ITEM["pk"], "sk": ITEM["sk"]}


@pytest.fixture
def frequent_switching() -> Iterator[None]:
    """Threads take turns a hundred times as often, so that a missing lock shows."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.00005)
    yield
    sys.setswitchinterval(before)


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
    cloud._database.connection.execute("PRAGMA max_page_count=1")  # as a full disk
    with pytest.raises(StoreUnwritable, match="full"):
        dynamo.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": "visits", "Item": {**ITEM, "big": {"S": "x" * 100_000}}}},
                {"Put": {"TableName": "visits", "Item": {"pk": {"S": "q"}, "sk": {"S": "q"}}}},
            ]
        )
    assert dynamo.scan(TableName="visits")["Items"] == [ITEM]
    cloud._database.connection.execute("PRAGMA max_page_count=1000000")
    dynamo.put_item(TableName="visits", Item={**ITEM, "big": {"S": "x"}})
    assert dynamo.get_item(TableName="visits", Key=KEY)["Item"]["big"] == {"S": "x"}


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


# ---- keys, secrets, messages ----
def test_what_was_encrypted_and_signed_opens_after_a_restart(run: Callable[..., Any]) -> None:
    def first(store: Store) -> tuple[Any, ...]:
        kms = boto3.client("kms")
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName="alias/fields", TargetKeyId=key)
        signer = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        signature = kms.sign(KeyId=signer, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")["Signature"]
        boto3.client("secretsmanager").create_secret(Name="tokens", SecretString="s1")
        boto3.client("secretsmanager").put_secret_value(SecretId="tokens", SecretString="s2")
        return kms.encrypt(KeyId="alias/fields", Plaintext=b"name")["CiphertextBlob"], signer, signature

    cipher, signer, signature = run(first)

    def second(store: Store) -> None:
        kms = boto3.client("kms")
        assert kms.decrypt(CiphertextBlob=cipher)["Plaintext"] == b"name"
        assert kms.encrypt(KeyId="alias/fields", Plaintext=b"x")["CiphertextBlob"]
        assert kms.verify(KeyId=signer, Message=b"m", Signature=signature, SigningAlgorithm="ECDSA_SHA_256")[
            "SignatureValid"
        ]
        assert boto3.client("secretsmanager").get_secret_value(SecretId="tokens")["SecretString"] == "s2"

    run(second)


def test_messages_survive_and_deleted_ones_do_not(run: Callable[..., Any]) -> None:
    def queue() -> dict[str, str]:
        return {"QueueUrl": boto3.client("sqs").get_queue_url(QueueName="work")["QueueUrl"]}

    def first(store: Store) -> None:
        sqs = boto3.client("sqs")
        attributes = {"kind": {"DataType": "Binary", "BinaryValue": b"\xff"}}
        sqs.send_message(**queue(), MessageBody="gone")
        got = sqs.receive_message(**queue())["Messages"][0]
        sqs.delete_message(**queue(), ReceiptHandle=got["ReceiptHandle"])
        for body in ("one", "two", "three"):
            sqs.send_message(**queue(), MessageBody=body, MessageAttributes=attributes)
        sqs.send_message(**queue(), MessageBody="later", DelaySeconds=600)
        assert sqs.receive_message(**queue(), VisibilityTimeout=3600)["Messages"][0]["Body"] == "one"

    run(first)

    def second(store: Store) -> None:
        sqs = boto3.client("sqs")
        got = sqs.receive_message(**queue(), MaxNumberOfMessages=10, MessageAttributeNames=["All"])["Messages"]
        assert [message["Body"] for message in got] == ["one", "two", "three"]
        assert got[0]["MessageAttributes"]["kind"]["BinaryValue"] == b"\xff"
        seen = sqs.get_queue_attributes(**queue(), AttributeNames=["All"])["Attributes"]
        assert seen["ApproximateNumberOfMessagesDelayed"] == "1"
        sqs.purge_queue(**queue())

    run(second)
    assert run(lambda store: store.load().messages) == 0
    assert "Messages" not in run(lambda store: boto3.client("sqs").receive_message(**queue()))


def test_a_message_in_the_dead_letter_queue_is_found_there_after_a_restart(tmp_path: Path) -> None:
    def use(work: Callable[[Any, str, str], Any]) -> Any:
        with Store.open(tmp_path) as store, mock_aws(), installed(store):
            sqs = boto3.client("sqs")
            dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
            arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            redrive = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": "1"}}'
            live = sqs.create_queue(QueueName="live", Attributes={"RedrivePolicy": redrive})["QueueUrl"]
            store.load()
            return work(sqs, live, dead)

    def fail(sqs: Any, live: str, dead: str) -> None:
        sqs.send_message(QueueUrl=live, MessageBody="poison")
        assert sqs.receive_message(QueueUrl=live, VisibilityTimeout=0)["Messages"]
        assert "Messages" not in sqs.receive_message(QueueUrl=live)

    use(fail)
    bodies = use(
        lambda sqs, live, dead: [sqs.receive_message(QueueUrl=url).get("Messages", []) for url in (live, dead)]
    )
    assert [[message["Body"] for message in each] for each in bodies] == [[], ["poison"]]


def test_a_message_past_its_retention_goes_and_holds_up_no_other(run: Callable[..., Any]) -> None:
    def send(store: Store) -> None:
        sqs = boto3.client("sqs")
        sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="work")["QueueUrl"], MessageBody="old")

    run(send)

    def receive(store: Store) -> list[Any]:
        sqs = boto3.client("sqs")
        return list(sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName="work")["QueueUrl"]).get("Messages", []))

    assert run(receive, clock=lambda: time.time() + 5 * 86_400) == []
    assert run(receive) == []


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


# ---- threads ----
def test_eight_threads_win_a_slot_of_200_exactly_200_times(dynamo: Any, frequent_switching: None) -> None:
    dynamo.put_item(TableName="visits", Item={**KEY, "left": {"N": "200"}})
    # botocore makes a client's exception classes on first use, and two threads at once get two sets of them.
    canceled = dynamo.exceptions.TransactionCanceledException

    def race(number: int) -> int:
        won = 0
        for attempt in range(30):
            take = {
                "TableName": "visits",
                "Key": KEY,
                "UpdateExpression": "ADD #left :minus",
                "ConditionExpression": "#left > :zero",
                "ExpressionAttributeNames": {"#left": "left"},
                "ExpressionAttributeValues": {":minus": {"N": "-1"}, ":zero": {"N": "0"}},
            }
            ticket = {"pk": {"S": "ticket"}, "sk": {"S": f"{number}-{attempt}"}}
            steps = [{"Update": take}, {"Put": {"TableName": "visits", "Item": ticket}}]
            try:
                dynamo.transact_write_items(TransactItems=steps)
            except canceled:
                continue
            won += 1
        return won

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(race, range(8))) == 200
    assert dynamo.get_item(TableName="visits", Key=KEY)["Item"]["left"]["N"] == "0"
    tickets = dynamo.query(
        TableName="visits", KeyConditionExpression="pk = :t", ExpressionAttributeValues={":t": {"S": "ticket"}}
    )
    assert tickets["Count"] == 200


def test_a_queue_with_many_senders_and_receivers_loses_nothing(cloud: Store, frequent_switching: None) -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="busy")["QueueUrl"]
    seen: set[str] = set()
    wanted = {f"{sender}-{number}" for sender in range(4) for number in range(25)}
    end = threading.Event()

    def send(sender: int) -> None:
        for number in range(25):
            sqs.send_message(QueueUrl=url, MessageBody=f"{sender}-{number}")

    def receive(_: int) -> None:
        while not end.is_set():
            for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", []):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                seen.add(message["Body"])
            if seen == wanted:
                end.set()

    with ThreadPoolExecutor(7) as threads:
        stop = threading.Timer(20, end.set)
        stop.start()
        work = [threads.submit(send, number) for number in range(4)]
        work += [threads.submit(receive, number) for number in range(3)]
        for each in work:
            each.result()
        stop.cancel()
    assert seen == wanted


def test_a_fresh_cloud_knows_nothing_of_the_last(make_table: Callable[..., None]) -> None:
    client = None
    for _ in range(2):
        with memory_cloud():
            client = client or boto3.client("dynamodb")
            make_table(client)
            assert client.scan(TableName="visits")["Count"] == 0
            client.put_item(TableName="visits", Item=ITEM)
