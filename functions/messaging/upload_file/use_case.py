"""Asking for an upload, putting it, going on after an interruption, giving it up."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from hospital import aws, ids, links, settings
from hospital.caller import Caller
from hospital.uploads import keys
from hospital.uploads.errors import UploadIncomplete, UploadMovedOn
from hospital.uploads.formats import UNKNOWN, UploadType
from hospital.uploads.model import Part, State, Upload
from hospital.uploads.purposes import PURPOSES, PurposeName
from hospital.uploads.store import add_upload, forget_upload, get_upload, move_upload, uploads
from hospital.work import Work
from messaging.upload_file.places import demand_place

_LINK_SECONDS = 900
_PLAIN_NAME: Mapping[UploadType, str] = {"image": "图片", "voice": "语音", "video": "视频", "file": "文件"}


class PartView(BaseModel):
    """A piece to be put: its bytes from `first` (counted from 0) on, by PUT to `url` with exactly these headers."""

    number: int
    first: int
    size: int
    url: str
    headers: dict[str, str]


class UploadView(BaseModel):
    """An upload as its sender sees it. `parts` are the missing ones, `code` says why it was refused; the addresses
    are good until `expires_at`, and asking again gives fresh ones."""

    id: str
    conversation_id: str | None
    paper_id: str | None
    type: UploadType
    name: str
    size: int
    state: State
    code: str | None
    parts: list[PartView]
    expires_at: datetime


def ask_for_upload(asked: dict[str, Any], *, by: Caller, now: datetime) -> UploadView:
    """Where to put something that is taken, for a place at which the caller may leave it."""
    purpose: PurposeName = "paper" if "paper_id" in asked else "conversation"
    PURPOSES[purpose].check_asked(asked["type"], asked["size"], asked["media_type"], asked["name"])
    demand_place(purpose, asked[f"{purpose}_id"], by)
    upload = Upload(
        id=ids.new_id("upl"),
        person_id=by.person_id,
        secret=ids.secret(),
        asked_at=now,
        **asked | {"name": plain_name(asked["name"]) or _PLAIN_NAME[asked["type"]]},
    )
    if upload.in_parts:
        upload = upload.having(multipart_id=links.begin_parts(_key(upload), UNKNOWN))
    with Work(by=by) as work:
        return work.answer(_view(add_upload(work, upload), upload.parts, now))


def view_upload(upload_id: str, *, by: Caller, now: datetime) -> UploadView:
    """How far it is."""
    upload = get_upload(upload_id, by.person_id)
    if upload.state != "asked":
        return _view(upload, (), now)
    there = _there(upload)
    if there is None:
        upload, there = _begun_again(upload, by), {}
    return _view(upload, _missing(upload, there), now)


def finish_upload(upload_id: str, *, by: Caller, now: datetime) -> UploadView:
    """The check may begin; a second time is harmless."""
    upload = get_upload(upload_id, by.person_id)
    if upload.state == "asked":
        try:
            _demand_whole(upload)
            with Work(by=by) as work:
                return work.answer(_view(move_upload(work, upload, upload.finish()), (), now))
        except (UploadIncomplete, UploadMovedOn):
            # Its check may have been faster than its sender, and has taken the bytes away.
            upload = get_upload(upload_id, by.person_id)
            if upload.state == "asked":
                raise
    with Work(by=by) as work:
        return work.answer(_view(upload, (), now))


def cancel_upload(upload_id: str, *, by: Caller) -> None:
    """It is forgotten, and its bytes go. `UploadMovedOn` when a message holds it."""
    with Work(by=by) as work:
        forget_upload(work, get_upload(upload_id, by.person_id))


def plain_name(name: str) -> str:
    """The last part of a path, without marks that a reader does not see (they turn `exe.pdf` around)."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip()


def _demand_whole(upload: Upload) -> None:
    """All its bytes lie in the quarantine, as one object; `UploadIncomplete` when some are missing."""
    there = _there(upload) or {}
    if missing := [part.number for part in _missing(upload, there)]:
        raise UploadIncomplete(missing=missing)
    if upload.multipart_id and _WHOLE not in there:
        _put_together(upload, there)


def _put_together(upload: Upload, there: dict[int, links.Part]) -> None:
    """Once: of two who ask at the same time one finds it done."""
    try:
        links.complete_parts(_key(upload), upload.multipart_id, [there[number] for number in sorted(there)])
    except aws.Refusal as refusal:
        if refusal.response["Error"]["Code"] != "NoSuchUpload":
            raise


_WHOLE = 0
"""The number under which the whole object is listed: parts count from 1."""


def _there(upload: Upload) -> dict[int, links.Part] | None:
    """What arrived, by number; None when S3 has forgotten parts that it was to take."""
    whole = _whole(upload)
    if whole is not None:
        return {_WHOLE: whole}
    if not upload.multipart_id:
        return {}
    try:
        return {part.number: part for part in links.parts_there(_key(upload), upload.multipart_id)}
    except aws.Refusal as refusal:
        if refusal.response["Error"]["Code"] != "NoSuchUpload":
            raise
        return None


def _whole(upload: Upload) -> links.Part | None:
    """The object itself. It is listed, not looked at: this function may not open what lies in the quarantine."""
    answer = aws.client("s3").list_objects_v2(Bucket=settings.current().quarantine_bucket, Prefix=_key(upload))
    found = answer.get("Contents") or []
    return links.Part(_WHOLE, found[0]["Size"], found[0]["ETag"]) if found else None


def _missing(upload: Upload, there: dict[int, links.Part]) -> tuple[Part, ...]:
    if _WHOLE in there:
        return ()
    return tuple(part for part in upload.parts if part.number not in there or there[part.number].size != part.size)


def _begun_again(upload: Upload, by: Caller) -> Upload:
    """Parts are forgotten by S3 after a while: all are sent anew."""
    again = upload.having(multipart_id=links.begin_parts(_key(upload), UNKNOWN))
    with Work(by=by) as work:
        return work.change(uploads, upload, again)


def _view(upload: Upload, missing: tuple[Part, ...], now: datetime) -> UploadView:
    return UploadView(
        **upload.model_dump(include={"id", "type", "name", "size", "state"}),
        conversation_id=upload.conversation_id or None,
        paper_id=upload.paper_id or None,
        code=upload.code or None,
        parts=[_linked(upload, part) for part in missing],
        expires_at=now + timedelta(seconds=_LINK_SECONDS),
    )


def _linked(upload: Upload, part: Part) -> PartView:
    if upload.multipart_id:
        link = links.part_link(_key(upload), upload.multipart_id, part.number, part.size, _LINK_SECONDS)
    else:
        link = links.put_link(_key(upload), upload.size, upload.sha256, UNKNOWN, _LINK_SECONDS)
    return PartView(**part.model_dump(), url=link.url, headers=dict(link.headers))


def _key(upload: Upload) -> str:
    return keys.quarantine_key(upload.id, upload.secret)
