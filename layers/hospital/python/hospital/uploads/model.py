"""An upload as a state machine: pure. It is asked for, put, checked, and then sent in one message or attached to one
paper, or forgotten.

`TRANSITIONS` is the whole of it. It judges here, draws the diagram in the docs and drives the random walks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from hospital.records import SEALED, Record, Sealed
from hospital.uploads.errors import UploadMovedOn, UploadNotReady, UploadRefused, UploadUsed
from hospital.uploads.formats import UploadType
from hospital.uploads.purposes import PURPOSES, Purpose

State = Literal["asked", "checking", "ready", "refused", "sent", "forgotten"]
Act = Literal["finish", "pass", "refuse", "send", "forget"]
VariantName = Literal["original", "display", "thumbnail", "cover"]

TRANSITIONS: Mapping[tuple[State, Act], State] = {
    ("asked", "finish"): "checking",
    ("asked", "forget"): "forgotten",
    ("checking", "pass"): "ready",
    ("checking", "refuse"): "refused",
    ("checking", "forget"): "forgotten",
    ("ready", "send"): "sent",
    ("ready", "forget"): "forgotten",
    ("refused", "forget"): "forgotten",
}
OPEN: frozenset[State] = frozenset({"asked", "checking", "ready"})
"""What counts against the most that a person may have open."""

MOST_OPEN = 20
LIFE = timedelta(hours=24)
"""How long an upload may take from being asked for to being sent."""
REMEMBERED = timedelta(days=7)
PART_SIZE = 5 * 1024 * 1024
"""Bytes of a part; what is not larger comes in one. S3 takes no smaller parts but the last."""


class Variant(BaseModel):
    """One object that readers may open: bytes, and pixels where it has any."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    size: int
    media_type: str
    width: int = 0
    height: int = 0


class Part(BaseModel):
    """A piece of what is uploaded: `first` is its first byte, counted from 0; `number` counts from 1."""

    model_config = ConfigDict(frozen=True)

    number: int
    first: int
    size: int


class Upload(Record):
    """Something that a person sends into a conversation, or as the scan of a paper: one of the two ids is empty.

    `secret` is the unguessable end of its key in the quarantine, `multipart_id` S3's name for an upload in parts,
    `sha256` the digest the sender measured (base64), `sent_as` the sender's name of the message that holds it,
    or the paper's id.
    """

    person_id: str
    conversation_id: str = ""
    paper_id: str = ""
    type: UploadType
    name: Sealed
    size: int
    media_type: str
    sha256: str
    secret: Sealed
    multipart_id: str = ""
    state: State = "asked"
    code: str = ""
    asked_at: datetime
    milliseconds: int = 0
    variants: Annotated[dict[VariantName, Variant], SEALED] = Field(default_factory=dict)
    sent_as: str = ""

    @property
    def purpose(self) -> Purpose:
        """What it is for."""
        return PURPOSES["paper" if self.paper_id else "conversation"]

    @property
    def place(self) -> str:
        """The id of what it is for."""
        return self.paper_id or self.conversation_id

    @property
    def parts(self) -> tuple[Part, ...]:
        """The pieces in which it comes."""
        firsts = range(0, self.size, PART_SIZE)
        return tuple(
            Part(number=number, first=first, size=min(PART_SIZE, self.size - first))
            for number, first in enumerate(firsts, start=1)
        )

    @property
    def in_parts(self) -> bool:
        """Whether it comes in more than one piece."""
        return self.size > PART_SIZE

    @property
    def forget_at(self) -> datetime:
        """When it is forgotten unless a message holds it."""
        return self.asked_at + LIFE

    @property
    def is_open(self) -> bool:
        """Whether it counts against the most that a person may have open."""
        return self.state in OPEN

    def finish(self) -> Self:
        """Its bytes are there: they are looked at now."""
        return self._moved("finish")

    def passes(self, variants: dict[VariantName, Variant], milliseconds: int) -> Self:
        """It is what it says and harmless; these are what readers get."""
        return self._moved("pass", variants=variants, milliseconds=milliseconds)

    def refuse(self, code: str) -> Self:
        """It is not taken."""
        return self._moved("refuse", code=code)

    def forget(self) -> Self:
        """Nobody sent it."""
        return self._moved("forget", name="", variants={})

    def send(self, sent_as: str) -> Self:
        """A message or a paper holds it. `UploadNotReady`, `UploadRefused`, `UploadUsed` say why one cannot."""
        if self.state == "refused":
            raise UploadRefused(code=self.code)
        if self.state == "sent":
            raise UploadUsed
        if self.state != "ready":
            raise UploadNotReady(state=self.state)
        return self._moved("send", sent_as=sent_as)

    def content(self) -> dict[str, Any]:
        """What readers of the message get: see docs/messaging.md."""
        told: dict[str, Any] = {"upload_id": self.id}
        main = self.variants["display" if self.type == "image" else "original"]
        if self.type == "image":
            small = self.variants["thumbnail"]
            thumbnail = {"width": small.width, "height": small.height}
            return told | _pixels(main) | {"name": self.name, "size": main.size, "thumbnail": thumbnail}
        if self.type == "voice":
            return told | {"milliseconds": self.milliseconds, "size": main.size}
        if self.type == "video":
            has_cover = "cover" in self.variants
            return told | _pixels(main) | {
                "milliseconds": self.milliseconds, "size": main.size, "has_cover": has_cover,
            }  # fmt: skip
        return told | {"name": self.name, "size": main.size, "media_type": main.media_type}

    def variant(self, asked: VariantName) -> VariantName | None:
        """Which object answers for `asked`; a picture's `original` is its largest. None when there is none."""
        if asked == "original" and "original" not in self.variants:
            asked = "display"
        return asked if asked in self.variants else None

    def _moved(self, act: Act, **changes: Any) -> Self:
        following = TRANSITIONS.get((self.state, act))
        if following is None:
            raise UploadMovedOn(state=self.state)
        return self.having(state=following, **changes)


def _pixels(variant: Variant) -> dict[str, int]:
    return {"width": variant.width, "height": variant.height}


class OpenUploads(Record):
    """How many uploads of a person are open. `id` is the person's."""

    count: int = 0
