"""API Gateway's `$connect`."""

from __future__ import annotations

from typing import Any

from hospital import clock
from hospital.errors import DomainError
from hospital.observability import count
from messaging.ws_connect.use_case import open_socket


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """200 lets the socket open; anything else refuses it."""
    ticket = (event.get("queryStringParameters") or {}).get("ticket", "")
    try:
        open_socket(event["requestContext"]["connectionId"], ticket, now=clock.now())
    except DomainError as refusal:
        count("socket_refused", code=refusal.code)
        return {"statusCode": refusal.status}
    return {"statusCode": 200}
