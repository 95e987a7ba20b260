"""Sentences that somebody says often, kept for their account: the same on every computer."""

from __future__ import annotations

from typing import Annotated

from hospital.conversations import keys
from hospital.records import SEALED, Record
from hospital.table import Collection

MOST = 30
MAX_TEXT = 500


class QuickReplies(Record):
    """One's own, in their order. `id` is the person's."""

    texts: Annotated[tuple[str, ...], SEALED] = ()


quick_replies = Collection(QuickReplies, "conversations", key=lambda one: keys.quick_replies_key(one.id))
