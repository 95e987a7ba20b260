"""State machines as the template writes them: the definition with its substitutions, checked before anything runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..invoker import Invoker
from ..template import Resource, Template
from ..template.kinds import machine_arn, machine_name
from ..template.reading import read_mapping

KINDS = ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine")

SERVICES = frozenset(
    f"{action}{ending}"
    for action in ("lambda:invoke", "sqs:sendMessage", "events:putEvents")
    for ending in ("", ".waitForTaskToken")
) | {
    "dynamodb:deleteItem",
    "dynamodb:getItem",
    "dynamodb:putItem",
    "dynamodb:updateItem",
    "sns:publish",
    "states:startExecution",
}
"""Service integrations that were tried on moto's interpreter."""

_SUBSTITUTION = re.compile(r"\$\{([A-Za-z0-9_]+)\}")
_SERVICE = re.compile(r"arn:[a-z-]+:states:::(.+)")


@dataclass(frozen=True)
class Machine:
    """One state machine. `text` is the definition in the Amazon States Language, complete."""

    arn: str
    name: str
    logical_id: str
    text: str
    definition: Mapping[str, Any]
    role: str


def read_machines(template: Template, invoker: Invoker) -> list[Machine]:
    """TemplateError for a definition that Step Functions would refuse, or that cannot be run here."""
    return [_machine(resource, invoker) for resource in template.of(*KINDS)]


def states_of(definition: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every state, those within branches and maps too."""
    for name, state in (definition.get("States") or {}).items():
        yield name, state
        for inner in inner_of(state):
            yield from states_of(inner)


def inner_of(state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The definitions within a Parallel or Map state."""
    processor = state.get("ItemProcessor") or state.get("Iterator")
    return [*(state.get("Branches") or []), *([processor] if processor else [])]


def _machine(resource: Resource, invoker: Invoker) -> Machine:
    # Takes two seconds, which a template without machines need not wait.
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser

    text = _text(resource)
    try:
        definition = json.loads(text)
    except ValueError as error:
        raise resource.wrong("Definition", f"is no JSON: {error}") from None
    _check(resource, definition, invoker)
    try:
        AmazonStateLanguageParser.parse(text)
    except Exception as error:  # moto's parser has many, and all mean that the definition cannot be run
        raise resource.wrong("Definition", f"is no state machine that can be run: {error}") from None
    kind = str(resource.get("Type") or resource.get("StateMachineType") or "STANDARD")
    if kind != "STANDARD":
        raise resource.wrong("Type", f"{kind} is not run here; only STANDARD")
    role = str(resource.get("Role") or resource.get("RoleArn") or f"{machine_arn(resource)}Role")
    return Machine(machine_arn(resource), machine_name(resource), resource.logical_id, text, definition, role)


def _text(resource: Resource) -> str:
    """The definition as JSON, its `${Name}` filled."""
    if resource.get("DefinitionUri"):
        file = (resource.file.parent / str(resource.get("DefinitionUri"))).resolve()
        if not file.is_file():
            raise resource.wrong("DefinitionUri", f"there is no file {resource.get('DefinitionUri')}")
        text = json.dumps(read_mapping(file))
    elif resource.get("Definition"):
        text = json.dumps(resource.get("Definition"))
    else:
        text = str(resource.get("DefinitionString") or "")
    given = resource.get("DefinitionSubstitutions") or {}

    def filled(match: re.Match[str]) -> str:
        if match[1] not in given:
            raise resource.wrong("DefinitionSubstitutions", f"${{{match[1]}}} of the definition is not given")
        return json.dumps(str(given[match[1]]))[1:-1]

    complete = _SUBSTITUTION.sub(filled, text)
    unused = sorted(set(given) - set(_SUBSTITUTION.findall(text)))
    if unused:
        raise resource.wrong("DefinitionSubstitutions", f"the definition has no ${{{unused[0]}}}")
    return complete


def _check(resource: Resource, definition: Mapping[str, Any], invoker: Invoker) -> None:
    languages = {one.get("QueryLanguage") for _, one in states_of(definition)} | {definition.get("QueryLanguage")}
    if "JSONata" in languages:
        raise resource.wrong("Definition", "JSONata is not run here; write JSONPath")
    for name, state in states_of(definition):
        for target in [state.get("Next"), state.get("Default"), *(one.get("Next") for one in state.get("Catch") or [])]:
            if target is not None and target not in {one for one, _ in states_of(definition)}:
                raise resource.wrong("Definition", f"{name} goes on to {target!r}, which is no state")
        if state.get("Type") == "Task":
            _check_task(resource, name, state, invoker)


def _check_task(resource: Resource, name: str, state: Mapping[str, Any], invoker: Invoker) -> None:
    called = str(state.get("Resource", ""))
    service = _SERVICE.fullmatch(called)
    if service is None:
        if invoker.find(called) is None:
            raise resource.wrong("Definition", f"{name} calls {called}, which is no function of the template")
        return
    if service[1] not in SERVICES:
        raise resource.wrong("Definition", f"{name} uses {service[1]}, which is not run here")
    function = (state.get("Parameters") or {}).get("FunctionName")
    if service[1].startswith("lambda:") and (not function or invoker.find(str(function)) is None):
        raise resource.wrong("Definition", f"{name} calls {function}, which is no function of the template")
