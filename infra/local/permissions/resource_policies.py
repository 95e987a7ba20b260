"""The policies that stand at resources: keys, queues, buckets, secrets, topics, buses, tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..template import Resource, Template
from ..template.kinds import key_id, queue_arn, queue_url, table_arn
from . import keys
from .statements import PolicyWrong, Statement, read_statements


class ResourcePolicies:
    """Statements by the ARN of what they are attached to."""

    def __init__(self, template: Template) -> None:
        self._by_arn: dict[str, list[Statement]] = {}
        for arn, resource, prop, document in _documents(template):
            try:
                found = read_statements(document, origin=resource.logical_id, known_key=keys.is_known, own_arn=arn)
            except PolicyWrong as error:
                raise resource.wrong(prop, str(error)) from None
            self._by_arn.setdefault(arn, []).extend(found)

    def on(self, resource: str) -> list[Statement] | None:
        """What stands at a resource, or at the bucket or table that it is a part of; None when nothing does."""
        found = self._by_arn.get(resource)
        if found is not None or "/" not in resource:
            return found
        service = resource.split(":", 3)[2]
        if service == "s3":
            return self._by_arn.get(resource.partition("/")[0])
        if service == "dynamodb":
            return self._by_arn.get(resource.partition("/index/")[0])
        return None


def spoken_to(statements: Iterable[Statement], names: Iterable[str]) -> list[Statement]:
    """The statements that speak to one of these principals, or to anybody."""
    wanted = {"*", *names}
    return [statement for statement in statements if wanted & set(statement.principals or ())]


def _documents(template: Template) -> Iterator[tuple[str, Resource, str, Any]]:
    account = f"arn:{template.place.partition}:iam::{template.place.account}:root"
    for key in template.of("AWS::KMS::Key"):
        # A key without a policy of its own gets the one that hands it to the account.
        usual = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": account}, "Action": "kms:*", "Resource": "*"}]}
        yield key.place.arn("kms", f"key/{key_id(key)}"), key, "KeyPolicy", key.get("KeyPolicy") or usual
    queues = {queue_url(queue): queue_arn(queue) for queue in template.of("AWS::SQS::Queue")}
    for policy in template.of("AWS::SQS::QueuePolicy"):
        for url in policy.get("Queues") or []:
            if url not in queues:
                raise policy.wrong("Queues", f"{url} is no queue of this template")
            yield queues[url], policy, "PolicyDocument", policy.get("PolicyDocument")
    for policy in template.of("AWS::S3::BucketPolicy"):
        arn = f"arn:{policy.place.partition}:s3:::{policy.get('Bucket')}"
        yield arn, policy, "PolicyDocument", policy.get("PolicyDocument")
    for policy in template.of("AWS::SNS::TopicPolicy"):
        for topic in policy.get("Topics") or []:
            yield str(topic), policy, "PolicyDocument", policy.get("PolicyDocument")
    for policy in template.of("AWS::SecretsManager::ResourcePolicy"):
        yield str(policy.get("SecretId")), policy, "ResourcePolicy", policy.get("ResourcePolicy")
    for table in template.of("AWS::DynamoDB::Table"):
        if table.get("ResourcePolicy"):
            yield table_arn(table), table, "ResourcePolicy", table.get("ResourcePolicy")["PolicyDocument"]
    for bus in template.of("AWS::Events::EventBus"):
        if bus.get("Policy"):
            yield bus.place.arn("events", f"event-bus/{bus.name('Name')}"), bus, "Policy", bus.get("Policy")
