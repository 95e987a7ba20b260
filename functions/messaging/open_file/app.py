"""The route of opening a file."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from hospital import clock
from hospital.caller import Caller
from hospital.conversations.errors import ConversationNotFound
from hospital.http import App
from hospital.policy import can
from hospital.uploads.errors import FileNotFound
from hospital.uploads.opening import FileLink
from messaging.open_file.use_case import link_to_file

app = App("open_file")


class WhichVariant(BaseModel):
    """A picture's `original` is the largest that is kept of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    variant: Literal["original", "display", "thumbnail", "cover"] = "original"


@app.route(
    "GET",
    "/conversations/{conversation_id}/files/{seq}",
    allow=can("conversation:take_part"),
    query=WhichVariant,
    returns=FileLink,
    errors=(ConversationNotFound, FileNotFound),
)
def get_file(who: Caller, conversation_id: str, seq: str, query: WhichVariant) -> FileLink:
    """An address, good for five minutes, of the file in the message of that number."""
    return link_to_file(conversation_id, seq, query.variant, by=who, now=clock.now())
