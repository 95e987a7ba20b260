"""Which IAM actions on which resources each AWS call needs: the only list of calls that functions may make.

A call that is not listed is an error that names itself, so that who takes up a new service says here what IAM asks
for it. Source: Service Authorization Reference, and each service's "API permissions reference".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .names import Names
from .object_needs import OBJECT_CALLS
from .statements import Need
from .table_needs import TABLE_CALLS

Params = Mapping[str, Any]
Needs = Callable[[Names, Params], Iterator[Need]]
Named = Callable[[Names, Params], str]

FREE = {("sts", "GetCallerIdentity")}
"""Calls for which IAM is not asked."""


class CallUnknown(Exception):
    """A function made a call whose permissions nobody wrote down."""

    def __init__(self, service: str, operation: str) -> None:
        super().__init__(
            f"{service}:{operation} is not in infra/local/permissions/needs.py; add which actions and resources IAM "
            "asks for it"
        )


def needs_of(names: Names, service: str, operation: str, params: Params) -> tuple[Need, ...]:
    """What IAM is asked for one call. CallUnknown."""
    found = CALLS.get((service, operation))
    if found is None:
        if (service, operation) in FREE:
            return ()
        raise CallUnknown(service, operation)
    return tuple(found(names, params))


def _one(action: str, resource: Named) -> Needs:
    def needs(names: Names, params: Params) -> Iterator[Need]:
        yield Need(action, (resource(names, params),), params)

    return needs


def _same(service: str, resource: Named, operations: str) -> dict[tuple[str, str], Needs]:
    """Calls whose action has the call's own name."""
    return {(service, name): _one(f"{service}:{name}", resource) for name in operations.split()}


def _queue(names: Names, params: Params) -> str:
    return names.queue(str(params["QueueUrl"]))


def _any(names: Names, params: Params) -> str:
    return "*"


def _send(names: Names, params: Params) -> Iterator[Need]:
    arn = _queue(names, params)
    yield Need("sqs:SendMessage", (arn,), params)
    if arn in names.queue_keys:
        for action in ("kms:GenerateDataKey", "kms:Decrypt"):
            yield Need(action, (names.key(names.queue_keys[arn]),), params)


def _receive(names: Names, params: Params) -> Iterator[Need]:
    arn = _queue(names, params)
    yield Need("sqs:ReceiveMessage", (arn,), params)
    if arn in names.queue_keys:
        yield Need("kms:Decrypt", (names.key(names.queue_keys[arn]),), params)


def _redrive(names: Names, params: Params) -> Iterator[Need]:
    """StartMessageMoveTask takes messages as the caller; without a destination each goes to where it came from."""
    source = str(params["SourceArn"])
    for name in ("StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"):
        yield Need(f"sqs:{name}", (source,), params)
    if "DestinationArn" in params:
        yield Need("sqs:SendMessage", (str(params["DestinationArn"]),), params)


def _put_events(names: Names, params: Params) -> Iterator[Need]:
    for entry in params["Entries"]:
        yield Need("events:PutEvents", (names.bus(entry.get("EventBusName")),), entry)


def _read_secret(names: Names, params: Params) -> Iterator[Need]:
    arn = names.secret(str(params["SecretId"]))
    yield Need("secretsmanager:GetSecretValue", (arn,), params)
    if arn in names.secret_keys:
        yield Need("kms:Decrypt", (names.key(names.secret_keys[arn]),), params)


def _secret(names: Names, params: Params) -> str:
    return names.secret(str(params["SecretId"]))


def _decrypt(names: Names, params: Params) -> Iterator[Need]:
    """The key may be left out: the text names it."""
    key = names.key(params["KeyId"]) if "KeyId" in params else names.key_behind(params["CiphertextBlob"])
    yield Need("kms:Decrypt", (key,), params)


def _key(names: Names, params: Params) -> str:
    return names.key(str(params["KeyId"]))


