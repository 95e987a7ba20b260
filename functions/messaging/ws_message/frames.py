"""The frames that clients send, version 1. What the server sends is in `use_case` and in the push consumers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hospital.conversations.errors import ActionUnknown
from hospital.conversations.keys import LAST
from hospital.http import Command, decoded, parsed
from hospital.ids import PATTERN

MAX_TEXT = 5000
ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
ConversationId = Annotated[str, Field(pattern=PATTERN)]


class Hello(Command):
    """The first frame: which version of the protocol is spoken, and by what device."""

    action: Literal["hello"]
    v: int
    device: Annotated[str, Field(max_length=200)] = ""


class TextContent(BaseModel):
    """A text with emoji. It is kept as it was written, but for white space around it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]


class Send(Command):
    """A message, under the client's own id: sent again, it is stored once."""

    action: Literal["send"]
    id: ClientId
    conversation_id: ConversationId
    type: Literal["text"]
    content: TextContent


class Read(Command):
    """The sender has read up to `seq`."""

    action: Literal["read"]
    conversation_id: ConversationId
    seq: Annotated[int, Field(ge=0, le=LAST)]


class Ping(Command):
    """The sender is there."""

    action: Literal["ping"]


Frame = Hello | Send | Read | Ping
_FRAMES: Mapping[str, type[Command]] = MappingProxyType({"hello": Hello, "send": Send, "read": Read, "ping": Ping})


def frame_of(text: str) -> Frame:
    """The frame in a message; raises `Invalid` with a code."""
    value = decoded(text)
    action = value.get("action") if isinstance(value, dict) else None
    if not isinstance(action, str) or action not in _FRAMES:
        raise ActionUnknown
    frame: Frame = parsed(_FRAMES[action], value)
    return frame


def client_id_of(text: str) -> str | None:
    """The client's id in a frame that was refused, if it has one: the client has to know which one it was."""
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    given = value.get("id") if isinstance(value, dict) else None
    is_id = isinstance(given, str) and len(given) <= 64 and given.isascii() and given.isprintable()
    return given if is_id else None
