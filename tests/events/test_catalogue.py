"""The catalogue that partners read: each event class has its schema and its example, and each envelope matches."""

from __future__ import annotations

import importlib
import json
from typing import Any

import pytest

from hospital.caller import Asked, nobody, system
from hospital.events import Event, envelope
from tests.builders.catalogue import catalogue, validator
from tests.builders.cloud import ROOT
from tests.builders.people import caller

pytestmark = pytest.mark.unit

WHO = {
    "a patient": caller("per_1", "patient"),
    "staff": caller("per_2", "doctor", "org_1", "prr_1"),
    "a function": system("on_visit_accepted_open_conversation", because="evt_1"),
    "nobody yet": nobody(Asked(request_id="req_1", route="POST /sessions/refresh")),
}


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


def test_every_class_has_its_schema_and_its_example():
    assert set(event_classes()) == set(catalogue())
    for path in catalogue().values():
        assert path.with_name(f"{path.stem}.example.json").exists()


@each_type
def test_the_example_matches_schema_and_class(event_type: str):
    told, kind = example(event_type), event_classes()[event_type]
    validator(event_type).validate(told)
    event = kind.model_validate_json(json.dumps(told["data"]))
    assert told["data"] == event.model_dump(mode="json"), "an example holds every field and no other"


@each_type
@pytest.mark.parametrize("who", WHO.values(), ids=WHO.keys())
def test_an_envelope_by_whomever_matches_the_schema(event_type: str, who):
    event = event_classes()[event_type].told(example(event_type))
    told = envelope(event, "evt_1", who)
    validator(event_type).validate(told)
    assert set(told) == set(example(event_type))
    assert told["actor"] != {"system": ""}, "who acted is never left empty"


@each_type
def test_a_sender_cannot_add_a_field_and_a_consumer_does_not_mind_one(event_type: str):
    kind, told = event_classes()[event_type], example(event_type)
    with pytest.raises(ValueError, match="added"):
        kind.model_validate(told["data"] | {"added": 1})
    told["data"]["added"] = 1
    validator(event_type).validate(told)
    kind.told(told)
