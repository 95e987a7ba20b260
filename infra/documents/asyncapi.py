"""`docs/asyncapi.json`: every frame of the socket in AsyncAPI 3.0, from the models that parse and write them.

What answers a frame is read from the functions that answer; what a message may hold from the registry of its types.
"""

from __future__ import annotations

import re
from typing import Any, get_args, get_type_hints

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from hospital.conversations import errors
from hospital.conversations.content import CONTENT_TYPES
from hospital.conversations.model import HEARTBEAT_SECONDS, PROTOCOL_VERSION, RENEW_BEFORE, SOCKET_LIFE
from hospital.errors import DomainError
from messaging import answering, frames, server_frames

Json = dict[str, Any]

_SCHEMAS = "#/components/schemas/"
_CHANNEL = {"$ref": "#/channels/socket"}
_MINUTES = int(RENEW_BEFORE.total_seconds() // 60)
_HOURS = int(SOCKET_LIFE.total_seconds() // 3600)

_DESCRIPTION = (
    "One socket a device for everything. Open the `url` of POST /api/messaging/tickets with `?ticket=`, say `hello`, "
    f"then `ping` every {HEARTBEAT_SECONDS} seconds. A socket ends after {_HOURS} hours: open the next one "
    f"{_MINUTES} minutes before. "
    "Where WebSockets are blocked, the same frames travel by POST /api/messaging/polls (see docs/openapi.json). "
    "A frame has at most 32 KB. docs/messaging.md says in plain words what is guaranteed."
)


class _Whole(GenerateJsonSchema):
    """A frame of the server has all its fields, those with a default too."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)


def socket_document() -> Json:
    """The document. The same frames always give the same text."""
    schemas = _schemas()
    messages = {**_client_messages(), **_server_messages()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "云诊 Yunzhen: messaging",
            "version": str(PROTOCOL_VERSION),
            "description": _DESCRIPTION,
        },
        "defaultContentType": "application/json",
        "servers": {
            "socket": {
                "host": "{host}",
                "protocol": "wss",
                "description": "The addresses of GET /api/messaging/entry-points, best first",
                "variables": {"host": {"description": "Host and path of an entry point"}},
            }
        },
        "channels": {
            "socket": {
                "address": "/",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "bindings": {"ws": {"method": "GET", "query": _ticket(), "bindingVersion": "0.1.0"}},
            }
        },
        "operations": _operations(),
        "components": {"messages": messages, "schemas": schemas},
    }


def client_frames() -> dict[str, type[BaseModel]]:
    """Action -> the frame that asks for it."""
    return {_word(model, "action"): model for model in get_args(frames.Frame)}


def answer_to(model: type[BaseModel]) -> str | None:
    """The `type` of the frame that answers, by the function that does; None when nothing is answered."""
    returned = get_type_hints(answering._answer.dispatch(model))["return"]
    is_frame = isinstance(returned, type) and issubclass(returned, server_frames.ServerFrame)
    return _word(returned, "type") if is_frame else None


def _word(model: type[BaseModel], field: str) -> str:
    """The one value of a Literal field, which names the frame."""
    return str(get_args(model.model_fields[field].annotation)[0])


def _client_messages() -> dict[str, Json]:
    return {
        f"client.{action}": _message(action, model, _sending(model) if model is frames.Send else None)
        for action, model in client_frames().items()
    }


def _server_messages() -> dict[str, Json]:
    found = {}
    models: list[type[BaseModel]] = [*server_frames.ANSWERS, *server_frames.PUSHED]
    for model in dict.fromkeys(models):
        name = _word(model, "type")
        found[f"server.{name}"] = _message(name, model)
    found["server.error"]["x-codes"] = sorted(_codes())
    return found


def _message(name: str, model: type[BaseModel], payload: Json | None = None) -> Json:
    summary = " ".join((model.__doc__ or "").split())
    reference = {"$ref": _SCHEMAS + model.__name__}
    return {"name": name, "title": model.__name__, "summary": summary, "payload": payload or reference}


def _sending(model: type[BaseModel]) -> Json:
    """`send` with the content of each type that a member may send."""
    kinds = [
        {"properties": {"type": {"const": name}, "content": {"$ref": _SCHEMAS + one.schema.__name__}}}
        for name, one in CONTENT_TYPES.items()
    ]
    return {"allOf": [{"$ref": _SCHEMAS + model.__name__}, {"oneOf": kinds}]}


def _codes() -> set[str]:
    """What the subject itself refuses; codes of every request (request.schema_broken and its like) come on top."""
    kinds = (one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, DomainError))
    return {one.code for one in kinds if one.__module__ == errors.__name__}


def _operations() -> dict[str, Json]:
    found: dict[str, Json] = {}
    for action, model in client_frames().items():
        operation: Json = {"action": "receive", "channel": _CHANNEL, "messages": [_in_channel(f"client.{action}")]}
        if answer := answer_to(model):
            replies = [_in_channel(f"server.{answer}"), _in_channel("server.error")]
            operation["reply"] = {"channel": _CHANNEL, "messages": replies}
        found[f"receive.{action}"] = operation
    for model in server_frames.PUSHED:
        name = _word(model, "type")
        found[f"push.{name}"] = {"action": "send", "channel": _CHANNEL, "messages": [_in_channel(f"server.{name}")]}
    return found


def _in_channel(name: str) -> Json:
    return {"$ref": f"#/channels/socket/messages/{name}"}


def _ticket() -> Json:
    return {
        "type": "object",
        "required": ["ticket"],
        "properties": {"ticket": {"type": "string", "description": "Of POST /api/messaging/tickets, good once"}},
    }


def _schemas() -> Json:
    wanted: dict[type[BaseModel], JsonSchemaMode] = dict.fromkeys(get_args(frames.Frame), "validation")
    wanted |= {one.schema: "validation" for one in CONTENT_TYPES.values()}
    wanted |= dict.fromkeys((*server_frames.ANSWERS, *server_frames.PUSHED), "serialization")
    _, document = models_json_schema(list(wanted.items()), ref_template=_SCHEMAS + "{model}", schema_generator=_Whole)
    components: Json = document["$defs"]
    return {name: _plain(components[name]) for name in sorted(components)}


def _plain(value: Any) -> Any:
    """Without the titles that pydantic makes up, and with texts on one line."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if not (key == "title" and isinstance(inner, str))}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return re.sub(r"\s+", " ", value) if isinstance(value, str) else value
