"""The local hospital: everything put together from one template."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, NoReturn

from aiohttp import web

from .addresses import Addresses, environment_of
from .beside import Beside
from .buckets import BucketRoutes, FunctionKeys, signing_as_functions
from .cloud import cloud, furnish, share_environment
from .comfort.ring import Ring, RingReader
from .dispatcher import Dispatcher
from .dispatcher.lateness import Lateness
from .door import Door
from .encryption import Encryption
from .function_environment import environment_by_function
from .gateway.connections import Connections
from .gateway.rest import RestGateway
from .gateway.routes import read_apis
from .gateway.sockets import SocketGateway, read_socket_api
from .gateway.throttle import Account
from .gateway.usage_plans import read_usage_plans
from .hospital_clock import HospitalClock
from .invoker import RUNNING, Invoker
from .journal import Journal
from .keys_of_calls import keep_keys_of_calls
from .left_threads import threads_watched
from .observed import Observed
from .pages import Pages
from .permissions import USED_FILE, Permissions, UsedFile, checked
from .relays import RelayRoutes, Relays
from .sandbox.backup import BackupRoutes
from .sandbox.card_routes import HealthCardRoutes
from .sandbox.clock import ClockRoutes
from .sandbox.deliveries import DeliveryRoutes
from .sandbox.health_cards import HealthCardRegistry
from .sandbox.his import HisRoutes
from .sandbox.inbox import Inbox
from .sandbox.invocations import InvocationRoutes
from .sandbox.middleware import MiddlewareRoutes
from .sandbox.population import Population
from .sandbox.registry import PopulationRoutes
from .sandbox.routes import CodeOf, Found, SandboxRoutes
from .sandbox.schedules import ScheduleRoutes
from .sandbox.seals import SealRoutes
from .sandbox.tables import TableRoutes
from .sandbox.troubles import TroubleRoutes
from .sandbox.wallet import WalletRoutes
from .sandbox.wechat import SmallWechat
from .sandbox.wechat_pages import WechatPages
from .sandbox.workflows import WorkflowRoutes
from .server import application
from .state_folder import StateFolder
from .store import Loaded, Store
from .store.delays import delays_by
from .template import Template, read_template
from .template.reading import read_mapping
from .trust import TrustPage

DemoSize = Literal["full", "small"]

_GRACE = 5.0
"""Seconds that running requests get when the hospital closes."""


_LONGEST_HEADER = 32 * 1024
"""Bytes of one header that are read at all; the gateway has a limit of its own on all of them."""


class PortRefused(Exception):
    """The port cannot be had; the message is one sentence."""


@dataclass(frozen=True)
class Plan:
    """What to open: `root` is the project, `region` that of the deployment being imitated."""

    root: Path
    template: Path
    folder: StateFolder
    addresses: Addresses
    parameters: Mapping[str, str] = field(default_factory=dict)
    region: str = "cn-northwest-1"
    lateness: Lateness = field(default_factory=lambda: Lateness(None))
    encryption: Encryption | None = None

    def wants(self, parameter: str, embedded: str) -> bool:
        """Whether the template has that parameter, and nobody named another party than the embedded one."""
        known = read_mapping(self.template).get("Parameters") or {}
        return parameter in known and self.parameters.get(parameter, embedded) == embedded

    def read(self) -> Template:
        """The template, with the parameters that differ here as far as it has them, and those chosen. TemplateError."""
        known = read_mapping(self.template).get("Parameters") or {}
        given = {name: value for name, value in self.addresses.parameters().items() if name in known}
        return read_template(self.template, given | dict(self.parameters), region=self.region)


def take_port(addresses: Addresses) -> socket.socket:
    """A listening socket, before anything costly is done. PortRefused."""
    family = socket.AF_INET6 if ":" in addresses.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((addresses.host, addresses.port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        where = f"{addresses.host}:{addresses.port}"
        if error.errno in (98, 48):
            raise PortRefused(f"Port {where} is in use by another program; choose another with --port.") from error
        raise PortRefused(f"Port {where} cannot be opened: {error.strerror}.") from error
    return listener


class LocalHospital:
    """Open it, then serve. Use as a context manager, in the main thread."""

    def __init__(self, plan: Plan, journal: Journal, clock: HospitalClock | None = None) -> None:
        self.plan, self.journal, self.clock = plan, journal, clock or HospitalClock()
        self.accounts: dict[str, Any] = {"patients": [], "staff": []}
        self.found_fresh: Found | None = None
        self.code_of: CodeOf | None = None
        self.door: Door | None = None
        self.his: Beside | None = None
        self.wallet: Beside | None = None
        self.relays: Relays | None = None
        self._open = ExitStack()
        self.connections: Connections
        self.loaded: Loaded
        self.invoker: Invoker

    def __enter__(self) -> LocalHospital:
        try:
            self._begin()
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _begin(self) -> None:
        self._start_beside()
        plan = self.plan
        template = plan.read()
        store = self.store = self._open.enter_context(Store.open(plan.folder.path, hospital_time=self.clock))
        key = self._open.enter_context(cloud(store, plan.region))
        if plan.encryption is not None:
            plan.encryption.trust()
        self._open.enter_context(delays_by(self.clock))
        self.loaded = furnish(template, store)
        self._hand_over_keys(template)
        keep_keys_of_calls(template, plan.folder.media_key, plan.folder.turn_key)
        self._make_relays()
        self._open.enter_context(environment_by_function())
        self._open.enter_context(threads_watched())
        store.meter.caller = RUNNING.get
        environment = environment_of(template, plan.addresses)
        self.invoker = Invoker(template, environment, self.journal.failed, clock=self.clock)
        self.ring = Ring(plan.folder.invocations, self.clock)
        self.invoker.witness = self.ring.begin
        share_environment([dict(function.environment) for function in self.invoker.functions])
        self.observed = Observed(plan.folder.logs, template)
        self.invoker.observe = self.observed.note
        self._open.enter_context(self.observed.answering())
        used = UsedFile(plan.folder.logs / USED_FILE)
        self.permissions = Permissions(
            template, used, lambda denial: self.journal.failed(denial.function, "", denial.report()), self.clock
        )
        self._open.enter_context(checked(self.permissions))
        names = [function.name for function in self.invoker.functions]
        self.function_keys = FunctionKeys(plan.folder.function_keys, names)
        self._open.enter_context(signing_as_functions(self.function_keys))
        account = Account()
        self.connections = Connections(key, account)
        apis, plans = read_apis(template, self.invoker, account), read_usage_plans(template, self.clock)
        self.rest = RestGateway(apis, self.invoker, template.place, plans)
        socket_api = read_socket_api(template, self.invoker, account)
        self.sockets = SocketGateway(socket_api, self.invoker, self.connections) if socket_api else None
        self.dispatcher = Dispatcher(template, self.invoker, store, self.clock, plan.lateness)
        self.clock.on_move(self.dispatcher.clock_moved)
        self.inbox = Inbox(plan.folder.inbox)
        self._open.callback(self.inbox.close)
        self.population = Population(plan.folder.population)
        self._open.callback(self.population.close)
        self.health_cards = HealthCardRegistry(plan.folder.health_cards, self.population, self.clock)
        self._open.callback(self.health_cards.close)

    def _start_beside(self) -> None:
        """HIS and wallet are other programs: they answer before the template is read, which names their addresses."""
        plan, addresses = self.plan, self.plan.addresses
        if plan.wants("HisAdapter", "embedded"):
            self.his = Beside(plan.root, "his", plan.folder.his, plan.folder.his_key)
            self._open.callback(self.his.close)
            addresses = replace(addresses, his=self.his.url)
        if plan.wants("PaymentChannels", "wallet"):
            folder, pages = plan.folder, addresses.wallet_pages
            self.wallet = Beside(plan.root, "wallet", folder.wallet, folder.wallet_key, pages)
            self._open.callback(self.wallet.close)
            addresses = replace(addresses, wallet=self.wallet.url)
        self.plan = replace(plan, addresses=addresses)

    def _hand_over_keys(self, template: Template) -> None:
        secrets = [str(secret.get("Name")) for secret in template.of("AWS::SecretsManager::Secret")]
        vendors = next((name for name in secrets if name.endswith("/vendors")), "")
        if self.his is not None:
            self.his.hand_over(vendors, self.plan.region)
        if self.wallet is not None:
            self.wallet.hand_over(vendors, self.plan.region, **self.wallet.ask("key", {})[1])
            self.clock.on_move(self._move_wallet)
            self._move_wallet()

    def _move_wallet(self) -> None:
        """Its orders end by the hospital's clock."""
        assert self.wallet is not None
        self.wallet.ask("clock", {"moved": self.clock() - time.time()})

    def _make_relays(self) -> None:
        """They begin when the hospital answers, and share its key."""
        plan, addresses = self.plan, self.plan.addresses
        if not addresses.relays or not plan.folder.media_key.exists():
            return
        secret = plan.folder.media_key.read_text(encoding="utf-8")
        media = ",".join(addresses.media)
        self.relays = Relays(plan.root, plan.folder.logs, addresses.origin, secret, media, addresses.relays)
        self._open.callback(self.relays.close)

    def found_demo(self, size: DemoSize) -> None:
        """Founds the demo in a new folder, and knows its accounts in an old one."""
        from .demo.founding import found_demo  # the kit is importable once the template named its folder
        from .demo.half_year import found_half_year

        folder = self.plan.folder
        if folder.accounts.exists():
            self.accounts = json.loads(folder.accounts.read_text(encoding="utf-8"))
        elif self.loaded.items == 0:
            folder.founding.touch()
            found = found_demo if size == "small" else partial(found_half_year, self.store.take_in)
            self.accounts = self.invoker.lend(found).result()
            folder.accounts.write_text(json.dumps(self.accounts, ensure_ascii=False, indent=1), encoding="utf-8")
            self.population.register(self.invoker.lend(lambda: _made_up_people(self.accounts)).result())
            self._fill_his()
            folder.founding.unlink()
        self.found_fresh = lambda name: self.invoker.lend(lambda: _found_fresh(name))
        self.code_of = lambda account: self.invoker.lend(lambda: _usable_code(account))

    def _fill_his(self) -> None:
        """The other system of the demo's hospital knows it too."""
        from .demo.his_records import files_of_the_demo, rows_of_the_demo

        if self.his is None:
            return
        now = datetime.fromtimestamp(self.clock(), UTC)
        self.his.ask("rows", {"now": now.isoformat(timespec="milliseconds"), "rows": rows_of_the_demo()})
        for file in files_of_the_demo(self.accounts["patients"], now):
            self.his.ask("files", file)

    def end(self) -> NoReturn:
        """Folds the state up and ends the process at once, with moto still in place: a function that is still running
        must neither hold up the end nor reach a real cloud. Whatever was acknowledged is kept already."""
        self.journal.end()
        if self.relays is not None:
            self.relays.close()
        self.inbox.close()
        self.health_cards.close()
        self.population.close()
        self.store.close()
        self.ring.settle()
        print("The local hospital is closed.", flush=True)
        os._exit(0)

    async def serve(self, listener: socket.socket, ready: Callable[[], None], until: asyncio.Event) -> None:
        """Answers until told to end, then says goodbye to sockets and lets running requests finish."""
        pages = Pages(self.plan.root / "web", self.plan.root / "docs" / "openapi.json", self.plan.addresses)
        sandbox = SandboxRoutes(self.inbox, self.accounts, self.found_fresh, self.code_of)
        app = application(self.plan.addresses, self.rest, self.sockets, self.connections, self.journal, self.clock)
        backups = BackupRoutes(self.plan.folder, self.store.copy_to)
        for routes in (sandbox, ClockRoutes(self.clock), backups, ScheduleRoutes(self.dispatcher.run_schedule), pages):
            routes.add_to(app.router)
        ring = RingReader(self.plan.folder.invocations)
        InvocationRoutes(ring, [one.name for one in self.invoker.functions]).add_to(app.router)
        DeliveryRoutes(self.dispatcher).add_to(app.router)
        MiddlewareRoutes(self.dispatcher).add_to(app.router)
        WorkflowRoutes(self.dispatcher.workflows).add_to(app.router)
        TableRoutes(self.store).add_to(app.router)
        TroubleRoutes(self.connections, self.invoker).add_to(app.router)
        template = self.dispatcher.template
        BucketRoutes(template, self.store, self.permissions, self.function_keys).add_to(app.router)
        SealRoutes(self.invoker.lend).add_to(app.router)
        PopulationRoutes(self.population).add_to(app.router)
        WechatPages(SmallWechat(self.clock), self.plan.addresses.origin).add_to(app.router)
        HealthCardRoutes(self.health_cards).add_to(app.router)
        if self.his is not None:
            HisRoutes(self.his, self.clock).add_to(app.router)
        if self.wallet is not None:
            WalletRoutes(self.wallet).add_to(app.router)
        if self.relays is not None:
            RelayRoutes(self.relays).add_to(app.router)
        if self.plan.encryption is not None:
            TrustPage(self.plan.encryption, self.plan.addresses.origin).add_to(app.router)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GRACE, max_field_size=_LONGEST_HEADER)
        await runner.setup()
        try:
            await self._let_in(runner, listener)
            self.dispatcher.start()
            self.plan.folder.announce(self.plan.addresses.origin)
            if self.relays is not None:
                self.relays.start()
            ready()
            await until.wait()
        finally:
            self.dispatcher.stop()
            self.connections.close_all()
            if self.door is not None:
                self.door.close()
            await runner.cleanup()

    async def _let_in(self, runner: web.AppRunner, listener: socket.socket) -> None:
        encryption = self.plan.encryption
        if encryption is None:
            await web.SockSite(runner, listener).start()
            return
        assert runner.server is not None
        self.door = Door(listener, runner.server, encryption.context(), self.plan.addresses.origin)
        self.door.open()


def _found_fresh(name: str | None) -> dict[str, Any]:
    """By the code of this moment: it may have been read again since the hospital opened."""
    from .demo.founding import found_fresh

    return found_fresh(name)


def _usable_code(account: str) -> str | None:
    """Likewise."""
    from .demo.second_factors import usable_code

    return usable_code(account)


def _made_up_people(accounts: dict[str, Any]) -> list[tuple[str, str]]:
    """Those whom the demo shows, and some who have no account."""
    from .demo.admission import residents

    return [(one["name"], one["id_number"]) for one in accounts["patients"]] + residents()
