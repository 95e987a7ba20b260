"""Which actions on which resources each call needs, against the Service Authorization Reference."""

from __future__ import annotations

import pytest

from infra.local.permissions.actions import ACTIONS
from infra.local.permissions.needs import CALLS, CallUnknown, needs_of
from infra.local.template import TemplateError
from tests.infra.local.permissions.small import ACT, QUEUE, TABLE, Small, allow

pytestmark = pytest.mark.unit

HERE = "cn-northwest-1:123456789012"
TRANSACTION = {
    "TransactItems": [
        {verb: {"TableName": table}}
        for verb, table in (("Put", "a"), ("Update", "a"), ("Delete", "b"), ("ConditionCheck", "b"))
    ]
}


@pytest.mark.parametrize(
    ("service", "operation", "params", "needs"),
    [
        ("dynamodb", "GetItem", {"TableName": "a"}, ["dynamodb:GetItem table/a"]),
        ("dynamodb", "Query", {"TableName": "a", "IndexName": "i"}, ["dynamodb:Query table/a/index/i"]),
        ("dynamodb", "BatchGetItem", {"RequestItems": {"a": {}, "b": {}}},
         ["dynamodb:BatchGetItem table/a", "dynamodb:BatchGetItem table/b"]),
        ("dynamodb", "TransactWriteItems", TRANSACTION,
         ["dynamodb:PutItem table/a", "dynamodb:UpdateItem table/a", "dynamodb:DeleteItem table/b",
          "dynamodb:ConditionCheckItem table/b"]),
        ("dynamodb", "TransactGetItems", {"TransactItems": [{"Get": {"TableName": "a"}}]},
         ["dynamodb:GetItem table/a"]),
        ("sqs", "SendMessageBatch", {"QueueUrl": "https://x/123456789012/q"}, ["sqs:SendMessage q"]),
        ("sqs", "DeleteMessageBatch", {"QueueUrl": "https://x/123456789012/q"}, ["sqs:DeleteMessage q"]),
        ("events", "PutEvents", {"Entries": [{"EventBusName": "b"}, {}]},
         ["events:PutEvents event-bus/b", "events:PutEvents event-bus/default"]),
        ("secretsmanager", "GetSecretValue", {"SecretId": "x"}, ["secretsmanager:GetSecretValue secret:x"]),
        ("kms", "Encrypt", {"KeyId": "alias/none"}, ["kms:Encrypt key/alias/none"]),
        ("stepfunctions", "StartExecution", {"stateMachineArn": f"arn:aws-cn:states:{HERE}:stateMachine:m"},
         ["states:StartExecution stateMachine:m"]),
        ("scheduler", "CreateSchedule",
         {"Name": "n", "Target": {"RoleArn": f"arn:aws-cn:iam::{HERE.partition(':')[2]}:role/r"}},
         ["scheduler:CreateSchedule schedule/default/n", "iam:PassRole role/r"]),
        ("lambda", "Invoke", {"FunctionName": "f"}, ["lambda:InvokeFunction function:f"]),
        ("logs", "FilterLogEvents", {"logGroupName": "g"}, ["logs:FilterLogEvents log-group:g:*"]),
        ("s3", "PutObject", {"Bucket": "b", "Key": "k", "ObjectLockMode": "COMPLIANCE", "Tagging": "a=b"},
         ["s3:PutObject b/k", "s3:PutObjectTagging b/k", "s3:PutObjectRetention b/k"]),
        ("s3", "GetObject", {"Bucket": "b", "Key": "k", "VersionId": "1"}, ["s3:GetObjectVersion b/k"]),
        ("s3", "ListObjectsV2", {"Bucket": "b"}, ["s3:ListBucket b"]),
        ("s3", "CopyObject", {"Bucket": "b", "Key": "k", "CopySource": "a/x/y"},
         ["s3:GetObject a/x/y", "s3:PutObject b/k"]),
        ("s3", "DeleteObjects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "x"}, {"Key": "y", "VersionId": "2"}]}},
         ["s3:DeleteObject b/x", "s3:DeleteObjectVersion b/y"]),
        ("ecs", "DescribeTasks", {"cluster": "c", "tasks": ["1", "2"]},
         ["ecs:DescribeTasks task/c/1", "ecs:DescribeTasks task/c/2"]),
        ("ecs", "UpdateService", {"cluster": "c", "service": "s"}, ["ecs:UpdateService service/c/s"]),
        ("cloudwatch", "GetMetricData", {}, ["cloudwatch:GetMetricData *"]),
        ("sts", "GetCallerIdentity", {}, []),
    ],
)  # fmt: skip
def test_needs(tmp_path, service, operation, params, needs):
    names = Small(tmp_path).permissions.names
    found = needs_of(names, service, operation, params)
    assert [f"{need.action} {need.resource.split(':', 5)[-1]}" for need in found] == needs
    assert {need.action for need in found} <= ACTIONS


