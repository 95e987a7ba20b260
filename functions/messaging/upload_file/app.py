"""Routes of uploads."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from hospital import clock, ids
from hospital.caller import Caller
from hospital.conversations.errors import ConversationClosed, ConversationNotFound
from hospital.http import App, Command
from hospital.people.errors import PaperNotFound, PaperReviewed
from hospital.policy import can
from hospital.uploads.errors import (
    NothingInIt,
    TooManyUploads,
    TypeUnsupported,
    UploadIncomplete,
    UploadMovedOn,
    UploadNotFound,
    UploadTooLarge,
)
from hospital.uploads.formats import UploadType
from messaging.upload_file.use_case import UploadView, ask_for_upload, cancel_upload, finish_upload, view_upload

app = App("upload_file")

_TAKE_PART = can("conversation:take_part")
_SHA256 = r"^[A-Za-z0-9+/]{43}=$"


class AskForUpload(Command):
    """What somebody is about to send, and what for: a conversation or a paper of theirs. `sha256` is the digest of all
    its bytes, in base64."""

    conversation_id: Annotated[str, Field(pattern=ids.PATTERN)] | None = None
    paper_id: Annotated[str, Field(pattern=ids.PATTERN)] | None = None
    type: UploadType
    name: Annotated[str, Field(max_length=255)] = ""
    size: Annotated[int, Field(ge=0, le=2**53)]
    media_type: Annotated[str, Field(max_length=127)] = ""
    sha256: Annotated[str, Field(pattern=_SHA256)]

    @model_validator(mode="after")
    def _is_for_one_place(self) -> Self:
        if (self.conversation_id is None) == (self.paper_id is None):
            raise ValueError("either a conversation or a paper")
        return self


@app.route(
    "POST",
    "/uploads",
    allow=_TAKE_PART,
    body=AskForUpload,
    returns=UploadView,
    status=201,
    errors=(
        ConversationNotFound,
        ConversationClosed,
        PaperNotFound,
        PaperReviewed,
        TypeUnsupported,
        NothingInIt,
        UploadTooLarge,
        TooManyUploads,
    ),
)
def post_upload(who: Caller, body: AskForUpload) -> UploadView:
    """Ask for addresses to which the bytes are put."""
    return ask_for_upload(body.model_dump(exclude_none=True), by=who, now=clock.now())


@app.route("GET", "/uploads/{upload_id}", allow=_TAKE_PART, returns=UploadView, errors=(UploadNotFound,))
def get_upload(who: Caller, upload_id: str) -> UploadView:
    """How far an upload is; while it is asked for, what is missing, with fresh addresses."""
    return view_upload(upload_id, by=who, now=clock.now())


@app.route(
    "POST",
    "/uploads/{upload_id}/finish",
    allow=_TAKE_PART,
    returns=UploadView,
    errors=(UploadNotFound, UploadIncomplete),
)
def post_finish(who: Caller, upload_id: str) -> UploadView:
    """All bytes are there: let them be checked."""
    return finish_upload(upload_id, by=who, now=clock.now())


@app.route("DELETE", "/uploads/{upload_id}", allow=_TAKE_PART, errors=(UploadNotFound, UploadMovedOn))
def delete_upload(who: Caller, upload_id: str) -> None:
    """Give an upload up that no message holds."""
    cancel_upload(upload_id, by=who)
