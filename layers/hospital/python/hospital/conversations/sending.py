"""Storing a message: its number is given in the same transaction that stores it.

The number comes from the conversation's tail under the condition that nobody else took it; whoever loses reads the
tail again. A client's message id is claimed in that transaction too, so a message sent again is answered with the
number it got the first time. Who may write is read after the tail: joining and leaving are numbered messages too, so
the condition on the tail also says that the sender is still a member.

Three items, six write units: nothing else is written for a message (`docs/messaging.md` says what each unit buys).
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, TypeVar

from hospital import ids
from hospital.caller import Caller
from hospital.conversations import keys
from hospital.conversations.errors import (
    ConversationClosed,
    ConversationLimitReached,
    ConversationNotFound,
    MessageIdReused,
)
from hospital.conversations.marks import raise_mark
from hospital.conversations.model import Author, Conversation, Message, Sent, Tail
from hospital.conversations.store import get_conversation, get_tail, messages, sent, tails
from hospital.errors import Unavailable
from hospital.work import Work

T = TypeVar("T")

_PATIENCE = 10.0
"""Seconds that a message waits for its number while others write; then its sender is asked to send it again."""


class NumberTaken(Exception):
    """Another message got this number: the tail is read again."""


class _SentBefore(Exception):
    """The client's message id is known."""


class AlongWith(Protocol):
    """What else is written in the transaction that stores a message (a recall, the use of an upload)."""

    def __call__(self, work: Work, message: Message) -> None: ...


def store_message(
    conversation_id: str,
    by: Caller,
    client_id: str,
    type_: str,
    content: dict[str, Any],
    now: datetime,
    along: AlongWith | None = None,
) -> Sent:
    """Store what a member says, once per client id; returns the number and time it got."""
    said = _content_hash(type_, content)
    sent_id = f"{conversation_id}#{by.person_id}#{client_id}"

    def attempt(tail: Tail) -> Sent:
        conversation = get_conversation(conversation_id, by.person_id)
        author = conversation.member(by.person_id).author()
        with Work(by=by, met=NumberTaken()) as work:
            receipt = Sent(
                id=sent_id, conversation_id=conversation.id, seq=tail.last_seq + 1, content_hash=said, sent_at=now
            )
            work.add(sent, receipt, otherwise=_SentBefore())
            message = add_message(work, conversation, tail, author, client_id, type_, content, now)
            if along is not None:
                along(work, message)
        return receipt

    try:
        return numbered(conversation_id, attempt)
    except (_SentBefore, ConversationClosed, ConversationLimitReached, ConversationNotFound):
        # Whoever wrote and left, or wrote the last message there was room for, hears that it was stored.
        earlier = sent.get(keys.sent_key(sent_id))
        if earlier is None:
            raise
        if earlier.content_hash != said:
            raise MessageIdReused from None
        return earlier


def numbered(conversation_id: str, attempt: Callable[[Tail], T]) -> T:
    """What `attempt` makes of the conversation's end; again with the new end when it raises `NumberTaken`."""
    until, window = time.monotonic() + _PATIENCE, 0.01
    while time.monotonic() < until:
        try:
            return attempt(get_tail(conversation_id))
        except NumberTaken:
            # Those who raced for the number spread out, or they would all meet again at the next.
            window = min(0.5, window * 1.6)
            time.sleep(random.uniform(0, window))  # noqa: S311 - jitter, not a secret
    raise Unavailable(reason="busy")


def add_message(
    work: Work,
    conversation: Conversation,
    tail: Tail,
    author: Author | None,
    client_id: str | None,
    type_: str,
    content: dict[str, Any],
    now: datetime,
) -> Message:
    """Put the next message into `work`, which fails with `NumberTaken` when another one got that number.

    Raises `ConversationClosed` or `ConversationLimitReached`.
    """
    seq = tail.last_seq + 1
    # Taking a message back is always allowed while it is open: it uses up nothing that was agreed.
    left = tail.taking(None if type_ == "recall" else author, now)
    message = work.add(
        messages,
        Message(
            id=ids.new_id("msg"),
            conversation_id=conversation.id,
            organisation_id=conversation.organisation_id,
            seq=seq,
            client_id=client_id,
            sender=author,
            type=type_,
            content=content,
            sent_at=now,
        ),
        otherwise=NumberTaken(),
    )
    changes = [tails["last_seq"].set(seq)]
    if author is not None:
        spoke, silent = tail.spoken(author.person_id, seq)
        changes.append(tails["spoke"].set(spoke))
        if silent is not None:
            raise_mark(conversation.id, silent, "read_seq", tail.spoke[silent])
    if left != tail.messages_left:
        changes.append(tails["messages_left"].set(left))
    if type_ == "recall":
        changes.append(tails["recalls"].set(tail.recalls + 1))
    work.update(
        tails,
        keys.tail_key(conversation.id),
        changes,
        when=(tails["last_seq"] == tail.last_seq) & (tails["open"] == True),  # noqa: E712 - for DynamoDB
        otherwise=NumberTaken(),
    )
    return message


def _content_hash(type_: str, content: dict[str, Any]) -> str:
    text = json.dumps([type_, content], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