def test_a_key_is_found_by_its_alias_and_by_what_it_sealed(tmp_path):
    alias = {"AliasName": "alias/fields", "TargetKeyId": {"Ref": "Key"}}
    names = Small(tmp_path, more={"Alias": {"Type": "AWS::KMS::Alias", "Properties": alias}}).permissions.names
    key = names.aliases["alias/fields"]
    by_alias, by_text = (
        needs_of(names, "kms", operation, params)[0].resource
        for operation, params in (
            ("GenerateDataKey", {"KeyId": "alias/fields"}),
            ("Decrypt", {"CiphertextBlob": key.encode() + b"rest"}),
        )
    )
    assert by_alias == by_text == f"arn:aws-cn:kms:{HERE}:key/{key}"


def test_who_sends_to_a_queue_sealed_by_an_own_key_needs_the_key(tmp_path):
    queue = {"QueueName": "small-queue", "KmsMasterKeyId": {"Ref": "Key"}}
    small = Small(tmp_path, allow("sqs:*", QUEUE), more={"Queue": {"Type": "AWS::SQS::Queue", "Properties": queue}})
    assert not small.may("sqs", "SendMessage", QueueUrl="https://x/123456789012/small-queue", MessageBody="x")
    assert small.denials[0].action == "kms:GenerateDataKey"


def test_a_call_that_nobody_wrote_down_names_itself(tmp_path):
    small = Small(tmp_path, allow("*", "*"))
    with pytest.raises(CallUnknown, match="dynamodb:CreateTable is not in"):
        small.permissions.refuse(ACT, "dynamodb", "CreateTable", {})


def test_every_known_call_has_a_service_and_a_name():
    assert len(CALLS) > 100
    assert all(service.islower() and operation[0].isupper() for service, operation in CALLS)


def _source(arn: object, **more: object) -> dict:
    mapping = {"EventSourceArn": arn, "FunctionName": {"Ref": "Act"}, **more}
    return {"Source": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping}}


READS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]


def test_an_event_source_reads_as_its_function(tmp_path):
    arn = {"Fn::GetAtt": ["Queue", "Arn"]}
    Small(tmp_path, allow(READS, QUEUE), more=_source(arn))
    with pytest.raises(TemplateError, match="sqs:DeleteMessage"):
        Small(tmp_path, allow([READS[0], READS[2]], QUEUE), more=_source(arn))
    with pytest.raises(TemplateError, match="dynamodb:DescribeStream"):
        Small(tmp_path, more=_source(f"{TABLE}/stream/1"))
    letters = {"DestinationConfig": {"OnFailure": {"Destination": QUEUE}}}
    with pytest.raises(TemplateError, match="sqs:SendMessage"):
        Small(tmp_path, allow(READS, QUEUE), more=_source(arn, **letters))


def test_a_rule_sends_only_where_the_queue_lets_it(tmp_path):
    def small(source: object) -> Small:
        rule = {"Name": "r", "EventPattern": {}, "Targets": [{"Id": "q", "Arn": QUEUE}]}
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": QUEUE,
            "Condition": {"ArnEquals": {"aws:SourceArn": source}},
        }
        policy = {"Queues": [{"Ref": "Queue"}], "PolicyDocument": {"Statement": statement}}
        more = {
            "Rule": {"Type": "AWS::Events::Rule", "Properties": rule},
            "Policy": {"Type": "AWS::SQS::QueuePolicy", "Properties": policy},
        }
        return Small(tmp_path, more=more)

    small({"Fn::GetAtt": ["Rule", "Arn"]})
    with pytest.raises(TemplateError, match=r"Rule\.Targets: no AWS::SQS::QueuePolicy lets events"):
        small(f"arn:aws-cn:events:{HERE}:rule/another")


def test_api_gateway_calls_only_by_permission(tmp_path):
    uri = {"Fn::Sub": "arn:aws-cn:apigateway:r:lambda:path/2015-03-31/functions/${Act.Arn}/invocations"}
    paths = {"/a/{id}": {"get": {"x-amazon-apigateway-integration": {"uri": uri}}}}
    api = {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "live", "DefinitionBody": {"paths": paths}}}

    def permission(end: str) -> dict:
        source = {"Fn::Sub": f"arn:aws-cn:execute-api:{HERE}:${{Api}}/{end}"}
        properties = {
            "FunctionName": {"Ref": "Act"},
            "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": source,
        }
        return {"Api": api, "Permission": {"Type": "AWS::Lambda::Permission", "Properties": properties}}

    Small(tmp_path, more=permission("*"))
    Small(tmp_path, more=permission("*/GET/a/*"))
    with pytest.raises(TemplateError, match="no AWS::Lambda::Permission lets API Gateway call"):
        Small(tmp_path, more=permission("*/POST/*"))
