"""Addresses by which a page puts one file into the quarantine, or gets one of the media bucket, without a function.

Signed for the bucket's own host (SigV4 in the query), written with the site's origin in front: the site forwards
`/uploads/*` and `/media/*` to the buckets, so that a page speaks to its own origin only. An address acts as the
function that signed it. Source: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from hospital import aws, settings

UPLOADS, MEDIA = "uploads/", "media/"
"""What the keys of the two buckets begin with: by it the site knows the bucket."""

SMALLEST_PART = 5 * 1024 * 1024
"""Bytes of a part but the last; S3 refuses to put smaller ones together."""

_NAME_LIMIT = 200


class Link(NamedTuple):
    """`headers` must be sent exactly so, `url` is used with PUT (or GET, where there are no headers)."""

    url: str
    headers: Mapping[str, str]


class Part(NamedTuple):
    """A part that arrived: its number from 1, bytes, and the tag by which it is put together."""

    number: int
    size: int
    tag: str


def put_link(key: str, length: int, sha256: str, media_type: str, seconds: int) -> Link:
    """Puts exactly `length` bytes with this digest (base64) under `key`, once: while the object is there, S3 answers
    412 to a second time. Good for `seconds`."""
    headers = {"Content-Type": media_type, "x-amz-checksum-sha256": sha256, "If-None-Match": "*"}
    asked = {"ContentType": media_type, "ChecksumSHA256": sha256, "IfNoneMatch": "*", "ContentLength": length}
    return Link(_signed("put_object", _quarantine(key) | asked, seconds), headers)


def get_link(key: str, filename: str, media_type: str, seconds: int = 300) -> str:
    """Shows what lies under `key` as `media_type`, or saves it as `filename`. Never shown as a page: an attachment."""
    _demand(key, MEDIA)
    asked = {
        "Bucket": settings.current().media_bucket,
        "Key": key,
        "ResponseContentType": media_type,
        "ResponseContentDisposition": _attachment(filename),
        "ResponseCacheControl": f"private, max-age={seconds}",
    }
    return _signed("get_object", asked, seconds)


# ---- larger files: parts that can be sent again one by one ----
def begin_parts(key: str, media_type: str) -> str:
    """The id of an upload in parts. What is not completed within a day is forgotten by the bucket."""
    answer = aws.signing_client().create_multipart_upload(**_quarantine(key), ContentType=media_type)
    return str(answer["UploadId"])


def part_link(key: str, upload_id: str, number: int, length: int, seconds: int) -> Link:
    """Puts one part of exactly `length` bytes; sent again, it takes the place of the earlier one. The digest of the
    whole is for whoever reads it afterwards to compare."""
    asked = {"UploadId": upload_id, "PartNumber": number, "ContentLength": length}
    return Link(_signed("upload_part", _quarantine(key) | asked, seconds), {})


def parts_there(key: str, upload_id: str) -> list[Part]:
    """The parts that arrived, by number. `aws.Refusal` (NoSuchUpload) after it was completed, aborted or forgotten."""
    asked: dict[str, Any] = _quarantine(key) | {"UploadId": upload_id}
    found: list[Part] = []
    while True:
        answer = aws.signing_client().list_parts(**asked)
        found += [Part(part["PartNumber"], part["Size"], part["ETag"]) for part in answer.get("Parts") or []]
        if not answer.get("IsTruncated"):
            return found
        asked["PartNumberMarker"] = answer["NextPartNumberMarker"]


def complete_parts(key: str, upload_id: str, parts: Sequence[Part]) -> None:
    """Makes the object of its parts, once. `aws.Refusal`: NoSuchUpload, InvalidPart, EntityTooSmall."""
    listed = [{"PartNumber": part.number, "ETag": part.tag} for part in parts]
    aws.signing_client().complete_multipart_upload(
        **_quarantine(key), UploadId=upload_id, MultipartUpload={"Parts": listed}
    )


def abort_parts(key: str, upload_id: str) -> None:
    """Forgets an upload and its parts; one that is not there is forgotten already."""
    try:
        aws.signing_client().abort_multipart_upload(**_quarantine(key), UploadId=upload_id)
    except aws.Refusal as refusal:
        if refusal.response["Error"]["Code"] != "NoSuchUpload":
            raise


def _quarantine(key: str) -> dict[str, Any]:
    _demand(key, UPLOADS)
    return {"Bucket": settings.current().quarantine_bucket, "Key": key}


def _demand(key: str, prefix: str) -> None:
    if not key.startswith(prefix):
        raise ValueError(f"The site would not find {key!r}: its bucket's keys begin with {prefix}")


def _signed(operation: str, asked: dict[str, Any], seconds: int) -> str:
    address = urlsplit(aws.signing_client().generate_presigned_url(operation, Params=asked, ExpiresIn=seconds))
    return f"{settings.current().site_origin}{address.path}?{address.query}"


def _attachment(filename: str) -> str:
    """As RFC 6266 wants it: letters that every browser reads, and the whole name beside them."""
    kept = "".join(letter for letter in filename if letter.isprintable())[:_NAME_LIMIT] or "file"
    plain = "".join(letter if letter.isascii() and letter not in '"\\%' else "_" for letter in kept)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(kept, safe='')}"
