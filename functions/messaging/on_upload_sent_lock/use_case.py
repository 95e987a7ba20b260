"""Locking what was sent."""

from __future__ import annotations

from typing import Any

from hospital import aws, clock, settings
from hospital.caller import Caller
from hospital.uploads.events import UploadSent
from hospital.uploads.keys import media_key
from hospital.uploads.store import find_upload


def on_upload_sent_lock(envelope: dict[str, Any], by: Caller) -> None:
    """Every variant is kept for as long as its purpose says, from when it was sent. Twice sets the same date again."""
    upload = find_upload(UploadSent.told(envelope).subject)
    if upload is None:
        return
    client, bucket = aws.client("s3"), settings.current().media_bucket
    until = clock.moment(envelope["time"]) + upload.purpose.keep
    for variant in upload.variants:
        client.put_object_retention(
            Bucket=bucket,
            Key=media_key(upload.place, upload.id, variant),
            Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until},
        )
