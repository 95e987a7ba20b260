"""The sandbox's inbox of notifications."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local.sandbox.inbox import NOTIFIED, Inbox

pytestmark = pytest.mark.unit


def told(number: int, person_id: str = "per_1") -> dict[str, str]:
    return dict.fromkeys(NOTIFIED, "") | {"id": f"rem_{number}", "person_id": person_id, "words": f"line {number}"}


def test_an_id_stands_there_once_and_the_newest_first(tmp_path: Path):
    inbox = Inbox(tmp_path / "inbox.db")
    assert [inbox.put_notification(told(number)) for number in (1, 2, 1)] == [True, True, False]
    inbox.put_notification(told(3, "per_2"))
    assert [one["words"] for one in inbox.notifications("per_1")] == ["line 2", "line 1"]
    assert [one["words"] for one in inbox.notifications(None)] == ["line 3", "line 2", "line 1"]
    inbox.close()


def test_a_text_with_an_id_stands_there_once(tmp_path: Path):
    inbox = Inbox(tmp_path / "inbox.db")
    sent = "2026-11-21T06:30:00.000Z"
    numbers = [inbox.put("13800000000", "text", sent, id_) for id_ in ("ntc_1", "ntc_1", "ntc_2", "", "")]
    assert (numbers[0] == numbers[1], len(set(numbers))) == (True, 4)
    assert len(inbox.messages("13800000000")) == 4
    inbox.close()


def test_what_was_taken_is_there_after_a_kill(tmp_path: Path):
    """The file as a killed process leaves it: never closed."""
    killed = Inbox(tmp_path / "inbox.db")
    killed.put_notification(told(1))
    killed.put("13800000000", "text", "2026-11-21T06:30:00.000Z")
    after = Inbox(tmp_path / "inbox.db")
    assert [one["id"] for one in after.notifications(None)] == ["rem_1"]
    assert [one["text"] for one in after.messages(None)] == ["text"]
    killed.close()
    after.close()
