"""Forgetting uploads that nobody sent."""

from __future__ import annotations

from typing import Any

from hospital import aws, links, settings
from hospital.caller import Caller
from hospital.errors import Unavailable
from hospital.uploads.errors import UploadMovedOn
from hospital.uploads.events import UploadForgetDue
from hospital.uploads.keys import media_key, quarantine_key
from hospital.uploads.model import Upload
from hospital.uploads.store import find_upload, forget_upload
from hospital.work import Work

_VARIANTS = ("original", "display", "thumbnail", "cover")


def on_upload_forgotten_clean(envelope: dict[str, Any], by: Caller) -> None:
    """What no message holds is forgotten when its time is over; the objects of what is forgotten go. Twice is
    harmless, and wanted: a check that was under way may have put its objects after the first time."""
    upload = find_upload(UploadForgetDue.told(envelope).subject)
    if upload is None or upload.state == "sent":
        return
    if upload.state != "forgotten":
        try:
            with Work(by=by) as work:
                upload = forget_upload(work, upload)
        except UploadMovedOn:
            raise Unavailable(reason="busy") from None  # it moved at this moment: the queue asks again
    _drop_objects(upload)


def _drop_objects(upload: Upload) -> None:
    current, client = settings.current(), aws.client("s3")
    key = quarantine_key(upload.id, upload.secret)
    if upload.multipart_id:
        links.abort_parts(key, upload.multipart_id)
    client.delete_object(Bucket=current.quarantine_bucket, Key=key)
    for variant in _VARIANTS:
        client.delete_object(Bucket=current.media_bucket, Key=media_key(upload.place, upload.id, variant))
