"""Object lock as S3 has it where moto is kinder: retention can be read, and cannot be shortened."""

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from moto.core.responses import ActionResult
from moto.s3.exceptions import AccessDeniedByLock, S3ClientError
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

from .seams import Seam


def no_retention() -> Exception:
    """The object has no date until which it must stay."""
    refusal: Exception = S3ClientError(
        "NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration"
    )
    return refusal


def lock_seams(clock: Callable[[], float], keeping: Callable[[str, str], AbstractContextManager[None]]) -> list[Seam]:
    """`keeping(bucket, key)` is the block within which a key may be changed."""

    def put_retention(original: Any) -> Any:
        def put_object_retention(
            backend: Any, bucket_name: str, key_name: str, version_id: str | None, retention: tuple[Any, Any]
        ) -> Any:
            with keeping(bucket_name, key_name):
                key = backend.get_object(bucket_name, key_name, version_id=version_id)
                if key is not None and _is_weaker(key, *retention, clock()):
                    raise AccessDeniedByLock
                return original(backend, bucket_name, key_name, version_id, retention)

        return put_object_retention

    by_version = ("self", "bucket_name", "key_name", "version_id", "retention")
    return [
        Seam(S3Backend, "put_object_retention", by_version, put_retention),
        Seam(S3Response, "_key_response_get", ("self", "query", "key_name"), _get_retention),
    ]


def _is_weaker(key: Any, mode: str | None, until: str | None, now: float) -> bool:
    """COMPLIANCE is never shortened; here GOVERNANCE is not either, since nobody holds the right to bypass it."""
    if not key.lock_mode or _moment(key.lock_until).timestamp() <= now:
        return False
    if key.lock_mode == "COMPLIANCE" and mode != "COMPLIANCE":
        return True
    return not until or _moment(until) < _moment(key.lock_until)


def _get_retention(original: Any) -> Any:
    """moto answers GetObjectRetention with the object itself."""

    def key_response_get(response: Any, query: dict[str, Any], key_name: str) -> Any:
        if "retention" not in query:
            return original(response, query, key_name)
        key, _ = response._get_key()
        if not key.lock_mode:
            raise no_retention()
        response.data["Action"] = "GetObjectRetention"
        retention = {"Mode": key.lock_mode, "RetainUntilDate": _moment(key.lock_until)}
        return response.serialized(ActionResult({"Retention": retention}))

    return key_response_get


def _moment(text: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
