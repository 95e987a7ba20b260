"""What uploads report. Ids, type and state; no name, no content."""

from __future__ import annotations

from typing import ClassVar, Self

from hospital.events import Event
from hospital.uploads.formats import UploadType
from hospital.uploads.model import State, Upload
from hospital.uploads.purposes import PurposeName


class UploadEvent(Event):
    """What every event of an upload says. `conversation_id` is empty for what is sent for anything else."""

    SOURCE: ClassVar[str] = "uploads"

    person_id: str
    conversation_id: str
    upload_type: UploadType
    state: State
    purpose: PurposeName = "conversation"
    paper_id: str | None = None

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """The event of an upload as it was stored."""
        return cls(
            subject=upload.id,
            sequence=upload.version,
            person_id=upload.person_id,
            conversation_id=upload.conversation_id,
            upload_type=upload.type,
            state=upload.state,
            purpose=upload.purpose.name,
            paper_id=upload.paper_id or None,
        )


class UploadReady(UploadEvent):
    """It passed its check."""

    TYPE: ClassVar[str] = "upload.ready.v1"


class UploadRefusedByCheck(UploadEvent):
    """Its check ended with a refusal."""

    TYPE: ClassVar[str] = "upload.refused.v1"


class UploadSent(UploadEvent):
    """A message or a paper holds it."""

    TYPE: ClassVar[str] = "upload.sent.v1"


class UploadForgotten(UploadEvent):
    """Nobody will send it: its objects can go."""

    TYPE: ClassVar[str] = "upload.forgotten.v1"


class UploadForgetDue(UploadEvent):
    """Its time is over; whoever hears it looks whether a message holds it."""

    TYPE: ClassVar[str] = "upload.forget_due.v1"
