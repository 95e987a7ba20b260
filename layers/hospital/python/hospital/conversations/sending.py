"""Storing a message: its number is given in the same transaction that stores it.

The number comes from the conversation's tail under the condition that nobody else took it; whoever loses reads the
tail again. A client's message id is claimed in that transaction too, so a message sent again is answered with the
number it got the first time.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from datetime import datetime
from typing import Any

from hospital import ids
from hospital.caller import Caller
from hospital.conversations import keys
from hospital.conversations.errors import ConversationClosed, MessageIdReused
from hospital.conversations.model import Conversation, Message, MessageType, Sent
from hospital.conversations.store import get_tail, memberships, messages, sent, tails
from hospital.errors import Unavailable
from hospital.work import Work

_PATIENCE = 10.0
"""Seconds that a message waits for its number while others write; then its sender is asked to send it again."""


class _NumberTaken(Exception):
    """Another message got this number."""


class _SentBefore(Exception):
    """The client's message id is known."""


def store_message(
    conversation: Conversation, by: Caller, client_id: str, type_: MessageType, content: dict[str, Any], now: datetime
) -> Sent:
    """Store what a member says, once per client id; returns the number and time it got."""
    said = _content_hash(type_, content)
    until, window = time.monotonic() + _PATIENCE, 0.01
    while time.monotonic() < until:
        try:
            return _store(conversation, by, client_id, type_, content, said, now)
        except _NumberTaken:
            # Those who raced for the number spread out, or they would all meet again at the next.
            window = min(0.5, window * 1.6)
            time.sleep(random.uniform(0, window))  # noqa: S311 - jitter, not a secret
        except _SentBefore:
            earlier = sent.need(keys.sent_key(_sent_id(conversation.id, by.person_id, client_id)))
            if earlier.content_hash != said:
                raise MessageIdReused from None
            return earlier
    raise Unavailable(reason="busy")


def _store(
    conversation: Conversation,
    by: Caller,
    client_id: str,
    type_: MessageType,
    content: dict[str, Any],
    said: str,
    now: datetime,
) -> Sent:
    tail = get_tail(conversation.id)
    seq = tail.last_seq + 1
    with Work(by=by, met=_NumberTaken()) as work:
        receipt = Sent(
            id=_sent_id(conversation.id, by.person_id, client_id),
            conversation_id=conversation.id,
            seq=seq,
            content_hash=said,
            sent_at=now,
        )
        work.add(sent, receipt, otherwise=_SentBefore())
        message = Message(
            id=ids.new_id("msg"),
            conversation_id=conversation.id,
            organisation_id=conversation.organisation_id,
            seq=seq,
            client_id=client_id,
            sender=conversation.member(by.person_id),
            type=type_,
            content=content,
            sent_at=now,
        )
        work.add(messages, message, otherwise=_NumberTaken())
        work.update(
            tails,
            keys.tail_key(conversation.id),
            [tails["last_seq"].set(seq)],
            when=(tails["last_seq"] == tail.last_seq) & (tails["open"] == True),  # noqa: E712 - for DynamoDB
            otherwise=_NumberTaken() if tail.open else ConversationClosed(),
        )
        # Whoever writes has seen what stands above.
        work.update(
            memberships,
            keys.member_key(conversation.id, by.person_id),
            [memberships["read_seq"].set(seq)],
            when=memberships["id"].exists(),
            otherwise=ConversationClosed(),
        )
    return receipt


def _sent_id(conversation_id: str, person_id: str, client_id: str) -> str:
    return f"{conversation_id}#{person_id}#{client_id}"


def _content_hash(type_: MessageType, content: dict[str, Any]) -> str:
    text = json.dumps([type_, content], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
