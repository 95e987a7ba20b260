"""A copy of the store while it is written to: everything acknowledged before is in it, nothing is half in it."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.local.store import Store, StoreTooNew, StoreUnreadable, formats, installed
from infra.local.store.copying import check_copy

pytestmark = pytest.mark.store


@contextmanager
def opened(folder: Path, make_table: Any) -> Iterator[Store]:
    """A store with the table `visits`, the queue `work` and the bucket `records`."""
    with Store.open(folder) as store, mock_aws(), installed(store):
        store.load_keys()
        make_table(boto3.client("dynamodb"))
        boto3.client("sqs").create_queue(QueueName="work")
        boto3.client("s3").create_bucket(
            Bucket="records", CreateBucketConfiguration={"LocationConstraint": "cn-northwest-1"}
        )
        store.load()
        yield store


def write(number: int, name: str) -> None:
    """An object and then the item that names it; every third replaces the object of the one before and leaves it."""
    key = f"{name}-{number - number % 3}"
    boto3.client("s3").put_object(Bucket="records", Key=key, Body=f"{name}-{number}".encode() * 1000)
    item = {"pk": {"S": f"{name}-{number}"}, "sk": {"S": "record"}, "object": {"S": key}}
    boto3.client("dynamodb").put_item(TableName="visits", Item=item)


def records(name: str) -> dict[str, str]:
    """The items that name an object, after each object was read in full."""
    s3, found = boto3.client("s3"), {}
    for page in boto3.client("dynamodb").get_paginator("scan").paginate(TableName="visits"):
        for item in page["Items"]:
            body = s3.get_object(Bucket="records", Key=item["object"]["S"])["Body"].read().decode()
            first = body[: len(body) // 1000]
            assert first * 1000 == body and first.startswith(name)
            found[item["pk"]["S"]] = first
    return found


def test_a_copy_made_while_others_write_is_whole_and_of_one_moment(tmp_path: Path, make_table: Any) -> None:
    acknowledged: list[str] = []
    stop, going = threading.Event(), threading.Semaphore(0)

    def keep_writing(name: str) -> None:
        number = 0
        while not stop.is_set():
            write(number, name)
            acknowledged.append(f"{name}-{number}")
            going.release()
            number += 1

    with opened(tmp_path / "state", make_table) as store:
        boto3.client("secretsmanager").create_secret(Name="tokens", SecretString="s1")
        key = boto3.client("kms").create_key()["KeyMetadata"]["KeyId"]
        cipher = boto3.client("kms").encrypt(KeyId=key, Plaintext=b"name")["CiphertextBlob"]
        threads = [threading.Thread(target=keep_writing, args=(f"w{n}",)) for n in range(3)]
        for thread in threads:
            thread.start()
        befores = []
        for copy in ("first", "second"):
            for _ in range(12):
                assert going.acquire(timeout=60)
            befores.append(set(acknowledged))
            store.copy_to(tmp_path / copy)
        stop.set()
        for thread in threads:
            thread.join()
    for copy, before in zip(("first", "second"), befores, strict=True):
        check_copy(tmp_path / copy)
        with opened(tmp_path / copy, make_table) as store:
            found = records("w")
            assert before <= set(found)
            assert len(found) <= len(acknowledged)
            assert boto3.client("kms").decrypt(CiphertextBlob=cipher)["Plaintext"] == b"name"
            assert boto3.client("secretsmanager").get_secret_value(SecretId="tokens")["SecretString"] == "s1"
    with opened(tmp_path / "state", make_table):
        assert set(records("w")) == set(acknowledged)


def test_what_is_deleted_after_the_copy_began_is_in_the_copy_and_then_gone(tmp_path: Path, make_table: Any) -> None:
    with opened(tmp_path / "state", make_table) as store:
        write(0, "w")
        with store._objects.pinned():
            boto3.client("s3").delete_object(Bucket="records", Key="w-0")
            assert len(list((tmp_path / "state" / "objects").iterdir())) == 1
        assert list((tmp_path / "state" / "objects").iterdir()) == []
        write(1, "w")
        store.copy_to(tmp_path / "copy")
        boto3.client("s3").delete_object(Bucket="records", Key="w-0")
    check_copy(tmp_path / "copy")


def test_a_copy_that_is_damaged_or_newer_is_named(tmp_path: Path, make_table: Any) -> None:
    with opened(tmp_path / "state", make_table) as store:
        write(0, "w")
        for name in ("torn", "newer", "without bytes"):
            store.copy_to(tmp_path / name)
    file = tmp_path / "torn" / "hospital.db"
    with file.open("r+b") as torn:
        torn.seek(8192)
        torn.write(b"\xff" * (file.stat().st_size - 8192))
    with pytest.raises(StoreUnreadable, match="torn is damaged: "):
        check_copy(tmp_path / "torn")
    with closing(sqlite3.connect(tmp_path / "newer" / "hospital.db")) as newer:
        newer.execute(f"PRAGMA user_version={formats.FORMAT + 1}")
    with pytest.raises(StoreTooNew, match=f"format {formats.FORMAT + 1}, newer than format {formats.FORMAT}"):
        check_copy(tmp_path / "newer")
    for path in (tmp_path / "without bytes" / "objects").iterdir():
        path.unlink()
    with pytest.raises(StoreUnreadable, match="the bytes of 1 objects are missing"):
        check_copy(tmp_path / "without bytes")
    with pytest.raises(StoreUnreadable, match=r"it holds no hospital\.db"):
        check_copy(tmp_path)
