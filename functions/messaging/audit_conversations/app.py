"""Routes of auditing conversations."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital import clock
from hospital.caller import Caller
from hospital.conversations.errors import ConversationNotFound
from hospital.conversations.history import MessageSearch
from hospital.conversations.model import Flag
from hospital.http import App
from hospital.paging import Page, Paging
from hospital.policy import can
from messaging.audit_conversations.use_case import Audited, audit_messages, flagged

app = App("audit_conversations")

_AUDIT = can("conversation:audit")


class FlagView(BaseModel):
    """A message that somebody should look at, for the sake of which words of the list."""

    conversation_id: str
    seq: int
    word_ids: list[str]
    at: datetime

    @classmethod
    def of(cls, flag: Flag) -> FlagView:
        """The view of a flag."""
        return cls(conversation_id=flag.conversation_id, seq=flag.seq, word_ids=list(flag.word_ids), at=flag.at)


@app.route(
    "GET",
    "/audit/conversations/{conversation_id}/messages",
    allow=_AUDIT,
    query=MessageSearch,
    returns=Audited,
    errors=(ConversationNotFound,),
)
def get_audited_messages(who: Caller, conversation_id: str, query: MessageSearch) -> Audited:
    """What was said in a conversation of one's organisation, recalled messages as they were written."""
    return audit_messages(conversation_id, query, by=who, now=clock.now())


@app.route("GET", "/audit/flags", allow=_AUDIT, query=Paging, returns=Page[FlagView])
def get_flags(who: Caller, query: Paging) -> Page[FlagView]:
    """Messages with words that somebody should look at, the newest first."""
    return flagged(query, by=who).each(FlagView.of)
