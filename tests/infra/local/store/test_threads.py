"""Threads do not hurt each other, with turns taken a hundred times as often as usual."""

import random
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from infra.local.store import Store

pytestmark = pytest.mark.store

KEY = {"pk": {"S": "slot"}, "sk": {"S": "1"}}


@pytest.fixture
def frequent_switching() -> Iterator[None]:
    """Threads take turns a hundred times as often, so that a missing lock shows."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.00005)
    yield
    sys.setswitchinterval(before)


def test_eight_threads_win_a_slot_of_200_exactly_200_times(dynamo: Any, frequent_switching: None) -> None:
    dynamo.put_item(TableName="visits", Item={**KEY, "left": {"N": "200"}})
    met: list[int] = []
    # botocore makes a client's exception classes on first use, and two threads at once get two sets of them.
    canceled = dynamo.exceptions.TransactionCanceledException

    def tried(steps: list[dict[str, Any]]) -> list[str] | None:
        try:
            dynamo.transact_write_items(TransactItems=steps)
        except canceled as error:
            return [reason["Code"] for reason in error.response["CancellationReasons"]]
        return None

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
            while (reasons := tried(steps)) is not None and "TransactionConflict" in reasons:
                met.append(number)
                time.sleep(random.random() / 100)
            won += reasons is None
        return won

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(race, range(8))) == 200
    assert dynamo.get_item(TableName="visits", Key=KEY)["Item"]["left"]["N"] == "0"
    assert met, "eight threads on one item met no conflict"
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
