"""Where calls are caught: botocore's one way out of every client, and moto's one way in.

Every method of every client, PynamoDB's and boto3's resources included, goes through `BaseClient._make_api_call`;
there the call still has its names. What reaches moto from a running function without having come that way (a request
signed by hand, a presigned address that the function itself opens) is refused by name.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import botocore
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.signers import S3PostPresigner
from moto.core.botocore_stubber import BotocoreStubber

from ..invoker import RUNNING
from .permissions import Permissions
from .refusals import refused

_ASKED: contextvars.ContextVar[bool] = contextvars.ContextVar("iam_was_asked", default=False)
"""While a call that was checked is under way: what moto does inside it is AWS's own doing."""


class WayAround(Exception):
    """A function reached AWS by a way on which nothing can be checked."""


@contextmanager
def checked(permissions: Permissions) -> Iterator[None]:
    """Within the block every AWS call of a running function is held against its policies. One at a time."""
    call, emit, enter = BaseClient._make_api_call, BaseClient._emit_api_params, BotocoreStubber.process_request
    post, start = S3PostPresigner.generate_presigned_post, threading.Thread.start

    def make_api_call(client: Any, operation: str, params: dict[str, Any]) -> Any:
        function = RUNNING.get()
        if function is None or _ASKED.get():
            return call(client, operation, params)
        service = client.meta.service_model.service_name
        is_signed = client.meta.config.signature_version is not botocore.UNSIGNED
        denial = permissions.refuse(function, service, operation, params, is_signed=is_signed)
        if denial is not None:
            raise refused(client, operation, denial.message)
        token = _ASKED.set(True)
        try:
            return call(client, operation, params)
        except ClientError as error:
            if service == "s3":
                _hide_missing(permissions, function, client, operation, params, error)
            raise
        finally:
            _ASKED.reset(token)

    def emit_api_params(client: Any, api_params: Any, operation_model: Any, context: Any) -> Any:
        """A presigned address acts as the function that made it. AWS looks when it is used, here it is made."""
        function = RUNNING.get()
        # botocore asks for CreateBucket when it makes a form; that is `presigned_post`'s matter.
        is_form = operation_model.name == "CreateBucket"
        if function is not None and context.get("is_presign_request") and not is_form:
            service, operation = client.meta.service_model.service_name, operation_model.name
            if denial := permissions.refuse(function, service, operation, api_params or {}):
                raise refused(client, operation, denial.message)
        return emit(client, api_params, operation_model, context)

    def presigned_post(presigner: Any, fields: Any = None, conditions: Any = None, **more: Any) -> Any:
        """A form with which somebody else puts an object."""
        function = RUNNING.get()
        if function is not None:
            bucket = next(one["bucket"] for one in conditions if isinstance(one, dict) and "bucket" in one)
            put = {"Bucket": bucket, "Key": (fields or {}).get("key", "")}
            if denial := permissions.refuse(function, "s3", "PutObject", put):
                raise PermissionError(denial.message)
        return post(presigner, fields=fields, conditions=conditions, **more)

    def process_request(stubber: Any, request: Any) -> Any:
        function = RUNNING.get()
        if function is not None and not _ASKED.get():
            raise WayAround(f"{function} reached {request.url.partition('?')[0]} without a client of boto3")
        return enter(stubber, request)

    def start_thread(thread: threading.Thread) -> None:
        """A thread that a function begins is still that function; one that moto begins is not."""
        if RUNNING.get() is not None and not _ASKED.get():
            context, run = contextvars.copy_context(), thread.run
            thread.run = lambda: context.run(run)  # type: ignore[method-assign]
        start(thread)

    BaseClient._make_api_call, BaseClient._emit_api_params = make_api_call, emit_api_params
    S3PostPresigner.generate_presigned_post = presigned_post
    BotocoreStubber.process_request = process_request
    threading.Thread.start = start_thread  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        BaseClient._make_api_call, BaseClient._emit_api_params = call, emit
        S3PostPresigner.generate_presigned_post = post
        BotocoreStubber.process_request = enter
        threading.Thread.start = start  # type: ignore[method-assign]


def _hide_missing(
    permissions: Permissions, function: str, client: Any, operation: str, params: dict[str, Any], error: ClientError
) -> None:
    """S3 says 404 only to those who might list the bucket; others hear 403."""
    is_missing = error.response["Error"]["Code"] in ("NoSuchKey", "404")
    if operation not in ("GetObject", "HeadObject") or not is_missing:
        return
    bucket = permissions.names.bucket(params["Bucket"])
    if not permissions.may(function, "s3:ListBucket", bucket):
        raise refused(client, operation, "Access Denied") from error
