"""The hospital of a drill: the deployed template's resources in memory, its clock moved by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
from moto import mock_aws

from hospital import clock, secret_keys, settings
from infra.local.addresses import Addresses, environment_of
from infra.local.applier import apply
from infra.local.store import Store, installed
from infra.local.template import read_template

from .point_in_time import point_in_time

ROOT = Path(__file__).resolve().parents[3]
REGION = "cn-northwest-1"


@dataclass
class Clinic:
    """`now` is the time of everything in it; a drill that lets an hour pass adds it."""

    now: datetime
    store: Store

    def later(self, **by: float) -> datetime:
        """Lets time pass; the new moment."""
        self.now += timedelta(**by)
        return self.now

    def moment(self) -> str:
        """Now, as the commands write it."""
        return self.now.isoformat(timespec="seconds")

    def items(self, table: str) -> dict[str, Any]:
        """All items of a table by their keys."""
        pages = boto3.client("dynamodb").get_paginator("scan").paginate(TableName=table)
        return {f"{item['pk']['S']} {item['sk']['S']}": item for page in pages for item in page["Items"]}


@contextmanager
def clinic() -> Iterator[Clinic]:
    """A new hospital; within the block the kit runs as its functions do."""
    addresses = Addresses("127.0.0.1", 8700)
    template = read_template(ROOT / "template.yaml", addresses.parameters(), region=REGION)
    function = next(template.of("AWS::Serverless::Function"))
    names = {"AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION}
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, names))
        stack.enter_context(mock_aws())
        made: list[Clinic] = []
        store = stack.enter_context(Store.in_memory(lambda: made[0].now.timestamp()))
        # Whole seconds: a service that dates by the second tells the same time as the rest.
        made.append(Clinic(datetime.now(UTC).replace(microsecond=0), store))
        stack.enter_context(installed(store))
        stack.enter_context(point_in_time(store))
        apply(template)
        environment = settings.ENVIRONMENT.set(environment_of(template, addresses)(function))
        ticking = clock.CLOCK.set(lambda: made[0].now)
        secret_keys.forget_keys()
        try:
            yield made[0]
        finally:
            secret_keys.forget_keys()
            clock.CLOCK.reset(ticking)
            settings.ENVIRONMENT.reset(environment)
