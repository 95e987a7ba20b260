"""Uploads and media at the hospital's port, as strict as S3: signatures, lengths, digests, single use, ranges."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from hospital import aws, links
from infra.local.buckets.forwarding import HEADERS
from tests.infra.local.buckets.door import ACT, IDLE, MEDIA, QUARANTINE, Answer, Door, client_of, opened, s3, written
from tests.infra.local.ward import Ward

pytestmark = pytest.mark.store

KEY = "uploads/one/secret"
BODY = b"\xff\xd8" + bytes(range(256)) * 5
SHA256 = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
FILM = bytes(range(256)) * 1000
SHOWN = "media/c1/u1/original"


@pytest.fixture(scope="module")
def one_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Opened once: the template is read and a server begun."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "cn-northwest-1")
        ward = Ward(tmp_path_factory.mktemp("door"))
        written(ward)
        with opened(ward, None) as found:
            yield found


@pytest.fixture
def door(one_door: Door) -> Door:
    """With empty buckets, at the right time."""
    one_door.now[0] = 0
    client = s3()
    for found in client.list_objects_v2(Bucket=QUARANTINE).get("Contents", []):
        client.delete_object(Bucket=QUARANTINE, Key=found["Key"])
    return one_door


def upload(door: Door, key: str = KEY, length: int = len(BODY), seconds: int = 600) -> links.Link:
    found = door.as_function(lambda: links.put_link(key, length, SHA256, "image/jpeg", seconds))
    assert isinstance(found, links.Link)
    return found


def film(door: Door, **more: Any) -> str:
    """The address of a film that lies in the media bucket."""
    s3().put_object(Bucket=MEDIA, Key=SHOWN, Body=FILM, ContentType="text/html")
    return str(door.as_function(lambda: links.get_link(SHOWN, "影片.mp4", "video/mp4", **more)))


def changed(url: str, **parts: str | None) -> str:
    """The address with other parts of its query; None takes one away."""
    query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    query |= {name.replace("_", "-"): value for name, value in parts.items() if value is not None}
    left = {name: value for name, value in query.items() if parts.get(name.replace("-", "_"), "") is not None}
    return f"{url.partition('?')[0]}?{urlencode(left)}"


def test_a_page_puts_its_file_once_and_only_the_bucket_has_it(door: Door) -> None:
    link = upload(door)
    answer = door.ask("PUT", link.url, BODY, link.headers)
    assert (answer.status, answer.body) == (200, b"") and answer.headers["ETag"]
    found = s3().get_object(Bucket=QUARANTINE, Key=KEY)
    assert (found["Body"].read(), found["ContentType"]) == (BODY, "image/jpeg")

    again = door.ask("PUT", link.url, BODY, link.headers)
    assert (again.status, again.code) == (412, "PreconditionFailed")


def test_a_file_of_many_megabytes_arrives_whole(door: Door) -> None:
    body = BODY * 6000
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    link = door.as_function(lambda: links.put_link(KEY, len(body), digest, "application/x-www-form-urlencoded", 600))
    assert door.ask("PUT", link.url, body, link.headers).status == 200
    assert s3().get_object(Bucket=QUARANTINE, Key=KEY)["Body"].read() == body


Change = Callable[[links.Link], tuple[str, str, bytes, dict[str, str]]]

FLIPPED = BODY[:-1] + b"?"
BAD_PUTS: dict[str, tuple[Change, int, str]] = {
    "no signature": (lambda link: ("PUT", link.url.partition("?")[0], BODY, dict(link.headers)), 403, "AccessDenied"),
    "0 bytes": (lambda link: ("PUT", link.url, b"", dict(link.headers)), 403, "SignatureDoesNotMatch"),
    "one byte too large": (
        lambda link: ("PUT", link.url, BODY + b"?", dict(link.headers)),
        403,
        "SignatureDoesNotMatch",
    ),
    "one byte too small": (lambda link: ("PUT", link.url, BODY[:-1], dict(link.headers)), 403, "SignatureDoesNotMatch"),
    "another content": (lambda link: ("PUT", link.url, FLIPPED, dict(link.headers)), 400, "BadDigest"),
    "another digest": (
        lambda link: ("PUT", link.url, FLIPPED, dict(link.headers) | {"x-amz-checksum-sha256": "A" * 43 + "="}),
        403,
        "SignatureDoesNotMatch",
    ),
    "another type": (
        lambda link: ("PUT", link.url, BODY, dict(link.headers) | {"Content-Type": "text/html"}),
        403,
        "SignatureDoesNotMatch",
    ),
    "no single use": (
        lambda link: ("PUT", link.url, BODY, {k: v for k, v in link.headers.items() if k != "If-None-Match"}),
        403,
        "SignatureDoesNotMatch",
    ),
    "another method": (lambda link: ("GET", link.url, b"", dict(link.headers)), 403, "SignatureDoesNotMatch"),
    "a method that it has not": (
        lambda link: ("DELETE", link.url, b"", dict(link.headers)),
        403,
        "SignatureDoesNotMatch",
    ),
    "another key": (
        lambda link: ("PUT", link.url.replace("/secret", "/other"), BODY, dict(link.headers)),
        403,
        "SignatureDoesNotMatch",
    ),
    "another host": (
        lambda link: ("GET", link.url.replace("/uploads/", "/media/"), b"", {}),
        403,
        "SignatureDoesNotMatch",
    ),
    "longer good": (
        lambda link: ("PUT", changed(link.url, X_Amz_Expires="86400"), BODY, dict(link.headers)),
        403,
        "SignatureDoesNotMatch",
    ),
    "good for more than a week": (
        lambda link: ("PUT", changed(link.url, X_Amz_Expires="604801"), BODY, dict(link.headers)),
        400,
        "AuthorizationQueryParametersError",
    ),
    "good for a word": (
        lambda link: ("PUT", changed(link.url, X_Amz_Expires="long"), BODY, dict(link.headers)),
        400,
        "AuthorizationQueryParametersError",
    ),
    "no date": (
        lambda link: ("PUT", changed(link.url, X_Amz_Date=None), BODY, dict(link.headers)),
        400,
        "AuthorizationQueryParametersError",
    ),
    "the 31st of February": (
        lambda link: (
            "PUT",
            re.sub(r"\d{8}(?=%2F|T)", "20260231", link.url),
            BODY,
            dict(link.headers),
        ),
        400,
        "AuthorizationQueryParametersError",
    ),
    "another algorithm": (
        lambda link: ("PUT", changed(link.url, X_Amz_Algorithm="AWS4-HMAC-SHA1"), BODY, dict(link.headers)),
        400,
        "AuthorizationQueryParametersError",
    ),
    "another region": (
        lambda link: ("PUT", link.url.replace("cn-northwest-1", "cn-north-1"), BODY, dict(link.headers)),
        400,
        "AuthorizationQueryParametersError",
    ),
    "an unknown key": (
        lambda link: ("PUT", re.sub("ASIA.{16}", "ASIA" + "A" * 16, link.url), BODY, dict(link.headers)),
        403,
        "InvalidAccessKeyId",
    ),
    "no token": (
        lambda link: ("PUT", changed(link.url, X_Amz_Security_Token=None), BODY, dict(link.headers)),
        403,
        "SignatureDoesNotMatch",
    ),
    "a flipped signature": (
        lambda link: ("PUT", changed(link.url, X_Amz_Signature="0" * 64), BODY, dict(link.headers)),
        403,
        "SignatureDoesNotMatch",
    ),
    "a signature in other letters": (
        lambda link: ("PUT", changed(link.url, X_Amz_Signature="签名"), BODY, dict(link.headers)),
        403,
        "SignatureDoesNotMatch",
    ),
    "a date in other digits": (
        lambda link: ("PUT", changed(link.url, X_Amz_Date="٢٠٢٦١١٢٢T٠٠٠٠٠٠Z"), BODY, dict(link.headers)),
        400,
        "AuthorizationQueryParametersError",
    ),
    "bytes that are no text": (
        lambda link: ("PUT", link.url.replace("/secret", "/%ff%00"), BODY, dict(link.headers)),
        403,
        "SignatureDoesNotMatch",
    ),
    "a part more in the query": (
        lambda link: ("PUT", f"{link.url}&acl=", BODY, dict(link.headers)),
        403,
        "SignatureDoesNotMatch",
    ),
    "two signatures": (
        lambda link: ("PUT", f"{link.url}&X-Amz-Signature={'0' * 64}", BODY, dict(link.headers)),
        400,
        "AuthorizationQueryParametersError",
    ),
}


@pytest.mark.parametrize(("change", "status", "code"), BAD_PUTS.values(), ids=BAD_PUTS)
def test_whatever_is_not_as_it_was_signed_is_refused_and_nothing_is_kept(
    door: Door, change: Change, status: int, code: str
) -> None:
    method, url, body, headers = change(upload(door))
    answer = door.ask(method, url, body, headers)
    assert (answer.status, answer.code) == (status, code)
    assert HEADERS.items() <= answer.headers.items()
    assert "Contents" not in s3().list_objects_v2(Bucket=QUARANTINE)


def test_an_address_ends_and_does_not_begin_early(door: Door) -> None:
    link = upload(door, seconds=600)
    door.now[0] = 601
    late = door.ask("PUT", link.url, BODY, link.headers)
    assert (late.status, late.code) == (403, "AccessDenied") and b"Request has expired" in late.body
    door.now[0] = -3600
    early = door.ask("PUT", link.url, BODY, link.headers)
    assert (early.status, early.code) == (403, "AccessDenied") and b"not valid yet" in early.body
    door.now[0] = 590
    assert door.ask("PUT", link.url, BODY, link.headers).status == 200


def test_a_header_that_nobody_signed_is_refused_when_it_reaches_the_bucket(door: Door) -> None:
    sign = {"Bucket": QUARANTINE, "Key": KEY, "ContentLength": len(BODY)}
    signed = door.as_function(lambda: aws.signing_client().generate_presigned_url("put_object", Params=sign))
    url = f"/{KEY}?{urlsplit(signed).query}"
    answer = door.ask("PUT", url, BODY, {"x-amz-checksum-sha256": SHA256})
    assert (answer.status, answer.code) == (403, "AccessDenied")
    assert b"<HeadersNotSigned>x-amz-checksum-sha256</HeadersNotSigned>" in answer.body
    # Others the site does not let through at all.
    assert door.ask("PUT", url, BODY, {"x-amz-acl": "public-read"}).status == 200


def test_a_function_cannot_sign_what_it_may_not_do(door: Door) -> None:
    with pytest.raises(aws.Refusal, match="AccessDenied"):
        door.as_function(lambda: links.put_link(KEY, len(BODY), SHA256, "image/jpeg", 600), IDLE)
    with pytest.raises(aws.Refusal, match="AccessDenied"):
        door.as_function(lambda: links.get_link(SHOWN, "a", "image/png"), IDLE)


@pytest.mark.parametrize(("function", "status"), [(ACT, 200), (IDLE, 403)])
def test_the_signers_policies_are_asked_when_an_address_is_used(door: Door, function: str, status: int) -> None:
    """Wherever it was signed: AWS looks at the moment of use, and a role that lost a right has signed in vain."""
    client = client_of(door.keys.of(function))
    put = client.generate_presigned_url("put_object", Params={"Bucket": QUARANTINE, "Key": KEY})
    answer = door.ask("PUT", f"/{KEY}?{urlsplit(put).query}", BODY)
    assert (answer.status, answer.code) == (status, "" if status == 200 else "AccessDenied")
    outside = client.generate_presigned_url("put_object", Params={"Bucket": QUARANTINE, "Key": "uploads"})
    assert door.ask("PUT", f"/uploads/?{urlsplit(outside).query}", BODY).code == "SignatureDoesNotMatch"


def test_a_film_is_shown_as_what_it_is_and_never_as_a_page(door: Door) -> None:
    answer = door.ask("GET", film(door))
    assert (answer.status, answer.body) == (200, FILM)
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert HEADERS.items() <= answer.headers.items()
    head = door.ask("HEAD", film(door))
    assert (head.status, head.code) == (403, "")


RANGES: dict[str, tuple[str, int, str, bytes]] = {
    "from the beginning": ("bytes=0-9", 206, f"bytes 0-9/{len(FILM)}", FILM[:10]),
    "to the end": ("bytes=255900-", 206, f"bytes 255900-255999/{len(FILM)}", FILM[255900:]),
    "the last bytes": ("bytes=-5", 206, f"bytes 255995-255999/{len(FILM)}", FILM[-5:]),
    "beyond the end": ("bytes=255990-999999", 206, f"bytes 255990-255999/{len(FILM)}", FILM[255990:]),
    "more than there is, from behind": ("bytes=-999999", 206, f"bytes 0-255999/{len(FILM)}", FILM),
    "all of it": ("bytes=0-", 206, f"bytes 0-255999/{len(FILM)}", FILM),
    "several": ("bytes=0-1,5-6", 200, "", FILM),
    "no bytes": ("lines=0-1", 200, "", FILM),
}


@pytest.mark.parametrize(("asked", "status", "said", "body"), RANGES.values(), ids=RANGES)
def test_a_player_asks_for_the_part_it_needs(door: Door, asked: str, status: int, said: str, body: bytes) -> None:
    answer = door.ask("GET", film(door), headers={"Range": asked})
    assert (answer.status, answer.headers.get("Content-Range", ""), answer.body) == (status, said, body)


@pytest.mark.parametrize("asked", ["bytes=256000-", "bytes=9-3", "bytes=-0"])
def test_a_range_without_a_byte_is_refused(door: Door, asked: str) -> None:
    answer = door.ask("GET", film(door), headers={"Range": asked})
    assert (answer.status, answer.code) == (416, "InvalidRange")


def test_what_is_not_there_is_not_told_to_who_may_not_list(door: Door) -> None:
    url = door.as_function(lambda: links.get_link("media/c1/u1/none", "a.png", "image/png"))
    answer = door.ask("GET", url)
    assert (answer.status, answer.code) == (403, "AccessDenied")


def test_media_are_only_read(door: Door) -> None:
    url = film(door)
    for method in ("PUT", "POST", "DELETE", "OPTIONS"):
        assert door.ask(method, url, b"").status == 403


def put_part(door: Door, upload_id: str, number: int, body: bytes, length: int | None = None) -> Answer:
    link = door.as_function(lambda: links.part_link(KEY, upload_id, number, length or len(body), 600))
    return door.ask("PUT", link.url, body, link.headers)


def test_a_large_file_comes_in_parts_of_which_each_can_be_sent_again(door: Door) -> None:
    upload_id = door.as_function(lambda: links.begin_parts(KEY, "video/mp4"))
    first, last = b"a" * links.SMALLEST_PART, b"the end"
    assert put_part(door, upload_id, 2, b"not yet").status == 200
    assert put_part(door, upload_id, 1, first).status == 200
    assert put_part(door, upload_id, 2, last).status == 200
    too_long = put_part(door, upload_id, 2, last + b"?", length=len(last))
    assert (too_long.status, too_long.code) == (403, "SignatureDoesNotMatch")
    parts = door.as_function(lambda: links.parts_there(KEY, upload_id))
    assert [(part.number, part.size) for part in parts] == [(1, len(first)), (2, len(last))]
    door.as_function(lambda: links.complete_parts(KEY, upload_id, parts))
    assert s3().get_object(Bucket=QUARANTINE, Key=KEY)["Body"].read() == first + last
    gone = put_part(door, upload_id, 3, last)
    assert (gone.status, gone.code) == (404, "NoSuchUpload")


@pytest.mark.parametrize("number", [0, 10_001])
def test_parts_have_numbers_from_1_to_10000(door: Door, number: int) -> None:
    upload_id = door.as_function(lambda: links.begin_parts(KEY, "video/mp4"))
    answer = put_part(door, upload_id, number, b"x")
    assert (answer.status, answer.code) == (400, "InvalidArgument")


def test_a_part_of_anothers_upload_is_refused(door: Door) -> None:
    other = door.as_function(lambda: links.begin_parts("uploads/two/secret", "video/mp4"))
    answer = put_part(door, other, 1, b"x")
    assert (answer.status, answer.code) == (404, "NoSuchUpload")
