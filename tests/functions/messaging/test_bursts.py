"""One device that sends without end delays nobody: of its burst the newest are pushed, the rest is read in a page."""

from __future__ import annotations

import pytest

from hospital.conversations.polls import MOST_FRAMES
from messaging.on_message_stored_push.app import app as push
from messaging.on_message_stored_push.use_case import NEWEST
from messaging.poll_frames.app import app as polls
from tests.builders.acting import act
from tests.builders.cloud import Cloud
from tests.builders.conversations import Talk
from tests.builders.crowds import open_talks
from tests.builders.gateway import call
from tests.builders.sockets import signed_in

pytestmark = pytest.mark.store

BURST, READER = 60, "bursts"


def push_at_once(cloud: Cloud) -> None:
    """Every message since, as one batch of the stream."""
    images = [change.new or {} for change in cloud.store.changes(READER, ["test-conversations"], limit=1000)]
    told = [image for image in images if image.get("kind") == {"S": "Message"}]
    records = [{"dynamodb": {"SequenceNumber": f"{number}", "NewImage": image}} for number, image in enumerate(told)]
    assert len(told) == BURST + 1
    assert act(push, {"Records": records}) == {"batchItemFailures": []}


def test_a_burst_does_not_keep_others_waiting(talk: Talk, cloud: Cloud):
    """Sixty messages in one conversation, one in another behind them, in one batch of the stream: the doctor's devices
    are sent the newest of the one and the only one of the other. The gap shows by the numbers and is read at once."""
    (other,) = open_talks(talk.id, 1)
    cloud.store.done(READER, cloud.store.last_seq())
    desk, hasty = talk.socket(talk.doctor), talk.socket(talk.patient)
    caller = signed_in(talk.doctor.caller)
    poll_id = call(polls, "POST", "/polls", {"v": 1}, who=caller).ok(201)["poll_id"]
    for number in range(BURST):
        hasty.send(talk.id, f"{number}", f"client-id-{number:03}")
    hasty.send(other, "医生您好", "client-id-other")
    push_at_once(cloud)
    last = BURST + 1
    expected = [(talk.id, seq) for seq in range(last - NEWEST + 1, last + 1)] + [(other, 3)]
    pushed = [(frame["message"]["conversation_id"], frame["message"]["seq"]) for frame in desk.take("message")]
    assert pushed == expected
    asked = {"after": 0, "wait_seconds": 0, "have": {talk.id: 1}}
    told = call(polls, "POST", f"/polls/{poll_id}", asked, who=caller).ok()
    waiting = [one["frame"]["message"] for one in told["frames"] if one["frame"]["type"] == "message"]
    assert [(message["conversation_id"], message["seq"]) for message in waiting] == expected
    assert len(told["frames"]) < MOST_FRAMES
    assert told["behind"] == {talk.id: last}
    missed = talk.messages(talk.doctor, "?after=1&limit=100")
    assert [message["content"]["text"] for message in missed] == [f"{number}" for number in range(BURST)]


def test_who_is_away_is_reminded_once_of_a_burst(talk: Talk, monkeypatch: pytest.MonkeyPatch):
    """Whose messages come one after the other is looked up once, not with each of them."""
    from messaging import reminding

    looked: list[str] = []
    unaware = reminding.unaware
    monkeypatch.setattr(reminding, "unaware", lambda people, news: looked.extend(people) or unaware(people, news))
    hasty = talk.socket(talk.patient)
    for number in range(5):
        hasty.send(talk.id, f"{number}", f"client-id-{number}")
    talk.deliver()
    assert looked == [talk.doctor.caller.person_id]
