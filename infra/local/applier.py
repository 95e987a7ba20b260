"""Creates a template's resources in moto, within this process.

Tables, queues, bus, rules, keys and secrets are made; everything else that the template reader knows is either carried
out by the gateway, the invoker and the dispatcher, or has a meaning only in the cloud. Call under `mock_aws()`, after
the store has loaded what an earlier run left: keys, secrets and tables that exist are kept.
"""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import patch

import boto3
from moto.secretsmanager.utils import SecretsManagerSecretIdentifier
from moto.utilities.id_generator import moto_id_manager

from .made_on_demand import OnDemand
from .template import Resource, Template
from .template.kinds import key_id, queue_arn, queue_name, secret_suffix

_TABLE_PROPERTIES = (
    "AttributeDefinitions",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "ProvisionedThroughput",
    "SSESpecification",
    "TableName",
)
_QUEUE_ATTRIBUTES = (
    "ContentBasedDeduplication",
    "DelaySeconds",
    "FifoQueue",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
)


def apply(template: Template) -> None:
    """Makes what is missing. TemplateError when a resource asks for something that cannot be made here."""
    maker = _Maker(template)
    for resource in template.of("AWS::DynamoDB::Table"):
        maker.table(resource)
    # A dead-letter queue must exist before the queue that names it.
    for resource in sorted(template.of("AWS::SQS::Queue"), key=lambda queue: "RedrivePolicy" in queue.properties):
        maker.queue(resource)
    for kind, make in maker.by_type.items():
        for resource in template.of(kind):
            make(resource)


def truth(value: Any) -> bool:
    """A boolean that may have come through a parameter, as text."""
    return str(value).lower() == "true"


