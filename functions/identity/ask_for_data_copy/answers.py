"""What a person sees of copies."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital.data_copies.model import SECTIONS, DataCopy, State


class DataCopyView(BaseModel):
    """A copy: `step` of `steps` are done. Once it is ready: until when it is kept, how large it is (bytes), and its
    digest (SHA-256, hexadecimal). `family_member_id` is empty where it is one's own."""

    id: str
    family_member_id: str
    state: State
    step: int
    steps: int
    asked_at: datetime
    ready_at: datetime | None
    until: datetime | None
    size: int
    sha256: str

    @classmethod
    def of(cls, copy: DataCopy) -> DataCopyView:
        """As who asked for it sees it."""
        shown = copy.model_dump(include=set(cls.model_fields))
        done = len(SECTIONS) + 1 if copy.state == "ready" else copy.step
        return cls(**{**shown, "step": done}, steps=len(SECTIONS) + 1, family_member_id=copy.member_id)


class DataCopiesView(BaseModel):
    """Copies, the newest first."""

    items: list[DataCopyView]


class DataCopyLink(BaseModel):
    """Where the file is saved from, until then."""

    url: str
    expires_at: datetime