def _token(name: str) -> Needs:
    """A task token does not say whose it is: any workflow of the template will do."""

    def needs(names: Names, params: Params) -> Iterator[Need]:
        yield Need(f"states:{name}", (*names.workflows, "*"), params)

    return needs


def _schedule(names: Names, params: Params) -> str:
    return names.place.arn("scheduler", f"schedule/{params.get('GroupName', 'default')}/{params['Name']}")


def _kept_schedule(action: str) -> Needs:
    def needs(names: Names, params: Params) -> Iterator[Need]:
        yield Need(action, (_schedule(names, params),), params)
        yield Need("iam:PassRole", (str(params["Target"]["RoleArn"]),), params)

    return needs


def _publish(names: Names, params: Params) -> str:
    return str(params.get("TopicArn") or params.get("TargetArn") or "*")


def _log_group(names: Names, params: Params) -> str:
    given = str(params.get("logGroupIdentifier") or params.get("logGroupName") or (params["logGroupNames"])[0])
    return f"{names.of('logs', 'log-group:', given).removesuffix(':*')}:*"


def _logs_of_all(names: Names, params: Params) -> Iterator[Need]:
    """A query may read several groups."""
    groups = params.get("logGroupNames") or params.get("logGroupIdentifiers") or [params.get("logGroupName")]
    for group in groups:
        yield Need("logs:StartQuery", (_log_group(names, {"logGroupName": group}),), params)


def _parameter(names: Names, params: Params) -> Iterator[Need]:
    for name in params.get("Names") or [params["Name"]]:
        yield Need(
            "ssm:GetParameters" if "Names" in params else "ssm:GetParameter",
            (names.of("ssm", "parameter/", str(name).lstrip("/")),),
            params,
        )


def _of_cluster(action: str, kind: str, named: str) -> Needs:
    """A service, or each of several things of one cluster of ECS, by name or id."""

    def needs(names: Names, params: Params) -> Iterator[Need]:
        found = params[named]
        for one in found if isinstance(found, list) else [found]:
            yield Need(action, (names.place.arn("ecs", f"{kind}/{params['cluster']}/{one}"),), params)

    return needs


def _connections(method: str) -> Needs:
    def resource(names: Names, params: Params) -> str:
        return names.connections(method, params["ConnectionId"])

    return _one("execute-api:ManageConnections", resource)


