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
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.local.store import Store, installed

REGION = "cn-northwest-1"
ALIAS = "alias/fields"
ROLE = "arn:aws-cn:iam::123456789012:role/clock"
TURN = 3
"""So many secrets, parameters and schedules of one name follow each other, each under the next of as many names."""


def say(**line: Any) -> None:
    """One line in one write: lines of threads do not mix, and a kill cannot cut one that was read whole."""
    os.write(1, json.dumps(line).encode() + b"\n")


def main(folder: str, round_name: str, seconds: float) -> None:
    """Opens, says what is there, writes."""
    with Store.open(Path(folder)) as store, mock_aws(), installed(store):
        store.load_keys()
        cloud = Cloud(store)
        store.load()
        store.register("outbox", ["visits"])
        say(found=cloud.found())
        stop = threading.Event()
        work = [
            lambda number: cloud.pair(f"{round_name}-a{number}"),
            lambda number: cloud.pair(f"{round_name}-b{number}"),
            lambda number: cloud.single(f"{round_name}-{number}"),
            lambda number: cloud.send(f"{round_name}-{number}"),
            lambda number: cloud.put_object(f"{round_name}-{number}"),
            lambda number: cloud.set_small(f"{round_name}-{number}", number),
        ]
        threads = [threading.Thread(target=repeat, args=(each, stop)) for each in work]
        threads.append(threading.Thread(target=consume, args=(store, stop)))
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        stop.set()
        for thread in threads:
            thread.join()


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


