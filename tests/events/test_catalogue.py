"""Every event of a whole visit matches the catalogue that partners read, and tells nothing that a patient said."""

from __future__ import annotations

import importlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from directory.maintain_reference.app import app as maintain_reference
from hospital.caller import Asked, nobody, system
from hospital.events import Event, envelope
from house.sweep_due.app import app as sweep_due
from identity.keep_session.app import app as keep_session
from tests.builders.conversations import Talk
from tests.builders.gateway import call
from tests.builders.inbox import Inbox
from tests.builders.moments import Time
from tests.builders.people import caller, new_patient
from tests.builders.sign_in import patient_device
from tests.builders.visits import SUMMARY, applied

ROOT = Path(__file__).resolve().parents[2]
WHO = {
    "a patient": caller("per_1", "patient"),
    "staff": caller("per_2", "doctor", "org_1", "prr_1"),
    "a function": system("on_visit_accepted_open_conversation", because="evt_1"),
    "nobody yet": nobody(Asked(request_id="req_1", route="POST /sessions/refresh")),
}


def catalogue() -> dict[str, Path]:
    """Event type -> the file of its schema."""
    return {
        f"{path.parent.name}.{path.stem}": path
        for path in sorted((ROOT / "events").glob("*/*.json"))
        if not path.name.endswith(".example.json")
    }


def validator(event_type: str) -> Draft202012Validator:
    schema = json.loads(catalogue()[event_type].read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def event_classes() -> dict[str, type[Event]]:
    """Event type -> class."""
    for path in (ROOT / "layers/hospital/python/hospital").glob("*/events.py"):
        importlib.import_module(f"hospital.{path.parent.name}.events")
    found, left = {}, [Event]
    while left:
        left += (kind := left.pop()).__subclasses__()
        if "TYPE" in vars(kind) and kind.__module__.startswith("hospital."):
            found[kind.TYPE] = kind
    return found


each_type = pytest.mark.parametrize("event_type", sorted(catalogue()))


def example(event_type: str) -> dict[str, Any]:
    path = catalogue()[event_type]
    return json.loads(path.with_name(f"{path.stem}.example.json").read_text(encoding="utf-8"))


@pytest.mark.unit
def test_every_class_has_its_schema_and_its_example():
    assert set(event_classes()) == set(catalogue())
    for path in catalogue().values():
        assert path.with_name(f"{path.stem}.example.json").exists()


@pytest.mark.unit
@each_type
def test_the_example_matches_schema_and_class(event_type: str):
    told, kind = example(event_type), event_classes()[event_type]
    validator(event_type).validate(told)
    event = kind.model_validate_json(json.dumps(told["data"]))
    assert told["data"] == event.model_dump(mode="json"), "an example holds every field and no other"


@pytest.mark.unit
@each_type
@pytest.mark.parametrize("who", WHO.values(), ids=WHO.keys())
def test_an_envelope_by_whomever_matches_the_schema(event_type: str, who):
    event = event_classes()[event_type].told(example(event_type))
    told = envelope(event, "evt_1", who)
    validator(event_type).validate(told)
    assert set(told) == set(example(event_type))
    assert told["actor"] != {"system": ""}, "who acted is never left empty"


@pytest.mark.unit
@each_type
def test_a_sender_cannot_add_a_field_and_a_consumer_does_not_mind_one(event_type: str):
    kind, told = event_classes()[event_type], example(event_type)
    with pytest.raises(ValueError, match="added"):
        kind.model_validate(told["data"] | {"added": 1})
    told["data"]["added"] = 1
    validator(event_type).validate(told)
    kind.told(told)


@pytest.mark.store
def test_every_event_of_a_whole_day_matches_its_schema_and_all_types_were_seen(talk: Talk, inbox: Inbox, time: Time):
    clinic, deliver = talk.clinic, talk.deliver
    talk.socket(talk.patient).send(talk.id, "我胸口还是闷", "client-id-1")
    talk.close()
    refused = applied(clinic, talk.patient)["id"]
    body = {"reason_id": clinic.reasons[0].id, "words": "疑似心梗"}
    answer = importlib.import_module("consultation.answer_visit.app").app
    call(answer, "POST", f"/visits/{refused}/refuse", body, who=clinic.doctor.caller).ok()
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
    said = ("胸口", "心梗", "病情需要面诊", SUMMARY.conclusion, SUMMARY.advice)
    for words in (talk.patient.phone, "王芳", "李明", *said):
        assert words not in everything
