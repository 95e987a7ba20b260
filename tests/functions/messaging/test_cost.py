"""What a message costs, counted by DynamoDB's own rules: these figures are promises, so they stand here as they are.

`docs/messaging.md` says what each unit buys.
"""

from __future__ import annotations

import pytest

from tests.builders.cloud import Cloud
from tests.builders.conversations import Talk

pytestmark = pytest.mark.store


def written(cloud: Cloud) -> float:
    """Write units since the last time; the log's seals, of which a hundred lines share some, are not a message's."""
    units = sum(count.writes for count in cloud.store.meter.counts() if count.table != "test-seals")
    cloud.store.meter.reset()
    return units


def test_a_message_to_one_other_costs_eight_write_units(talk: Talk, cloud: Cloud):
    """Stored and acknowledged six, pushed none, delivered one, read one."""
    patient, doctor = talk.socket(talk.patient), talk.socket(talk.doctor)
    patient.send(talk.id, "一" * 30, "client-id-0")  # keys and first marks are there
    talk.deliver()
    for number in range(1, 4):
        written(cloud)
        seq = patient.send(talk.id, "头痛两天了，昨天开始发烧。" * 4, f"client-id-{number}")["seq"]
        stored = written(cloud)
        talk.deliver()
        pushed = written(cloud)
        doctor.say(action="delivered", conversation_id=talk.id, seq=seq)
        delivered = written(cloud)
        doctor.say(action="read", conversation_id=talk.id, seq=seq)
        read = written(cloud)
        assert (stored, pushed, delivered, read) == (6.0, 0.0, 1.0, 1.0)


def test_writing_marks_nothing_for_the_writer(talk: Talk, cloud: Cloud):
    """Whoever writes has read what stands above: it follows from the tail, at no price."""
    patient = talk.socket(talk.patient)
    seq = patient.send(talk.id, "一", "client-id-1")["seq"]
    written(cloud)
    assert patient.say(action="read", conversation_id=talk.id, seq=seq)["seq"] == seq
    assert written(cloud) == 0
    assert talk.view(talk.patient)["unread"] == 0


def test_what_may_be_dropped_costs_no_write(talk: Talk, cloud: Cloud):
    patient = talk.socket(talk.patient)
    talk.socket(talk.doctor)
    written(cloud)
    talk.sockets.frames[patient.id].append({"type": "before"})
    patient.say(action="typing", conversation_id=talk.id)
    patient.say(action="present", conversation_id=talk.id)
    patient.say(action="ping", have={talk.id: 1})
    assert written(cloud) == 0


def test_a_message_sent_again_costs_at_most_its_refused_transaction(talk: Talk, cloud: Cloud):
    patient = talk.socket(talk.patient)
    patient.send(talk.id, "一", "client-id-1")
    written(cloud)
    patient.send(talk.id, "一", "client-id-1")
    assert written(cloud) <= 6.0
