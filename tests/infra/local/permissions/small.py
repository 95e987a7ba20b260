"""Small templates for these tests: one function `Act` with the policies that a test gives it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from infra.local.permissions import Denial, Permissions, UsedFile
from infra.local.template import read_template

ACCOUNT = "arn:aws-cn:iam::123456789012:root"
ACT = "yunzhen-Act"
ROLE = f"arn:aws-cn:iam::123456789012:role/{ACT}Role"
TABLE = "arn:aws-cn:dynamodb:cn-northwest-1:123456789012:table/small-rows"
QUEUE = "arn:aws-cn:sqs:cn-northwest-1:123456789012:small-queue"
QUEUE_URL = "https://sqs.cn-northwest-1.amazonaws.com.cn/123456789012/small-queue"
BUCKET = "arn:aws-cn:s3:::small-files"
KEYS = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]


def allow(action: Any, resource: Any, condition: Any = None, effect: str = "Allow") -> dict[str, Any]:
    """One statement."""
    found = {"Effect": effect, "Action": action, "Resource": resource}
    return found | ({"Condition": condition} if condition else {})


def template(statements: list[dict[str, Any]], more: dict[str, Any] | None = None, **function: Any) -> dict[str, Any]:
    """A template as a mapping; `more` are further resources."""
    written = {"CodeUri": ".", "Handler": "act.app", "Policies": [{"Version": "2012-10-17", "Statement": statements}]}
    table = {"TableName": "small-rows", "KeySchema": KEYS, "AttributeDefinitions": []}
    resources = {
        "Act": {"Type": "AWS::Serverless::Function", "Properties": written | function},
        "Rows": {"Type": "AWS::DynamoDB::Table", "Properties": table},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "small-queue"}},
        "Key": {"Type": "AWS::KMS::Key", "Properties": {}},
    }
    return {"Resources": resources | (more or {})}


class Small:
    """Permissions of such a template, what they refused, and what was used."""

    def __init__(self, folder: Path, *statements: dict[str, Any], **more: Any) -> None:
        path = folder / "template.json"
        path.write_text(json.dumps(template(list(statements), **more)), encoding="utf-8")
        self.template = read_template(path)
        self.denials: list[Denial] = []
        self.used = UsedFile(None)
        self.permissions = Permissions(self.template, self.used, self.denials.append, lambda: 1_800_000_000.0)

    def may(self, service: str, operation: str, *, is_signed: bool = True, **params: Any) -> bool:
        """Whether `Act` may make this call."""
        return self.permissions.refuse(ACT, service, operation, params, is_signed=is_signed) is None

    def gets(self, **params: Any) -> bool:
        """Whether it may get an item of the table."""
        return self.may("dynamodb", "GetItem", **{"TableName": "small-rows", "Key": {"pk": {"S": "P#1"}}, **params})
