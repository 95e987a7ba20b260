"""Why the relay does not do what a client asked: a code of PROTOCOL.md and its facts."""

from __future__ import annotations

from typing import Literal

Code = Literal[
    "version_unknown",
    "grant_invalid",
    "grant_expired",
    "grant_used",
    "grant_elsewhere",
    "session_unknown",
    "draining",
    "node_full",
    "room_full",
    "sdp_too_large",
    "sdp_not_understood",
    "right_missing",
    "publisher_exists",
    "track_unknown",
    "too_many",
    "message_not_understood",
]


class Refused(Exception):
    """Said to the client; the session goes on unless it had not begun."""

    def __init__(self, code: Code, **facts: str | int | list[int]) -> None:
        super().__init__(code)
        self.code: Code = code
        self.facts = facts
