"""Calls of tables without the way there: no signing, no HTTP, no JSON, straight to moto's handler.

What goes in and comes out is as by the long way: botocore's hooks, its validation where a client asks for it, its
retries and their pauses, its exceptions; in between the store's own refusals and troubles. It takes a third of the
time, and nearly everything that a hospital does is calls of tables. `tests/infra/local/store/test_short_way.py` holds
both ways against each other; botocore and moto as pinned in pyproject.toml.
"""

from __future__ import annotations

import time
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.endpoint import first_non_none_response
from botocore.exceptions import ParamValidationError
from botocore.validate import ParamValidationDecorator
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from moto.dynamodb.responses import DynamoHandler

from .seams import Seam

OPERATIONS = frozenset(
    [
        "GetItem",
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "Query",
        "Scan",
        "BatchGetItem",
        "BatchWriteItem",
        "TransactGetItems",
        "TransactWriteItems",
    ]
)
"""Those of items; what is done to tables themselves is rare and goes the long way."""

_BINARY = ("B", "BS")

Answer = tuple[Any, dict[str, Any]]
"""The HTTP response as botocore's hooks want it, and what it says."""


def seams() -> list[Seam]:
    """Where every client's calls begin."""
    return [Seam(BaseClient, "_make_api_call", ("self", "operation_name", "api_params"), _shortened)]


def _shortened(original: Any) -> Any:
    def make_api_call(client: Any, operation: str, params: dict[str, Any]) -> Any:
        if operation not in OPERATIONS or client.meta.service_model.service_name != "dynamodb":
            return original(client, operation, params)
        return _called(client, operation, params)

    return make_api_call


def _called(client: Any, operation: str, params: dict[str, Any]) -> dict[str, Any]:
    """`BaseClient._make_api_call` with its hooks. ClientError, ParamValidationError."""
    meta = client.meta
    model = meta.service_model.operation_model(operation)
    context = {"client_region": meta.region_name, "client_config": meta.config, "has_streaming_input": False}
    params = client._emit_api_params(api_params=params, operation_model=model, context=context)
    if isinstance(client._serializer, ParamValidationDecorator):  # PynamoDB does without
        report = client._serializer._param_validator.validate(params, model.input_shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())
    request = {"url_path": "/", "method": "POST", "headers": {}, "body": b"", "context": context}
    _, given = meta.events.emit_until_response(
        f"before-call.dynamodb.{operation}",
        model=model,
        params=request,
        request_signer=client._request_signer,
        context=context,
    )
    http, parsed = given or _tried(client, model, params, request)
    meta.events.emit(
        f"after-call.dynamodb.{operation}", http_response=http, parsed=parsed, model=model, context=context
    )
    if http.status_code >= 300:
        raise client.exceptions.from_code(parsed.get("Error", {}).get("Code"))(parsed, operation)
    return parsed


def _tried(client: Any, model: Any, params: dict[str, Any], request: dict[str, Any]) -> Answer:
    """As often as the client's own retries want it."""
    attempts = 1
    while True:
        http, parsed = _answered(client, model, params)
        parsed["ResponseMetadata"]["RetryAttempts"] = attempts - 1
        if http.status_code < 300:
            return http, parsed
        told = client.meta.events.emit(
            f"needs-retry.dynamodb.{model.name}",
            response=(http, parsed),
            endpoint=client._endpoint,
            operation=model,
            attempts=attempts,
            caught_exception=None,
            request_dict=request,
        )
        pause = first_non_none_response(told)
        if pause is None or pause is False:
            return http, parsed
        time.sleep(pause)
        attempts += 1


def _answered(client: Any, model: Any, params: dict[str, Any]) -> Answer:
    """What moto's handler says, once."""
    handler = _Handler()
    handler.params = handler.body = _sent(params)
    handler.region, handler.current_account, handler.access_key = client.meta.region_name, DEFAULT_ACCOUNT_ID, ""
    handler.headers = {
        "X-Amz-Target": f"DynamoDB_20120810.{model.name}",
        "Content-Type": "application/x-amz-json-1.0",
    }
    handler.response_headers, handler.querystring, handler.uri_match = {}, {}, {}
    status, headers, body = handler.call_action()
    outcome = handler.outcome
    if outcome is None:
        return AWSResponse("", int(status), {}, None), _refused(client, model, int(status), headers, body)
    members = model.output_shape.members
    answer = {name: _sent(value) for name, value in outcome.items() if value is not None and name in members}
    answer["ResponseMetadata"] = {"HTTPStatusCode": 200, "HTTPHeaders": {}}
    return AWSResponse("", 200, {}, None), answer


def _refused(client: Any, model: Any, status: int, headers: dict[str, Any], body: str | bytes) -> dict[str, Any]:
    """A refusal is rare: botocore reads it."""
    text = body.encode() if isinstance(body, str) else body
    named = {str(name).lower(): str(value) for name, value in headers.items()}
    response = {"status_code": status, "headers": named, "body": text, "context": {"operation_name": model.name}}
    endpoint = client._endpoint
    parser = endpoint._response_parser_factory.create_parser(model.service_model.resolved_protocol)
    parsed: dict[str, Any] = parser.parse(response, model.output_shape)
    endpoint._add_modeled_error_fields(response, parsed, model, parser)
    return parsed


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

    @staticmethod
    def _enrich_response(headers: dict[str, str], body: Any) -> tuple[dict[str, str], Any]:
        return headers, body  # a request id that nobody reads


def _sent(value: Any, name: str = "") -> Any:
    """A copy as JSON's way there would make it: bytes travel as values of their own kind only."""
    kind = type(value)
    if kind is str or kind is bool or kind is int:
        return value
    if kind is dict:
        return {key: _sent(one, key) for key, one in value.items()}
    if kind is list or kind is tuple:
        return [_sent(one, name) for one in value]
    return _sent_otherwise(value, name)


def _sent_otherwise(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _sent(one, key) for key, one in value.items()}
    if isinstance(value, list | set):
        return [_sent(one, name) for one in value]
    if isinstance(value, bytes | bytearray) and name in _BINARY:
        return bytes(value)
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
