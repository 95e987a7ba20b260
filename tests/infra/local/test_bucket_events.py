"""What buckets tell of their objects: to a queue, to a function, onto the default bus; over a kill too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.local.applier import apply
from infra.local.dispatcher import Dispatcher
from infra.local.dispatcher.lateness import Lateness, Shares
from infra.local.store import Store, installed
from infra.local.store.testing import memory_cloud
from infra.local.template import TemplateError
from tests.infra.local.ward import Ward, ward
from tests.journeys.hospital import eventually

__all__ = ["ward"]
pytestmark = pytest.mark.store

PART = 5 * 1024 * 1024
QUEUE = {"Fn::GetAtt": ["Box", "Arn"]}
NOTES = """
import boto3, json
def app(event, context):
    for record in event["Records"]:
        boto3.client("sqs").send_message(QueueUrl="URL", MessageBody=json.dumps(record["s3"]["object"]["key"]))
"""


def furnished(ward: Ward, **told: Any) -> None:
    """A queue and a bucket that tells."""
    ward.resource("Box", "AWS::SQS::Queue", QueueName="box")
    ward.resource("Files", "AWS::S3::Bucket", BucketName="files", NotificationConfiguration=told)


def to_queue(event: str = "s3:ObjectCreated:*", *rules: tuple[str, str]) -> dict[str, Any]:
    written: dict[str, Any] = {"Event": event, "Queue": QUEUE}
    if rules:
        written["Filter"] = {"S3Key": {"Rules": [{"Name": name, "Value": value} for name, value in rules]}}
    return {"QueueConfigurations": [written]}


def bodies() -> list[dict[str, Any]]:
    """What lies in the queue, without S3's own test."""
    url = boto3.client("sqs").get_queue_url(QueueName="box")["QueueUrl"]
    found = boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    told = [json.loads(message["Body"]) for message in found.get("Messages", [])]
    return [one for one in told if not isinstance(one, dict) or "Records" in one]


def records() -> list[tuple[str, str, int | None]]:
    return sorted(
        (record["eventName"], record["s3"]["object"]["key"], record["s3"]["object"].get("size"))
        for body in bodies()
        for record in body["Records"]
    )


def test_a_queue_is_told_of_what_its_filter_lets_through(ward: Ward) -> None:
    furnished(ward, **to_queue("s3:ObjectCreated:*", ("prefix", "uploads/"), ("suffix", ".jpg")))
    with memory_cloud() as store:
        template = ward.template()
        apply(template)
        dispatcher = Dispatcher(template, ward.invoker(), store)
        dispatcher.start()
        s3 = boto3.client("s3")
        for key in ("uploads/a b.jpg", "uploads/a.png", "other/a.jpg"):
            s3.put_object(Bucket="files", Key=key, Body=b"123")
        upload = s3.create_multipart_upload(Bucket="files", Key="uploads/病.jpg")["UploadId"]
        named = {"Bucket": "files", "Key": "uploads/病.jpg", "UploadId": upload}
        part = s3.upload_part(**named, PartNumber=1, Body=b"1234")
        s3.complete_multipart_upload(**named, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
        s3.copy_object(Bucket="files", Key="uploads/c.jpg", CopySource={"Bucket": "files", "Key": "other/a.jpg"})
        s3.delete_object(Bucket="files", Key="uploads/a b.jpg")
        assert eventually(lambda: len(records()) == 3 and records()) == [
            ("ObjectCreated:CompleteMultipartUpload", "uploads/%E7%97%85.jpg", 4),
            ("ObjectCreated:Copy", "uploads/c.jpg", 3),
            ("ObjectCreated:Put", "uploads/a+b.jpg", 3),
        ]
        dispatcher.stop()


def test_a_function_and_the_bus_are_told_too(ward: Ward) -> None:
    url = "https://sqs.cn-northwest-1.amazonaws.com.cn/123456789012/box"
    ward.function("Notes", NOTES.replace("URL", url))
    function = {"Fn::GetAtt": ["Notes", "Arn"]}
    furnished(
        ward,
        LambdaConfigurations=[{"Event": "s3:ObjectRemoved:Delete", "Function": function}],
        EventBridgeConfiguration={"EventBridgeEnabled": True},
    )
    ward.resource(
        "Rule",
        "AWS::Events::Rule",
        EventPattern={"source": ["aws.s3"], "detail-type": ["Object Created"]},
        Targets=[{"Id": "box", "Arn": QUEUE, "InputPath": "$.detail.object.key"}],
    )
    with memory_cloud() as store:
        template = ward.template()
        apply(template)
        dispatcher = Dispatcher(template, ward.invoker(), store)
        dispatcher.start()
        boto3.client("s3").put_object(Bucket="files", Key="one", Body=b"1")
        boto3.client("s3").delete_object(Bucket="files", Key="one")
        url = boto3.client("sqs").get_queue_url(QueueName="box")["QueueUrl"]
        texts = set[str]()

        def both() -> bool:
            found = boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
            texts.update(message["Body"] for message in found.get("Messages", []))
            return len(ward.told) > 0 or len(found.get("Messages", [])) == 2

        assert eventually(both) and not ward.told
        assert texts == {'"one"'}
        dispatcher.stop()


def test_an_object_and_what_is_told_of_it_are_kept_together(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process killed between them would have an object that nobody checks, or news of one that is not there."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-northwest-1")
    furnished(ward, **to_queue())
    template = ward.template()
    shares = Shares(doubled=1.0, late=0.0)
    folder = tmp_path / "state"
    with Store.open(folder) as store, mock_aws(), installed(store):
        apply(template)
        dispatcher = Dispatcher(template, ward.invoker(), store, lateness=Lateness(1, shares))
        # Never started: as if the process ended before anything went out.
        store.objects.changes.announcer = dispatcher.bucket_events
        boto3.client("s3").put_object(Bucket="files", Key="one", Body=b"1")
        assert len(store.deliveries.all()) == 2
    with Store.open(folder) as store, mock_aws(), installed(store):
        apply(template)
        store.load()
        dispatcher = Dispatcher(template, ward.invoker(), store)
        dispatcher.start()
        dispatcher.deliveries.hurry()
        twice = [("ObjectCreated:Put", "one", 1)] * 2
        assert eventually(lambda: records() == twice)
        assert boto3.client("s3").get_object(Bucket="files", Key="one")["Body"].read() == b"1"
        assert eventually(lambda: not store.deliveries.all())
        dispatcher.stop()


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"TopicConfigurations": [{"Event": "s3:*", "Topic": "x"}]}, "TopicConfigurations is not known"),
        (
            {"QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": "arn:aws-cn:sqs:r:1:other"}]},
            "no standard queue",
        ),
        (
            {"QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": "arn:aws-cn:sqs:r:1:box.fifo"}]},
            "no standard queue",
        ),
        ({"LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": QUEUE}]}, "is no function"),
        (to_queue("s3:ObjectCreated:*", ("prefix", "a"), ("prefix", "b")), "one prefix and one suffix"),
        (to_queue("s3:ObjectCreated:*", ("middle", "a")), "one prefix and one suffix"),
    ],
    ids=["a topic", "a foreign queue", "a FIFO queue", "a queue for a function", "two prefixes", "neither"],
)
def test_what_s3_would_refuse_is_refused_when_the_template_is_read(ward: Ward, told: Any, says: str) -> None:
    furnished(ward, **told)
    with memory_cloud() as store, pytest.raises(TemplateError, match=says):
        Dispatcher(ward.template(), ward.invoker(), store)
