"""Calls of tables without the way there: no signing, no HTTP, no JSON, straight to moto's handler and the store's
own refusals. What a call answers or raises is what it would by the long way (`test_shortcut`); it is several times
faster, and the proof needs many."""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

from botocore.exceptions import ClientError
from moto.core.responses import ActionResult
from moto.dynamodb.responses import DynamoHandler

from infra.local.store.testing import REGION

_ACCOUNT = "123456789012"
_TRIES = 4


class _Handler(DynamoHandler):  # type: ignore[misc]
    """One call, whose answer is kept as a value."""

    outcome: Any = None

    def _authenticate_and_authorize_normal_action(self, resource: str = "*") -> None:
        return None

    def serialized(self, action_result: ActionResult) -> Any:
        if isinstance(action_result.result, Exception):
            return super().serialized(action_result)
        self.outcome = action_result.result
        return 200, {}, ""


def call_table(operation: str, params: dict[str, Any]) -> dict[str, Any]:
    """What DynamoDB answers; tries again as botocore does. ClientError."""
    for attempt in range(_TRIES):
        handler = _Handler()
        handler.params = handler.body = copy.deepcopy(params)
        handler.region, handler.current_account, handler.access_key = REGION, _ACCOUNT, ""
        handler.headers = {
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            "Content-Type": "application/x-amz-json-1.0",
        }
        handler.response_headers, handler.querystring, handler.uri_match = {}, {}, {}
        status, _, body = handler.call_action()
        if handler.outcome is not None:
            answer: dict[str, Any] = copy.deepcopy(handler.outcome)
            return {**answer, "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RetryAttempts": attempt}}
        told = json.loads(body)
        code = str(told.pop("__type")).rpartition("#")[2]
        if (int(status) >= 500 or "Throttl" in code or "Exceeded" in code) and attempt < _TRIES - 1:
            continue
        message = told.pop("message", told.pop("Message", ""))
        error = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": int(status)}}
        raise ClientError({**error, **_with_bytes(told), "Message": message}, operation)
    raise AssertionError


def _with_bytes(value: Any) -> Any:
    """A refusal's items with their bytes, which travel as text."""
    if isinstance(value, list):
        return [_with_bytes(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and isinstance(value.get("B"), str):
        return {"B": base64.b64decode(value["B"])}
    return {name: _with_bytes(one) for name, one in value.items()}
