"""Heads of chains, put where nobody can change them: objects under lock, one a chain and day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hospital import aws, settings
from hospital.caller import Caller
from hospital.seals.keys import head_key
from hospital.seals.model import ANCHORS, Anchor, Head
from hospital.seals.store import heads
from hospital.work import Work, decided_again

KEEP = timedelta(days=15 * 366)  # as long as the records that the lines tell of (KEEP-15Y)


def anchor_head(chain: str, now: datetime, by: Caller) -> Anchor | None:
    """Anchor the chain as it is now. None when nothing was sealed since the last anchor, or today has its anchor."""
    return decided_again(lambda: _anchored(chain, now, by))


def _anchored(chain: str, now: datetime, by: Caller) -> Anchor | None:
    head = heads.need(head_key(chain))
    if head.number == head.anchored or (head.anchored_at and head.anchored_at.date() == now.date()):
        return None
    anchor = head.anchor(now)
    kept = _put(anchor, now)
    with Work(by=by) as work:
        work.change(heads, head, head.having(anchored=kept.block, anchored_at=kept.anchored_at))
    return kept


def _put(anchor: Anchor, now: datetime) -> Anchor:
    """Write it unless today's is there already; the one that stands."""
    client, bucket = aws.client("s3"), settings.current().archive_bucket
    there = client.list_objects_v2(Bucket=bucket, Prefix=anchor.name, MaxKeys=1).get("Contents")
    if there:
        return _read(client, bucket, anchor.name)
    client.put_object(
        Bucket=bucket,
        Key=anchor.name,
        Body=anchor.model_dump_json().encode(),
        ContentType="application/json",
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=now + KEEP,
    )
    return anchor


def anchors_of(head: Head, *, newest: int = 40) -> list[Anchor]:
    """The newest anchors of a chain, oldest first. An object that was written over counts as it was first."""
    client, bucket = aws.client("s3"), settings.current().archive_bucket
    pages = client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=f"{ANCHORS}/{head.id}/")
    first: dict[str, Any] = {}
    for page in pages:
        for version in page.get("Versions", []):
            # Newest first in the answer: of two in the same second the later one in it is the older.
            known = first.setdefault(version["Key"], version)
            if version["LastModified"] <= known["LastModified"]:
                first[version["Key"]] = version
    chosen = [first[name] for name in sorted(first)[-newest:]]
    return [_read(client, bucket, one["Key"], one["VersionId"]) for one in chosen]


def _read(client: Any, bucket: str, name: str, version: str | None = None) -> Anchor:
    which = {"VersionId": version} if version else {}
    body = client.get_object(Bucket=bucket, Key=name, **which)["Body"].read()
    return Anchor.model_validate_json(body)
