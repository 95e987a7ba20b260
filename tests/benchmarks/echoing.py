"""A local hospital with two routes more, behind the authorizer of the others: `python -m tests.benchmarks.echoing PORT
FOLDER`. `/api/messaging/bare-echo` answers at once; `/api/messaging/bare-write` first makes one write."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import re
import sys
import uuid
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import boto3

from infra.local.addresses import Addresses
from infra.local.dispatcher.lateness import Lateness
from infra.local.gateway.routes import Api, Operation
from infra.local.gateway.routes import Path as ApiPath
from infra.local.gateway.throttle import Account, Limit, StageThrottle
from infra.local.hospital import LocalHospital, Plan, take_port
from infra.local.invoker import Function
from infra.local.journal import Journal
from infra.local.state_folder import StateFolder
from tests.journeys.hospital import ROOT

AREA, TICKETS = "messaging", "/tickets"
ANSWER = {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": "{}"}


def echo(event: Any, context: Any) -> Any:
    """Nothing but an answer."""
    return ANSWER


@lru_cache(maxsize=1)
def _dynamodb() -> Any:
    return boto3.client("dynamodb")


def write(event: Any, context: Any) -> Any:
    """One row, as small as a ticket, into the table of tickets."""
    row = {"pk": {"S": f"TICKET#{uuid.uuid4().hex}"}, "sk": {"S": "TICKET"}, "text": {"S": "x" * 120}}
    _dynamodb().put_item(TableName="yunzhen-requests", Item=row)
    return ANSWER


def with_bare_routes(api: Api) -> Api:
    """The API with both routes and without throttling, which would measure itself."""
    tickets = next(path for path in api.paths if path.resource == TICKETS).operations["POST"]
    more = [_path(f"/bare-{one.__name__}", one, tickets) for one in (echo, write)]
    free = StageThrottle({}, Account(requests=Limit(1e6, 1_000_000)))
    return dataclasses.replace(api, paths=(*more, *api.paths), throttle=free)


def _path(resource: str, handler: Callable[[Any, Any], Any], like: Operation) -> ApiPath:
    assert isinstance(like.target, Function)
    function = copy.copy(like.target)
    function._handler = handler
    return ApiPath(resource, re.compile(re.escape(resource)), {"POST": dataclasses.replace(like, target=function)})


def main(port: int, folder: Path) -> None:
    """Serves until it is killed."""
    held = StateFolder(folder)
    held.hold()
    addresses = Addresses("127.0.0.1", port)
    listener = take_port(addresses)
    plan = Plan(ROOT, ROOT / "template.yaml", held, addresses, lateness=Lateness.read("steady"))
    journal = Journal(held.logs, sys.stderr)
    with LocalHospital(plan, journal) as hospital:
        journal.take_over_output()
        hospital.found_demo("small")
        hospital.invoker.load_all()
        hospital.rest.apis[AREA] = with_bare_routes(hospital.rest.apis[AREA])
        asyncio.run(hospital.serve(listener, lambda: print("Ready after all", flush=True), asyncio.Event()))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
