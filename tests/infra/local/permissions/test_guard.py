"""Calls of a running function are caught, whichever way they go, and refused as AWS refuses them."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from pynamodb.connection.base import Connection, MetaTable
from pynamodb.exceptions import GetError

from infra.local.invoker import RUNNING
from infra.local.permissions import USED_FILE, UsedFile, checked
from infra.local.permissions.guard import WayAround
from infra.local.permissions.needs import CallUnknown
from infra.local.permissions.used import read_uses
from infra.local.store.testing import REGION, memory_cloud
from tests.infra.local.permissions.small import ACT, BUCKET, KEYS, QUEUE_URL, TABLE, Small, allow

pytestmark = pytest.mark.store


class Cloud:
    """A cloud with the small template's table, bucket and queue."""

    def __init__(self, small: Small) -> None:
        self.small = small
        client("dynamodb").create_table(
            TableName="small-rows",
            KeySchema=KEYS,
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        client("s3").create_bucket(Bucket="small-files", CreateBucketConfiguration={"LocationConstraint": REGION})
        client("sqs").create_queue(QueueName="small-queue")

    def act(self, call: Callable[[], Any]) -> Any:
        """What `call` answers as the function `Act`."""

        def run() -> Any:
            RUNNING.set(ACT)
            return call()

        with checked(self.small.permissions):
            return contextvars.copy_context().run(run)

    def refused(self, call: Callable[[], Any]) -> tuple[str, int, str]:
        """Code, status and message of the refusal."""
        with pytest.raises(ClientError) as error:
            self.act(call)
        answer = error.value.response
        return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


@cache
def client(service: str, **config: Any) -> Any:
    """Kept, for making one costs more than a test."""
    return boto3.session.Session(region_name=REGION).client(service, config=Config(**config))


@pytest.fixture
def cloud(tmp_path: Path) -> Any:
    def made(*statements: dict[str, Any], **more: Any) -> Cloud:
        return Cloud(Small(tmp_path, *statements, **more))

    with memory_cloud():
        yield made


KEY = {"pk": {"S": "P#1"}, "sk": {"S": "x"}}


def test_what_is_allowed_reaches_the_cloud_and_is_noted(cloud, tmp_path):
    found = cloud(allow("dynamodb:PutItem", TABLE))
    path = tmp_path / USED_FILE
    found.small.permissions.used = UsedFile(path)
    for _ in range(3):
        found.act(lambda: client("dynamodb").put_item(TableName="small-rows", Item=KEY))
    assert [(use.function, use.action, use.resource, use.statement) for use in read_uses([path])] == [
        ("Act", "dynamodb:PutItem", TABLE, "Policies[0][0]")
    ]
    assert "Item" in client("dynamodb").get_item(TableName="small-rows", Key=KEY), "outside of functions all is free"


@pytest.mark.parametrize(
    ("service", "code", "status", "call"),
    [
        ("dynamodb", "AccessDeniedException", 400, lambda c: c.get_item(TableName="small-rows", Key=KEY)),
        ("s3", "AccessDenied", 403, lambda c: c.get_object(Bucket="small-files", Key="k")),
        ("sqs", "AccessDenied", 403, lambda c: c.send_message(QueueUrl=QUEUE_URL, MessageBody="x")),
        ("kms", "AccessDeniedException", 400, lambda c: c.describe_key(KeyId="k")),
        ("secretsmanager", "AccessDeniedException", 400, lambda c: c.get_secret_value(SecretId="s")),
        ("events", "AccessDeniedException", 400,
         lambda c: c.put_events(Entries=[{"Source": "s", "DetailType": "d", "Detail": "{}"}])),
        ("sns", "AuthorizationError", 403,
         lambda c: c.publish(TopicArn="arn:aws-cn:sns:cn-northwest-1:123456789012:t", Message="x")),
    ],
)  # fmt: skip
def test_each_service_refuses_in_its_own_way(cloud, service, code, status, call):
    found = cloud()
    refused = found.refused(lambda: call(client(service)))
    assert refused[:2] == (code, status)
    assert "is not authorized to perform: " in refused[2]
    assert refused[2].endswith("action")


def test_a_head_request_is_refused_without_words(cloud):
    assert cloud().refused(lambda: client("s3").head_object(Bucket="small-files", Key="k")) == ("403", 403, "Forbidden")


def test_the_refusal_is_of_the_clients_own_class(cloud):
    kms = client("secretsmanager")

    def call() -> str:
        try:
            kms.get_secret_value(SecretId="s")
        except kms.exceptions.ClientError as error:
            return type(error).__name__
        return "allowed"

    assert cloud().act(call) != "allowed"


def test_pynamodb_is_checked_as_well(cloud):
    connection = Connection(region=REGION)
    schema = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")]
    connection.add_meta_table(MetaTable({"TableName": "small-rows", "KeySchema": KEYS, "AttributeDefinitions": schema}))
    with pytest.raises(GetError, match="not authorized to perform: dynamodb:GetItem"):
        cloud().act(lambda: connection.get_item("small-rows", "P#1", "x"))


def test_one_refused_item_refuses_the_transaction(cloud):
    found = cloud(allow("dynamodb:PutItem", TABLE))
    other = {**KEY, "pk": {"S": "P#2"}}
    writes = [
        {"Put": {"TableName": "small-rows", "Item": KEY}},
        {"Delete": {"TableName": "small-rows", "Key": other}},
    ]
    code, _, message = found.refused(lambda: client("dynamodb").transact_write_items(TransactItems=writes))
    assert code == "AccessDeniedException"
    assert "dynamodb:DeleteItem" in message
    assert "Item" not in client("dynamodb").get_item(TableName="small-rows", Key=KEY)


def test_a_call_that_is_not_written_down_is_an_error(cloud):
    with pytest.raises(CallUnknown, match="dynamodb:DeleteTable"):
        cloud(allow("*", "*")).act(lambda: client("dynamodb").delete_table(TableName="small-rows"))


def test_a_thread_of_the_function_is_the_function(cloud):
    said: list[str] = []

    def call() -> None:
        try:
            client("dynamodb").get_item(TableName="small-rows", Key=KEY)
        except ClientError as error:
            said.append(error.response["Error"]["Code"])

    def start() -> None:
        thread = threading.Thread(target=call)
        thread.start()
        thread.join(10)

    cloud().act(start)
    assert said == ["AccessDeniedException"]


def test_a_request_by_hand_is_a_way_around(cloud):
    url = client("s3").generate_presigned_url("get_object", {"Bucket": "small-files", "Key": "k"})
    with pytest.raises(WayAround, match="without a client of boto3"):
        cloud(allow("s3:*", "*")).act(lambda: requests.get(url, timeout=5))


def test_an_address_is_signed_only_for_what_the_signer_may(cloud):
    found = cloud(allow("s3:GetObject", f"{BUCKET}/open/*"))

    def signed(key: str) -> str:
        return str(client("s3").generate_presigned_url("get_object", {"Bucket": "small-files", "Key": key}))

    assert "open/a" in found.act(lambda: signed("open/a"))
    assert found.refused(lambda: signed("closed/a"))[0] == "AccessDenied"
    with pytest.raises(PermissionError, match="s3:PutObject"):
        found.act(lambda: client("s3").generate_presigned_post("small-files", "open/a"))


def test_an_unsigned_call_is_nobodys(cloud):
    found = cloud(allow("s3:*", "*"))
    anonymous = client("s3", signature_version=botocore.UNSIGNED)
    assert found.refused(lambda: anonymous.get_object(Bucket="small-files", Key="k"))[0] == "AccessDenied"


def test_who_may_not_list_is_not_told_that_an_object_is_missing(cloud):
    def missing(*statements: dict[str, Any]) -> str:
        with pytest.raises(ClientError) as error:
            Cloud.act(found(*statements), lambda: client("s3").get_object(Bucket="small-files", Key="none"))
        return str(error.value.response["Error"]["Code"])

    def found(*statements: dict[str, Any]) -> Cloud:
        made = Cloud.__new__(Cloud)
        made.small = Small(folder, *statements)
        return made

    first = cloud()
    folder = Path(str(first.small.template.resources[0].file)).parent
    read = allow("s3:GetObject", f"{BUCKET}/*")
    assert missing(read) == "AccessDenied"
    assert missing(read, allow("s3:ListBucket", BUCKET)) == "NoSuchKey"


def test_nothing_is_left_of_the_check_when_it_is_taken_off(cloud):
    found = cloud()
    before = botocore.client.BaseClient._make_api_call, threading.Thread.start
    found.act(lambda: None)
    assert (botocore.client.BaseClient._make_api_call, threading.Thread.start) == before
