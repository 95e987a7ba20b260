"""Uploads become part of a message or a paper: checked before, bound in the transaction that stores it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hospital.caller import Caller
from hospital.uploads.errors import UploadNotFound, UploadUsed, UploadWrongType
from hospital.uploads.events import UploadSent
from hospital.uploads.formats import UploadType
from hospital.uploads.model import Upload
from hospital.uploads.store import get_upload, move_upload
from hospital.work import Work


@dataclass(frozen=True)
class Attachment:
    """An upload that a message or a paper is about to hold. `content` is what readers get."""

    content: dict[str, Any]
    type: UploadType
    _ready: Upload
    _sent: Upload | None

    def bind(self, work: Work, message: object) -> None:
        """What `work` stores holds it, and nothing else ever will: `store_message(along=...)`."""
        if self._sent is not None:
            sent = move_upload(work, self._ready, self._sent, otherwise=UploadUsed())
            work.emit(UploadSent.of(sent))


def attachment(type_: str | None, upload_id: str, place: str, sent_as: str, *, by: Caller) -> Attachment:
    """The caller's upload for a message of that type (None: of whatever type it is) into that conversation or paper.

    `UploadNotFound` for another's, or one for another place; `UploadWrongType`, `UploadNotReady`, `UploadRefused`,
    `UploadUsed`. What is sent again under the same name finds its upload again: whether it was stored before is for
    the one who stores it to see.
    """
    upload = get_upload(upload_id, by.person_id)
    if upload.place != place:
        raise UploadNotFound
    if type_ is not None and upload.type != type_:
        raise UploadWrongType(type=upload.type)
    if upload.state == "sent" and upload.sent_as == sent_as:
        return Attachment(upload.content(), upload.type, upload, None)
    sent = upload.send(sent_as)
    return Attachment(sent.content(), upload.type, upload, sent)
