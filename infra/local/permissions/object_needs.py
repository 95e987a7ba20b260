"""What S3's calls need: the bucket or the object, a lock or tags on their own, and the key that seals the bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .names import Names
from .statements import Need

Params = Mapping[str, Any]
Needs = Callable[[Names, Params], Iterator[Need]]


def _object(names: Names, params: Params) -> str:
    return names.bucket(params["Bucket"], params["Key"])


def _on_object(action: str, of_version: str | None = None) -> Needs:
    def needs(names: Names, params: Params) -> Iterator[Need]:
        named = of_version if of_version and params.get("VersionId") else action
        yield Need(f"s3:{named}", (_object(names, params),), params)

    return needs


def _on_bucket(action: str) -> Needs:
    def needs(names: Names, params: Params) -> Iterator[Need]:
        yield Need(f"s3:{action}", (names.bucket(params["Bucket"]),), params)

    return needs


def _read(names: Names, params: Params) -> Iterator[Need]:
    version = "Version" if params.get("VersionId") else ""
    yield Need(f"s3:GetObject{version}", (_object(names, params),), params)
    yield from _key(names, params, "kms:Decrypt")


def _write(names: Names, params: Params) -> Iterator[Need]:
    arn = _object(names, params)
    yield Need("s3:PutObject", (arn,), params)
    if params.get("Tagging"):
        yield Need("s3:PutObjectTagging", (arn,), params)
    if params.get("ObjectLockMode") or params.get("ObjectLockRetainUntilDate"):
        yield Need("s3:PutObjectRetention", (arn,), params)
    if params.get("ObjectLockLegalHoldStatus"):
        yield Need("s3:PutObjectLegalHold", (arn,), params)
    if params.get("ACL"):
        yield Need("s3:PutObjectAcl", (arn,), params)
    yield from _key(names, params, "kms:GenerateDataKey")


def _write_part(names: Names, params: Params) -> Iterator[Need]:
    """Parts of an upload are read again when it is completed."""
    yield from _write(names, params)
    yield from _key(names, params, "kms:Decrypt")


def _copy(names: Names, params: Params) -> Iterator[Need]:
    source = params["CopySource"]
    if isinstance(source, str):
        bucket, _, key = source.lstrip("/").partition("?")[0].partition("/")
        source = {"Bucket": bucket, "Key": key}
    yield from _read(names, source)
    yield from _write(names, params)


def _delete_all(names: Names, params: Params) -> Iterator[Need]:
    for entry in params["Delete"]["Objects"]:
        yield from _delete(names, {**entry, "Bucket": params["Bucket"]} | _bypass(params))


def _delete(names: Names, params: Params) -> Iterator[Need]:
    version = "Version" if params.get("VersionId") else ""
    yield Need(f"s3:DeleteObject{version}", (_object(names, params),), params)
    if params.get("BypassGovernanceRetention"):
        yield Need("s3:BypassGovernanceRetention", (_object(names, params),), params)


def _bypass(params: Params) -> dict[str, Any]:
    name = "BypassGovernanceRetention"
    return {name: params[name]} if params.get(name) else {}


def _key(names: Names, params: Params, action: str) -> Iterator[Need]:
    """Only a key of the template's own is the caller's matter; Amazon's own is not."""
    key = params.get("SSEKMSKeyId") or names.bucket_keys.get(params["Bucket"])
    if key and str(key).rpartition("/")[2] != "s3":
        yield Need(action, (names.key(str(key)),), params)


def _list_all(names: Names, params: Params) -> Iterator[Need]:
    yield Need("s3:ListAllMyBuckets", ("*",), params)


OBJECT_CALLS: dict[str, Needs] = {
    "GetObject": _read,
    "HeadObject": _read,
    "PutObject": _write,
    "CreateMultipartUpload": _write,
    "UploadPart": _write_part,
    "CompleteMultipartUpload": _write_part,
    "AbortMultipartUpload": _on_object("AbortMultipartUpload"),
    "ListParts": _on_object("ListMultipartUploadParts"),
    "CopyObject": _copy,
    "DeleteObject": _delete,
    "DeleteObjects": _delete_all,
    "GetObjectTagging": _on_object("GetObjectTagging", "GetObjectVersionTagging"),
    "PutObjectTagging": _on_object("PutObjectTagging", "PutObjectVersionTagging"),
    "GetObjectRetention": _on_object("GetObjectRetention"),
    "PutObjectRetention": _on_object("PutObjectRetention"),
    "GetObjectLegalHold": _on_object("GetObjectLegalHold"),
    "PutObjectLegalHold": _on_object("PutObjectLegalHold"),
    "RestoreObject": _on_object("RestoreObject"),
    "ListObjects": _on_bucket("ListBucket"),
    "ListObjectsV2": _on_bucket("ListBucket"),
    "HeadBucket": _on_bucket("ListBucket"),
    "ListObjectVersions": _on_bucket("ListBucketVersions"),
    "GetBucketVersioning": _on_bucket("GetBucketVersioning"),
    "GetBucketEncryption": _on_bucket("GetEncryptionConfiguration"),
    "GetBucketLifecycleConfiguration": _on_bucket("GetLifecycleConfiguration"),
    "GetObjectLockConfiguration": _on_bucket("GetBucketObjectLockConfiguration"),
    "GetPublicAccessBlock": _on_bucket("GetBucketPublicAccessBlock"),
    "ListBuckets": _list_all,
}
