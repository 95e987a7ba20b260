"""API Gateway's `$default` route: every frame."""

from __future__ import annotations

from typing import Any

from hospital import clock
from hospital.caller import Asked
from hospital.conversations.store import forget_socket
from hospital.errors import DomainError, Unauthenticated
from hospital.observability import count, say
from hospital.push import Frame, close, push
from messaging.frames import client_id_of
from messaging.server_frames import Refused
from messaging.ws_message.use_case import answer_on_socket, known_socket


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one frame on its own socket."""
    request = event["requestContext"]
    connection_id = request["connectionId"]
    asked = Asked(request_id=request["requestId"], route="socket", ip=request.get("identity", {}).get("sourceIp") or "")
    text = event.get("body") or ""
    try:
        frame = answer_on_socket(connection_id, text, asked, now=clock.now())
    except DomainError as error:
        count("frame_refused", code=error.code)
        _answer(connection_id, _refusal(error.code, error.facts, text, asked))
        if isinstance(error, Unauthenticated):
            _end(connection_id)
        return {"statusCode": 200}
    except Exception as error:  # the edge: the client gets our frame, the log the place
        say("a frame failed", level="error", failure=error, route="socket", request_id=asked.request_id)
        frame = _refusal("edge.unexpected", {}, text, asked)
    if frame is not None:
        _answer(connection_id, frame)
    return {"statusCode": 200}


def _answer(connection_id: str, frame: Frame) -> None:
    for gone in push([connection_id], frame):
        _forget(gone)


def _refusal(code: str, facts: dict[str, Any], text: str, asked: Asked) -> Frame:
    return Refused(id=client_id_of(text), code=code, facts=facts, request_id=asked.request_id).plain()


def _end(connection_id: str) -> None:
    _forget(connection_id)
    close(connection_id)


def _forget(connection_id: str) -> None:
    socket = known_socket(connection_id)
    if socket is not None:
        forget_socket(socket)
