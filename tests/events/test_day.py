"""Every event of a whole day matches the catalogue that partners read, and tells nothing that anybody said."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from consultation.answer_visit.app import app as answer_visit
from directory.maintain_reference.app import app as maintain_reference
from house.keep_inspections.app import app as keep_inspections
from house.sweep_due.app import app as sweep_due
from identity.keep_session.app import app as keep_session
from messaging.export_conversation.app import app as export_conversation
from messaging.upload_file.app import app as upload_file
from tests.builders import files
from tests.builders.catalogue import catalogue, validator
from tests.builders.conversations import Talk
from tests.builders.gateway import call
from tests.builders.groups import group_of
from tests.builders.inbox import Inbox
from tests.builders.moments import Time
from tests.builders.people import caller, new_patient
from tests.builders.sign_in import patient_device
from tests.builders.uploads import make_buckets, uploaded
from tests.builders.visits import SUMMARY, applied

pytestmark = pytest.mark.store


def test_every_event_of_a_whole_day_matches_its_schema_and_all_types_were_seen(talk: Talk, inbox: Inbox, time: Time):
    clinic, deliver = talk.clinic, talk.deliver
    talk.socket(talk.patient).send(talk.id, "我胸口还是闷", "client-id-1")
    make_buckets()
    for content in (files.picture("PNG", 20, 10), files.SCRIPTED_SVG):  # one is ready and sent, one refused
        upload = uploaded(talk, talk.patient, "image", content, name="手臂皮疹.png")
        talk.socket(talk.patient).say(
            action="send", id="client-id-2", conversation_id=talk.id, type="image", content={"upload_id": upload["id"]}
        )
    given_up = uploaded(talk, talk.patient, "image", files.picture("PNG", 20, 10))
    call(upload_file, "DELETE", f"/uploads/{given_up['id']}", who=talk.patient.caller).ok(204)
    group = group_of(clinic.doctor, clinic.nurse, sockets=talk.sockets, name="胸痛会诊")
    group.keep(clinic.doctor, "PUT", "/notice", {"text": "疑似心梗，请会诊"}).ok()
    call(export_conversation, "POST", f"/conversations/{talk.id}/exports", who=clinic.doctor.caller).ok(202)
    talk.close()
    refused = applied(clinic, talk.patient)["id"]
    body = {"reason_id": clinic.reasons[0].id, "words": "疑似心梗"}
    call(answer_visit, "POST", f"/visits/{refused}/refuse", body, who=clinic.doctor.caller).ok()
    applied(clinic, new_patient())
    content = {"question": "怎么申请？", "answer": "选医生。"}
    call(maintain_reference, "POST", "/reference/faqs", {"content": content}, who=clinic.admin.caller).ok(201)
    device = patient_device(talk.patient, inbox)
    stolen = device.cookie
    device.refresh(), device.refresh()
    device.refresh(stolen).refused(401, "session.over")
    time.passes(minutes=2)
    device = patient_device(talk.patient, inbox)
    call(keep_session, "POST", "/sign-out", token=device.token).ok(204)
    call(keep_inspections, "POST", "/inspections", {"hours": 1}, who=caller("per_operator", "operator")).ok(202)
    time.passes(hours=24)
    sweep_due({}, None)
    deliver()
    assert {told["type"] for told in deliver.envelopes} == set(catalogue())
    for told in deliver.envelopes:
        validator(told["type"]).validate(told)
        assert datetime.fromisoformat(told["time"]).tzinfo
        assert int(told["sequence"]) == told["data"]["sequence"]
    assert len({told["id"] for told in deliver.envelopes}) == len(deliver.envelopes)
    everything = json.dumps(deliver.envelopes, ensure_ascii=False)
    said = ("皮疹", "胸口", "心梗", "病情需要面诊", SUMMARY.conclusion, SUMMARY.advice)
    for words in (talk.patient.phone, "王芳", "李明", *said):
        assert words not in everything
