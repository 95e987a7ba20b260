"""The local hospital in this process, with every AWS call of its functions written down.

Its functions share one process and so one cache of keys and secrets, which on Lambda each has for itself. So what a
function asks of that cache is written down too (`uses`), and `forget` makes the next request a cold one.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import botocore.handlers

from infra.local.addresses import Addresses
from infra.local.hospital import LocalHospital, Plan, take_port
from infra.local.invoker import RUNNING
from infra.local.journal import Journal
from infra.local.state_folder import StateFolder
from infra.local.template.kinds import function_name
from tests.journeys.hospital import ROOT, HospitalProcess

_VERBS = {"ConditionCheck": "ConditionCheckItem", "Delete": "DeleteItem", "Put": "PutItem", "Update": "UpdateItem"}


@dataclass(frozen=True)
class Call:
    """One call to AWS. `needs` are the (action, resource) pairs for which the function must be allowed; a resource is
    a table, `table/index`, a bus, a secret, a key or a connection."""

    function: str
    service: str
    operation: str
    needs: tuple[tuple[str, str], ...]

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


class OpenHospital(HospitalProcess):
    """Like the hospital of the journeys, but here, so that its calls can be seen."""

    def __init__(self, inside: LocalHospital, calls: list[Call], uses: list[Call]) -> None:
        super().__init__(Path("here"))
        self.port = inside.plan.addresses.port
        self.inside, self.calls, self.uses = inside, calls, uses

    @contextmanager
    def environment(self, name: str, value: str) -> Iterator[None]:
        """One variable of every function, for a while."""
        functions = self.inside.invoker.functions
        before = [function.environment for function in functions]
        for function in functions:
            function.environment = {**function.environment, name: value}
        yield
        for function, environment in zip(functions, before, strict=True):
            function.environment = environment

    def forget(self) -> None:
        """Keys and secrets, as if every function had just been started."""
        from hospital import secret_keys, table

        secret_keys.forget_keys()
        table._keyring.cache_clear()  # connections are kept: making one calls nobody

    def settle(self, seconds: float = 0.15) -> None:
        """Wait until no function has called anything for that long."""
        seen = -1
        while seen != len(self.calls):
            seen = len(self.calls)
            time.sleep(seconds)


@contextmanager
def recorded_hospital() -> Iterator[OpenHospital]:
    """Open on a free port, with an empty folder and demo data. Only one in a process."""
    calls: list[Call] = []
    uses: list[Call] = []
    names: dict[str, str] = {}

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        running = RUNNING.get()
        if running in names:
            service = model.service_model.service_name
            calls.append(Call(names[running], service, model.name, tuple(_needs(service, model.name, params))))

    def use(service: str, *needs: tuple[str, str]) -> None:
        running = RUNNING.get()
        if running in names:
            uses.append(Call(names[running], service, "(kept)", needs))

    # Every session that is made from here on has it; patching one client would miss PynamoDB's.
    botocore.handlers.BUILTIN_HANDLERS.append(("provide-client-params", note))
    with tempfile.TemporaryDirectory() as state:
        folder = StateFolder(Path(state) / "state")
        listener = take_port(Addresses("127.0.0.1", 0))
        addresses = Addresses("127.0.0.1", listener.getsockname()[1])
        folder.hold()
        plan = Plan(ROOT, ROOT / "template.yaml", folder, addresses)
        with LocalHospital(plan, Journal(folder.logs, sys.stderr)) as hospital:
            for resource in plan.read().of("AWS::Serverless::Function"):
                names[function_name(resource)] = resource.logical_id
            hospital.found_demo()
            with _seen_keys(use), _serving(hospital, listener):
                yield OpenHospital(hospital, calls, uses)


@contextmanager
def _seen_keys(use: Callable[..., None]) -> Iterator[None]:
    """Notes who needs which secret, and which table's data key, kept or not."""
    from hospital import secret_keys
    from hospital.sealing import Keyring

    derived, seal, opened = secret_keys._derived, Keyring.seal, Keyring.open

    def see_secret(function: str, secret_id: str, *more: Any) -> Any:
        use("secretsmanager", ("secretsmanager:GetSecretValue", secret_id))
        return derived(function, secret_id, *more)

    def see_seal(ring: Any, text: str, place: str) -> str:
        table = ring._table
        keys = ("kms:GenerateDataKey", ""), ("kms:Decrypt", "")
        use("kms", *keys, ("dynamodb:GetItem", table), ("dynamodb:PutItem", table))
        return seal(ring, text, place)

    def see_open(ring: Any, sealed: str, place: str) -> str:
        use("kms", ("kms:Decrypt", ""), ("dynamodb:GetItem", ring._table))
        return opened(ring, sealed, place)

    see_secret.cache_clear = derived.cache_clear  # type: ignore[attr-defined]
    with (
        patch.object(secret_keys, "_derived", see_secret),
        patch.object(Keyring, "seal", see_seal),
        patch.object(Keyring, "open", see_open),
    ):
        yield


@contextmanager
def _serving(hospital: LocalHospital, listener: Any) -> Iterator[None]:
    ready, ended = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(hospital.serve(listener, ready.set, ended)), daemon=True
    )
    thread.start()
    try:
        assert ready.wait(60), "the hospital did not open"
        yield
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(20)


def _needs(service: str, operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if service == "dynamodb":
        yield from _table_needs(operation, params)
    elif service == "kms":
        yield f"kms:{operation}", params.get("KeyId", "the field key")
    elif service == "secretsmanager":
        yield f"secretsmanager:{operation}", params["SecretId"]
    elif service == "events":
        for bus in {entry["EventBusName"] for entry in params["Entries"]}:
            yield f"events:{operation}", bus
    elif service == "apigatewaymanagementapi":
        method = {"PostToConnection": "POST", "DeleteConnection": "DELETE", "GetConnection": "GET"}[operation]
        yield "execute-api:ManageConnections", f"live/{method}/@connections/{params['ConnectionId']}"
    else:
        yield f"{service}:{operation}", "?"


def _table_needs(operation: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if operation == "TransactWriteItems":
        for item in params["TransactItems"]:
            (verb, written), *_ = item.items()
            yield f"dynamodb:{_VERBS[verb]}", written["TableName"]
    elif operation == "BatchGetItem":
        for table in params["RequestItems"]:
            yield "dynamodb:BatchGetItem", table
    else:
        index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
        yield f"dynamodb:{operation}", f"{params['TableName']}{index}"
