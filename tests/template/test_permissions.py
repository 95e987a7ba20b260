"""A function may do what it needs, on named things."""

from __future__ import annotations

import pytest

from tests.template.reading import ROOT, Stack, as_list, functions, stacks, statements, walk

pytestmark = pytest.mark.unit

# Ends of resources that must be wild, and why.
WILD_ENDS = {
    "Arn}/index/*": "a table's own indexes",
    "/audit-anchors/*": "one object a chain and day",
    "${RootStackName}-*": "queues, functions and logs of this deployment, which CloudFormation names",
    ":task/${Prefix}-media/*": "relays are named when they start",
    "${QuarantineBucket}/uploads/*": "one object an upload",
    "${MediaBucket}/media/*": "a few objects an upload",
    "${MediaBucket}/media/copies/*": "a few objects a copy of somebody's data",
    "/@connections/*": "connections are named by API Gateway when they open",
}
# What IAM knows no resources for (Service Authorization Reference).
OF_NO_RESOURCE = {"cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "events:ListRules", "sqs:ListQueues"}
each_function = pytest.mark.parametrize(
    ("stack", "name", "properties"), functions(), ids=[name for _, name, _ in functions()]
)


@each_function
def test_no_action_is_a_wildcard(stack, name, properties):
    for statement in statements(properties):
        assert not [action for action in as_list(statement["Action"]) if "*" in action]
        assert "NotAction" not in statement
        assert statement["Effect"] == "Allow"


@each_function
def test_no_resource_is_a_wildcard_without_a_reason(stack, name, properties):
    for statement in statements(properties):
        assert "NotResource" not in statement
        if statement["Resource"] == "*":
            assert set(as_list(statement["Action"])) <= OF_NO_RESOURCE, f"{name} may {statement['Action']} anywhere"
            continue
        for resource in as_list(statement["Resource"]):
            text = resource.get("Fn::Sub", "") if isinstance(resource, dict) else resource
            for end in WILD_ENDS:
                text = text.removesuffix(end)
            # An endpoint's method stands before @connections: POST, or any of the three.
            assert "*" not in text.removesuffix("/live/*"), f"{name} may touch {resource}"


@each_function
def test_policies_are_stated_in_the_function_itself(stack, name, properties):
    """Events in SAM's own way would attach managed policies that read every queue and stream of the account."""
    assert all(isinstance(policy, dict) and "Statement" in policy for policy in properties.get("Policies", []))
    assert "Role" not in properties
    assert {event["Type"] for event in properties.get("Events", {}).values()} <= {"Schedule"}


def test_only_the_keys_own_policy_and_the_boundary_say_star():
    """And buckets, which everybody is denied without encryption."""
    found = [
        (stack.name, at)
        for stack in stacks()
        for at, value in walk(stack.resources)
        if value == "*" and not at.endswith(("HttpMethod", ".Principal.AWS"))
    ]
    inspect = ".HouseOnInspectionAskedInspect.Properties.Policies[0].Statement[12].Resource"
    token = ".StartRole.Properties.Policies[0].PolicyDocument.Statement[0].Resource"  # ecr:GetAuthorizationToken
    assert sorted(found, reverse=True) == [
        ("infra/media_fleet.yaml", token),
        ("infra/keys.yaml", ".FunctionBoundary.Properties.PolicyDocument.Statement[1].Resource"),
        ("infra/keys.yaml", ".FieldKey.Properties.KeyPolicy.Statement[0].Resource"),
        ("infra/areas/house.yaml", inspect),
    ]


BOUNDARY = Stack(ROOT / "infra/keys.yaml").resources["FunctionBoundary"]["Properties"]
OWN_LOGS, SERVICES = BOUNDARY["PolicyDocument"]["Statement"]


@each_function
def test_the_boundary_lies_around_every_function_and_covers_what_it_is_granted(stack, name, properties):
    boundary = stack.setting(name, "PermissionsBoundary")["Fn::Sub"]
    assert boundary.rpartition("policy/")[2] == BOUNDARY["ManagedPolicyName"]["Fn::Sub"]
    covered = {action.removesuffix("*") for action in (*SERVICES["Action"], OWN_LOGS["Action"])}
    needed = {
        action.split(":")[0] + ":" for statement in statements(properties) for action in as_list(statement["Action"])
    }
    assert needed <= covered, "add the service to FunctionBoundary in infra/keys.yaml"


def test_a_function_writes_only_to_log_groups_of_this_hospital():
    """SAM lets it write to all of them; log groups are named by CloudFormation and begin with the root stack's name."""
    assert OWN_LOGS["Resource"]["Fn::Sub"].endswith(":log-group:${RootStackName}-*")
    assert not [action for action in SERVICES["Action"] if action.startswith(("logs:", "iam:", "sts:", "*"))]
    for stack, name, _ in functions():
        assert "LogGroupName" not in stack.of_type("AWS::Logs::LogGroup")[f"{name}Logs"]


@each_function
def test_who_writes_may_also_seal_what_it_writes(stack, name, properties):
    """Sealed answers and fields take a data key: a writer without it fails on the first of a month."""
    actions = {action for statement in statements(properties) for action in as_list(statement["Action"])}
    if "kms:GenerateDataKey" in actions:
        assert {"kms:Decrypt", "dynamodb:PutItem"} <= actions


def test_api_gateway_may_call_only_the_functions_it_serves():
    for stack in stacks():
        for name, permission in stack.of_type("AWS::Lambda::Permission").items():
            assert permission["Action"] == "lambda:InvokeFunction", name
            source = permission["SourceArn"]["Fn::Sub"]
            assert "${Api}/" in source or "${SocketApi}/" in source, name
