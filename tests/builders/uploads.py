"""Uploads in the cloud in memory: asked for, put as a client puts them, checked as the quarantine's queue has it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, quote_plus, unquote, urlsplit

from hospital import settings
from messaging.on_upload_put_check.app import app as check
from messaging.upload_file.app import app as upload_file
from tests.builders.acting import act
from tests.builders.cloud import REGION, client
from tests.builders.conversations import Talk
from tests.builders.files import digest
from tests.builders.gateway import Answer, call
from tests.builders.people import PatientOf, Staff

Who = PatientOf | Staff
View = dict[str, Any]
CLAIMS = {"image": "image/jpeg", "voice": "audio/webm", "video": "video/mp4", "file": "application/pdf"}
NAMES = {"image": "手.jpg", "voice": "", "video": "步态.mp4", "file": "化验单.pdf"}


def make_buckets() -> None:
    """The quarantine, and media with its lock."""
    where = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
    current, s3 = settings.current(), client("s3")
    s3.create_bucket(Bucket=current.quarantine_bucket, **where)
    s3.create_bucket(Bucket=current.media_bucket, ObjectLockEnabledForBucket=True, **where)


def asked(talk: Talk, who: Who, type_: str, content: bytes, **other: Any) -> Answer:
    """Ask for an upload of `content`; `other` states something else than is true."""
    body = {
        "conversation_id": talk.id, "type": type_, "name": NAMES[type_], "size": len(content),
        "media_type": CLAIMS[type_], "sha256": digest(content),
    }  # fmt: skip
    return call(upload_file, "POST", "/uploads", body | other, who=who.caller)


def put(view: View, content: bytes, *numbers: int) -> list[str]:
    """Put the missing parts, or those of these numbers; the keys of objects that are whole now."""
    keys = []
    for part in view["parts"]:
        if numbers and part["number"] not in numbers:
            continue
        address = urlsplit(part["url"])
        place = {"Bucket": settings.current().quarantine_bucket, "Key": unquote(address.path).lstrip("/")}
        body, query = content[part["first"] : part["first"] + part["size"]], parse_qs(address.query)
        if "uploadId" in query:
            number = int(query["partNumber"][0])
            client("s3").upload_part(**place, UploadId=query["uploadId"][0], PartNumber=number, Body=body)
        else:
            client("s3").put_object(**place, Body=body)
            keys.append(place["Key"])
    return keys


def said_to_be_put(*keys: str) -> dict[str, Any]:
    """What the quarantine's queue hands over."""
    records = [{"s3": {"object": {"key": quote_plus(key)}}} for key in keys]
    return {"Records": [{"messageId": "m-1", "body": json.dumps({"Records": records})}]}


def checked(*keys: str) -> None:
    """The check of what was put; it has to handle it."""
    assert act(check, said_to_be_put(*keys)) == {"batchItemFailures": []}


def quarantined() -> list[str]:
    """The keys that lie in the quarantine."""
    found = client("s3").list_objects_v2(Bucket=settings.current().quarantine_bucket)
    return [one["Key"] for one in found.get("Contents", [])]


def kept() -> list[str]:
    """The keys that lie with the media."""
    found = client("s3").list_objects_v2(Bucket=settings.current().media_bucket)
    return [one["Key"] for one in found.get("Contents", [])]


def view_of(upload_id: str, who: Who) -> View:
    """How far it is."""
    view: View = call(upload_file, "GET", f"/uploads/{upload_id}", who=who.caller).ok()
    return view


def uploaded(talk: Talk, who: Who, type_: str, content: bytes, **other: Any) -> View:
    """Asked for, put, finished and checked: as its sender sees it then."""
    view = asked(talk, who, type_, content, **other).ok(201)
    put(view, content)
    call(upload_file, "POST", f"/uploads/{view['id']}/finish", who=who.caller).ok()
    checked(*quarantined())
    return view_of(view["id"], who)


def send(talk: Talk, who: Who, type_: str, upload_id: str, client_id: str = "client-id-0001") -> dict[str, Any]:
    """The message that holds it; the answer."""
    content = {"upload_id": upload_id}
    return talk.socket(who).say(action="send", id=client_id, conversation_id=talk.id, type=type_, content=content)
