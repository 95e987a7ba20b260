"""When a session ends by itself, with time told by hand."""

from __future__ import annotations

from typing import Any

import pytest

from media_fleet.connections import Connection
from media_fleet.grants import Grant
from media_fleet.rooms import RESUME_SECONDS, SILENT_SECONDS, Room, Session

pytestmark = pytest.mark.unit

UNTIL = 2_000_000_000


class Nobody:
    """Hears of facts and forgets them."""

    def fact(self, kind: str, room: str, session: Session | None = None, reason: str | None = None) -> None: ...


@pytest.fixture
def session() -> Session:
    grant = Grant("call_1", "per_1", "Ann", frozenset({"subscribe"}), UNTIL)
    wire: Any = None
    return Session(grant, Room("call_1"), wire, Nobody(), lambda work: None, str.upper)


def test_until_the_grants_second(session: Session) -> None:
    assert session.overdue(0.0, UNTIL - 0.1) is None
    assert session.overdue(0.0, UNTIL) == "until"


def test_without_a_control_socket_for_half_a_minute(session: Session) -> None:
    session.unlinked_at = 100.0
    assert session.overdue(100.0 + RESUME_SECONDS - 0.1, 0) is None
    assert session.overdue(100.0 + RESUME_SECONDS, 0) == "lost"


def test_silent_for_half_a_minute_after_something_was_heard(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert session.overdue(1_000.0, 0) is None
    monkeypatch.setattr(Connection, "last_heard", lambda self: 100.0)
    assert session.overdue(100.0 + SILENT_SECONDS - 0.1, 0) is None
    assert session.overdue(100.0 + SILENT_SECONDS, 0) == "silent"
