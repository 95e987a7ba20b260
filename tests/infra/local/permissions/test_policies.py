"""IAM's decision, as the User Guide's "Policy evaluation logic" and "JSON policy elements" tell it."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.permissions.conditions import read_conditions
from infra.local.permissions.patterns import arn_matches
from infra.local.template import TemplateError
from infra.local.template.kinds import key_id
from tests.infra.local.permissions.small import ACCOUNT, BUCKET, QUEUE, QUEUE_URL, ROLE, TABLE, Small, allow

pytestmark = pytest.mark.unit


def test_nothing_is_allowed_unless_a_statement_says_so(tmp_path):
    assert not Small(tmp_path).gets()
    assert Small(tmp_path, allow("dynamodb:GetItem", TABLE)).gets()
    assert not Small(tmp_path, allow("dynamodb:PutItem", TABLE)).gets()
    assert not Small(tmp_path, allow("dynamodb:GetItem", f"{TABLE}2")).gets()


def test_a_deny_wins_wherever_it_stands(tmp_path):
    small = Small(tmp_path, allow("dynamodb:*", TABLE), allow("dynamodb:GetItem", "*", effect="Deny"))
    assert not small.gets()
    assert small.may("dynamodb", "PutItem", TableName="small-rows", Item={})
    assert "explicit deny" in small.denials[0].message


@pytest.mark.parametrize(
    ("action", "is_enough"),
    [("dynamodb:Get*", True), ("DYNAMODB:getitem", True), ("dynamodb:?etItem", True), ("*", True), ("s3:*", False)],
)
def test_actions_know_wildcards_and_no_case(tmp_path, action, is_enough):
    assert Small(tmp_path, allow(action, TABLE)).gets() is is_enough


def test_not_action_is_everything_else(tmp_path):
    written = {"Effect": "Allow", "NotAction": ["dynamodb:PutItem"], "Resource": TABLE}
    small = Small(tmp_path, written)
    assert small.gets()
    assert not small.may("dynamodb", "PutItem", TableName="small-rows", Item={})


@pytest.mark.parametrize(
    ("pattern", "arn", "fits"),
    [
        ("*", "arn:aws:s3:::a/b", True),
        ("arn:aws:s3:::a/*", "arn:aws:s3:::a/b/c", True),
        ("arn:aws:s3:::a", "arn:aws:s3:::a/b", False),
        ("arn:*:dynamodb:*:*:table/x", "arn:aws-cn:dynamodb:cn-north-1:1:table/x", True),
        ("arn:aws:lambda:*:function:x", "arn:aws:lambda:r:1:function:x", False),  # a wildcard keeps to its part
        ("arn:aws:lambda:r:1:function:x*", "arn:aws:lambda:r:1:function:x:live", True),
        ("arn:aws:s3:::A", "arn:aws:s3:::a", False),
        ("arn:aws:s3:::a.b", "arn:aws:s3:::axb", False),
    ],
)
def test_arns_are_compared_part_by_part(pattern, arn, fits):
    assert arn_matches(pattern, arn) is fits


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "holds"),
    [
        ("StringEquals", ["a", "b"], ["b"], True),
        ("StringEquals", "a", ["A"], False),
        ("StringEquals", "a", None, False),
        ("StringEqualsIgnoreCase", "a", ["A"], True),
        ("StringNotEquals", ["a", "b"], ["b"], False),
        ("StringNotEquals", "a", None, True),
        ("StringEqualsIfExists", "a", None, True),
        ("StringEqualsIfExists", "a", ["b"], False),
        ("StringLike", "a*c", ["abbc"], True),
        ("StringNotLike", "a*", ["abc"], False),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAllValues:StringEquals", "a", None, True),
        ("ForAllValues:StringLike", "P#*", ["P#1", "P#2"], True),
        ("ForAnyValue:StringEquals", "a", ["a", "c"], True),
        ("ForAnyValue:StringEquals", "a", None, False),
        ("ForAnyValue:StringNotEquals", "a", ["a", "c"], True),
        ("NumericLessThan", "10", ["9"], True),
        ("NumericLessThan", "10", ["10"], False),
        ("NumericGreaterThanEquals", "10", ["10"], True),
        ("NumericNotEquals", "10", ["10"], False),
        ("DateLessThan", "2026-11-22T00:00:00Z", ["2026-11-21T23:59:59+00:00"], True),
        ("DateGreaterThan", "2026-11-22T00:00:00Z", ["1700000000"], False),
        ("Bool", "true", ["true"], True),
        ("Bool", "false", ["true"], False),
        ("Null", "true", None, True),
        ("Null", "false", None, False),
        ("Null", "true", ["a"], False),
        ("IpAddress", "10.0.0.0/8", ["10.1.2.3"], True),
        ("NotIpAddress", "10.0.0.0/8", ["10.1.2.3"], False),
        ("ArnLike", "arn:aws:events:*:*:rule/bus/*", ["arn:aws:events:r:1:rule/bus/x"], True),
        ("ArnNotEquals", "arn:aws:s3:::a", ["arn:aws:s3:::a"], False),
    ],
)
def test_each_operator(operator, wanted, given, holds):
    (condition,) = read_conditions({operator: {"k": wanted}}, lambda key: True)
    assert condition.holds(lambda key: given) is holds


def test_leading_keys_keep_a_function_to_its_partitions(tmp_path):
    only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["P#*"]}}
    small = Small(tmp_path, allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"], TABLE, only))
    assert small.gets(Key={"pk": {"S": "P#2"}, "sk": {"S": "x"}})
    assert not small.gets(Key={"pk": {"S": "Q#2"}, "sk": {"S": "x"}})
    asked: dict[str, Any] = {"TableName": "small-rows", "ExpressionAttributeNames": {"#0": "pk"}}
    for value, is_allowed in (("P#1", True), ("Q#1", False)):
        condition = {
            "KeyConditionExpression": "(#0 = :0 AND sk > :1)",
            "ExpressionAttributeValues": {":0": {"S": value}},
        }
        assert small.may("dynamodb", "Query", **asked, **condition) is is_allowed
    mixed = [{"Put": {"TableName": "small-rows", "Item": {"pk": {"S": pk}}}} for pk in ("P#1", "Q#1")]
    assert small.may("dynamodb", "TransactWriteItems", TransactItems=mixed[:1])
    assert not small.may("dynamodb", "TransactWriteItems", TransactItems=mixed)


def test_attributes_of_a_call_can_be_limited(tmp_path):
    only = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "name"]}}
    small = Small(tmp_path, allow("dynamodb:GetItem", TABLE, only))
    assert small.gets(ProjectionExpression="#n", ExpressionAttributeNames={"#n": "name"})
    assert not small.gets(ProjectionExpression="phone")


def test_a_keys_policy_has_to_hand_the_decision_on(tmp_path):
    def small(statement: dict) -> Small:
        key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [{"Effect": "Allow", **statement}]}}}
        return Small(tmp_path, allow("kms:Decrypt", "*"), more={"Key": key})

    def decrypts(found: Small) -> bool:
        (key,) = found.template.of("AWS::KMS::Key")
        return found.may("kms", "Decrypt", CiphertextBlob=key_id(key).encode() + b"sealed")

    assert decrypts(small({"Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}))
    assert not decrypts(small({"Principal": {"AWS": ACCOUNT}, "Action": "kms:Encrypt", "Resource": "*"}))
    assert decrypts(small({"Principal": {"AWS": ROLE}, "Action": "kms:Decrypt", "Resource": "*"}))


def test_encryption_context_can_be_demanded(tmp_path):
    only = {"StringEquals": {"kms:EncryptionContext:table": "people"}}
    small = Small(tmp_path, allow("kms:GenerateDataKey", "*", only))
    assert small.may("kms", "GenerateDataKey", KeyId="any", EncryptionContext={"table": "people"})
    assert not small.may("kms", "GenerateDataKey", KeyId="any", EncryptionContext={"table": "clinical"})
    assert not small.may("kms", "GenerateDataKey", KeyId="any")


def test_a_queues_own_policy_is_enough_when_it_names_the_role(tmp_path):
    def small(principal: object) -> Small:
        statement = {"Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": QUEUE}
        policy = {"Queues": [{"Ref": "Queue"}], "PolicyDocument": {"Statement": [statement]}}
        return Small(tmp_path, more={"Policy": {"Type": "AWS::SQS::QueuePolicy", "Properties": policy}})

    def sends(found: Small, **how: bool) -> bool:
        return found.may("sqs", "SendMessage", QueueUrl=QUEUE_URL, MessageBody="x", **how)

    assert sends(small({"AWS": ROLE}))
    assert not sends(small({"AWS": ACCOUNT})), "the account is trusted, the role still has to be allowed"
    assert not sends(small({"Service": "events.amazonaws.com"}))
    assert sends(small("*"), is_signed=False)
    assert not sends(small({"AWS": ROLE}), is_signed=False), "nobody signed"


def test_a_boundary_takes_away(tmp_path):
    limit = {"ManagedPolicyName": "limit", "PolicyDocument": {"Statement": [allow("dynamodb:Get*", "*")]}}
    more = {"Limit": {"Type": "AWS::IAM::ManagedPolicy", "Properties": limit}}
    boundary = "arn:aws-cn:iam::123456789012:policy/limit"
    small = Small(tmp_path, allow("dynamodb:*", TABLE), more=more, PermissionsBoundary=boundary)
    assert small.gets()
    assert not small.may("dynamodb", "PutItem", TableName="small-rows", Item={})
    assert "no permissions boundary allows" in small.denials[0].message


def test_the_missing_statement_can_be_pasted(tmp_path):
    small = Small(tmp_path, Environment={"Variables": {"PREFIX": "small"}})
    assert not small.gets()
    (denial,) = small.denials
    assert denial.missing.splitlines() == [
        "- Effect: Allow",
        "  Action: dynamodb:GetItem",
        '  Resource: !Sub "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Prefix}-rows"',
    ]
    assert denial.report().splitlines()[-1].startswith("AccessDenied: User: arn:aws-cn:sts::123456789012:assumed-role/")


def test_a_decision_without_conditions_is_remembered_and_one_with_is_not(tmp_path):
    only = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["P#*"]}}
    small = Small(tmp_path, allow("dynamodb:GetItem", TABLE, only), allow("dynamodb:PutItem", TABLE))
    for _ in range(2):
        assert small.gets()
        assert small.may("dynamodb", "PutItem", TableName="small-rows", Item={})
    assert {action for _, action, _ in small.permissions._steady} == {"dynamodb:PutItem"}
    assert not small.gets(Key={"pk": {"S": "Q#1"}})


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (allow("dynamodb:GetItem", TABLE, {"StringSounds": {"aws:SourceArn": "x"}}), "operator 'StringSounds'"),
        (allow("dynamodb:GetItem", TABLE, {"StringEquals": {"aws:Mood": "x"}}), "condition key 'aws:Mood'"),
        (allow("dynamodb:GetItem", TABLE, {"NumericEquals": {"aws:EpochTime": "soon"}}), "cannot read 'soon'"),
        (allow("dynamodb:GetItm", TABLE), "the action 'dynamodb:GetItm' is not known"),
        (allow("dynamodb:GetItem", "small-rows"), "'small-rows' is no ARN"),
        (allow("dynamodb:GetItem", f"{TABLE}/${{!aws:userid}}"), "policy variables"),
        ({"Effect": "Maybe", "Action": "s3:*", "Resource": "*"}, "Effect of Allow or Deny"),
        ({"Effect": "Allow", "Action": "s3:*"}, "either Resource or NotResource"),
        ({"Effect": "Allow", "Resource": "*"}, "either Action or NotAction"),
        ({"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Principal": "*"}, "Principal belongs to"),
        ({"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Unless": {}}, "'Unless' of a statement"),
    ],
)
def test_what_is_not_understood_is_an_error_at_start(tmp_path, statement, says):
    with pytest.raises(TemplateError, match=r"Act\.Policies") as error:
        Small(tmp_path, statement)
    assert says.replace("${!", "${") in str(error.value)


def test_sams_own_policies_are_not_known(tmp_path):
    for policy in ({"DynamoDBCrudPolicy": {"TableName": "x"}}, "AmazonDynamoDBFullAccess"):
        with pytest.raises(TemplateError, match="SAM's policy templates are not known"):
            Small(tmp_path, Policies=[policy])
    with pytest.raises(TemplateError, match=r"Act\.Role: is not known here"):
        Small(tmp_path, Role="arn:aws-cn:iam::123456789012:role/other")


def test_a_bucket_policy_can_forbid(tmp_path):
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": f"{BUCKET}/*"}
    properties = {"Bucket": "small-files", "PolicyDocument": {"Statement": [statement]}}
    policy = {"Type": "AWS::S3::BucketPolicy", "Properties": properties}
    small = Small(tmp_path, allow("s3:*", [BUCKET, f"{BUCKET}/*"]), more={"Policy": policy})
    assert small.may("s3", "PutObject", Bucket="small-files", Key="a/b")
    assert not small.may("s3", "DeleteObject", Bucket="small-files", Key="a/b")


@pytest.mark.parametrize(
    ("tags", "is_let_in"),
    [({"opens": "files"}, True), ({"opens": "other"}, False), ({}, False)],
    ids=["the tag", "another value", "no tag"],
)
def test_a_bucket_policy_can_ask_for_a_tag_of_the_role(tmp_path, tags, is_let_in):
    unless = {"StringNotEquals": {"aws:PrincipalTag/opens": "files"}}
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"}
    document = {"Statement": [statement | {"Condition": unless}]}
    policy = {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": "small-files", "PolicyDocument": document}}
    small = Small(tmp_path, allow("s3:*", [BUCKET, f"{BUCKET}/*"]), more={"Policy": policy}, Tags=tags)
    assert small.may("s3", "GetObject", Bucket="small-files", Key="a") is is_let_in
    assert small.may("s3", "PutObject", Bucket="small-files", Key="a")


def test_a_bucket_tells_only_whom_it_is_let_to_tell(tmp_path):
    """S3 tries a notification when it is set, so a queue or function that does not let it in is an error at once."""
    told = {"QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": QUEUE}]}
    files = {"BucketName": "small-files", "NotificationConfiguration": told}
    more: dict[str, Any] = {"Files": {"Type": "AWS::S3::Bucket", "Properties": files}}
    with pytest.raises(TemplateError, match=r"no AWS::SQS::QueuePolicy lets s3\.amazonaws\.com send"):
        Small(tmp_path, more=more)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": QUEUE,
        "Condition": {"ArnEquals": {"aws:SourceArn": BUCKET}},
    }
    document = {"Queues": [QUEUE_URL], "PolicyDocument": {"Statement": [statement]}}
    Small(tmp_path, more=more | {"Lets": {"Type": "AWS::SQS::QueuePolicy", "Properties": document}})

    function = "arn:aws-cn:lambda:cn-northwest-1:123456789012:function:yunzhen-Act"
    files["NotificationConfiguration"] = {
        "LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": function}]
    }
    with pytest.raises(TemplateError, match=r"no AWS::Lambda::Permission lets S3 call"):
        Small(tmp_path, more=more)
    lets = {"Action": "lambda:InvokeFunction", "FunctionName": function, "Principal": "s3.amazonaws.com"}
    Small(tmp_path, more=more | {"Lets": {"Type": "AWS::Lambda::Permission", "Properties": lets}})
