"""The archive of a test's cloud, and a chain that was sealed."""

from __future__ import annotations

from infra.local.store.testing import REGION
from tests.builders.cloud import ENVIRONMENT, client


def archive() -> None:
    """The bucket under lock."""
    client("s3").create_bucket(
        Bucket=ENVIRONMENT["ARCHIVE_BUCKET"],
        CreateBucketConfiguration={"LocationConstraint": REGION},
        ObjectLockEnabledForBucket=True,
    )
