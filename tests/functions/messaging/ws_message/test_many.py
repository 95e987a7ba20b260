"""One doctor, several hundred patients who write at the same moment: each is answered, and nothing is lost."""

from __future__ import annotations

import pytest

from hospital.at_once import at_once
from tests.builders.conversations import Talk
from tests.builders.crowds import open_talks

pytestmark = pytest.mark.store

PATIENTS = 300


@pytest.mark.req("IM-22")
def test_three_hundred_conversations_at_once(talk: Talk) -> None:
    """Every message gets the next number of its own conversation and reaches the doctor's device once; no conversation
    waits for another, and no patient is sent away."""
    ids = open_talks(talk.id, PATIENTS)
    desk, page = talk.socket(talk.doctor), talk.socket(talk.patient)
    talk.deliver.drop()
    at_once(lambda one: page.send(one, f"现在呢？{one}", f"client-{one}"), ids, most=100)
    answers = {frame["id"]: frame for frame in page.take()}
    assert {(answer["type"], answer.get("seq")) for answer in answers.values()} == {("ack", 3)}
    assert set(answers) == {f"client-{one}" for one in ids}
    talk.deliver()
    heard = [frame["message"] for frame in desk.take("message")]
    assert sorted((one["conversation_id"], one["seq"], one["content"]["text"]) for one in heard) == sorted(
        (one, 3, f"现在呢？{one}") for one in ids
    )
