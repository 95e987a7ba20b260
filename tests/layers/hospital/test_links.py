"""Addresses of the quarantine and the media bucket: what is signed in them, and parts put together."""

from __future__ import annotations

import base64
import hashlib
import urllib.parse

import pytest

from hospital import aws, links
from tests.builders.cloud import ENVIRONMENT, SITE, Cloud, client

pytestmark = pytest.mark.unit

QUARANTINE, MEDIA = ENVIRONMENT["QUARANTINE_BUCKET"], ENVIRONMENT["MEDIA_BUCKET"]
KEY = "uploads/one/secret"
BODY = b"\xff\xd8 a picture"
SHA256 = base64.b64encode(hashlib.sha256(BODY).digest()).decode()


@pytest.fixture
def buckets(cloud: Cloud) -> None:
    for name in (QUARANTINE, MEDIA):
        place = {"LocationConstraint": ENVIRONMENT["AWS_REGION"]}
        client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=place)


def query_of(url: str) -> dict[str, str]:
    """The query of an address, each name once."""
    found = urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, strict_parsing=True)
    assert len(dict(found)) == len(found)
    return dict(found)


def test_an_upload_is_signed_with_its_length_its_digest_and_for_one_time(buckets):
    link = links.put_link(KEY, len(BODY), SHA256, "image/jpeg", 3600)
    assert link.url.startswith(f"{SITE}/{KEY}?")
    query = query_of(link.url)
    assert query["X-Amz-Expires"] == "3600" and query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    signed = "content-length;content-type;host;if-none-match;x-amz-checksum-sha256"
    assert query["X-Amz-SignedHeaders"] == signed
    assert link.headers == {"Content-Type": "image/jpeg", "x-amz-checksum-sha256": SHA256, "If-None-Match": "*"}
    other = links.put_link(KEY, len(BODY) + 1, SHA256, "image/jpeg", 3600)
    assert query_of(other.url)["X-Amz-Signature"] != query["X-Amz-Signature"]


def test_a_file_is_saved_under_its_name_and_shown_as_what_it_is_for_five_minutes(buckets):
    url = links.get_link("media/c1/u1/original", '报告 "一".pdf', "application/pdf")
    assert url.startswith(f"{SITE}/media/c1/u1/original?")
    query = query_of(url)
    assert query["X-Amz-Expires"] == "300" and query["X-Amz-SignedHeaders"] == "host"
    assert query["response-content-type"] == "application/pdf"
    said = query["response-content-disposition"]
    assert said.startswith("attachment; filename=\"__ ___.pdf\"; filename*=UTF-8''")
    assert urllib.parse.unquote(said.rpartition("''")[2]) == '报告 "一".pdf'


@pytest.mark.parametrize(
    "name",
    ["a\r\nSet-Cookie: x=1", "a\x00b", "x" * 5000, "", "%22; filename=evil.html"],
    ids=lambda name: repr(name[:9]),
)
def test_no_name_of_a_file_reaches_another_header(buckets, name):
    said = query_of(links.get_link("media/c1/u1/original", name, "image/png"))["response-content-disposition"]
    plain, _, whole = said.removeprefix('attachment; filename="').partition("\"; filename*=UTF-8''")
    assert said.isprintable() and said.isascii() and '"' not in plain + whole and len(said) < 1000


@pytest.mark.parametrize("key", ["media/c1/u1/original", "other/x", "/uploads/x", ""])
def test_what_the_site_would_not_find_is_not_signed(buckets, key):
    with pytest.raises(ValueError, match="would not find"):
        links.put_link(key, 1, SHA256, "image/png", 60)
    with pytest.raises(ValueError, match="would not find"):
        links.get_link(key.replace("media/", "uploads/"), "a.png", "image/png")


def test_parts_are_listed_put_together_and_forgotten(buckets):
    upload = links.begin_parts(KEY, "video/mp4")
    assert links.parts_there(KEY, upload) == []
    link = links.part_link(KEY, upload, 2, 7, 600)
    query = query_of(link.url)
    assert link.url.startswith(f"{SITE}/{KEY}?") and link.headers == {}
    assert (query["partNumber"], query["uploadId"]) == ("2", upload)
    assert query["X-Amz-SignedHeaders"] == "content-length;host"

    first, last = b"a" * links.SMALLEST_PART, b"the end"
    for number, body in ((2, last), (1, first)):
        client("s3").upload_part(Bucket=QUARANTINE, Key=KEY, UploadId=upload, PartNumber=number, Body=body)
    parts = links.parts_there(KEY, upload)
    assert [(part.number, part.size) for part in parts] == [(1, len(first)), (2, len(last))]
    links.complete_parts(KEY, upload, parts)
    assert client("s3").get_object(Bucket=QUARANTINE, Key=KEY)["Body"].read() == first + last

    other = links.begin_parts(KEY, "video/mp4")
    links.abort_parts(KEY, other)
    links.abort_parts(KEY, other)
    with pytest.raises(aws.Refusal, match="NoSuchUpload"):
        links.parts_there(KEY, other)


def test_a_part_that_is_too_small_is_refused_when_they_are_put_together(buckets):
    upload = links.begin_parts(KEY, "video/mp4")
    for number in (1, 2):
        client("s3").upload_part(Bucket=QUARANTINE, Key=KEY, UploadId=upload, PartNumber=number, Body=b"small")
    with pytest.raises(aws.Refusal, match="EntityTooSmall"):
        links.complete_parts(KEY, upload, links.parts_there(KEY, upload))
