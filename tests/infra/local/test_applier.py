"""What the template asks for stands in the cloud, and is the same after a restart."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest

from infra.local.applier import made_up_secret
from infra.local.cloud import cloud, furnish
from infra.local.store import Store
from infra.local.store.testing import memory_cloud
from infra.local.template import Template, read_template
from infra.local.template.kinds import queue_url
from tests.infra.local.clinic import TEMPLATE
from tests.journeys.hospital import ROOT

pytestmark = pytest.mark.store


@contextmanager
def furnished(template: Template, folder: Path) -> Iterator[Store]:
    """The template's cloud on a state folder."""
    with Store.open(folder) as store, cloud(store, template.place.region):
        furnish(template, store)
        yield store


def test_tables_have_their_stream_and_expiry() -> None:
    with memory_cloud() as store:
        furnish(read_template(TEMPLATE), store)
        client = boto3.client("dynamodb")
        table = client.describe_table(TableName="small-rows")["Table"]
        assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        expiry = client.describe_time_to_live(TableName="small-rows")["TimeToLiveDescription"]
        assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_on"}


def test_queues_are_where_the_template_says_and_know_their_dead_letters() -> None:
    with memory_cloud() as store:
        template = read_template(TEMPLATE)
        furnish(template, store)
        url = queue_url(template.at("Clinic/OnNoteQueue"))
        found = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert found["VisibilityTimeout"] == "1"
        assert json.loads(found["RedrivePolicy"])["maxReceiveCount"] == 2


def test_what_was_encrypted_opens_after_a_restart_and_secrets_are_the_same(tmp_path: Path) -> None:
    template = read_template(TEMPLATE)
    function = template.at("Clinic/Echo").properties["Environment"]["Variables"]
    with furnished(template, tmp_path):
        kms, secrets = boto3.client("kms"), boto3.client("secretsmanager")
        sealed = kms.encrypt(KeyId=function["KEY"], Plaintext=b"name")["CiphertextBlob"]
        by_alias = kms.describe_key(KeyId="alias/small-fields")["KeyMetadata"]["Arn"]
        assert by_alias == function["KEY"]
        secret = secrets.get_secret_value(SecretId=function["SECRET"])["SecretString"]
        assert len(secret) == 40 and secret.isalnum()
        keys = len(kms.list_keys()["Keys"])
    with furnished(template, tmp_path):
        kms, secrets = boto3.client("kms"), boto3.client("secretsmanager")
        assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"name"
        assert secrets.get_secret_value(SecretId=function["SECRET"])["SecretString"] == secret
        assert len(kms.list_keys()["Keys"]) == keys


def test_items_stay_and_connections_do_not(tmp_path: Path) -> None:
    template = read_template(ROOT / "template.yaml", {"SiteOrigin": "http://127.0.0.1:8700", "Profile": "local"})
    item = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    with furnished(template, tmp_path):
        for table in ("yunzhen-people", "yunzhen-connections"):
            boto3.client("dynamodb").put_item(TableName=table, Item=item)
    with furnished(template, tmp_path):
        counts = [
            boto3.client("dynamodb").scan(TableName=table)["Count"]
            for table in ("yunzhen-people", "yunzhen-connections")
        ]
        assert counts == [1, 0]


@pytest.mark.parametrize(
    ("rule", "allowed", "length"),
    [
        ({}, string.ascii_letters + string.digits + string.punctuation, 32),
        ({"ExcludePunctuation": True, "PasswordLength": 64}, string.ascii_letters + string.digits, 64),
        ({"ExcludePunctuation": True, "ExcludeNumbers": "true", "ExcludeUppercase": True}, string.ascii_lowercase, 32),
        ({"ExcludeCharacters": string.ascii_letters + string.punctuation, "PasswordLength": 20}, string.digits, 20),
    ],
)
def test_secrets_are_made_up_as_asked(rule: dict[str, object], allowed: str, length: int) -> None:
    found = made_up_secret(rule)
    assert len(found) == length and set(found) <= set(allowed)
    assert made_up_secret(rule) != found


def test_a_made_up_secret_is_put_into_its_template() -> None:
    rule = {"SecretStringTemplate": '{"user": "house"}', "GenerateStringKey": "password", "PasswordLength": 20}
    found = json.loads(made_up_secret(rule))
    assert found["user"] == "house" and len(found["password"]) == 20


@pytest.mark.parametrize("bucket", ["Archive", "Media"])
def test_what_must_stay_keeps_versions_and_locks_them(bucket: str) -> None:
    """Nobody takes a locked object away before its date; a second start finds the bucket as it was."""
    given = {"Prefix": "small", "AlarmTopicArn": "arn:aws-cn:sns:cn-northwest-1:123456789012:alarms"}
    template = read_template(ROOT / "infra/buckets.yaml", given, region="cn-northwest-1")
    name = template.at(bucket).name("BucketName")
    with memory_cloud() as store:
        furnish(template, store)
        s3 = boto3.client("s3")
        until = "2099-01-01T00:00:00Z"
        locked = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
        version = s3.put_object(Bucket=name, Key="one", Body=b"1", **locked)["VersionId"]
        furnish(template, store)
        s3.put_object(Bucket=name, Key="one", Body=b"2")
        with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
            s3.delete_object(Bucket=name, Key="one", VersionId=version)
        assert s3.get_object(Bucket=name, Key="one", VersionId=version)["Body"].read() == b"1"
