"""What face checks for other systems report: ids and states, nothing of anybody."""

from __future__ import annotations

from typing import ClassVar, Self

from hospital.events import Event
from hospital.face_requests.model import FaceRequest, State


class FaceRequestMoved(Event):
    """One was asked for, opened, tried or judged."""

    TYPE: ClassVar[str] = "face_request.moved.v1"
    SOURCE: ClassVar[str] = "face_requests"

    organisation_id: str
    system_id: str
    person_id: str
    state: State
    tries: int

    @classmethod
    def of(cls, request: FaceRequest) -> Self:
        """The event of a request as it was stored."""
        return cls(subject=request.id, sequence=request.version, **request.model_dump(include=set(cls.model_fields)))
