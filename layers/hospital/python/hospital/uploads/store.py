"""Where uploads are kept, and the steps that more than one use case takes."""

from __future__ import annotations

from hospital import ids
from hospital.table import Collection
from hospital.uploads import keys
from hospital.uploads.errors import TooManyUploads, UploadMovedOn, UploadNotFound
from hospital.uploads.events import UploadForgetDue, UploadForgotten
from hospital.uploads.model import MOST_OPEN, REMEMBERED, OpenUploads, Upload
from hospital.work import Work

# Not audited: an upload is an attempt. What becomes of it is a message, which is its own line in the log.
uploads = Collection(
    Upload,
    "conversations",
    key=lambda one: keys.upload_key(one.id),
    expires=lambda one: None if one.state == "sent" else one.asked_at + REMEMBERED,
    audited=False,
)
open_uploads = Collection(OpenUploads, "conversations", key=lambda one: keys.open_uploads_key(one.id), audited=False)


def get_upload(upload_id: str, person_id: str) -> Upload:
    """An upload of that person's which is not forgotten; `UploadNotFound` otherwise."""
    found = find_upload(upload_id)
    if found is None or found.person_id != person_id or found.state == "forgotten":
        raise UploadNotFound
    return found


def find_upload(upload_id: str) -> Upload | None:
    """Whosesoever upload, for the hospital's own functions."""
    return uploads.get(keys.upload_key(upload_id)) if ids.is_id(upload_id) else None


def add_upload(work: Work, upload: Upload) -> Upload:
    """A new upload, if its person has room for one more (`TooManyUploads`). It is forgotten by itself one day."""
    asked = work.add(uploads, upload)
    work.update(
        open_uploads,
        keys.open_uploads_key(upload.person_id),
        [open_uploads["count"].add(1)],
        when=open_uploads["count"].does_not_exist() | (open_uploads["count"] < MOST_OPEN),
        otherwise=TooManyUploads(limit=MOST_OPEN),
    )
    work.due(upload.forget_at, UploadForgetDue.of(asked))
    return asked


def move_upload(work: Work, before: Upload, after: Upload, *, otherwise: Exception | None = None) -> Upload:
    """One step of an upload; `otherwise` (`UploadMovedOn`) when another came first. What is open no more gives its
    room back."""
    moved = work.change(uploads, before, after, otherwise=otherwise or UploadMovedOn(state=before.state))
    if before.is_open and not after.is_open:
        work.update(
            open_uploads,
            keys.open_uploads_key(before.person_id),
            [open_uploads["count"].add(-1)],
            when=open_uploads["count"] > 0,
            otherwise=otherwise or UploadMovedOn(state=before.state),
        )
    return moved


def forget_upload(work: Work, upload: Upload) -> Upload:
    """Nobody will send it; its objects go when the event is heard."""
    forgotten = move_upload(work, upload, upload.forget())
    work.emit(UploadForgotten.of(forgotten))
    return forgotten
