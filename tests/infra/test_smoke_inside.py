"""What `make smoke STACK=…` asks the account's services, against a small deployed stack in memory."""

from __future__ import annotations

import json

import boto3
import pytest

from infra.local.store.testing import REGION, memory_cloud
from infra.smoke.finding import run
from infra.smoke.inside import Inside

pytestmark = pytest.mark.store

RESOURCES = {
    "People": {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "TableName": "smoke-people",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        },
    },
    "Archive": {
        "Type": "AWS::S3::Bucket",
        "Properties": {"BucketName": "smoke-archive-1"},
    },
    "Quarantine": {
        "Type": "AWS::S3::Bucket",
        "Properties": {"BucketName": "smoke-quarantine-1"},
    },
    "FieldKey": {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": True, "KeyPolicy": {}}},
    "SweepDeadLetters": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "SweepDeadLetters"}},
    "SweepLogs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "sweep", "RetentionInDays": 30}},
}


@pytest.fixture
def inside():
    """The checks of a stack in which a table is unprotected, a letter dead and a log short."""
    with memory_cloud():
        session = boto3.Session(region_name=REGION)
        template = json.dumps({"Resources": RESOURCES})
        session.client("cloudformation").create_stack(StackName="smoke", TemplateBody=template)
        url = session.client("sqs").get_queue_url(QueueName="SweepDeadLetters")["QueueUrl"]
        session.client("sqs").send_message(QueueUrl=url, MessageBody="given up")
        enabled = {"Status": "Enabled"}
        session.client("s3").put_bucket_versioning(Bucket="smoke-archive-1", VersioningConfiguration=enabled)
        session.client("s3").put_public_access_block(
            Bucket="smoke-archive-1",
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "IgnorePublicAcls": True,
                "BlockPublicPolicy": True,
                "RestrictPublicBuckets": False,
            },
        )
        shut = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        )
        session.client("s3").put_public_access_block(Bucket="smoke-quarantine-1", PublicAccessBlockConfiguration=shut)
        forget_after(session, 7)
        yield Inside("smoke", session)


def forget_after(session: boto3.Session, days: int) -> None:
    rule = {"ID": "forget", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": days}}
    session.client("s3").put_bucket_lifecycle_configuration(
        Bucket="smoke-quarantine-1", LifecycleConfiguration={"Rules": [rule]}
    )


def test_each_thing_that_is_wrong_is_named(inside):
    findings = {finding.check: finding for finding in run(inside.checks())}
    wrong = {name for name, finding in findings.items() if not finding.good}
    assert wrong == {
        "smoke-people can be put back to a point in time",
        "smoke-people cannot be deleted",
        "smoke-archive-1 is open to nobody",
        "smoke-quarantine-1 forgets",
        "archive",  # there is no lock at all: the service says so by an error
        "SweepDeadLetters is empty",
        "sweep is kept",
    }
    assert findings["SweepDeadLetters is empty"].said == "1"
    assert findings["sweep is kept"].said == "30 days"


def test_what_is_right_is_listed_too(inside):
    good = {finding.check for finding in run(inside.checks()) if finding.good}
    key = inside.found["AWS::KMS::Key"][0]
    assert {"smoke-archive-1 keeps versions", f"key {key} turns"} <= good


def test_what_was_put_right_is_found_right(inside):
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    dynamodb.update_continuous_backups(
        TableName="smoke-people", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    boto3.client("logs", region_name=REGION).put_retention_policy(logGroupName="sweep", retentionInDays=365)
    forget_after(boto3.Session(region_name=REGION), 1)
    good = {finding.check for finding in run([inside.tables, inside.logs, inside.quarantine]) if finding.good}
    assert {"smoke-people can be put back to a point in time", "sweep is kept", "smoke-quarantine-1 forgets"} <= good
