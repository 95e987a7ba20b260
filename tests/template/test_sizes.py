"""No stack outgrows what CloudFormation takes, counted after SAM has made its own resources."""

from __future__ import annotations

import pytest

from tests.template.reading import Stack, stacks

pytestmark = pytest.mark.unit

MOST_RESOURCES, MOST_PARAMETERS, MOST_OUTPUTS = 500, 200, 200
MOST_BYTES = 1_000_000
ROOM = 0.8  # an area that is fuller than this is to be divided before it is full

# What SAM makes of one resource: a function behind an alias is function, role, version, alias and deployment group,
# an API is API, deployment and stage; an event of a schedule is rule and permission.
MADE = {"AWS::Serverless::Function": 5, "AWS::Serverless::Api": 3}
each_stack = pytest.mark.parametrize("stack", stacks(), ids=lambda stack: stack.name)


def made(stack: Stack) -> int:
    """How many resources CloudFormation sees."""
    total = 0
    for resource in stack.resources.values():
        properties = resource.get("Properties", {})
        total += MADE.get(resource["Type"], 1)
        total += 2 * len(properties.get("Events") or {}) + ("EventInvokeConfig" in properties)
    deploys = bool(stack.of_type("AWS::Serverless::Function"))
    return total + 2 * deploys  # CodeDeploy's application and role


@each_stack
def test_it_has_room_for_more(stack):
    assert made(stack) <= ROOM * MOST_RESOURCES
    assert len(stack.document.get("Parameters", {})) <= ROOM * MOST_PARAMETERS
    assert len(stack.document.get("Outputs", {})) <= ROOM * MOST_OUTPUTS
    assert len(stack.text.encode()) <= ROOM * MOST_BYTES


@each_stack
def test_a_function_publishes_versions_and_is_reached_by_its_alias(stack):
    for name in stack.of_type("AWS::Serverless::Function"):
        assert stack.setting(name, "AutoPublishAlias") == "live"
        for kind in ("AWS::Lambda::Permission", "AWS::Lambda::EventSourceMapping"):
            called = [found["FunctionName"] for found in stack.of_type(kind).values()]
            assert {"Ref": name} not in called, f"{name} is called past its alias: write !Ref {name}.Alias"


def test_only_one_of_what_may_not_overlap_runs_at_a_time():
    bus = next(stack for stack in stacks() if stack.name == "infra/bus.yaml")
    assert bus.setting("HouseSweepDue", "ReservedConcurrentExecutions") == 1
    assert bus.setting("HouseSweepDue", "Timeout") < 60, "it ends before the next minute begins"
