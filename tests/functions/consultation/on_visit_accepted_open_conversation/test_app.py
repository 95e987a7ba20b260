"""A doctor accepted: patient and doctor can talk."""

from __future__ import annotations

import json

import pytest

from messaging.view_conversations.app import app as view_conversations
from tests.builders.cloud import Cloud, together
from tests.builders.delivery import Delivery
from tests.builders.gateway import call
from tests.builders.people import Clinic, PatientOf
from tests.builders.visits import accepted, applied, finished, seen

pytestmark = pytest.mark.store


def test_the_conversation_opens_and_the_visit_is_in_progress(clinic: Clinic, patient: PatientOf, deliver: Delivery):
    visit_id = applied(clinic, patient)["id"]
    accepted(clinic, visit_id)
    told = ["visit.applied.v1", "visit.accepted.v1", "conversation.opened.v1", "visit.begun.v1"]
    assert deliver() == ["person.verified.v1", *told]
    visit = seen(visit_id, patient)
    assert (visit["state"], visit["version"], visit["started_at"]) == ("in_progress", 3, "2026-11-21T06:30:00Z")
    conversation = call(
        view_conversations, "GET", f"/conversations/{visit['conversation_id']}", who=patient.caller
    ).ok()
    assert conversation["about"] == {"type": "visit", "id": visit_id}
    assert conversation["members"] == [
        {"person_id": patient.person.id, "name": "王芳", "role": "patient", "joined_seq": 1},
        {"person_id": clinic.doctor.caller.person_id, "name": "李明", "role": "doctor", "joined_seq": 1},
    ]
    assert (conversation["state"], conversation["last_seq"], conversation["unread"]) == ("open", 1, 1)
    assert (conversation["last_message"]["type"], conversation["last_message"]["sender"]) == ("system", None)


def test_delivered_twice_it_opens_once(clinic: Clinic, patient: PatientOf, deliver: Delivery, cloud: Cloud):
    accepted(clinic, applied(clinic, patient)["id"])
    deliver(twice=True)
    assert len([row for row in cloud.rows("conversations", "record") if row["kind"] == "Conversation"]) == 1
    assert len(deliver.told("visit.begun.v1")) == len(deliver.told("conversation.opened.v1")) == 1


def test_eight_deliveries_at_once_open_one(clinic: Clinic, patient: PatientOf, deliver: Delivery, cloud: Cloud):
    visit_id = applied(clinic, patient)["id"]
    deliver()
    accepted(clinic, visit_id)
    (row,) = [row for row in cloud.rows("clinical", "event") if row["type"] == "visit.accepted.v1"]
    envelope = json.loads(row["envelope"])
    together(8, lambda _: deliver.hand_over(envelope))
    assert seen(visit_id, patient)["state"] == "in_progress"
    assert len([row for row in cloud.rows("conversations", "record") if row["kind"] == "Conversation"]) == 1


def test_a_late_delivery_does_not_open_what_was_closed(clinic: Clinic, patient: PatientOf, deliver: Delivery):
    visit_id = applied(clinic, patient)["id"]
    accepted(clinic, visit_id)
    deliver()
    finished(clinic, visit_id)
    deliver.hand_over(deliver.told("visit.accepted.v1")[0])
    assert seen(visit_id, patient)["state"] == "finished"


def test_what_is_said_first_is_no_event(clinic: Clinic, patient: PatientOf, deliver: Delivery):
    accepted(clinic, applied(clinic, patient)["id"])
    deliver()
    told = str(deliver.envelopes)
    for words in ("王芳", "李明", "胸口闷", "医生已接诊"):
        assert words not in told
