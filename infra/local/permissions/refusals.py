"""How AWS says no, service by service, and the statement that would have made it say yes."""

from __future__ import annotations

import re
import uuid
from typing import Any

from botocore.exceptions import ClientError

from ..template.model import Place

_ANSWERS: dict[str, tuple[str, int]] = {
    "s3": ("AccessDenied", 403),
    "sqs": ("AccessDenied", 403),
    "sns": ("AuthorizationError", 403),
    "cloudwatch": ("AccessDenied", 403),
    "lambda": ("AccessDeniedException", 403),
    "scheduler": ("AccessDeniedException", 403),
    "apigatewaymanagementapi": ("AccessDeniedException", 403),
}
"""Error code and status; the JSON services say AccessDeniedException with 400."""


def refused(client: Any, operation: str, message: str) -> ClientError:
    """The error that botocore would make of AWS's answer."""
    service = client.meta.service_model.service_name
    code, status = _ANSWERS.get(service, ("AccessDeniedException", 400))
    if service == "s3" and operation in ("HeadObject", "HeadBucket"):
        code, message = "403", "Forbidden"  # an answer to HEAD has no body
    answer = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {
            "RequestId": str(uuid.uuid4()),
            "HTTPStatusCode": status,
            "HTTPHeaders": {},
            "RetryAttempts": 0,
        },
    }
    error: ClientError = client.exceptions.from_code(code)(answer, operation)
    return error


def sentence(principal: str, action: str, resource: str, why: str) -> str:
    """AWS's own words."""
    return f"User: {principal} is not authorized to perform: {action} on resource: {resource} because {why}"


def statement_for(place: Place, action: str, resource: str, prefix: str | None = None) -> str:
    """The missing statement as it would stand in a template whose names begin with the parameter `Prefix`."""
    text = re.sub(r"/@connections/.+$", "/@connections/*", resource)
    if prefix:
        text = re.sub(rf"([:/]){re.escape(prefix)}([-/])", r"\1${Prefix}\2", text, count=1)
    for found, name in (
        (f"arn:{place.partition}:", "arn:${AWS::Partition}:"),
        (f":{place.region}:", ":${AWS::Region}:"),
        (f":{place.account}:", ":${AWS::AccountId}:"),
    ):
        text = text.replace(found, name, 1)
    written = f'!Sub "{text}"' if "${" in text else f'"{text}"'
    return f"- Effect: Allow\n  Action: {action}\n  Resource: {written}"
