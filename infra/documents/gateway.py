"""`infra/openapi/<area>.json`: an area's routes as API Gateway needs them.

OpenAPI 3.0.1 without schemas: API Gateway refuses 3.1 and drops half the words of JSON Schema, and `hospital.http`
checks every request anyway. Only long forms of the template functions, for the document is included by a transform.
"""

from __future__ import annotations

import json
from typing import Any

from .operations import Operation

Json = dict[str, Any]

ALIAS = "live"
"""What `AutoPublishAlias` says in head.yaml: the version of a function that is in service."""

# Answers that API Gateway gives by itself, in our words: kind of answer -> (status or None for its own, our code).
GATEWAY_ANSWERS: dict[str, tuple[int | None, str]] = {
    "ACCESS_DENIED": (403, "policy.refused"),
    "DEFAULT_4XX": (None, "request.invalid"),
    "DEFAULT_5XX": (None, "edge.unexpected"),
    "INTEGRATION_TIMEOUT": (503, "edge.unavailable"),
    "INVALID_API_KEY": (403, "policy.refused"),
    # What API Gateway answers for a path or method that it does not know.
    "MISSING_AUTHENTICATION_TOKEN": (404, "request.not_found"),
    "QUOTA_EXCEEDED": (429, "limit.too_many"),
    "REQUEST_TOO_LARGE": (413, "request.too_large"),
    "THROTTLED": (429, "limit.too_many"),
    "UNAUTHORIZED": (401, "identity.missing"),
}


def gateway_document(area: str, operations: list[Operation]) -> Json:
    """The document of one area; `${Name}` in it are resources and parameters of `infra/areas/<area>.yaml`."""
    paths: dict[str, Json] = {}
    for operation in operations:
        if operation.area == area:
            paths.setdefault(operation.route.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.0.1",
        "info": {"title": area, "version": "1"},
        "paths": paths,
        "x-amazon-apigateway-gateway-responses": {
            kind: _gateway_answer(status, code) for kind, (status, code) in GATEWAY_ANSWERS.items()
        },
        "components": {"securitySchemes": {"session": _session()}},
    }


def _operation(operation: Operation) -> Json:
    route = operation.route
    described: Json = {
        "responses": {},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "timeoutInMillis": 29000,
            "uri": _invocation(f"${{{operation.function}.Arn}}:{ALIAS}"),
        },
    }
    if route.path_names:
        described["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in route.path_names
        ]
    if not route.allow.anonymous:
        described["security"] = [{"session": []}]
    return described


def _session() -> Json:
    """Asked on every request, nothing kept: a right that was withdrawn is gone on the next one."""
    return {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {
            "type": "request",
            "identitySource": "method.request.header.Authorization",
            "authorizerResultTtlInSeconds": 0,
            "authorizerUri": _invocation("${AuthorizerArn}"),
        },
    }


def _invocation(function_arn: str) -> Json:
    prefix = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    return {"Fn::Sub": f"{prefix}{function_arn}/invocations"}


def _gateway_answer(status: int | None, code: str) -> Json:
    template = json.dumps({"code": code, "facts": {}, "request_id": "$context.requestId"})
    return {
        **({"statusCode": status} if status else {}),
        "responseParameters": {"gatewayresponse.header.Cache-Control": "'no-store'"},
        "responseTemplates": {"application/json": template},
    }
