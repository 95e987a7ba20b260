"""Uploads become part of a message: checked before its number is sought, bound in the transaction that stores it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hospital.caller import Caller
from hospital.uploads.errors import UploadNotFound, UploadUsed, UploadWrongType
from hospital.uploads.events import UploadSent
from hospital.uploads.model import Upload
from hospital.uploads.store import get_upload, move_upload
from hospital.work import Work


@dataclass(frozen=True)
class Attachment:
    """An upload that a message is about to hold. `content` is what readers of the message get."""

    content: dict[str, Any]
    _ready: Upload
    _sent: Upload | None

    def bind(self, work: Work, message: object) -> None:
        """The message that `work` stores holds it, and no other ever will: `store_message(along=...)`."""
        if self._sent is not None:
            sent = move_upload(work, self._ready, self._sent, otherwise=UploadUsed())
            work.emit(UploadSent.of(sent))


def attachment(type_: str, upload_id: str, conversation_id: str, client_id: str, *, by: Caller) -> Attachment:
    """The caller's upload for a message of that type into that conversation.

    `UploadNotFound` for another's or another conversation's; `UploadWrongType`, `UploadNotReady`, `UploadRefused`,
    `UploadUsed`. A message sent again under its `client_id` finds its upload again: whether it was stored before is
    for the one who stores it to see.
    """
    upload = get_upload(upload_id, by.person_id)
    if upload.conversation_id != conversation_id:
        raise UploadNotFound
    if upload.type != type_:
        raise UploadWrongType(type=upload.type)
    if upload.state == "sent" and upload.sent_as == client_id:
        return Attachment(upload.content(), upload, None)
    sent = upload.send(client_id)
    return Attachment(sent.content(), upload, sent)
