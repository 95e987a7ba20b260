"""Looking at what lies in the quarantine, and handing on what passes."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from adapters.scan import scanner
from hospital import aws, settings
from hospital.caller import Caller
from hospital.conversations.sockets import tell
from hospital.observability import count, say
from hospital.uploads import keys
from hospital.uploads.errors import Damaged, Harmful, Locked, NotWhatItSays, Refused, UploadMovedOn, UploadTooLarge
from hospital.uploads.events import UploadReady, UploadRefusedByCheck
from hospital.uploads.formats import Format, served_as
from hospital.uploads.model import Upload, Variant
from hospital.uploads.sniffing import sniff
from hospital.uploads.store import find_upload, move_upload
from hospital.work import Work
from messaging.on_upload_put_check.made import Made
from messaging.on_upload_put_check.pictures import derive_picture
from messaging.on_upload_put_check.sounds import derive_sound
from messaging.on_upload_put_check.videos import derive_video
from messaging.server_frames import Notice


def on_upload_put_check(key: str, by: Caller) -> None:
    """The upload that `key` belongs to becomes ready or refused; its bytes leave the quarantine.

    Twice is harmless: what was decided stays, and an object that came afterwards goes. `Unavailable` when the scan
    cannot tell now.
    """
    upload = _upload_of(key)
    if upload is not None and upload.state in ("asked", "checking"):
        try:
            _decide(_begun(upload, by), key, by)
        except UploadMovedOn:  # another delivery was faster, or its sender gave it up meanwhile
            say("an upload moved on while it was checked", subject=upload.id)
    _client().delete_object(Bucket=settings.current().quarantine_bucket, Key=key)


def _upload_of(key: str) -> Upload | None:
    """None for what nobody asked for, or asked for under another key."""
    upload = find_upload(key.split("/")[1]) if key.count("/") == 2 else None
    return upload if upload is not None and keys.quarantine_key(upload.id, upload.secret) == key else None


def _begun(upload: Upload, by: Caller) -> Upload:
    """Being checked, said so by this function or by its sender a moment ago."""
    if upload.state == "checking":
        return upload
    try:
        with Work(by=by) as work:
            return move_upload(work, upload, upload.finish())
    except UploadMovedOn:
        return find_upload(upload.id) or upload


def _decide(upload: Upload, key: str, by: Caller) -> None:
    content = _content(key)
    if upload.state != "checking" or content is None:
        return  # another delivery was faster, or its sender gave it up
    try:
        made = _made(upload, content)
    except (Refused, UploadTooLarge) as refusal:
        say("an upload was refused", subject=upload.id, code=refusal.code)
        count("upload_refused", code=refusal.code)
        _refuse(upload, refusal.code, by)
        return
    for name, body in made.contents.items():
        _put(keys.media_key(upload.place, upload.id, name), body, made.variants[name].media_type)
    with Work(by=by) as work:
        ready = move_upload(work, upload, upload.passes(made.variants, made.milliseconds))
        work.emit(UploadReady.of(ready))
    _tell(ready, UploadReady.TYPE)


def _refuse(upload: Upload, code: str, by: Caller) -> None:
    with Work(by=by) as work:
        refused = move_upload(work, upload, upload.refuse(code))
        work.emit(UploadRefusedByCheck.of(refused))
    _tell(refused, UploadRefusedByCheck.TYPE)


def _tell(upload: Upload, topic: str) -> None:
    """Its sender's open pages look again. A hint: who misses it asks how it stands."""
    tell([upload.person_id], Notice(topic=topic, subject=upload.id, sequence=upload.version).plain())


def _made(upload: Upload, content: bytes) -> Made:
    """What readers get of it. Raises what it is refused with."""
    upload.purpose.check_size(upload.type, len(content))
    if len(content) != upload.size or base64.b64encode(hashlib.sha256(content).digest()).decode() != upload.sha256:
        raise Damaged
    found = sniff(content)
    if found is None or not upload.purpose.agrees(found, upload.type, upload.media_type, upload.name):
        raise NotWhatItSays
    _scan(content, found)
    return _derived(upload, content, found)


def _scan(content: bytes, found: Format) -> None:
    finding = scanner().scan(content, found.name)
    if finding is None:
        return
    if finding.kind == "harmful":
        raise Harmful(found=finding.found)
    raise Locked if finding.kind == "locked" else Damaged


def _derived(upload: Upload, content: bytes, found: Format) -> Made:
    if upload.type == "image":
        return derive_picture(content, found)
    if upload.type == "voice":
        return derive_sound(content, found)
    if upload.type == "video":
        return derive_video(content, found)
    kept = Variant(size=len(content), media_type=served_as(found, upload.name))
    return Made({"original": content}, {"original": kept})


def _content(key: str) -> bytes | None:
    """The bytes in the quarantine; None when they are there no more."""
    try:
        answer = _client().get_object(Bucket=settings.current().quarantine_bucket, Key=key)
    except aws.Refusal as refusal:
        if refusal.response["Error"]["Code"] == "NoSuchKey":
            return None
        raise
    content: bytes = answer["Body"].read()
    return content


def _put(key: str, body: bytes, media_type: str) -> None:
    """Once: what lies there already was put by an earlier delivery, and a newer version would have no lock."""
    try:
        _client().put_object(
            Bucket=settings.current().media_bucket, Key=key, Body=body, ContentType=media_type, IfNoneMatch="*"
        )
    except aws.Refusal as refusal:
        if refusal.response["Error"]["Code"] != "PreconditionFailed":
            raise


def _client() -> Any:
    return aws.client("s3")
