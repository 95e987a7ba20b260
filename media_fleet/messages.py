"""What is said on the control socket (PROTOCOL.md, 2): the client's messages as models, the relay's as plain JSON."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from media_fleet.refusals import Refused

VERSION = 1
LONGEST_SDP = 262_144
"""Characters. Eight people with microphone, camera and screen make 90,000 in Chromium."""
LONGEST_MESSAGE = 2 * 1024 * 1024
LONGEST_HELLO = 8 * 1024
LONGEST_WITHOUT_SDP = 16 * 1024
MOST_PUBLISHED = 3
MOST_SUBSCRIBED = 24

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
Mid = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,16}$")]
Source = Literal["microphone", "camera", "screen"]
Height = Annotated[int, Field(ge=0, le=4320)]

KINDS: dict[str, Literal["audio", "video"]] = {"microphone": "audio", "camera": "video", "screen": "video"}
"""What a source is in an m-line."""


class _Said(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class Resume(_Said):
    """What `welcome` gave."""

    session: Id
    secret: Annotated[str, Field(min_length=1, max_length=1024)]


class Hello(_Said):
    """The first message."""

    type: Literal["hello"]
    v: int
    grant: Annotated[str, Field(max_length=4096)] | None = None
    resume: Resume | None = None


class Publish(_Said):
    """An m-line on which the client sends."""

    mid: Mid
    source: Source
    heights: Annotated[list[Height], Field(max_length=4)] = []
    clear: bool = False


class Subscribe(_Said):
    """An m-line on which the client receives."""

    mid: Mid
    track: Id


class Offer(_Said):
    """An SDP offer and what its m-lines are for."""

    type: Literal["offer"]
    number: Annotated[int, Field(ge=1, le=2**31)]
    sdp: str
    publish: Annotated[list[Publish], Field(max_length=64)] = []
    subscribe: Annotated[list[Subscribe], Field(max_length=64)] = []


class Mute(_Said):
    """What the others are told of a source."""

    type: Literal["mute"]
    source: Source
    muted: bool


class Want(_Said):
    """How high a track's picture should be; 0 for none."""

    type: Literal["want"]
    track: Id
    height: Height


class Ask(_Said):
    """Whether somebody's camera is wanted for its detail."""

    type: Literal["ask"]
    track: Id
    clear: bool


class Ping(_Said):
    """Are you there?"""

    type: Literal["ping"]


class Bye(_Said):
    """The client goes."""

    type: Literal["bye"]
    reason: Annotated[str, Field(max_length=64)] = "bye"


_M = TypeVar("_M")
Message = Hello | Offer | Mute | Want | Ask | Ping | Bye
_ANY: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])
_HELLO = TypeAdapter(Hello)


def read(text: str) -> Message:
    """A client's message. Raises Refused: message_not_understood; sdp_too_large for what can only be an offer."""
    if len(text) > LONGEST_SDP + LONGEST_WITHOUT_SDP:
        raise Refused("sdp_too_large", limit=LONGEST_SDP)
    message = _read(_ANY, text)
    if isinstance(message, Offer) and len(message.sdp) > LONGEST_SDP:
        raise Refused("sdp_too_large", limit=LONGEST_SDP)
    if not isinstance(message, Offer) and len(text) > LONGEST_WITHOUT_SDP:
        raise Refused("message_not_understood")
    return message


def read_hello(text: str) -> Hello:
    """The first message. Raises Refused: message_not_understood."""
    if len(text) > LONGEST_HELLO:
        raise Refused("message_not_understood")
    return _read(_HELLO, text)


def _read(form: TypeAdapter[_M], text: str) -> _M:
    try:
        return form.validate_json(text)
    except ValidationError as error:
        raise Refused("message_not_understood") from error


def said(kind: str, **fields: Any) -> str:
    """A message of the relay."""
    return json.dumps({"type": kind, **fields}, ensure_ascii=False, separators=(",", ":"))


def refusal(refused: Refused, number: int | None = None) -> str:
    """`refused`, with the number of the offer that it is about."""
    numbered = {} if number is None else {"number": number}
    return said("refused", **numbered, code=refused.code, facts=refused.facts)
