"""S3's objects over a restart: bytes, versions, delete markers, metadata, tags, uploads in parts, locks."""

import datetime
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.local.store import Store, StoreUnwritable, installed
from infra.local.store.object_rows import KeptBytes
from infra.local.store.objects import KeptObjects
from infra.local.store.testing import memory_cloud

pytestmark = pytest.mark.store

NOW = 1_800_000_000.0
PART = 5 * 1024 * 1024


@contextmanager
def opened(folder: Path, now: float = NOW) -> Iterator[Any]:
    """S3 on a folder, with a plain bucket, one with versions and one with a lock, at a moment of the hospital's."""
    with Store.open(folder, hospital_time=lambda: now) as store, mock_aws(), installed(store):
        s3 = boto3.client("s3")
        make_buckets(s3)
        store.load()
        yield s3


def make_buckets(s3: Any) -> None:
    """As the template does at each start."""
    place = {"LocationConstraint": "cn-northwest-1"}
    for name in ("plain", "versioned", "archive"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=name == "archive")
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})


def refused(call: Any, **named: Any) -> str:
    """The code of the error that the call ends with."""
    with pytest.raises(ClientError) as caught:
        call(**named)
    return str(caught.value.response["Error"]["Code"])


def files(folder: Path) -> int:
    """How many objects' bytes lie in the folder."""
    return len(list((folder / "objects").iterdir()))


def test_an_object_comes_back_with_everything_it_was_given(tmp_path: Path) -> None:
    given = {
        "Bucket": "plain",
        "Key": "病历/一.txt",
        "Body": "左胸隐痛".encode() * 1000,
        "ContentType": "text/plain; charset=utf-8",
        "CacheControl": "no-store",
        "ContentDisposition": "attachment",
        "Metadata": {"visit": "v1"},
        "Tagging": "kind=record&state=clean",
    }
    with opened(tmp_path) as s3:
        s3.put_object(**given)
        s3.put_object(Bucket="plain", Key="gone", Body=b"x")
        s3.delete_object(Bucket="plain", Key="gone")
        before = s3.get_object(Bucket="plain", Key="病历/一.txt")
        assert before["Body"].read() == given["Body"]
    with opened(tmp_path) as s3:
        after = s3.get_object(Bucket="plain", Key="病历/一.txt")
        assert after["Body"].read() == given["Body"]
        for name in (
            "ETag",
            "LastModified",
            "ContentType",
            "CacheControl",
            "ContentDisposition",
            "Metadata",
            "TagCount",
        ):
            assert after[name] == before[name], name
        assert after["LastModified"].timestamp() == NOW
        tags = s3.get_object_tagging(Bucket="plain", Key="病历/一.txt")["TagSet"]
        assert {tag["Key"]: tag["Value"] for tag in tags} == {"kind": "record", "state": "clean"}
        assert [each["Key"] for each in s3.list_objects_v2(Bucket="plain")["Contents"]] == ["病历/一.txt"]
        ranged = s3.get_object(Bucket="plain", Key="病历/一.txt", Range="bytes=12-23")
        assert ranged["Body"].read() == given["Body"][12:24]
    assert files(tmp_path) == 1


