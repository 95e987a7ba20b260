"""The role of each function: what its `Policies` say, and what SAM adds to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..template import Resource, Template
from ..template.kinds import function_name, iam_arn
from . import actions, keys
from .statements import PolicyWrong, Statement, read_statements

_LOGS = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
"""SAM attaches AWSLambdaBasicExecutionRole to every role it makes."""
_TRACES = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
_SENDS = {"SQS": "sqs:SendMessage", "SNS": "sns:Publish", "Lambda": "lambda:InvokeFunction",
          "EventBridge": "events:PutEvents"}  # fmt: skip
_POLLED = {"SQS", "DynamoDB", "Kinesis", "MSK", "MQ", "SelfManagedKafka", "DocumentDB"}
ADDED = "added by SAM"


@dataclass(frozen=True)
class Role:
    """Who a function is to AWS, and what it may do."""

    function: Resource
    statements: tuple[Statement, ...]
    boundary: tuple[Statement, ...] | None = None

    @property
    def name(self) -> str:
        """The role's name, as SAM makes it."""
        return f"{function_name(self.function)}Role"

    @property
    def arn(self) -> str:
        """What policies of resources name."""
        return iam_arn(self.function, f"role/{self.name}")

    @property
    def session(self) -> str:
        """What refusals name: the role as the function has taken it on."""
        place = self.function.place
        return f"arn:{place.partition}:sts::{place.account}:assumed-role/{self.name}/{function_name(self.function)}"

    @property
    def prefix(self) -> str | None:
        """What the names of this deployment begin with."""
        found = ((self.function.get("Environment") or {}).get("Variables") or {}).get("PREFIX")
        return str(found) if found else None

    @property
    def tags(self) -> dict[str, str]:
        """SAM gives a function's tags to the role it makes, with one of its own."""
        return {str(name): str(value) for name, value in (self.function.get("Tags") or {}).items()} | {
            "lambda:createdBy": "SAM"
        }

    @property
    def own(self) -> list[Statement]:
        """The statements that the template itself holds."""
        return [statement for statement in self.statements if not statement.origin.startswith(ADDED)]


def read_roles(template: Template) -> dict[str, Role]:
    """Function name -> role. TemplateError for what cannot be read as IAM and SAM would."""
    managed = {str(policy.get("ManagedPolicyName")): policy for policy in template.of("AWS::IAM::ManagedPolicy")}
    limits = {name: _read_managed(policy) for name, policy in managed.items()}
    return {
        function_name(function): Role(function, tuple(_statements(function)), _boundary(function, limits))
        for function in template.of("AWS::Serverless::Function")
    }


def _read_managed(policy: Resource) -> tuple[Statement, ...]:
    """A boundary may name more than is taken up here: it only ever takes away."""
    try:
        found = read_statements(policy.get("PolicyDocument"), origin=policy.logical_id, known_key=keys.is_known)
    except PolicyWrong as error:
        raise policy.wrong("PolicyDocument", str(error)) from None
    return tuple(found)


def _boundary(function: Resource, limits: Mapping[str, tuple[Statement, ...]]) -> tuple[Statement, ...] | None:
    """What the role may have at most; None when nothing limits it."""
    arn = function.get("PermissionsBoundary")
    if not arn:
        return None
    name = str(arn).rpartition("/")[2]
    if name not in limits:
        raise function.wrong("PermissionsBoundary", f"{arn} is no managed policy of this template")
    return limits[name]


def _statements(function: Resource) -> Iterator[Statement]:
    if function.get("Role"):
        raise function.wrong("Role", "is not known here: name the statements in Policies")
    written = function.get("Policies") or []
    for number, document in enumerate(written if isinstance(written, list) else [written]):
        yield from _read(function, f"Policies[{number}]", document)
    added = {"Statement": list(_added(function))}
    yield from read_statements(added, origin=ADDED, known_key=keys.is_known)


def _read(function: Resource, prop: str, document: Any) -> Iterator[Statement]:
    try:
        found = read_statements(document, origin=prop, known_key=keys.is_known)
    except PolicyWrong as error:
        raise function.wrong(prop, str(error)) from None
    for statement in found:
        for action in (*statement.actions, *statement.not_actions):
            if not actions.is_known(action):
                raise function.wrong(statement.origin, f"the action {action!r} is not known here")
        yield statement


def _added(function: Resource) -> Iterator[dict[str, Any]]:
    yield _allow(_LOGS, "*")
    if function.get("Tracing") == "Active":
        yield _allow(_TRACES, "*")
    if function.get("KmsKeyArn"):
        yield _allow(["kms:Decrypt"], function.get("KmsKeyArn"))
    if letters := function.get("DeadLetterQueue"):
        yield _allow([_SENDS[letters["Type"]]], letters["TargetArn"])
    destinations = (function.get("EventInvokeConfig") or {}).get("DestinationConfig") or {}
    for destination in destinations.values():
        if destination.get("Type") not in _SENDS:
            raise function.wrong("EventInvokeConfig", f"the destination type {destination.get('Type')!r} is not known")
        yield _allow([_SENDS[destination["Type"]]], destination["Destination"])
    for name, event in (function.get("Events") or {}).items():
        if event.get("Type") in _POLLED:
            raise function.wrong(f"Events.{name}", "would let SAM attach a policy for every queue or stream there is")


def _allow(names: list[str], resource: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": names, "Resource": resource}
