"""Routes of exporting conversations."""

from __future__ import annotations

from hospital import clock
from hospital.caller import Caller
from hospital.conversations.errors import ConversationNotFound, ExportNotFound
from hospital.http import App
from hospital.policy import can
from messaging.export_conversation.use_case import ExportView, ask_for_export, open_export

app = App("export_conversation")

_EXPORT = can("conversation:export")


@app.route(
    "POST",
    "/conversations/{conversation_id}/exports",
    allow=_EXPORT,
    returns=ExportView,
    status=202,
    errors=(ConversationNotFound,),
)
def post_export(who: Caller, conversation_id: str) -> ExportView:
    """Ask for the whole record of a conversation; ask again how far it is."""
    return ask_for_export(conversation_id, by=who, now=clock.now())


@app.route(
    "GET",
    "/conversations/{conversation_id}/exports/{export_id}",
    allow=_EXPORT,
    returns=ExportView,
    errors=(ConversationNotFound, ExportNotFound),
)
def get_export(who: Caller, conversation_id: str, export_id: str) -> ExportView:
    """How far one's export is, and where it lies."""
    return open_export(conversation_id, export_id, by=who, now=clock.now())
