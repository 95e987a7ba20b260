"""Auditors read what was said in their organisation, and each reading leaves a line."""

from __future__ import annotations

import pytest

from messaging.audit_conversations.app import app
from tests.builders.cloud import Cloud
from tests.builders.conversations import Talk
from tests.builders.gateway import call
from tests.builders.groups import group_of
from tests.builders.people import Clinic, found_clinic, hire

pytestmark = pytest.mark.store


def audit(talk: Talk, who, query: str = ""):
    return call(app, "GET", f"/audit/conversations/{talk.id}/messages{query}", who=who.caller)


def test_each_reading_leaves_a_line_that_says_who_and_how_far(talk: Talk, cloud: Cloud):
    talk.socket(talk.patient).send(talk.id, "医生您好", "client-id-1")
    assert [one["seq"] for one in audit(talk, talk.clinic.auditor).ok()["items"]] == [1, 2]
    assert audit(talk, talk.clinic.auditor, "?before=1").ok()["items"] == []
    lines = [line for line in cloud.rows("conversations", "audit") if line["kind"] == "AuditReading"]
    assert [line["acts"] for line in lines] == [["conversation.audit"]] * 2
    assert {line["by"]["person_id"] for line in lines} == {talk.clinic.auditor.caller.person_id}
    assert {line["organisation_id"] for line in lines} == {talk.clinic.id}
    readings = [row for row in cloud.rows("conversations", "record") if row["kind"] == "AuditReading"]
    assert sorted((row.get("first_seq"), row.get("last_seq")) for row in readings if "first_seq" in row) == [(1, 2)]


def test_what_was_not_their_organisations_is_not_there_and_leaves_no_line(talk: Talk, cloud: Cloud):
    audit(talk, found_clinic().auditor).refused(404, "conversation.not_found")
    call(app, "GET", "/audit/conversations/cnv_unknown/messages", who=talk.clinic.auditor.caller).refused(
        404, "conversation.not_found"
    )
    for who in (talk.patient, talk.doctor, talk.clinic.admin, hire("operator")):
        audit(talk, who).refused(403, "policy.refused")
    assert not [line for line in cloud.rows("conversations", "audit") if line["kind"] == "AuditReading"]


def test_everybody_who_was_ever_in_a_group_is_named_with_what_they_could_read(clinic: Clinic, sockets):
    group = group_of(clinic.doctor, clinic.nurse, sockets=sockets, history="from_join")
    nurse, colleague = (one.caller.person_id for one in (clinic.nurse, clinic.colleague))
    group.say(clinic.doctor, "一")
    group.keep(clinic.doctor, "DELETE", f"/members/{nurse}").ok()
    group.keep(clinic.doctor, "POST", "/members", {"practitioner_role_ids": [clinic.colleague.role.id]}).ok()
    group.say(clinic.doctor, "二")
    path = f"/audit/conversations/{group.id}/messages?limit=100"
    shown = call(app, "GET", path, who=clinic.auditor.caller).ok()
    spans = {one["person_id"]: (one["joined_seq"], one["left_seq"]) for one in shown["conversation"]["members"]}
    assert (spans[nurse], spans[colleague]) == ((1, 3), (4, None))
    assert [one["receivers"] for one in shown["items"]][1::3] == [[nurse], [colleague]]
    assert shown["complete"] is True
