"""Recalling: a numbered message that takes another one away from its readers. The original stays as it was stored."""

from __future__ import annotations

from datetime import datetime, timedelta

from hospital.caller import Caller
from hospital.conversations import keys
from hospital.conversations.errors import MessageNotFound, MessageRecalled
from hospital.conversations.history import Span
from hospital.conversations.model import Message, Recall, Sent
from hospital.conversations.sending import store_message
from hospital.conversations.store import get_conversation, get_membership, get_tail, messages, recalls, sent
from hospital.work import Work


def recall_message(
    conversation_id: str, seq: int, *, by: Caller, client_id: str, now: datetime, within: timedelta
) -> Sent:
    """Take back what the caller wrote a moment ago, once per client id.

    Raises `MessageNotFound`, `MessageNotYours`, `RecallTooLate` or `MessageRecalled`; a recall that came through before
    is answered as it was then, however late it is asked again.
    """
    if sent.get(keys.sent_key(f"{conversation_id}#{by.person_id}#{client_id}")) is None:
        _original(conversation_id, seq, by).recallable(by.person_id, now, within)

    def mark(work: Work, message: Message) -> None:
        recall = Recall(
            id=f"{conversation_id}#{seq}", conversation_id=conversation_id, seq=seq, by_seq=message.seq, at=now
        )
        work.add(recalls, recall, otherwise=MessageRecalled())

    return store_message(conversation_id, by, client_id, "recall", {"seq": seq}, now, along=mark)


def _original(conversation_id: str, seq: int, by: Caller) -> Message:
    get_conversation(conversation_id, by.person_id)
    span = Span.of(get_membership(conversation_id, by.person_id), get_tail(conversation_id))
    found = messages.get(keys.message_key(conversation_id, seq)) if span.first <= seq <= span.last else None
    if found is None:
        raise MessageNotFound
    return found
