"""The shapes in which the relay tells the plane what was agreed in the session descriptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from media_fleet.codecs import Codec

Kind = Literal["audio", "video"]
Source = Literal["microphone", "camera", "screen"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A track that a leg publishes.

    `rids`: names of its simulcast layers, the smallest picture first; `heights` by rid where known. `ssrcs`: what the
    offer named, each with the SSRC of its repair (RTX) or None; unnamed ones are learned by mid and rid.
    """

    track: str
    source: Source
    kind: Kind
    mid: str
    payloads: Mapping[int, Codec]
    extensions: Mapping[int, str] = field(default_factory=dict)
    rids: tuple[str, ...] = ()
    heights: Mapping[str, int] = field(default_factory=dict)
    ssrcs: tuple[tuple[int, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """How a leg hears a track: the SSRCs that the answer named, and the receiver's own numbers.

    SSRCs are new with every subscription: within one SRTP session a sequence number of an SSRC is used once (RFC 3711
    section 9.1), and a second subscription starts anew. `cname` ties voice and picture of one person together (RFC 3550
    section 6.5.1); empty: the publishing leg's name.
    """

    mid: str
    ssrc: int
    payloads: Mapping[int, Codec]
    extensions: Mapping[int, str] = field(default_factory=dict)
    rtx_ssrc: int | None = None
    cname: str = ""


def is_media(codec: Codec) -> bool:
    """Whether a payload type carries frames themselves, not repairs or copies of them."""
    return codec.rtx_of is None and codec.red_of is None
