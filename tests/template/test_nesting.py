"""The root and what it nests fit together; `sam validate` looks at each file alone."""

from __future__ import annotations

import json
import re

import pytest

from hospital.settings import Settings
from tests.template.reading import ROOT, Stack, references, stacks, walk

pytestmark = pytest.mark.unit

ROOT_STACK = stacks()[0]
NESTED = ROOT_STACK.of_type("AWS::Serverless::Application")
each_stack = pytest.mark.parametrize("stack", stacks(), ids=lambda stack: stack.name)
each_nested = pytest.mark.parametrize("nested", NESTED)


def opened(nested: str) -> Stack:
    return Stack(ROOT / NESTED[nested]["Location"])


def test_every_template_is_nested_once_and_exists():
    locations = sorted(properties["Location"] for properties in NESTED.values())
    assert locations == sorted(stack.name for stack in stacks()[1:])


@each_nested
def test_a_nested_stack_gets_exactly_the_parameters_it_declares(nested):
    assert sorted(NESTED[nested]["Parameters"]) == sorted(opened(nested).document.get("Parameters", {}))


@each_stack
def test_every_parameter_is_used(stack):
    used = {name for _, name in references(stack.document)}
    if "Transform" in stack.document:  # the included document uses some
        used |= {name for name in stack.document.get("Parameters", {}) if name == "AuthorizerArn"}
    assert set(stack.document.get("Parameters", {})) <= used


@each_stack
def test_every_reference_names_something_in_its_own_template(stack):
    body = {key: value for key, value in stack.document.items() if key != "Conditions"}
    assert {name for _, name in references(body)} <= stack.names


def test_outputs_that_the_root_reads_exist():
    for at, value in walk(ROOT_STACK.document):
        if isinstance(value, dict) and "Fn::GetAtt" in value:
            name, attribute = value["Fn::GetAtt"]
            if name in NESTED:
                assert attribute.removeprefix("Outputs.") in opened(name).document["Outputs"], at


def test_every_function_has_the_same_environment_and_it_is_what_settings_read():
    environments = {}
    for stack in stacks():
        shared = stack.document.get("Globals", {}).get("Function")
        if shared is None:
            continue
        assert shared["Runtime"] == "python3.13"
        assert shared["Tracing"] == "Disabled"
        assert shared["Layers"] == [{"Ref": "VendorCoreLayer"}, {"Ref": "HospitalLayer"}, {"Ref": "AdaptersLayer"}]
        environment = dict(shared["Environment"]["Variables"])
        if stack.name == "infra/sockets.yaml":  # it makes the socket that the others are told of
            made_here = {key: json.dumps(environment.pop(key)) for key in ("SOCKET_ENDPOINT", "SOCKET_URL")}
            assert all("${SocketApi}" in address for address in made_here.values())
            environment |= {"SOCKET_ENDPOINT": {"Ref": "SocketEndpoint"}, "SOCKET_URL": {"Ref": "SocketUrl"}}
        environments[stack.name] = environment
    assert len(environments) > 1
    first = next(iter(environments.values()))
    assert all(environment == first for environment in environments.values())

    required = {name.upper() for name, field in Settings.model_fields.items() if field.is_required()}
    known = {name.upper() for name in Settings.model_fields}
    assert required <= set(first)
    read_by_others = {"PREFIX", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "LOG_LEVEL"}
    assert set(first) - known == read_by_others


@each_stack
def test_nothing_is_bound_to_one_partition(stack):
    # Service principals (`events.amazonaws.com`) are the same in every partition; addresses and ARNs are not.
    without_principals = re.sub(r"\b[a-z0-9.]+\.amazonaws\.com\b(?!\.cn)", "", stack.text)
    assert "amazonaws.com" not in without_principals
    assert not re.search(r"\barn:aws", stack.text)
    assert "AWS::Cognito" not in stack.text
    assert "EDGE" not in stack.text


@each_stack
def test_no_function_is_shared_through_globals_paths(stack):
    # SAM does not move paths that stand in Globals: the package would be empty.
    shared = stack.document.get("Globals", {}).get("Function", {})
    assert not {"CodeUri", "Metadata"} & set(shared)
