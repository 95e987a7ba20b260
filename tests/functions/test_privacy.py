"""A whole story, and nothing in the logs, the metrics or on the streams that a patient or a doctor said."""

from __future__ import annotations

import json
import logging

import pytest

from consultation.answer_visit.app import app as answer_visit
from consultation.apply_for_visit.app import app as apply_for_visit
from identity.view_profile.app import app as view_profile
from tests.builders.cloud import TABLES, Cloud
from tests.builders.conversations import Talk
from tests.builders.delivery import Delivery
from tests.builders.gateway import call
from tests.builders.inbox import Inbox
from tests.builders.journal import Journal
from tests.builders.people import PASSWORD, Clinic, PatientOf, new_patient
from tests.builders.sign_in import Device, patient_device, staff_device
from tests.builders.sockets import Sockets
from tests.builders.visits import SUMMARY, accepted, application, finished, seen

pytestmark = pytest.mark.store

NAME = "欧阳测试"
COMPLAINT = "夜里胸口闷，出冷汗"
MESSAGE = "我有乙肝，会传染吗"
REFUSAL = "疑似心肌梗死"
READ_MARK = "client-id-secret"
COUNTERS = frozenset({"created", "msecs", "relativeCreated", "thread", "process", "lineno"})
"""What logging adds of itself: numbers among which six digits may stand by chance, as in a code."""


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], journal: Journal):
    """All that was written anywhere, by whatever logger, at the level that functions run at."""
    caplog.set_level(logging.INFO)

    def read() -> str:
        printed = capsys.readouterr()
        records = [
            record.getMessage() + str({name: value for name, value in vars(record).items() if name not in COUNTERS})
            for record in caplog.records
        ]
        return "\n".join([journal.text, printed.out, printed.err, *records])

    return read


def story(clinic: Clinic, inbox: Inbox, deliver: Delivery, sockets: Sockets) -> tuple[PatientOf, list[Device]]:
    """Sign-in, application, conversation, summary; refusals and mistakes of every kind on the way."""
    patient = new_patient(NAME)
    devices = [patient_device(patient, inbox), staff_device(clinic.doctor)]
    phone = devices[0]
    call(view_profile, "PATCH", "/me", {"name": NAME}, token=phone.token).ok()
    call(view_profile, "PATCH", "/me", {"name": NAME * 30}, token=phone.token).refused(400, "request.schema_broken")
    body = application(clinic, complaint=COMPLAINT)
    visit_id = call(apply_for_visit, "POST", "/visits", body, token=phone.token, key="key-of-the-page").ok(201)["id"]
    call(apply_for_visit, "POST", "/visits", body, token=phone.token).refused(409, "visit.already_open")
    wrong = body | {"complaint": COMPLAINT * 500, COMPLAINT: 1}
    call(apply_for_visit, "POST", "/visits", wrong, token=phone.token).refused(400, "request.schema_broken")
    call(apply_for_visit, "POST", "/visits", text=f'{{"x": "{COMPLAINT}', token=phone.token).refused(
        400, "request.invalid"
    )
    accepted(clinic, visit_id)
    deliver(twice=True)
    talk = Talk(seen(visit_id, patient)["conversation_id"], visit_id, clinic, patient, deliver, sockets)
    page = talk.socket(patient)
    page.send(talk.id, MESSAGE, READ_MARK)
    page.send(talk.id, MESSAGE + "?", READ_MARK)
    page.say(action="send", id=READ_MARK, text=MESSAGE)
    page.say(f'{{"action": "{MESSAGE}"')
    talk.sockets.broken.add(page.id)
    deliver()
    finished(clinic, visit_id)
    second = call(apply_for_visit, "POST", "/visits", body, token=phone.token).ok(201)["id"]
    reason = {"reason_id": clinic.reasons[0].id, "words": REFUSAL}
    call(answer_visit, "POST", f"/visits/{second}/refuse", reason, token=devices[1].token).ok()
    deliver()
    return patient, devices


def secrets_of(patient: PatientOf, devices: list[Device], inbox: Inbox) -> list[str]:
    said = [NAME, COMPLAINT, MESSAGE, REFUSAL, SUMMARY.conclusion, SUMMARY.advice, patient.phone, PASSWORD]
    tokens = [device.token for device in devices] + [device.cookie for device in devices]
    return said + tokens + [inbox.code(patient.phone)]


def test_logs_and_metrics_tell_nothing(
    clinic: Clinic, inbox: Inbox, deliver: Delivery, sockets: Sockets, cloud: Cloud, lines
):
    patient, devices = story(clinic, inbox, deliver, sockets)
    written = lines()
    assert written.count('"message":"answered"') > 10, "the story was logged at all"
    for secret in secrets_of(patient, devices, inbox):
        assert secret not in written, secret
        assert json.dumps(secret)[1:-1] not in written, secret
        assert secret not in str(cloud.metrics)


def test_tables_hold_nothing_in_clear(clinic: Clinic, inbox: Inbox, deliver: Delivery, sockets: Sockets, cloud: Cloud):
    patient, devices = story(clinic, inbox, deliver, sockets)
    kept = str([cloud.rows(table) for table in TABLES])
    for secret in secrets_of(patient, devices, inbox)[:-1]:
        assert secret not in kept, secret
    assert f"'{inbox.code(patient.phone)}'" not in kept


def test_a_failure_in_the_middle_tells_nothing(
    clinic: Clinic, patient: PatientOf, cloud: Cloud, lines, monkeypatch: pytest.MonkeyPatch
):
    """The store fails with the item in its message, as libraries do."""

    def fail(*_: object, **named: object) -> None:
        raise RuntimeError(f"could not write {COMPLAINT} {named}")

    monkeypatch.setattr("hospital.work.commit", fail)
    body = application(clinic, complaint=COMPLAINT)
    call(apply_for_visit, "POST", "/visits", body, who=patient.caller).refused(500, "edge.unexpected")
    written = lines()
    assert '"error":"RuntimeError"' in written
    assert COMPLAINT not in written
