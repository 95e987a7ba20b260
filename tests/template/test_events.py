"""Events: every class has its schema and example, every rule names an event that exists, every event has a hearer."""

from __future__ import annotations

import importlib
import json

import pytest
from jsonschema import Draft202012Validator

from hospital.events import Event
from tests.template.reading import ROOT, stacks

pytestmark = pytest.mark.unit

CATALOGUE = {
    f"{path.parent.name}.{path.name.removesuffix('.json')}": path
    for path in sorted((ROOT / "events").glob("*/*.v*.json"))
    if not path.name.endswith(".example.json")
}
each_type = pytest.mark.parametrize("name", CATALOGUE)

# Events that no function of ours waits for, and why they are told nevertheless.
UNHEARD = {
    "practitioner.changed.v1": "partners, and whoever keeps a list of those who serve patients",
    "organisation.changed.v1": "partners; names are read where they are shown",
    "department.changed.v1": "as organisation.changed.v1",
    "sms.system_changed.v1": "the audit trail; who sends is asked of the record itself",
    "upload.ready.v1": "partners and the record of what a check said; its sender is told by the check itself",
    "upload.refused.v1": "as upload.ready.v1",
    "person.verified.v1": "partners; the files of the hospital's own system are opened when they are needed first",
    "blacklisting.changed.v1": "partners; the patient reads of it where it stops them, and on a page of their own",
    "patient.merge_changed.v1": "partners who keep files of their own; ours are followed when they are read",
    "sign_in_method.changed.v1": "partners and the record; who signs in by what is asked when they do",
    "person.phone_changed.v1": "as sign_in_method.changed.v1; the number is read where it is needed",
    "sign_up_flow.changed.v1": "the record of a setting; pages read it when they are opened",
    "counter_check.confirmed.v1": "the record of who looked at which card",
    "face_check.judged.v1": "the record of what a check said; who is verified by it is told by person.verified.v1",
    "face_request.moved.v1": "the record of what a system asked for; it reads the result when it wants to",
    "consent.given.v1": "partners and the record; use cases ask how a consent stands when they need it",
    "consent.refused.v1": "as consent.given.v1",
    "consent.withdrawn.v1": "as consent.given.v1: a withdrawal counts from the next question on",
    "consent_text.changed.v1": "partners; texts are read where they are shown",
    "family_member.added.v1": "the record of who put whom on their list",
    "family_member.changed.v1": "as family_member.added.v1",
    "family_member.joined.v1": "partners and the record; who may act for whom is asked when somebody acts",
    "family_member.left.v1": "as family_member.joined.v1: it counts from the next question on",
    "his_file.opened.v1": "partners; cards are asked of the hospital's own system when they are shown",
    "his_file.not_opened.v1": "the record of what the hospital's own system said; the time to ask again is a due row",
    "his_sync.ended.v1": "partners; the report is read where runs are kept",
    "health_card.issued.v1": "partners; cards are read where they are shown",
    "health_card.not_issued.v1": "the record of what a channel said; the time to ask again is a due row",
    "data_copy.ended.v1": "partners and the record; who asked is told by a text that is written with it",
    "data_copy.opened.v1": "the record of who took a copy away, and when",
    "card.arranged.v1": "the record of a change that its person alone sees",
    "dictionary.changed.v1": "partners who keep a copy of a dictionary",
    "emergency.reviewed.v1": "partners and the record; the patient reads the verdict beside who opened theirs",
    "reference.changed.v1": "partners who keep a copy of the reference data",
}


def schema(name: str) -> dict:
    subject, _, version = name.partition(".")
    return json.loads((ROOT / f"events/{subject}/{version}.json").read_text(encoding="utf-8"))


def example(name: str) -> dict:
    subject, _, version = name.partition(".")
    return json.loads((ROOT / f"events/{subject}/{version}.example.json").read_text(encoding="utf-8"))


def event_classes() -> dict[str, type[Event]]:
    """Type -> class, of all subjects."""
    for path in sorted((ROOT / "layers/hospital/python/hospital").glob("*/events.py")):
        importlib.import_module(f"hospital.{path.parent.name}.events")
    found: dict[str, type[Event]] = {}
    waiting = [Event]
    while waiting:
        kind = waiting.pop()
        waiting += [sub for sub in kind.__subclasses__() if sub.__module__.startswith("hospital.")]
        if "TYPE" in vars(kind):
            assert kind.TYPE not in found, kind.TYPE
            found[kind.TYPE] = kind
    return found


def heard() -> dict[str, list[str]]:
    """Event type -> the rules that match it."""
    found: dict[str, list[str]] = {}
    for stack in stacks():
        for name, rule in stack.of_type("AWS::Events::Rule").items():
            for event_type in rule["EventPattern"]["detail-type"]:
                found.setdefault(event_type, []).append(name)
    return found


def test_every_event_class_is_in_the_catalogue_and_every_entry_has_its_class():
    assert set(event_classes()) == set(CATALOGUE)


@each_type
def test_the_schema_is_a_schema_and_its_example_fits(name):
    Draft202012Validator.check_schema(schema(name))
    Draft202012Validator(schema(name), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(example(name))


@each_type
def test_the_example_is_an_envelope_that_consumers_can_read(name):
    kind = event_classes()[name]
    told = example(name)
    assert told["specversion"] == "1.0"
    assert told["type"] == name
    assert told["source"] == f"hospital.{kind.SOURCE}"
    event = kind.told(told)
    assert told["subject"] == event.subject
    assert int(told["sequence"]) == event.sequence


@each_type
def test_consumers_read_on_when_a_field_is_added(name):
    told = example(name)
    told["data"]["added_later"] = "unknown"
    assert event_classes()[name].told(told)


def test_rules_wait_only_for_events_that_exist():
    assert set(heard()) <= set(event_classes())


def test_every_event_is_heard_or_has_a_reason_not_to_be():
    assert set(event_classes()) - set(heard()) == set(UNHEARD)


def test_each_rule_fills_the_queue_of_its_own_function():
    for stack in stacks():
        rules = stack.of_type("AWS::Events::Rule")
        queues = stack.of_type("AWS::SQS::Queue")
        policies = stack.of_type("AWS::SQS::QueuePolicy")
        for rule_name, rule in rules.items():
            function = rule_name.removesuffix("Rule")
            queue, dead = f"{function}Queue", f"{function}DeadLetters"
            (target,) = rule["Targets"]
            assert target["Arn"] == {"Fn::GetAtt": [queue, "Arn"]}
            assert target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": [dead, "Arn"]}
            assert "InputPath" not in target and "InputTransformer" not in target
            assert queues[queue]["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": [dead, "Arn"]}
            assert queues[queue]["RedrivePolicy"]["maxReceiveCount"] >= 3
            assert queues[queue]["VisibilityTimeout"] >= 6 * stack.setting(function, "Timeout")
            statement = policies[f"{queue}Policy"]["PolicyDocument"]["Statement"][0]
            assert statement["Condition"]["ArnEquals"]["aws:SourceArn"] == {"Fn::GetAtt": [rule_name, "Arn"]}
            assert statement["Principal"] == {"Service": "events.amazonaws.com"}
