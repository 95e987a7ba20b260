"""The local hospital in this process, with every AWS call of its functions written down.

`forget` makes the next request a cold one: keys and secrets, which each function keeps for itself, are fetched anew.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
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
from infra.local.permissions.needs import needs_of
from infra.local.permissions.used import Use
from infra.local.state_folder import StateFolder
from infra.local.template.kinds import function_name
from tests.journeys.hospital import ROOT, HospitalProcess


@dataclass(frozen=True)
class Call:
    """One call to AWS. `needs` are the (action, resource's ARN) pairs for which the function must be allowed."""

    function: str
    service: str
    operation: str
    needs: tuple[tuple[str, str], ...]

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


class OpenHospital(HospitalProcess):
    """Like the hospital of the journeys, but here, so that its calls can be seen."""

    def __init__(self, inside: LocalHospital, calls: list[Call]) -> None:
        super().__init__(Path("here"))
        self.port = inside.plan.addresses.port
        self.inside, self.calls = inside, calls

    @property
    def media_key(self) -> str:
        """What it shares with the relays of its calls."""
        return self.inside.plan.folder.media_key.read_text(encoding="ascii")

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
    names: dict[str, str] = {}
    opened: list[LocalHospital] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        running = RUNNING.get()
        if running in names:
            service = model.service_model.service_name
            needs = needs_of(opened[0].permissions.names, service, model.name, params)
            calls.append(Call(names[running], service, model.name, tuple((one.action, one.resource) for one in needs)))

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
            opened.append(hospital)
            hospital.found_demo("small")
            with _seen_seals(hospital, names), _serving(hospital, listener):
                yield OpenHospital(hospital, calls)


@contextmanager
def _seen_seals(hospital: LocalHospital, names: dict[str, str]) -> Iterator[None]:
    """Notes who seals something: the first that does so in a month has the table's data key made and kept.

    The hospital's own record would show it for that one function only.
    """
    from hospital import settings
    from hospital.sealing import Keyring

    seal = Keyring.seal

    def see_seal(ring: Any, text: str, place: str) -> str:
        function, key = names.get(RUNNING.get() or ""), settings.current().field_key_id
        if function:
            table = hospital.permissions.names.table(ring._table)
            for action in ("kms:GenerateDataKey", "kms:Decrypt"):
                hospital.permissions.used.note(Use(function, action, key, "first seal of a month"))
            for action in ("dynamodb:GetItem", "dynamodb:PutItem"):
                hospital.permissions.used.note(Use(function, action, table, "first seal of a month"))
        return seal(ring, text, place)

    with patch.object(Keyring, "seal", see_seal):
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
