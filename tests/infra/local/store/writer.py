"""A process that writes to a state folder from several threads until it is killed. Run by test_kill.py.

`python writer.py FOLDER ROUND SECONDS` prints one JSON line of what it found in the folder, then one per write
after it was acknowledged; it ends by itself after SECONDS, which 0 makes at once.
"""

import base64
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from infra.local.store import Store, installed

REGION = "cn-northwest-1"
ALIAS = "alias/fields"


def say(**line: Any) -> None:
    """One line in one write: lines of threads do not mix, and a kill cannot cut one that was read whole."""
    os.write(1, json.dumps(line).encode() + b"\n")


def main(folder: str, round_name: str, seconds: float) -> None:
    """Opens, says what is there, writes."""
    with Store.open(Path(folder)) as store, mock_aws(), installed(store):
        store.load_keys()
        dynamo, sqs, kms = (boto3.client(name, region_name=REGION) for name in ("dynamodb", "sqs", "kms"))
        queue = apply(dynamo, sqs, kms)
        store.load()
        store.register("outbox", ["visits"])
        say(found=found(store, dynamo, sqs, queue))
        stop = threading.Event()
        work = [
            lambda number: pair(dynamo, f"{round_name}-a{number}"),
            lambda number: pair(dynamo, f"{round_name}-b{number}"),
            lambda number: single(dynamo, f"{round_name}-{number}"),
            lambda number: send(sqs, kms, queue, f"{round_name}-{number}"),
        ]
        threads = [threading.Thread(target=repeat, args=(each, stop)) for each in work]
        threads.append(threading.Thread(target=consume, args=(store, stop)))
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        stop.set()
        for thread in threads:
            thread.join()


def apply(dynamo: Any, sqs: Any, kms: Any) -> str:
    """What the template makes: a table, a queue and, when its alias is missing, a key."""
    names = ("pk", "sk")
    dynamo.create_table(
        TableName="visits",
        KeySchema=[
            {"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=True)
        ],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    if not any(alias["AliasName"] == ALIAS for alias in kms.list_aliases()["Aliases"]):
        kms.create_alias(AliasName=ALIAS, TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    return str(sqs.create_queue(QueueName="work")["QueueUrl"])


def repeat(write: Callable[[int], None], stop: threading.Event) -> None:
    number = 0
    while not stop.is_set():
        number += 1
        write(number)


def consume(store: Store, stop: threading.Event) -> None:
    """Publishes, then moves its checkpoint."""
    while not stop.is_set():
        changes = store.changes("outbox", ["visits"], limit=20, wait=0.1)
        for change in changes:
            image = change.new or change.old or {}
            say(published=[change.name, image["pk"]["S"], change.seq])
        if changes:
            store.done("outbox", changes[-1].seq)


def pair(dynamo: Any, name: str) -> None:
    steps = [
        {"Put": {"TableName": "visits", "Item": {"pk": {"S": name}, "sk": {"S": half}}}} for half in ("left", "right")
    ]
    dynamo.transact_write_items(TransactItems=steps)
    say(pair=name)


def single(dynamo: Any, name: str) -> None:
    key = {"pk": {"S": f"single-{name}"}, "sk": {"S": "only"}}
    dynamo.put_item(TableName="visits", Item=key)
    say(put=name)
    if name.endswith("5"):
        say(deleting=name)
        dynamo.delete_item(TableName="visits", Key=key)
        say(deleted=name)


def send(sqs: Any, kms: Any, queue: str, name: str) -> None:
    sqs.send_message(QueueUrl=queue, MessageBody=name, DelaySeconds=900 if name.endswith("7") else 0)
    say(sent=name)
    if name.endswith("3"):
        cipher = kms.encrypt(KeyId=ALIAS, Plaintext=name.encode())["CiphertextBlob"]
        dynamo = boto3.client("dynamodb", region_name=REGION)
        item = {"pk": {"S": f"cipher-{name}"}, "sk": {"S": "only"}, "cipher": {"B": cipher}}
        dynamo.put_item(TableName="visits", Item=item)
        say(cipher=name)


def found(store: Store, dynamo: Any, sqs: Any, queue: str) -> dict[str, Any]:
    """Everything in the folder, as a client sees it."""
    kms = boto3.client("kms", region_name=REGION)
    halves: dict[str, list[str]] = {}
    singles, ciphers = [], {}
    for page in dynamo.get_paginator("scan").paginate(TableName="visits"):
        for item in page["Items"]:
            name = item["pk"]["S"]
            if name.startswith("single-"):
                singles.append(name.removeprefix("single-"))
            elif name.startswith("cipher-"):
                plain = kms.decrypt(CiphertextBlob=item["cipher"]["B"])["Plaintext"]
                ciphers[name.removeprefix("cipher-")] = base64.b64encode(plain).decode()
            else:
                halves.setdefault(name, []).append(item["sk"]["S"])
    seen = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return {
        "pairs": [name for name, two in halves.items() if sorted(two) == ["left", "right"]],
        "half_pairs": [name for name, two in halves.items() if len(two) != 2],
        "singles": singles,
        "ciphers": ciphers,
        "messages": receive_all(sqs, queue),
        "delayed": int(seen["ApproximateNumberOfMessagesDelayed"]),
        "to_publish": [
            [change.name, (change.new or change.old or {})["pk"]["S"], change.seq]
            for change in store.changes("outbox", ["visits"], limit=1_000_000)
        ],
    }


def receive_all(sqs: Any, queue: str) -> list[str]:
    """Bodies of all visible messages; they stay in the queue."""
    bodies = []
    while got := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=3600).get("Messages"):
        bodies += [message["Body"] for message in got]
    return bodies


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
