"""Sending to open sockets through API Gateway's management endpoint.

Every socket is sent its frames by a thread of its own, with short time-outs: a slow or dead device costs itself its
frames, and nobody else more than the time that is left of its own time-out. What was not delivered is no loss: the
device finds the gap by its number, at the next frame or the next heartbeat.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from hospital import aws, settings
from hospital.at_once import at_once
from hospital.observability import count, say

Frame = dict[str, Any]

SERVICE = "apigatewaymanagementapi"
_TRIES = 3
"""Of a frame that was refused quickly; one that timed out is not tried again."""


class _Gone(Exception):
    """There is no such connection any more."""


class _NotTaken(Exception):
    """The frame was not delivered, and what follows it would not be either."""


def push(connection_ids: Iterable[str], frame: Frame) -> list[str]:
    """Send `frame` to each connection, all at the same time; returns those that are gone."""
    return push_each({connection_id: [frame] for connection_id in connection_ids})


def push_each(frames: Mapping[str, Sequence[Frame]]) -> list[str]:
    """Send each connection its own frames, all connections at the same time; returns those that are gone."""
    connection_ids = list(frames)
    taken = at_once(lambda connection_id: push_to(connection_id, frames[connection_id]), connection_ids)
    return [connection_id for connection_id, took in zip(connection_ids, taken, strict=True) if took is None]


def push_to(connection_id: str, frames: Sequence[Frame]) -> bool | None:
    """Send one connection its frames, in their order. False when it did not take one, which ends it: what follows
    would not be taken either. None when it is gone."""
    client = aws.client(SERVICE, settings.current().socket_endpoint)
    try:
        for frame in frames:
            _post(client, connection_id, encoded(frame))
    except _Gone:
        return None
    except _NotTaken as refusal:
        say("a push failed", level="warning", failure=refusal.__cause__, connection=connection_id)
        count("push_not_taken")
        return False
    return True


def encoded(frame: Frame) -> bytes:
    """As it travels."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode()


def _post(client: Any, connection_id: str, text: bytes) -> None:
    for attempt in range(_TRIES):
        try:
            client.post_to_connection(ConnectionId=connection_id, Data=text)
        except client.exceptions.GoneException:
            raise _Gone from None
        except ClientError as error:
            if attempt == _TRIES - 1 or not _passes(error):
                raise _NotTaken from error
            time.sleep(random.uniform(0.02, 0.06) * 2**attempt)  # noqa: S311 - jitter, not a secret
        except BotoCoreError as error:
            raise _NotTaken from error
        else:
            return


def _passes(error: ClientError) -> bool:
    """Whether the endpoint itself was busy or failed, rather than the frame or the caller."""
    status: int = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status == 429 or status >= 500


def close(connection_id: str) -> None:
    """End a connection; one that is gone already is fine."""
    client = aws.client(SERVICE, settings.current().socket_endpoint)
    try:
        client.delete_connection(ConnectionId=connection_id)
    except client.exceptions.GoneException:
        return
