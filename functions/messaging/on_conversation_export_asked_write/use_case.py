"""Writing the record of a conversation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from hospital import aws, clock, settings
from hospital.caller import Caller
from hospital.conversations import keys
from hospital.conversations.events import ConversationExportAsked
from hospital.conversations.history import MessageSearch, Span, as_readers_see, read_page, recalled_in
from hospital.conversations.model import Export, Message
from hospital.conversations.store import conversations, exports
from hospital.errors import AlreadyDone
from hospital.uploads.keys import media_key
from hospital.uploads.store import find_upload
from hospital.work import Work
from messaging.on_conversation_export_asked_write.page import Attached, Said, record_page
from messaging.records import MEDIA_TYPE, record_key

_PAGE = 100
_PROGRESS = 1000
"""Messages between two notes of how far it is."""
_CHUNK = 1024 * 1024


def on_conversation_export_asked_write(envelope: dict[str, Any], by: Caller) -> None:
    """The file lies in the bucket, and the export says so. Twice is harmless: the same file is put again."""
    told = ConversationExportAsked.told(envelope)
    export = exports.need(keys.export_key(told.conversation_id, told.subject))
    if export.state == "ready":
        return  # it came twice
    said: list[Said] = []
    for page in _pages(export):
        said += page
        if len(said) % _PROGRESS == 0:
            with Work(by=by, doing="conversation.export_proceed") as work:
                export = work.change(exports, export, export.proceed(len(said)), otherwise=AlreadyDone())
    now = clock.now()
    conversation = conversations.need(keys.conversation_key(export.conversation_id))
    sha256, size = _put(export, record_page(conversation, export, said, [*_attached(said)], now).encode())
    with Work(by=by, once=envelope["id"], doing="conversation.export_complete") as work:
        work.change(exports, export, export.complete(sha256, size, now), otherwise=AlreadyDone())


def _pages(export: Export) -> Iterator[list[Said]]:
    """The messages up to the moment of asking, a page after the other."""
    span, after = Span(1, export.last_seq), 0
    while after < export.last_seq:
        page = read_page(export.conversation_id, span, MessageSearch(after=after, limit=_PAGE)).messages
        if not page:
            return
        after = page[-1].seq
        gone = recalled_in(page)
        shown = page if export.originals else as_readers_see(page)
        yield [Said(message, recalled=export.originals and message.seq in gone) for message in shown]


def _attached(said: list[Said]) -> Iterator[Attached]:
    """The files of what is shown, with the digest of what lies in the bucket."""
    for one in said:
        yield from _files_of(one.message)


def _files_of(message: Message) -> Iterator[Attached]:
    upload_id = message.content.get("upload_id")
    upload = find_upload(upload_id) if isinstance(upload_id, str) else None
    if upload is None:
        return
    for name, variant in upload.variants.items():
        if name in ("thumbnail", "cover"):
            continue
        digest, size = _digested(media_key(upload.place, upload.id, name))
        yield Attached(message.seq, upload.name, variant.media_type, size, digest)


def _digested(key: str) -> tuple[str, int]:
    """(SHA-256 in hexadecimal, bytes) of what lies under a key, read in pieces."""
    body = aws.client("s3").get_object(Bucket=settings.current().media_bucket, Key=key)["Body"]
    digest, size = hashlib.sha256(), 0
    for piece in body.iter_chunks(_CHUNK):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _put(export: Export, text: bytes) -> tuple[str, int]:
    """(SHA-256 in hexadecimal, bytes) of the file, put once: an earlier delivery's stays."""
    try:
        aws.client("s3").put_object(
            Bucket=settings.current().media_bucket,
            Key=record_key(export),
            Body=text,
            ContentType=MEDIA_TYPE,
            IfNoneMatch="*",
        )
    except aws.Refusal as refusal:
        if refusal.response["Error"]["Code"] != "PreconditionFailed":
            raise
        return _digested(record_key(export))
    return hashlib.sha256(text).hexdigest(), len(text)
