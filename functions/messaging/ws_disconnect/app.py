"""API Gateway's `$disconnect`."""

from __future__ import annotations

from typing import Any

from hospital.conversations.keys import connection_key
from hospital.conversations.store import connections, forget_socket


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Forget the socket."""
    socket = connections.get(connection_key(event["requestContext"]["connectionId"]))
    if socket is not None:
        forget_socket(socket)
    return {"statusCode": 200}