def test_versions_delete_markers_tags_and_copies_come_back(tmp_path: Path) -> None:
    key = {"Bucket": "versioned", "Key": "report"}
    with opened(tmp_path) as s3:
        first = s3.put_object(**key, Body=b"first")["VersionId"]
        s3.put_object(**key, Body=b"second")
        s3.put_object_tagging(**key, VersionId=first, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
        s3.copy_object(Bucket="plain", Key="copy", CopySource={**key, "VersionId": first})
        s3.delete_object(**key)
        marker = s3.list_object_versions(Bucket="versioned")["DeleteMarkers"][0]["VersionId"]
    with opened(tmp_path) as s3:
        assert refused(s3.get_object, **key) == "NoSuchKey"
        listed = s3.list_object_versions(Bucket="versioned")
        assert len(listed["Versions"]) == 2 and len(listed["DeleteMarkers"]) == 1
        assert s3.get_object(**key, VersionId=first)["Body"].read() == b"first"
        assert s3.get_object_tagging(**key, VersionId=first)["TagSet"] == [{"Key": "a", "Value": "b"}]
        copied = s3.get_object(Bucket="plain", Key="copy")
        assert copied["Body"].read() == b"first" and copied["TagCount"] == 1
        s3.delete_object(**key, VersionId=marker)
        s3.delete_object(**key, VersionId=first)
    with opened(tmp_path) as s3:
        assert s3.get_object(**key)["Body"].read() == b"second"
        assert refused(s3.get_object, **key, VersionId=first) in ("NoSuchVersion", "NoSuchKey")
    assert files(tmp_path) == 2


def test_an_overwritten_object_leaves_no_bytes_behind(tmp_path: Path) -> None:
    with opened(tmp_path) as s3:
        for number in range(5):
            s3.put_object(Bucket="plain", Key="one", Body=b"%d" % number)
        assert files(tmp_path) == 1
        assert s3.get_object(Bucket="plain", Key="one")["Body"].read() == b"4"
        s3.delete_objects(Bucket="plain", Delete={"Objects": [{"Key": "one"}]})
        assert files(tmp_path) == 0


def test_an_upload_in_parts_goes_on_after_a_restart(tmp_path: Path) -> None:
    with opened(tmp_path) as s3:
        begun = {
            key: s3.create_multipart_upload(Bucket="plain", Key=key, ContentType="video/mp4")["UploadId"]
            for key in ("done", "half", "aborted")
        }
        for key, number, body in (
            ("done", 1, b"a" * PART),
            ("done", 2, b"b"),
            ("half", 1, b"-"),
            ("half", 1, b"c" * PART),
            ("aborted", 1, b"x"),
        ):
            s3.upload_part(Bucket="plain", Key=key, UploadId=begun[key], PartNumber=number, Body=body)
        s3.abort_multipart_upload(Bucket="plain", Key="aborted", UploadId=begun["aborted"])
        done = completed(s3, "done", begun["done"])
        etag = s3.complete_multipart_upload(**done)["ETag"]
        assert files(tmp_path) == 2
    with opened(tmp_path) as s3:
        body = s3.get_object(Bucket="plain", Key="done")["Body"].read()
        assert (len(body), body[-2:]) == (PART + 1, b"ab")
        assert s3.complete_multipart_upload(**done)["ETag"] == etag
        gone = {"Bucket": "plain", "Key": "aborted", "UploadId": begun["aborted"]}
        assert refused(s3.upload_part, **gone, PartNumber=2, Body=b"d") == "NoSuchUpload"
        s3.upload_part(Bucket="plain", Key="half", UploadId=begun["half"], PartNumber=2, Body=b"d")
        s3.complete_multipart_upload(**completed(s3, "half", begun["half"]))
    with opened(tmp_path) as s3:
        found = s3.get_object(Bucket="plain", Key="half")
        assert (found["Body"].read(), found["ContentType"]) == (b"c" * PART + b"d", "video/mp4")
        assert files(tmp_path) == 2


def completed(s3: Any, key: str, upload_id: str) -> dict[str, Any]:
    """What completes an upload with the parts that are there."""
    named = {"Bucket": "plain", "Key": key, "UploadId": upload_id}
    found = s3.list_parts(**named)["Parts"]
    return named | {
        "MultipartUpload": {"Parts": [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in found]}
    }


def test_a_completion_that_cannot_be_kept_leaves_the_upload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path) as s3:
        upload_id = s3.create_multipart_upload(Bucket="plain", Key="one")["UploadId"]
        s3.upload_part(Bucket="plain", Key="one", UploadId=upload_id, PartNumber=1, Body=b"1")
        done = completed(s3, "one", upload_id)
        with monkeypatch.context() as patch:
            patch.setattr(KeptObjects, "_write_rows", _disk_full)
            assert refused(s3.complete_multipart_upload, **done) == "InternalError"
        assert s3.complete_multipart_upload(**done)["ETag"]
    with opened(tmp_path) as s3:
        assert s3.get_object(Bucket="plain", Key="one")["Body"].read() == b"1"
        assert files(tmp_path) == 1


def _disk_full(*_others: object) -> None:
    raise StoreUnwritable("The disk is full.")


def test_what_is_locked_stays_locked_until_its_hour_on_the_hospitals_clock(tmp_path: Path) -> None:
    until = datetime.datetime.fromtimestamp(NOW + 1000, datetime.UTC)
    key = {"Bucket": "archive", "Key": "record"}
    with opened(tmp_path) as s3:
        version = s3.put_object(
            **key, Body=b"r", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until, ChecksumAlgorithm="SHA256"
        )["VersionId"]
        held = s3.put_object(Bucket="archive", Key="held", Body=b"h")["VersionId"]
        s3.put_object_legal_hold(Bucket="archive", Key="held", LegalHold={"Status": "ON"})
    with opened(tmp_path, NOW + 999) as s3:
        assert refused(s3.delete_object, **key, VersionId=version) == "AccessDenied"
        assert refused(s3.delete_object, Bucket="archive", Key="held", VersionId=held) == "AccessDenied"
        found = s3.get_object_retention(**key)["Retention"]
        assert (found["Mode"], found["RetainUntilDate"]) == ("COMPLIANCE", until)
        sooner = {"Mode": "COMPLIANCE", "RetainUntilDate": until - datetime.timedelta(seconds=1)}
        weaker = {"Mode": "GOVERNANCE", "RetainUntilDate": until}
        later = {"Mode": "COMPLIANCE", "RetainUntilDate": until + datetime.timedelta(seconds=100)}
        for retention in (sooner, weaker):
            assert refused(s3.put_object_retention, **key, Retention=retention) == "AccessDenied"
        s3.put_object_retention(**key, Retention=later)
        assert refused(s3.get_object_retention, Bucket="archive", Key="held") == "NoSuchObjectLockConfiguration"
        s3.put_object_legal_hold(Bucket="archive", Key="held", LegalHold={"Status": "OFF"})
    with opened(tmp_path, NOW + 1050) as s3:
        assert refused(s3.delete_object, **key, VersionId=version) == "AccessDenied"
        s3.delete_object(Bucket="archive", Key="held", VersionId=held)
    with opened(tmp_path, NOW + 1101) as s3:
        s3.delete_object(**key, VersionId=version)
    assert files(tmp_path) == 0


