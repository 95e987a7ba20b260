"""Where the written record of a conversation lies in the media bucket."""

from __future__ import annotations

from hospital.conversations.model import Export

MEDIA_TYPE = "text/html; charset=utf-8"


def record_key(export: Export) -> str:
    """The key of the file of an export."""
    return f"media/{export.conversation_id}/{export.id}/record"