CALLS: dict[tuple[str, str], Needs] = {
    **{("dynamodb", name): needs for name, needs in TABLE_CALLS.items()},
    **{("s3", name): needs for name, needs in OBJECT_CALLS.items()},
    ("sqs", "SendMessage"): _send,
    ("sqs", "SendMessageBatch"): _send,
    ("sqs", "ReceiveMessage"): _receive,
    ("sqs", "DeleteMessageBatch"): _one("sqs:DeleteMessage", _queue),
    ("sqs", "ChangeMessageVisibilityBatch"): _one("sqs:ChangeMessageVisibility", _queue),
    ("sqs", "GetQueueUrl"): _one("sqs:GetQueueUrl", lambda names, params: names.queue(params["QueueName"])),
    ("sqs", "StartMessageMoveTask"): _redrive,
    ("sqs", "ListMessageMoveTasks"): _one("sqs:ListMessageMoveTasks", lambda names, params: str(params["SourceArn"])),
    **_same(
        "sqs",
        _queue,
        "DeleteMessage ChangeMessageVisibility GetQueueAttributes PurgeQueue ListDeadLetterSourceQueues",
    ),
    **_same("sqs", _any, "ListQueues"),
    ("events", "PutEvents"): _put_events,
    **_same("events", _any, "ListRules"),
    ("events", "DescribeEventBus"): _one(
        "events:DescribeEventBus", lambda names, params: names.bus(params.get("Name"))
    ),
    ("events", "DescribeRule"): _one(
        "events:DescribeRule", lambda names, params: names.rule(params["Name"], params.get("EventBusName"))
    ),
    ("events", "ListTargetsByRule"): _one(
        "events:ListTargetsByRule", lambda names, params: names.rule(params["Rule"], params.get("EventBusName"))
    ),
    ("secretsmanager", "GetSecretValue"): _read_secret,
    **_same("secretsmanager", _secret, "DescribeSecret PutSecretValue UpdateSecretVersionStage ListSecretVersionIds"),
    ("secretsmanager", "GetRandomPassword"): _one("secretsmanager:GetRandomPassword", _any),
    ("kms", "Decrypt"): _decrypt,
    ("kms", "GenerateDataKeyWithoutPlaintext"): _one("kms:GenerateDataKeyWithoutPlaintext", _key),
    **_same("kms", _key, "Encrypt GenerateDataKey DescribeKey GetKeyRotationStatus Sign Verify GenerateMac VerifyMac"),
    ("apigatewaymanagementapi", "PostToConnection"): _connections("POST"),
    ("apigatewaymanagementapi", "DeleteConnection"): _connections("DELETE"),
    ("apigatewaymanagementapi", "GetConnection"): _connections("GET"),
    ("stepfunctions", "StartExecution"): _one(
        "states:StartExecution", lambda names, params: str(params["stateMachineArn"])
    ),
    ("stepfunctions", "DescribeStateMachine"): _one(
        "states:DescribeStateMachine", lambda names, params: str(params["stateMachineArn"])
    ),
    ("stepfunctions", "ListExecutions"): _one(
        "states:ListExecutions", lambda names, params: str(params["stateMachineArn"])
    ),
    **{
        ("stepfunctions", name): _one(f"states:{name}", lambda names, params: str(params["executionArn"]))
        for name in ("DescribeExecution", "StopExecution", "GetExecutionHistory")
    },
    **{("stepfunctions", name): _token(name) for name in ("SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat")},
    ("scheduler", "CreateSchedule"): _kept_schedule("scheduler:CreateSchedule"),
    ("scheduler", "UpdateSchedule"): _kept_schedule("scheduler:UpdateSchedule"),
    **_same("scheduler", _schedule, "GetSchedule DeleteSchedule"),
    ("sns", "Publish"): _one("sns:Publish", _publish),
    ("sns", "PublishBatch"): _one("sns:Publish", _publish),
    ("ssm", "GetParameter"): _parameter,
    ("ssm", "GetParameters"): _parameter,
    **_same("cloudwatch", _any, "PutMetricData GetMetricData GetMetricStatistics ListMetrics"),
    ("cloudwatch", "DescribeAlarms"): _one(
        "cloudwatch:DescribeAlarms", lambda names, params: names.place.arn("cloudwatch", "alarm:*")
    ),
    **_same("logs", _log_group, "FilterLogEvents DescribeLogStreams GetLogEvents"),
    ("logs", "StartQuery"): _logs_of_all,
    **_same("logs", _any, "GetQueryResults StopQuery"),
    ("logs", "DescribeLogGroups"): _one(
        "logs:DescribeLogGroups", lambda names, params: names.place.arn("logs", "log-group:*")
    ),
    ("lambda", "Invoke"): _one(
        "lambda:InvokeFunction", lambda names, params: names.of("lambda", "function:", params["FunctionName"])
    ),
    **{
        ("lambda", name): _one(
            f"lambda:{name}", lambda names, params: names.of("lambda", "function:", params["FunctionName"])
        )
        for name in ("GetFunction", "GetFunctionConfiguration", "GetFunctionConcurrency")
    },
    **_same("lambda", _any, "ListFunctions ListEventSourceMappings"),
    ("ecs", "DescribeServices"): _of_cluster("ecs:DescribeServices", "service", "services"),
    ("ecs", "DescribeTasks"): _of_cluster("ecs:DescribeTasks", "task", "tasks"),
    ("ecs", "UpdateService"): _of_cluster("ecs:UpdateService", "service", "service"),
    ("acm", "DescribeCertificate"): _one("acm:DescribeCertificate", lambda names, params: params["CertificateArn"]),
    **_same("acm", _any, "ListCertificates"),
}
