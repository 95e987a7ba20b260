"""What every fleet does, shown on a service of ECS and on the local hospital's own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from adapters import fleet as port
from adapters.fleet import Fleet, Seen
from adapters.fleet.ecs import EcsFleet
from adapters.fleet.embedded import EmbeddedFleet
from hospital import aws
from hospital.errors import Unavailable
from infra.local.relays import RelayRoutes

pytestmark = pytest.mark.store

REGION = "cn-northwest-1"
NOBODY = "0" * 32
Made = tuple[Fleet, list[str]]


ARN = f"arn:aws-cn:ecs:{REGION}:111122223333"


class Ecs:
    """Speaks the three calls of the ECS API (JSON 1.1 over HTTP): a cluster, a service, its tasks by id."""

    def __init__(self) -> None:
        self.wanted, self.newest = 2, "yunzhen-relay:1"
        self.tasks = {f"{number:032x}": ("yunzhen-relay:1", "RUNNING") for number in (1, 2)}
        self.asked: list[str] = []

    def answer(self, call: str, told: dict[str, Any]) -> tuple[int, Any]:
        self.asked.append(call)
        if told["cluster"] != "yunzhen-media":
            return 400, {"__type": "ClusterNotFoundException", "message": "Cluster not found."}
        found: dict[str, Callable[[], tuple[int, Any]]] = {
            "DescribeServices": lambda: self.services(told["services"]),
            "DescribeTasks": lambda: self.described(told["tasks"]),
            "UpdateService": lambda: self.updated(told),
        }
        return found[call]()

    def service(self) -> dict[str, Any]:
        return {
            "serviceName": "yunzhen-relays",
            "desiredCount": self.wanted,
            "taskDefinition": f"{ARN}:task-definition/{self.newest}",
        }

    def services(self, names: list[str]) -> tuple[int, Any]:
        return 200, {"services": [self.service()] if names == ["yunzhen-relays"] else [], "failures": []}

    def described(self, ids: list[str]) -> tuple[int, Any]:
        if not 0 < len(ids) <= 100:
            return 400, {"__type": "InvalidParameterException", "message": "Tasks must have at most 100 items."}
        known = [
            {
                "taskArn": f"{ARN}:task/yunzhen-media/{one}",
                "taskDefinitionArn": f"{ARN}:task-definition/{self.tasks[one][0]}",
                "lastStatus": self.tasks[one][1],
            }
            for one in ids
            if one in self.tasks
        ]
        missing = [{"arn": one, "reason": "MISSING"} for one in ids if one not in self.tasks]
        return 200, {"tasks": known, "failures": missing}

    def updated(self, told: dict[str, Any]) -> tuple[int, Any]:
        if told.keys() != {"cluster", "service", "desiredCount"} or told["service"] != "yunzhen-relays":
            return 400, {"__type": "ServiceNotFoundException", "message": "Service not found."}
        self.wanted = told["desiredCount"]
        return 200, {"service": self.service()}


@contextmanager
def listening(handle: Callable[[BaseHTTPRequestHandler, bytes], tuple[int, bytes]]) -> Iterator[str]:
    """Origin of a small server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, said = handle(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_POST = do_PUT = do_GET

        def log_message(self, *_: object) -> None:
            """Keeps the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def ecs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ecs]:
    """A small ECS, spoken to by the SDK itself, which holds both sides to the API's model."""
    peer = Ecs()

    def handle(request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        assert request.headers["Authorization"].startswith("AWS4-HMAC-SHA256 ")
        service, call = request.headers["X-Amz-Target"].split(".")
        assert service == "AmazonEC2ContainerServiceV20141113"
        status, said = peer.answer(call, json.loads(body))
        return status, json.dumps(said).encode()

    with listening(handle) as origin:
        made = boto3.client(
            "ecs", region_name=REGION, endpoint_url=origin, aws_access_key_id="a", aws_secret_access_key="b"
        )
        monkeypatch.setattr(aws, "client", {"ecs": made}.__getitem__)
        yield peer


@pytest.fixture
def of_ecs(ecs: Ecs) -> Made:
    return EcsFleet("yunzhen-media", "yunzhen-relays"), list(ecs.tasks)


class _Kept:
    """As `infra.local.relays.Relays`, without processes."""

    def __init__(self, ids: list[str]) -> None:
        self.wanted, self.ids = len(ids), ids

    def shown(self) -> dict[str, Any]:
        return {"wanted": self.wanted, "relays": [{"id": one, "pid": 1, "control_url": ""} for one in self.ids]}


@pytest.fixture
def of_the_local_hospital() -> Iterator[Made]:
    """The sandbox's own handlers behind a small server: what they understand is what is sent."""
    kept = _Kept(["relay-1", "relay-2"])
    routes = RelayRoutes(kept)  # type: ignore[arg-type]

    def handle(request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        async def text() -> str:
            return body.decode()

        handler = {"GET": routes.show, "PUT": routes.ask}[request.command]
        response = asyncio.run(handler(SimpleNamespace(text=text)))  # type: ignore[arg-type]
        assert isinstance(response.body, bytes)
        return response.status, response.body

    with listening(handle) as origin:
        yield EmbeddedFleet(f"{origin}/sandbox/api/relays"), kept.ids


@pytest.fixture(params=["of_ecs", "of_the_local_hospital"])
def made(request: pytest.FixtureRequest) -> Made:
    found: Made = request.getfixturevalue(request.param)
    return found


def test_it_says_how_many_were_asked_for_and_who_runs(made: Made):
    fleet, ids = made
    assert fleet.look([*ids, NOBODY]) == Seen(wanted=2, running=dict.fromkeys(ids, True))
    assert fleet.look([]) == Seen(wanted=2, running={})


def test_it_is_asked_for_another_number(made: Made):
    fleet, ids = made
    fleet.ask_for(1)
    assert fleet.look(ids) == Seen(wanted=1, running=dict.fromkeys(ids, True)), "nobody was ended for it"


# -- ECS alone -----------------------------------------------------------------------------------------------------


def test_a_task_of_an_older_definition_is_told_apart_and_a_stopped_one_does_not_run(ecs: Ecs, of_ecs: Made):
    fleet, [first, second] = of_ecs
    third, ecs.newest = "3" * 32, "yunzhen-relay:2"
    ecs.tasks |= {second: ("yunzhen-relay:1", "STOPPED"), third: ("yunzhen-relay:2", "PROVISIONING")}
    assert fleet.look([first, second, third]).running == {first: False, third: True}


def test_more_tasks_than_one_question_takes(ecs: Ecs, of_ecs: Made):
    fleet, ids = of_ecs
    many = [*(f"{number:032x}" for number in range(10, 160)), *ids]
    assert fleet.look(many).running == dict.fromkeys(ids, True)
    assert ecs.asked == ["DescribeServices", "DescribeTasks", "DescribeTasks"]


@pytest.mark.parametrize(("cluster", "service"), [("yunzhen-media", "another"), ("another", "yunzhen-relays")])
def test_a_service_that_is_not_there_is_unavailable(ecs: Ecs, cluster: str, service: str):
    with pytest.raises(Unavailable):
        EcsFleet(cluster, service).look([])
    with pytest.raises(Unavailable):
        EcsFleet(cluster, service).ask_for(2)


# -- the local hospital's alone ------------------------------------------------------------------------------------


def test_a_hospital_that_is_closed_is_unavailable():
    fleet = EmbeddedFleet("http://127.0.0.1:1/sandbox/api/relays")
    with pytest.raises(Unavailable):
        fleet.look([])
    with pytest.raises(Unavailable):
        fleet.ask_for(1)


def test_a_number_that_makes_no_sense_is_refused(of_the_local_hospital: Made):
    fleet, ids = of_the_local_hospital
    with pytest.raises(Unavailable):
        fleet.ask_for(-1)
    assert fleet.look(ids).wanted == 2


# -- which ---------------------------------------------------------------------------------------------------------


def test_the_settings_name_the_adapter(monkeypatch: pytest.MonkeyPatch):
    def chosen(name: str) -> Fleet | None:
        given = {"fleet_adapter": name, "fleet_url": "http://x", "fleet_cluster": "c", "fleet_service": "s"}
        monkeypatch.setattr(port.settings, "current", lambda: SimpleNamespace(**given))
        return port.fleet()

    assert chosen("none") is None
    assert isinstance(chosen("ecs"), EcsFleet)
    assert isinstance(chosen("embedded"), EmbeddedFleet)
    with pytest.raises(port.AdapterUnknown):
        chosen("kubernetes")


def test_the_address_of_a_fleet_is_one():
    with pytest.raises(ValueError, match="FLEET_URL"):
        EmbeddedFleet(json.dumps({}))
