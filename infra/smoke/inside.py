"""What the account's own services say about a deployed hospital. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import boto3

from .finding import Finding

DEAD_LETTERS = "DeadLetters"
_FORGETS = "-quarantine-"
_LOG_DAYS = 180  # MLPS-3: six months at least


class Inside:
    """The resources of a stack and of all that it nests, by type."""

    def __init__(self, stack: str, session: Any = None) -> None:
        self._session = session or boto3.Session()
        self._clients: dict[str, Any] = {}
        self.found = self._resources(stack)

    def checks(self) -> list[Any]:
        """All of them."""
        return [
            self.tables,
            self.archive,
            self.quarantine,
            self.keys,
            self.functions,
            self.sources,
            self.dead_letters,
            self.alarms,
            self.logs,
        ]

    def tables(self) -> Iterator[Finding]:
        """What was restored or made by hand has lost its protections."""
        dynamodb = self._client("dynamodb")
        for name in self._of("AWS::DynamoDB::Table"):
            table = dynamodb.describe_table(TableName=name)["Table"]
            backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
            recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
            yield Finding(f"{name} can be put back to a point in time", recovery == "ENABLED", recovery)
            yield Finding(f"{name} cannot be deleted", bool(table.get("DeletionProtectionEnabled")))

    def archive(self) -> Iterator[Finding]:
        """What nobody may change cannot be changed."""
        s3 = self._client("s3")
        for name in self._of("AWS::S3::Bucket"):
            if _FORGETS not in name:
                kept = s3.get_bucket_versioning(Bucket=name).get("Status") == "Enabled"
                yield Finding(f"{name} keeps versions", kept)
            shut = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
            yield Finding(f"{name} is open to nobody", all(shut.values()))
            if "-archive-" in name or "-media-" in name:
                lock = s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"]
                yield Finding(f"{name} can lock its objects", lock.get("ObjectLockEnabled") == "Enabled")

    def quarantine(self) -> Iterator[Finding]:
        """What nobody checked is gone after a day, in every version."""
        s3 = self._client("s3")
        for name in [name for name in self._of("AWS::S3::Bucket") if _FORGETS in name]:
            has_versions = "Status" in s3.get_bucket_versioning(Bucket=name)
            yield Finding(f"{name} forgets", not has_versions and _days(s3, name) == 1)

    def keys(self) -> Iterator[Finding]:
        """The field key turns by itself."""
        kms = self._client("kms")
        for key in self._of("AWS::KMS::Key"):
            yield Finding(f"key {key} turns", kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"])

    def functions(self) -> Iterator[Finding]:
        """Callers reach the version that was deployed, and no other one."""
        lambda_ = self._client("lambda")
        for name in self._of("AWS::Lambda::Function"):
            alias = lambda_.get_alias(FunctionName=name, Name="live")
            moving = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
            yield Finding(f"{name} is wholly at version {alias['FunctionVersion']}", not moving, f"{moving or ''}")

    def sources(self) -> Iterator[Finding]:
        """Streams and queues are read."""
        lambda_ = self._client("lambda")
        for source in self._of("AWS::Lambda::EventSourceMapping"):
            state = lambda_.get_event_source_mapping(UUID=source)["State"]
            yield Finding(f"event source {source} is read", state == "Enabled", state)

    def dead_letters(self) -> Iterator[Finding]:
        """Nothing was given up."""
        sqs = self._client("sqs")
        for url in self._of("AWS::SQS::Queue"):
            if DEAD_LETTERS in url:
                asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
                waiting = int(asked["Attributes"]["ApproximateNumberOfMessages"])
                yield Finding(f"{url.rsplit('/', 1)[-1]} is empty", waiting == 0, f"{waiting}" if waiting else "")

    def alarms(self) -> Iterator[Finding]:
        """None rings, and each tells somebody."""
        names = self._of("AWS::CloudWatch::Alarm")
        cloudwatch = self._client("cloudwatch")
        for start in range(0, len(names), 100):
            page = cloudwatch.describe_alarms(AlarmNames=names[start : start + 100])
            for alarm in page["MetricAlarms"]:
                good = alarm["StateValue"] != "ALARM" and bool(alarm["AlarmActions"])
                yield Finding(f"{alarm['AlarmName']} is quiet", good, "" if good else alarm.get("AlarmDescription", ""))

    def logs(self) -> Iterator[Finding]:
        """Logs are kept as long as the law asks."""
        logs = self._client("logs")
        for name in self._of("AWS::Logs::LogGroup"):
            groups = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
            days = next((group.get("retentionInDays", 0) for group in groups if group["logGroupName"] == name), None)
            good = days is not None and (days == 0 or days >= _LOG_DAYS)
            yield Finding(f"{name} is kept", good, "" if good else f"{days} days")

    def _of(self, kind: str) -> list[str]:
        return self.found.get(kind, [])

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self._session.client(service)
        return self._clients[service]

    def _resources(self, stack: str) -> Mapping[str, list[str]]:
        """Type -> physical ids, nested stacks opened."""
        found: dict[str, list[str]] = {}
        waiting = [stack]
        while waiting:
            pages = self._client("cloudformation").get_paginator("list_stack_resources")
            for page in pages.paginate(StackName=waiting.pop()):
                for resource in page["StackResourceSummaries"]:
                    name = resource.get("PhysicalResourceId")
                    if not name:
                        continue
                    if resource["ResourceType"] == "AWS::CloudFormation::Stack":
                        waiting.append(name)
                    found.setdefault(resource["ResourceType"], []).append(name)
        return found


def _days(s3: Any, bucket: str) -> int | None:
    """Days after which a bucket forgets everything; None when it does not."""
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    return next(
        (rule["Expiration"]["Days"] for rule in rules if rule["Status"] == "Enabled" and "Expiration" in rule), None
    )
