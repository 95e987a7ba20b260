"""The cloud of one test, in memory: the template's tables, a key, the two secrets."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import boto3
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from hospital import observability, secret_keys, settings, table
from hospital.records import Item, from_attributes
from infra.local.store import Store
from infra.local.store.testing import REGION, memory_cloud
from infra.local.template.reading import read_mapping
from tests.builders.acting import held_to_policies

ROOT = Path(__file__).resolve().parents[2]
TABLES = ("people", "clinical", "conversations", "reference", "connections", "requests", "listings", "seals")
STREAMS = ("people", "clinical", "conversations", "reference")
SITE = "https://hospital.test"
SOCKET_ENDPOINT = "https://socket.hospital.test/live"
ENVIRONMENT: Mapping[str, str] = {
    "PROFILE": "local",
    "PREFIX": "test",
    **{f"TABLE_{name.upper()}": f"test-{name}" for name in TABLES},
    "ARCHIVE_BUCKET": "test-archive-123456789012",
    "QUARANTINE_BUCKET": "test-quarantine-123456789012",
    "MEDIA_BUCKET": "test-media-123456789012",
    "PICTURES_FUNCTION": "test-look-at-pictures",
    "AUDIT_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com.cn/123456789012/test-audit-lines.fifo",
    "BUS_NAME": "test-bus",
    "FIELD_KEY_ID": "alias/test-fields",
    "TOKEN_SECRET_ID": "test-token",
    "LOOKUP_SECRET_ID": "test-lookup",
    "PUSH_SECRET_ID": "test-push",
    "VENDOR_SECRET_ID": "test-vendor",
    "MEDIA_SECRET_ID": "test-media",
    "SOCKET_ENDPOINT": SOCKET_ENDPOINT,
    "SOCKET_URL": "wss://socket.hospital.test/live",
    "SITE_ORIGIN": SITE,
    "SMS_ADAPTER": "inbox",
    "SMS_INBOX_URL": "http://127.0.0.1:9/not-opened",
    "WECHAT_ADAPTER": "none",
    "ID_CHECK_ADAPTER": "population",
    "ID_CHECK_URL": "http://127.0.0.1:9/not-opened",
    "NOTIFICATION_ADAPTER": "web_push",  # to browsers, of which there is none: nobody is called
    "NOTIFICATION_INBOX_URL": "http://127.0.0.1:9/not-opened",
    "HIS_ADAPTER": "none",
    "AWS_REGION": REGION,
}
Metric = tuple[str, float, dict[str, str]]


@dataclass
class Cloud:
    """What a test may look at and turn."""

    store: Store
    metrics: list[Metric] = field(default_factory=list)

    def turn(self, **variables: str) -> None:
        """Run the functions with other environment variables from here on."""
        settings.ENVIRONMENT.set({**settings.ENVIRONMENT.get(), **variables})

    def rows(self, table_name: str, row: str = "") -> list[dict[str, Any]]:
        """The items of a table as plain values; only those of one sort (`event`, `audit`, `due`, `record`, ...)."""
        found = [from_attributes(item) for item in self.items(table_name)]
        return [one for one in found if not row or one.get("row") == row]

    def items(self, table_name: str) -> list[Item]:
        """The items of a table as they are stored."""
        pages = client("dynamodb").get_paginator("scan").paginate(TableName=f"test-{table_name}")
        return [item for page in pages for item in page["Items"]]

    def counted(self, name: str, **dimensions: str) -> float:
        """How much a metric was counted, with at least these dimensions."""
        return sum(value for said, value, found in self.metrics if said == name and dimensions.items() <= found.items())


@cache
def client(service: str) -> Any:
    """A client of the cloud in memory; kept, for making one costs more than a test."""
    return boto3.session.Session(region_name=REGION).client(service)


@contextmanager
def fresh_cloud() -> Iterator[Cloud]:
    """A new cloud, in which the hospital's functions run from here on."""
    with memory_cloud() as store:
        cloud = Cloud(store)
        dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables.update(copy.deepcopy(_empty_tables()))
        key = client("kms").create_key()["KeyMetadata"]["KeyId"]
        client("kms").create_alias(AliasName="alias/test-fields", TargetKeyId=key)
        for name in ("token", "lookup", "push", "vendor", "media"):
            client("secretsmanager").create_secret(Name=f"test-{name}", SecretString=(name * 16)[:64])
        _forget()
        with running(cloud.metrics), held_to_policies():
            yield cloud
        _forget()


@contextmanager
def running(metrics: list[Metric]) -> Iterator[None]:
    """Within the block functions have their environment, and their metrics go into the list. No cloud is needed."""
    environment = settings.ENVIRONMENT.set(ENVIRONMENT)
    sink = observability.METRICS.set(lambda *said: metrics.append(said))
    try:
        yield
    finally:
        observability.METRICS.reset(sink)
        settings.ENVIRONMENT.reset(environment)


def together(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What `act(0)` to `act(count - 1)` answer, or raise, when all begin at the same moment, in a thread each."""
    answers: list[Any] = [None] * count
    barrier = Barrier(count)

    def run(number: int) -> None:
        barrier.wait(10)
        try:
            answers[number] = act(number)
        except Exception as error:  # the test looks at what went wrong, whatever it was
            answers[number] = error

    # A thread begins with an empty context: it gets a copy of the test's, with its environment and clock.
    threads = [Thread(target=copy_context().run, args=(run, number)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return answers


@cache
def _empty_tables() -> dict[str, Any]:
    """The template's tables as DynamoDB makes them; made once, for eight calls cost more than most tests."""
    for properties in _tables():
        client("dynamodb").create_table(**properties)
    return copy.deepcopy(dict(dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables))


def _tables() -> tuple[dict[str, Any], ...]:
    """CreateTable's arguments, from the template."""
    found = []
    for resource in read_mapping(ROOT / "infra/tables.yaml")["Resources"].values():
        properties = resource["Properties"]
        wanted = {
            name: properties[name]
            for name in ("AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "KeySchema")
        }
        wanted["TableName"] = properties["TableName"]["Fn::Sub"].replace("${Prefix}", "test")
        if "StreamSpecification" in properties:
            wanted["StreamSpecification"] = {"StreamEnabled": True, **properties["StreamSpecification"]}
        found.append(wanted)
    return tuple(found)


def _forget() -> None:
    """What the kit remembers of a cloud. Connections and clients stay: they carry nothing from one to the next."""
    secret_keys.forget_keys()
    table.forget_keyrings()
