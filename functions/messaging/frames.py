"""The frames that clients send, version 1. What the server sends is in `server_frames`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field

from hospital.conversations.errors import ActionUnknown
from hospital.conversations.keys import LAST
from hospital.http import Command, decoded, parsed
from hospital.ids import PATTERN

ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
ConversationId = Annotated[str, Field(pattern=PATTERN)]
Seq = Annotated[int, Field(ge=0, le=LAST)]
Have = Annotated[dict[ConversationId, Seq], Field(max_length=50)]


class Hello(Command):
    """The first frame: which version of the protocol is spoken, by what device, and what it holds already."""

    action: Literal["hello"]
    v: int
    device: Annotated[str, Field(max_length=200)] = ""
    have: Have = Field(default_factory=dict)


class Send(Command):
    """A message, under the client's own id: sent again, it is stored once."""

    action: Literal["send"]
    id: ClientId
    conversation_id: ConversationId
    type: Annotated[str, Field(max_length=40)]
    content: dict[str, Any]


class Recall(Command):
    """The sender takes a message of theirs back; the recall is a message too, under the client's own id."""

    action: Literal["recall"]
    id: ClientId
    conversation_id: ConversationId
    seq: Seq


class Read(Command):
    """The sender has read up to `seq`."""

    action: Literal["read"]
    conversation_id: ConversationId
    seq: Seq


class Delivered(Command):
    """A device of the sender has everything up to `seq`."""

    action: Literal["delivered"]
    conversation_id: ConversationId
    seq: Seq


class Typing(Command):
    """The sender is writing. Stored nowhere, answered by nothing."""

    action: Literal["typing"]
    conversation_id: ConversationId


class Present(Command):
    """Which members have a device online?"""

    action: Literal["present"]
    conversation_id: ConversationId


class Ping(Command):
    """The sender is there, and holds that much of its open conversations."""

    action: Literal["ping"]
    have: Have = Field(default_factory=dict)


Frame = Hello | Send | Recall | Read | Delivered | Typing | Present | Ping
_FRAMES: Mapping[str, type[Command]] = MappingProxyType(
    {
        "hello": Hello,
        "send": Send,
        "recall": Recall,
        "read": Read,
        "delivered": Delivered,
        "typing": Typing,
        "present": Present,
        "ping": Ping,
    }
)


def frame_of(text: str) -> Frame:
    """The frame in a message; raises `Invalid` with a code."""
    return frame_in(decoded(text))


def frame_in(value: Any) -> Frame:
    """The frame that a JSON value is; raises `Invalid` with a code."""
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
