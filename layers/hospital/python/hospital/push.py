"""Sending to open sockets through API Gateway's management endpoint."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from hospital import aws, settings
from hospital.observability import say

Frame = dict[str, Any]


def push(connection_ids: Iterable[str], frame: Frame) -> list[str]:
    """Send `frame` to each connection; returns those that are gone. A slow or broken one does not stop the others."""
    client = aws.client("apigatewaymanagementapi", settings.current().socket_endpoint)
    text = json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode()
    gone = []
    for connection_id in connection_ids:
        try:
            client.post_to_connection(ConnectionId=connection_id, Data=text)
        except client.exceptions.GoneException:
            gone.append(connection_id)
        except (ClientError, BotoCoreError) as error:
            # The client finds the gap and catches up; the next heartbeat tells whether it is still there.
            say("a push failed", level="warning", failure=error, connection=connection_id)
    return gone


def close(connection_id: str) -> None:
    """End a connection; one that is gone already is fine."""
    client = aws.client("apigatewaymanagementapi", settings.current().socket_endpoint)
    try:
        client.delete_connection(ConnectionId=connection_id)
    except client.exceptions.GoneException:
        return
