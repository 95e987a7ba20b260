"""What the verifier reads of a local hospital's folder: items with their types, and anchors as they were first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from hospital.seals.model import Anchor
from infra.local.cloud import cloud
from infra.local.store import Store
from infra.local.store.testing import REGION
from infra.verify_audit.sources import LocalFolder, SourceUnreadable

pytestmark = pytest.mark.store

ANCHOR = Anchor(chain="org_1", block=1, seal="SM3:1", anchored_at=datetime(2026, 11, 21, tzinfo=UTC))


def lived_in(folder: Path) -> None:
    """A folder with one item and one anchor that somebody wrote over; nobody else reads it meanwhile."""
    with Store.open(folder) as store, cloud(store, REGION):
        dynamodb, s3 = boto3.client("dynamodb"), boto3.client("s3")
        dynamodb.create_table(
            TableName="yunzhen-people",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            BillingMode="PAY_PER_REQUEST",
        )
        item = {"pk": {"S": "a"}, "sk": {"S": "b"}, "bytes": {"B": b"123"}, "number": {"N": "1"}}
        dynamodb.put_item(TableName="yunzhen-people", Item=item)
        s3.create_bucket(
            Bucket="yunzhen-archive-1",
            CreateBucketConfiguration={"LocationConstraint": REGION},
            ObjectLockEnabledForBucket=True,
        )
        for anchor in (ANCHOR, ANCHOR.model_copy(update={"seal": "SM3:forged"})):
            s3.put_object(Bucket="yunzhen-archive-1", Key=anchor.name, Body=anchor.model_dump_json().encode())
        with pytest.raises(SourceUnreadable, match="verify a backup"):
            LocalFolder(folder)


def test_a_folder_is_read_as_it_lies(tmp_path: Path) -> None:
    lived_in(tmp_path)
    source = LocalFolder(tmp_path)
    bytes_, number = {"B": "MTIz"}, {"N": "1"}
    assert list(source.items()) == [("people", {"pk": {"S": "a"}, "sk": {"S": "b"}, "bytes": bytes_, "number": number})]
    assert list(source.anchors()) == [ANCHOR]