class _Maker:
    """One boto3 client per service, and one method per resource type."""

    def __init__(self, template: Template) -> None:
        session = boto3.Session(region_name=template.place.region)
        self.dynamodb, self.sqs, self.events = (session.client(name) for name in ("dynamodb", "sqs", "events"))
        self.kms, self.secrets = session.client("kms"), session.client("secretsmanager")
        self.s3 = session.client("s3")
        on_demand = OnDemand(template)
        self.queues = {queue_arn(queue) for queue in template.of("AWS::SQS::Queue")}
        self.by_type: Mapping[str, Callable[[Resource], None]] = {
            "AWS::Events::EventBus": self.bus,
            "AWS::Events::Rule": self.rule,
            "AWS::KMS::Key": self.key,
            "AWS::KMS::Alias": self.alias,
            "AWS::SecretsManager::Secret": self.secret,
            "AWS::S3::Bucket": self.bucket,
            "AWS::SSM::Parameter": on_demand.parameter,
            "AWS::SNS::Topic": on_demand.topic,
            "AWS::SNS::Subscription": on_demand.subscription,
            "AWS::Scheduler::Schedule": on_demand.schedule,
        }

    def table(self, resource: Resource) -> None:
        """A table with its indexes, stream and expiry."""
        name = resource.name("TableName")
        if name in self.dynamodb.list_tables(Limit=100)["TableNames"]:
            return
        wanted = {key: resource.properties[key] for key in _TABLE_PROPERTIES if key in resource.properties}
        if "SSESpecification" in wanted:
            encryption = wanted.pop("SSESpecification")
            wanted["SSESpecification"] = {
                ("Enabled" if key == "SSEEnabled" else key): (truth(value) if key == "SSEEnabled" else value)
                for key, value in encryption.items()
            }
        if "StreamSpecification" in resource.properties:
            wanted["StreamSpecification"] = {"StreamEnabled": True, **resource.properties["StreamSpecification"]}
        self.dynamodb.create_table(**(wanted | {"TableName": name}))
        expiry = resource.get("TimeToLiveSpecification")
        if expiry:
            specification = {**expiry, "Enabled": truth(expiry.get("Enabled"))}
            self.dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)
        recovery = resource.get("PointInTimeRecoverySpecification") or {}
        if truth(recovery.get("PointInTimeRecoveryEnabled")):
            self.dynamodb.update_continuous_backups(
                TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
            )

    def queue(self, resource: Resource) -> None:
        """A queue; its redrive policy must name a queue of this template."""
        redrive = resource.get("RedrivePolicy")
        if redrive and redrive.get("deadLetterTargetArn") not in self.queues:
            raise resource.wrong("RedrivePolicy", "names a dead-letter queue that the template does not make")
        attributes = {
            name: _attribute(resource.properties[name]) for name in _QUEUE_ATTRIBUTES if name in resource.properties
        }
        self.sqs.create_queue(QueueName=queue_name(resource), Attributes=attributes)

    def bus(self, resource: Resource) -> None:
        """An event bus, unless it exists."""
        name = resource.name("Name")
        if name not in {bus["Name"] for bus in self.events.list_event_buses()["EventBuses"]}:
            self.events.create_event_bus(Name=name)

    def rule(self, resource: Resource) -> None:
        """A rule and its targets, to be listed; the dispatcher checks them and delivers."""
        name, bus = resource.name("Name"), resource.get("EventBusName") or "default"
        wanted = {
            "EventPattern": json.dumps(resource.properties["EventPattern"]) if resource.get("EventPattern") else None,
            "ScheduleExpression": resource.get("ScheduleExpression"),
        }
        given = {key: value for key, value in wanted.items() if value}
        self.events.put_rule(Name=name, EventBusName=bus, State=resource.get("State", "ENABLED"), **given)
        if resource.get("Targets"):
            self.events.put_targets(Rule=name, EventBusName=bus, Targets=resource.get("Targets"))

    def key(self, resource: Resource) -> None:
        """A key under its steady id, unless it was loaded: a new one could not open what the old one sealed."""
        wanted = key_id(resource)
        try:
            self.kms.describe_key(KeyId=wanted)
        except self.kms.exceptions.NotFoundException:
            with patch("moto.kms.models.generate_key_id", lambda multi_region=False: wanted):
                self.kms.create_key(
                    Description=resource.get("Description", ""),
                    KeyUsage=resource.get("KeyUsage", "ENCRYPT_DECRYPT"),
                    KeySpec=resource.get("KeySpec", "SYMMETRIC_DEFAULT"),
                    Policy=json.dumps(resource.get("KeyPolicy") or {}),
                )
            if truth(resource.get("EnableKeyRotation")):
                self.kms.enable_key_rotation(KeyId=wanted)

    def alias(self, resource: Resource) -> None:
        """An alias, unless it exists."""
        name = str(resource.properties["AliasName"])
        if name not in {alias["AliasName"] for alias in self.kms.list_aliases()["Aliases"]}:
            self.kms.create_alias(AliasName=name, TargetKeyId=resource.properties["TargetKeyId"])

    def bucket(self, resource: Resource) -> None:
        """A bucket with its versions and its lock, unless it exists."""
        name = resource.name("BucketName")
        if name in {bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]}:
            return
        self.s3.create_bucket(
            Bucket=name,
            CreateBucketConfiguration={"LocationConstraint": resource.place.region},
            ObjectLockEnabledForBucket=truth(resource.get("ObjectLockEnabled", False)),
        )
        versions = resource.get("VersioningConfiguration")
        if versions:
            self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=versions)
        if lock := resource.get("ObjectLockConfiguration"):
            rule = (lock.get("Rule") or {}).get("DefaultRetention")
            configuration = {"ObjectLockEnabled": "Enabled"} | ({"Rule": {"DefaultRetention": rule}} if rule else {})
            self.s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=configuration)

    def secret(self, resource: Resource) -> None:
        """A secret, written or made up, unless it exists."""
        name, place = resource.name("Name"), resource.place
        try:
            self.secrets.describe_secret(SecretId=name)
        except self.secrets.exceptions.ResourceNotFoundException:
            identity = SecretsManagerSecretIdentifier(place.account, place.region, name)
            moto_id_manager.set_custom_id(identity, secret_suffix(resource))
            text = resource.get("SecretString") or made_up_secret(resource.get("GenerateSecretString") or {})
            self.secrets.create_secret(Name=name, SecretString=text)


def made_up_secret(rule: Mapping[str, Any]) -> str:
    """The text that `GenerateSecretString` asks for, from the system's randomness."""
    sets = {
        "ExcludeLowercase": string.ascii_lowercase,
        "ExcludeUppercase": string.ascii_uppercase,
        "ExcludeNumbers": string.digits,
        "ExcludePunctuation": string.punctuation,
    }
    excluded = set(rule.get("ExcludeCharacters", ""))
    allowed = [
        "".join(letter for letter in letters if letter not in excluded)
        for name, letters in sets.items()
        if not truth(rule.get(name, False))
    ]
    allowed = [letters for letters in allowed if letters]
    if truth(rule.get("IncludeSpace", False)):
        allowed.append(" ")
    length = int(rule.get("PasswordLength", 32))
    required = (
        [secrets.choice(letters) for letters in allowed] if truth(rule.get("RequireEachIncludedType", True)) else []
    )
    letters = [*required, *(secrets.choice("".join(allowed)) for _ in range(length - len(required)))]
    secrets.SystemRandom().shuffle(letters)
    password = "".join(letters)
    if "GenerateStringKey" not in rule:
        return password
    return json.dumps({**json.loads(rule.get("SecretStringTemplate", "{}")), rule["GenerateStringKey"]: password})


def _attribute(value: Any) -> str:
    """SQS takes every attribute as text."""
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
