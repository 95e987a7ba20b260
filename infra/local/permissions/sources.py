"""What the machinery around functions needs, looked at when the template is read: nobody would see it fail later.

Event sources read as their function's role, rules and alarms send as services, API Gateway invokes by permission.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..template import Resource, Template
from ..template.kinds import api_id, bucket_arn, mapping_id, queue_arn, rule_arn
from .keys import Call
from .names import Names
from .patterns import arn_matches
from .refusals import statement_for
from .resource_policies import ResourcePolicies, spoken_to
from .roles import Role
from .statements import Need, judged

_QUEUE_READERS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_STREAM_READERS = (
    "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
)  # fmt: skip
_INVOKED = re.compile(r":lambda:path/2015-03-31/functions/(?P<arn>.+)/invocations$")


def check(
    template: Template,
    names: Names,
    roles: Mapping[str, Role],
    attached: ResourcePolicies,
    now: Callable[[], float],
) -> None:
    """TemplateError that names the first thing that would not work in the cloud, and the statement it lacks."""
    for mapping in template.of("AWS::Lambda::EventSourceMapping"):
        _check_mapping(mapping, roles)
    queues = {queue_arn(queue) for queue in template.of("AWS::SQS::Queue")}
    for rule in template.of("AWS::Events::Rule"):
        for prop, arn in _rule_sends(rule):
            if arn in queues:
                _check_sender(rule, prop, arn, "events.amazonaws.com", rule_arn(rule), names, attached, now)
    permissions = list(template.of("AWS::Lambda::Permission"))
    for bucket in template.of("AWS::S3::Bucket"):
        told, prop = bucket.get("NotificationConfiguration") or {}, "NotificationConfiguration"
        for one in told.get("QueueConfigurations") or []:
            arn = str(one.get("Queue"))
            _check_sender(bucket, prop, arn, "s3.amazonaws.com", bucket_arn(bucket), names, attached, now)
        for one in told.get("LambdaConfigurations") or []:
            arn = str(one.get("Function"))
            if not any(_permits(permission, arn, bucket_arn(bucket), "s3") for permission in permissions):
                raise bucket.wrong(prop, f"no AWS::Lambda::Permission lets S3 call {arn} for {bucket_arn(bucket)}")
    invocations = list(_invocations(template))
    for resource, prop, function, source in invocations:
        if not any(_permits(permission, function, source) for permission in permissions):
            raise resource.wrong(prop, f"no AWS::Lambda::Permission lets API Gateway call {function} for {source}")


def needed_by_mappings(template: Template) -> Iterator[tuple[str, str, str]]:
    """(function's name, action, resource) for every event source: what nobody sees a function call."""
    for mapping in template.of("AWS::Lambda::EventSourceMapping"):
        function = _named(mapping.get("FunctionName")).partition(":")[0]
        source = str(mapping.get("EventSourceArn"))
        for action in _QUEUE_READERS if source.split(":")[2] == "sqs" else _STREAM_READERS:
            yield function, action, source
        letters = ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
        if letters:
            yield function, "sqs:SendMessage" if str(letters).split(":")[2] == "sqs" else "sns:Publish", str(letters)


def _check_mapping(mapping: Resource, roles: Mapping[str, Role]) -> None:
    function = _named(mapping.get("FunctionName")).partition(":")[0]
    if function not in roles:
        raise mapping.wrong("FunctionName", f"{function} is no function of the template")
    one = Template([mapping], {}, mapping.place)
    for _, action, resource in needed_by_mappings(one):
        if not judged(roles[function].statements, action, resource, lambda key: None).is_allowed:
            missing = statement_for(mapping.place, action, resource)
            raise mapping.wrong(
                "EventSourceArn", f"the role of {function} lacks what {mapping_id(mapping)} needs:\n{missing}"
            )


def _rule_sends(rule: Resource) -> Iterator[tuple[str, str]]:
    for target in rule.get("Targets") or []:
        yield "Targets", str(target.get("Arn"))
        letters = (target.get("DeadLetterConfig") or {}).get("Arn")
        if letters:
            yield "Targets.DeadLetterConfig", str(letters)


def _check_sender(
    sender: Resource,
    prop: str,
    queue: str,
    service: str,
    source: str,
    names: Names,
    attached: ResourcePolicies,
    now: Callable[[], float],
) -> None:
    """A service sends only where the queue's own policy lets it."""
    need = Need("sqs:SendMessage", (queue,), {})
    call = Call(names, "sqs", "SendMessage", {}, None, now, source)
    statements = spoken_to(attached.on(queue) or [], [service])
    if not judged(statements, need.action, queue, lambda key: call.value(key, need)).is_allowed:
        raise sender.wrong(prop, f"no AWS::SQS::QueuePolicy lets {service} send to {queue} for {source}")


def _invocations(template: Template) -> Iterator[tuple[Resource, str, str, str]]:
    """(where it is written, property, function's ARN, source ARN) of all that API Gateway invokes."""
    for api in template.of("AWS::Serverless::Api"):
        yield from _rest_invocations(api)
    stages = {str(stage.get("ApiId")): str(stage.get("StageName")) for stage in template.of("AWS::ApiGatewayV2::Stage")}
    integrations = {found.mark(7): found for found in template.of("AWS::ApiGatewayV2::Integration")}
    for route in template.of("AWS::ApiGatewayV2::Route"):
        integration = integrations.get(str(route.get("Target")).rpartition("/")[2])
        function = _invoked(integration.get("IntegrationUri")) if integration else None
        if function:
            api_of = str(route.get("ApiId"))
            source = route.place.arn("execute-api", f"{api_of}/{stages.get(api_of, '*')}/{route.get('RouteKey')}")
            yield route, "Target", function, source


def _rest_invocations(api: Resource) -> Iterator[tuple[Resource, str, str, str]]:
    document: Any = api.get("DefinitionBody") or {}
    own, stage = api_id(api), api.get("StageName", "live")
    for path, operations in (document.get("paths") or {}).items():
        for method, operation in operations.items():
            uri = (
                (operation.get("x-amazon-apigateway-integration") or {}).get("uri") if method != "parameters" else None
            )
            if function := _invoked(uri):
                yield (
                    api,
                    "DefinitionBody",
                    function,
                    api.place.arn("execute-api", f"{own}/{stage}/{method.upper()}{path}"),
                )
    for scheme in ((document.get("components") or {}).get("securitySchemes") or {}).values():
        uri = (scheme.get("x-amazon-apigateway-authorizer") or {}).get("authorizerUri")
        if function := _invoked(uri):
            yield api, "DefinitionBody", function, api.place.arn("execute-api", f"{own}/authorizers/{api.mark(6)}")


def _invoked(uri: Any) -> str | None:
    found = _INVOKED.search(str(uri))
    return found.group("arn") if found else None


def _named(function: Any) -> str:
    """`name` or `name:alias` of a function given by name or ARN. What an alias permits is its own matter."""
    return str(function).rpartition(":function:")[2]


def _permits(permission: Resource, function: str, source: str, service: str = "apigateway") -> bool:
    return (
        _named(permission.get("FunctionName")) == _named(function)
        and permission.get("Action") == "lambda:InvokeFunction"
        and permission.get("Principal") == f"{service}.amazonaws.com"
        and arn_matches(str(permission.get("SourceArn") or "*"), source)
    )
