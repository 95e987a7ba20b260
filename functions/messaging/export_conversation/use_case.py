"""Asking for the record of a conversation, and opening it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel

from hospital import ids, links
from hospital.caller import Caller
from hospital.conversations import keys
from hospital.conversations.errors import ConversationNotFound, ExportNotFound
from hospital.conversations.events import ConversationExportAsked
from hospital.conversations.model import Conversation, Export
from hospital.conversations.store import conversations, exports, get_tail
from hospital.work import Work
from messaging.records import MEDIA_TYPE, record_key

_SECONDS = 300


class ExportView(BaseModel):
    """How far an export is: `written` of `messages`. Once it is ready, the file's digest (SHA-256, hexadecimal), its
    size and an address that is good until `expires_at`."""

    id: str
    state: Literal["asked", "ready"]
    written: int
    messages: int
    asked_at: datetime
    ready_at: datetime | None
    sha256: str | None = None
    size: int | None = None
    url: str | None = None
    expires_at: datetime | None = None

    @classmethod
    def of(cls, export: Export) -> ExportView:
        """The view of an export that is not opened."""
        return cls(
            id=export.id,
            state=export.state,
            written=export.written,
            messages=export.last_seq,
            asked_at=export.asked_at,
            ready_at=export.ready_at,
        )


def ask_for_export(conversation_id: str, *, by: Caller, now: datetime) -> ExportView:
    """It is kept at once and written by whoever hears of it: everything that was said until now."""
    conversation = _readable(conversation_id, by)
    wanted = Export(
        id=ids.new_id("exp"),
        conversation_id=conversation.id,
        organisation_id=conversation.organisation_id,
        asked_by=by.person_id,
        originals=by.may("conversation:audit"),
        last_seq=get_tail(conversation.id).last_seq,
        asked_at=now,
    )
    with Work(by=by) as work:
        asked = work.add(exports, wanted)
        work.emit(ConversationExportAsked.of(asked))
        return work.answer(ExportView.of(asked))


def open_export(conversation_id: str, export_id: str, *, by: Caller, now: datetime) -> ExportView:
    """How far the caller's own export is, and once it is ready an address for it."""
    _readable(conversation_id, by)
    export = exports.need(keys.export_key(conversation_id, export_id), ExportNotFound())
    if export.asked_by != by.person_id:
        raise ExportNotFound
    shown = ExportView.of(export)
    if export.state != "ready":
        return shown
    name = f"record-{export.conversation_id}-{export.asked_at:%Y%m%d-%H%M}.html"
    url = links.get_link(record_key(export), name, MEDIA_TYPE, _SECONDS)
    opened = {"sha256": export.sha256, "size": export.size, "url": url}
    return shown.model_copy(update=opened | {"expires_at": now + timedelta(seconds=_SECONDS)})


def _readable(conversation_id: str, by: Caller) -> Conversation:
    """A conversation whose record the caller may take away: its doctor, or an auditor of its organisation."""
    conversation = conversations.need(keys.conversation_key(conversation_id), ConversationNotFound())
    if by.may("conversation:audit"):
        if not by.of_organisation(conversation.organisation_id):
            raise ConversationNotFound
        return conversation
    conversation.member(by.person_id)
    return conversation