class Cloud:
    """The services with what a template makes in them; one method per kind of write, which says when it is done."""

    def __init__(self, store: Store) -> None:
        self.store = store
        names = ("dynamodb", "sqs", "kms", "s3", "secretsmanager", "ssm", "scheduler")
        clients = [boto3.client(name, region_name=REGION) for name in names]
        self.dynamo, self.sqs, self.kms, self.s3, self.secrets, self.parameters, self.schedules = clients
        self.dynamo.create_table(
            TableName="visits",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        if not any(alias["AliasName"] == ALIAS for alias in self.kms.list_aliases()["Aliases"]):
            self.kms.create_alias(AliasName=ALIAS, TargetKeyId=self.kms.create_key()["KeyMetadata"]["KeyId"])
        self.queue = str(self.sqs.create_queue(QueueName="work")["QueueUrl"])
        self.s3.create_bucket(Bucket="records", CreateBucketConfiguration={"LocationConstraint": REGION})
        self.s3.put_bucket_versioning(Bucket="records", VersioningConfiguration={"Status": "Enabled"})

    def pair(self, name: str) -> None:
        """Two items in one transaction."""
        steps = [
            {"Put": {"TableName": "visits", "Item": {"pk": {"S": name}, "sk": {"S": half}}}}
            for half in ("left", "right")
        ]
        self.dynamo.transact_write_items(TransactItems=steps)
        say(pair=name)

    def single(self, name: str) -> None:
        """One item; every tenth is deleted again."""
        key = {"pk": {"S": f"single-{name}"}, "sk": {"S": "only"}}
        self.dynamo.put_item(TableName="visits", Item=key)
        say(put=name)
        if name.endswith("5"):
            say(deleting=name)
            self.dynamo.delete_item(TableName="visits", Key=key)
            say(deleted=name)

    def send(self, name: str) -> None:
        """A message, some with a delay; some names are sealed too."""
        self.sqs.send_message(QueueUrl=self.queue, MessageBody=name, DelaySeconds=900 if name.endswith("7") else 0)
        say(sent=name)
        if name.endswith("3"):
            cipher = self.kms.encrypt(KeyId=ALIAS, Plaintext=name.encode())["CiphertextBlob"]
            item = {"pk": {"S": f"cipher-{name}"}, "sk": {"S": "only"}, "cipher": {"B": cipher}}
            self.dynamo.put_item(TableName="visits", Item=item)
            say(cipher=name)

    def put_object(self, name: str) -> None:
        """An object, its name over and over; four in a row are versions of one key, and every tenth is deleted."""
        key = name[:-1] if int(name[-1]) < 4 else name
        version = self.s3.put_object(Bucket="records", Key=key, Body=f"{name}\n".encode() * 500)["VersionId"]
        say(object=name)
        if name.endswith("9"):
            say(deleting_object=name)
            self.s3.delete_object(Bucket="records", Key=key, VersionId=version)
            say(deleted_object=name)

    def set_small(self, value: str, number: int) -> None:
        """A value of a secret, a parameter and a schedule; an execution that begins, and every second one ends."""
        name = f"n{number % TURN}"
        for kind, put in (("secret", self._secret), ("parameter", self._parameter), ("schedule", self._schedule)):
            say(setting=[kind, name, value])
            put(name, value)
            say(set=[kind, name, value])
        assert self.store.executions.begin("machine", value, "{}")
        say(begun=value)
        if number % 2:
            say(ending=value)
            self.store.executions.end("machine", value, "SUCCEEDED")
            say(ended=value)

    def _secret(self, name: str, value: str) -> None:
        try:
            self.secrets.put_secret_value(SecretId=name, SecretString=value)
        except self.secrets.exceptions.ResourceNotFoundException:
            self.secrets.create_secret(Name=name, SecretString=value)

    def _parameter(self, name: str, value: str) -> None:
        self.parameters.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)

    def _schedule(self, name: str, value: str) -> None:
        what = {
            "Name": name,
            "Description": value,
            "ScheduleExpression": "at(2099-01-01T00:00:00)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": "arn:aws-cn:sqs:cn-northwest-1:123456789012:work", "RoleArn": ROLE},
        }
        try:
            self.schedules.update_schedule(**what)
        except self.schedules.exceptions.ResourceNotFoundException:
            self.schedules.create_schedule(**what)

    def found(self) -> dict[str, Any]:
        """Everything in the folder, as a client sees it."""
        seen = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["All"])["Attributes"]
        return {
            **self._items(),
            "messages": self._messages(),
            "delayed": int(seen["ApproximateNumberOfMessagesDelayed"]),
            "objects": self._objects(),
            "set": self._set(),
            "running": [each.name for each in self.store.executions.running()],
            "to_publish": [
                [change.name, (change.new or change.old or {})["pk"]["S"], change.seq]
                for change in self.store.changes("outbox", ["visits"], limit=1_000_000)
            ],
        }

    def _items(self) -> dict[str, Any]:
        halves: dict[str, list[str]] = {}
        singles, ciphers = [], {}
        for page in self.dynamo.get_paginator("scan").paginate(TableName="visits"):
            for item in page["Items"]:
                name = item["pk"]["S"]
                if name.startswith("single-"):
                    singles.append(name.removeprefix("single-"))
                elif name.startswith("cipher-"):
                    plain = self.kms.decrypt(CiphertextBlob=item["cipher"]["B"])["Plaintext"]
                    ciphers[name.removeprefix("cipher-")] = base64.b64encode(plain).decode()
                else:
                    halves.setdefault(name, []).append(item["sk"]["S"])
        return {
            "pairs": [name for name, two in halves.items() if sorted(two) == ["left", "right"]],
            "half_pairs": [name for name, two in halves.items() if len(two) != 2],
            "singles": singles,
            "ciphers": ciphers,
        }

    def _messages(self) -> list[str]:
        """Bodies of all visible messages; they stay in the queue."""
        bodies = []
        asked = {"QueueUrl": self.queue, "MaxNumberOfMessages": 10, "VisibilityTimeout": 3600}
        while got := self.sqs.receive_message(**asked).get("Messages"):
            bodies += [message["Body"] for message in got]
        return bodies

    def _objects(self) -> list[str]:
        """Names in all versions of all objects, each read in full; one that is cut or mixed up is called so."""
        names = []
        for page in self.s3.get_paginator("list_object_versions").paginate(Bucket="records"):
            for version in page.get("Versions", []):
                where = {"Bucket": "records", "Key": version["Key"], "VersionId": version["VersionId"]}
                lines = self.s3.get_object(**where)["Body"].read().decode().split("\n")
                names.append(lines[0] if lines == [lines[0]] * 500 + [""] else f"damaged: {version['Key']}")
        return names

    def _set(self) -> dict[str, str]:
        """The present value of each secret, parameter and schedule, as `secret/n1`."""
        values = {}
        for number in range(TURN):
            name = f"n{number}"
            asks = {
                "secret": lambda name=name: self.secrets.get_secret_value(SecretId=name)["SecretString"],
                "parameter": lambda name=name: self.parameters.get_parameter(Name=name)["Parameter"]["Value"],
                "schedule": lambda name=name: self.schedules.get_schedule(Name=name)["Description"],
            }
            for kind, ask in asks.items():
                try:
                    values[f"{kind}/{name}"] = ask()
                except ClientError as error:
                    assert "NotFound" in error.response["Error"]["Code"]
        return values


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
