"""The cloud's resources: tables, queues and dead letters, keys, secrets, bus, archive."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from hospital import aws, clock, settings
from hospital.inspections.model import Held, Inspection
from hospital.table import STREAMED
from house.on_inspection_asked_inspect.gathering import Facts, Gathered, measured_names, stack_name

_OLD_DAYS = 365
"""After so long a secret should have been rotated."""
_BEHIND = 1000
"""Messages that wait in a queue."""
_TABLES = ("people", "clinical", "conversations", "reference", "connections", "requests", "listings", "seals")
_NEVER_ROTATED = ("lookup",)
"""Secrets whose rotation would lose what was found by them (`infra/keys.yaml`)."""


def look_at_resources(inspection: Inspection, gathered: Gathered) -> None:
    """Each as healthy or faulty."""
    current = settings.current()
    for name in _TABLES:
        gathered.look("resources", f"table {name}", partial(_table, name, gathered))
    gathered.look("resources", "functions", partial(_functions, gathered))
    gathered.look("resources", "queues", partial(_queues, gathered))
    for name, secret in (("token", current.token_secret_id), ("lookup", current.lookup_secret_id)):
        gathered.look("resources", f"secret {name}", partial(_secret, name, secret))
    gathered.look("resources", "key of fields", partial(_key, current.field_key_id))
    gathered.look("resources", "event bus", partial(_bus, current.bus_name))
    gathered.look("resources", "archive", partial(_archive, current.archive_bucket))


def _table(name: str, gathered: Gathered) -> Iterator[tuple[str, Facts]]:
    client, physical = aws.client("dynamodb"), getattr(settings.current(), f"table_{name}")
    table = client.describe_table(TableName=physical)["Table"]
    gathered.held.append(
        Held(name=name, kind="table", count=int(table.get("ItemCount", 0)), size=int(table.get("TableSizeBytes", 0)))
    )
    if table["TableStatus"] != "ACTIVE":
        yield "not_active", {"state": table["TableStatus"]}
    if name in STREAMED and not table.get("StreamSpecification", {}).get("StreamEnabled"):
        yield "no_stream", {}
    if name not in ("connections", "requests", "listings"):  # what can be made again, or lives for minutes
        backups = client.describe_continuous_backups(TableName=physical)["ContinuousBackupsDescription"]
        recovery = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus", "DISABLED")
        if recovery != "ENABLED":
            yield "no_recovery", {"state": recovery}


def _functions(gathered: Gathered) -> Iterator[tuple[str, Facts]]:
    """Those that were called lately; what was never called has no fault yet."""
    client, start = aws.client("lambda"), f"{stack_name()}-"
    names = [name for name in measured_names("AWS/Lambda", "FunctionName", "Invocations") if name.startswith(start)]
    for name in names:
        told = client.get_function_configuration(FunctionName=name)
        gathered.log_groups[name] = told.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{name}")
        if told.get("State", "Active") not in ("Active", "Inactive") or told.get("LastUpdateStatus") == "Failed":
            yield "not_active", {"function": name, "state": str(told.get("State"))}
    yield "", {"functions": len(names)}


def _queues(gathered: Gathered) -> Iterator[tuple[str, Facts]]:
    """Queues are called after the stack, or after the deployment as the bus is."""
    client = aws.client("sqs")
    starts = dict.fromkeys([f"{stack_name()}-", settings.current().bus_name.removesuffix("bus")])
    pages = (page for start in starts for page in client.get_paginator("list_queues").paginate(QueueNamePrefix=start))
    urls = sorted({url for page in pages for url in page.get("QueueUrls", [])})
    for url in urls:
        name = url.rpartition("/")[2]
        asked = client.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        waiting = int(asked["Attributes"]["ApproximateNumberOfMessages"])
        gathered.held.append(Held(name=name, kind="queue", count=waiting))
        if "DeadLetters" in name and waiting:
            yield "dead_letters", {"queue": name, "messages": waiting}
        elif waiting > _BEHIND:
            yield "queue_behind", {"queue": name, "messages": waiting}
    yield "", {"queues": len(urls)}


def _secret(name: str, secret_id: str) -> Iterator[tuple[str, Facts]]:
    told = aws.client("secretsmanager").describe_secret(SecretId=secret_id)
    changed = told.get("LastRotatedDate") or told.get("LastChangedDate") or told["CreatedDate"]
    days = (clock.now() - changed).days
    if days > _OLD_DAYS and name not in _NEVER_ROTATED:
        yield "secret_old", {"days": days}
    yield "", {"days": max(days, 0)}


def _key(key_id: str) -> Iterator[tuple[str, Facts]]:
    client = aws.client("kms")
    key = client.describe_key(KeyId=key_id)["KeyMetadata"]
    if key["KeyState"] != "Enabled":
        yield "not_active", {"state": key["KeyState"]}
    elif not client.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"]:
        yield "no_rotation", {}


def _bus(name: str) -> Iterator[tuple[str, Facts]]:
    client = aws.client("events")
    client.describe_event_bus(Name=name)
    rules: list[dict[str, Any]] = []
    asked: dict[str, str] = {"EventBusName": name}
    while True:
        page = client.list_rules(**asked)
        rules += page["Rules"]
        if "NextToken" not in page:
            break
        asked["NextToken"] = page["NextToken"]
    for rule in rules:
        if rule["State"] != "ENABLED":
            yield "rule_off", {"rule": rule["Name"]}
    yield "", {"rules": len(rules)}


def _archive(bucket: str) -> Iterator[tuple[str, Facts]]:
    state = aws.client("s3").get_bucket_versioning(Bucket=bucket).get("Status", "off")
    if state != "Enabled":
        yield "deviates", {"setting": "versioning", "expected": "Enabled", "found": state}
