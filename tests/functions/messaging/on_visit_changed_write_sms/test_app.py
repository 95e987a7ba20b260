"""What an organisation wrote for an occasion leaves when it comes, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest

from directory.maintain_reference.app import app as maintain
from tests.builders.delivery import Delivery
from tests.builders.gateway import Answer, call
from tests.builders.inbox import Inbox
from tests.builders.people import Clinic, PatientOf, new_patient
from tests.builders.visits import accepted, applied

pytestmark = pytest.mark.store

PATH = "/reference/message_templates"


def writes(clinic: Clinic, **changes: Any) -> Answer:
    """The admin writes the template of an accepted consultation."""
    content = {"code": "visit_accepted", "channel": "sms", "text": "{doctor}医生已接诊", "on": True} | changes
    return call(maintain, "POST", PATH, {"content": content}, who=clinic.admin.caller)


def happens(clinic: Clinic, deliver: Delivery, *, twice: bool = False) -> PatientOf:
    """Somebody's consultation is accepted, and everybody hears of it."""
    patient = new_patient()
    accepted(clinic, applied(clinic, patient)["id"])
    deliver(twice=twice)
    return patient


@pytest.mark.req("NOTE-01")
def test_the_next_event_follows_the_template(clinic: Clinic, deliver: Delivery, inbox: Inbox):
    deliver.drop()  # what founding wrote
    happens(clinic, deliver)
    assert inbox.texts == [], "nobody wrote a text for it"
    item = writes(clinic).ok(201)
    patient = happens(clinic, deliver, twice=True)
    assert [(one["phone"], one["text"]) for one in inbox.texts] == [(patient.phone, "李明医生已接诊")]
    content = {"code": "visit_accepted", "channel": "sms", "text": "请打开云诊", "on": True}
    change = {"content": content, "version": item["version"]}
    changed = call(maintain, "PUT", f"{PATH}/{item['id']}", change, who=clinic.admin.caller).ok()
    happens(clinic, deliver)
    assert [one["text"] for one in inbox.texts] == ["李明医生已接诊", "请打开云诊"]
    off = {"content": content | {"on": False}, "version": changed["version"]}
    call(maintain, "PUT", f"{PATH}/{item['id']}", off, who=clinic.admin.caller).ok()
    happens(clinic, deliver)
    assert len(inbox.texts) == 2


@pytest.mark.req("NOTE-01")
@pytest.mark.parametrize("text", ["{patient}您好", "{doctor}和{doctor.name}", "{", "{}医生"])
def test_a_variable_that_means_nothing_is_refused(clinic: Clinic, text: str):
    facts = writes(clinic, text=text).refused(400, "request.schema_broken")
    assert [one["field"].rpartition(".")[2] for one in facts["fields"]] == ["text"]


def test_a_template_for_the_page_alone_sends_nothing(clinic: Clinic, deliver: Delivery, inbox: Inbox):
    writes(clinic, channel="inbox").ok(201)
    happens(clinic, deliver)
    assert inbox.texts == []