def test_a_start_reads_no_object_and_takes_away_bytes_that_no_row_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as s3:
        s3.put_object(Bucket="plain", Key="one", Body=b"1")
    for orphan in ("f" * 32, "e" * 32 + ".part"):
        (tmp_path / "objects" / orphan).write_bytes(b"never acknowledged")

    def read(self: KeptBytes, size: int = -1) -> bytes:
        raise AssertionError("read at start")

    with monkeypatch.context() as patched:
        patched.setattr(KeptBytes, "read", read)
        with opened(tmp_path) as s3:
            assert s3.list_objects_v2(Bucket="plain")["Contents"][0]["Size"] == 1
            assert s3.head_object(Bucket="plain", Key="one")["ETag"] == '"c4ca4238a0b923820dcc509a6f75849b"'
    assert files(tmp_path) == 1


def test_a_bucket_that_left_the_template_keeps_its_objects(tmp_path: Path) -> None:
    with opened(tmp_path) as s3:
        s3.put_object(Bucket="plain", Key="one", Body=b"1")
    with Store.open(tmp_path) as store, mock_aws(), installed(store):
        assert store.load().objects == 0
    with opened(tmp_path) as s3:
        assert s3.get_object(Bucket="plain", Key="one")["Body"].read() == b"1"


def test_a_put_that_cannot_be_kept_fails_and_leaves_what_was_there(tmp_path: Path) -> None:
    with opened(tmp_path) as s3:
        s3.meta.config.retries = {"total_max_attempts": 1}
        s3.put_object(Bucket="plain", Key="one", Body=b"1", Tagging="a=b")
        # The folder of the bytes is gone: as with a lost disk, every write fails, and none is half done.
        (tmp_path / "objects").rename(tmp_path / "elsewhere")
        assert refused(s3.put_object, Bucket="plain", Key="one", Body=b"2") == "InternalError"
        assert refused(s3.put_object, Bucket="plain", Key="two", Body=b"2") == "InternalError"
        (tmp_path / "elsewhere").rename(tmp_path / "objects")
        assert [each["Key"] for each in s3.list_objects_v2(Bucket="plain")["Contents"]] == ["one"]
        assert s3.get_object(Bucket="plain", Key="one")["Body"].read() == b"1"
        assert s3.get_object_tagging(Bucket="plain", Key="one")["TagSet"] == [{"Key": "a", "Value": "b"}]
    assert files(tmp_path) == 1


def test_writers_of_one_key_leave_whole_versions_only(tmp_path: Path) -> None:
    with opened(tmp_path) as s3:

        def write(letter: bytes) -> None:
            for _ in range(10):
                s3.put_object(Bucket="versioned", Key="one", Body=letter * 2000)

        threads = [threading.Thread(target=write, args=(letter,)) for letter in (b"a", b"b", b"c", b"d")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with opened(tmp_path) as s3:
        versions = s3.list_object_versions(Bucket="versioned")["Versions"]
        assert len(versions) == 40
        bodies = [
            s3.get_object(Bucket="versioned", Key="one", VersionId=v["VersionId"])["Body"].read() for v in versions
        ]
        assert sorted(body[:1] for body in bodies) == sorted([b"a", b"b", b"c", b"d"] * 10)
        assert all(body == body[:1] * 2000 for body in bodies)


def test_tests_in_memory_see_the_same_s3() -> None:
    with memory_cloud():
        s3 = boto3.client("s3")
        make_buckets(s3)
        s3.put_object(Bucket="plain", Key="one", Body=b"1")
        assert s3.get_object(Bucket="plain", Key="one")["Body"].read() == b"1"
        lost = {"Bucket": "plain", "Key": "half", "UploadId": "none"}
        assert refused(s3.upload_part, **lost, PartNumber=2, Body=b"d") == "NoSuchUpload"
