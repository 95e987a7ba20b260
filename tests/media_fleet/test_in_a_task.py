"""A relay in a task of ECS: it learns where it is, keeps itself from being stopped, and says whether it is well.

The peer answers as the agent's documents say (task metadata endpoint 4, task scale-in protection endpoint).
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from media_fleet.healthy import healthy
from media_fleet.placement import Placement, PlaceUnknown, placed
from media_fleet.protection import Protection

pytestmark = pytest.mark.unit

ARN = "arn:aws-cn:ecs:cn-northwest-1:111122223333:task/yunzhen-media/158d1c8083dd49d6b527399fd6414f5c"
TASK = {
    "Cluster": "arn:aws-cn:ecs:cn-northwest-1:111122223333:cluster/yunzhen-media",
    "TaskARN": ARN,
    "Containers": [
        {"Name": "relay", "Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": ["10.40.3.9"], "IPv6Addresses": []}]}
    ],
    "LaunchType": "FARGATE",
}
Answer = tuple[int, Any]


class Agent:
    """Answers of ECS's agent, one after the other, the last for good; `asked` holds (method, path, body)."""

    def __init__(self) -> None:
        self.answers: list[Answer | Callable[[Any], Answer]] = []
        self.asked: queue.Queue[tuple[str, str, Any]] = queue.Queue()
        agent = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                agent.asked.put((self.command, self.path, body))
                answer = agent.answers.pop(0) if len(agent.answers) > 1 else agent.answers[0]
                status, said = answer(body) if callable(answer) else answer
                text = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_PUT = do_GET

            def log_message(self, *_: object) -> None:
                """Keeps the test's output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self.server.server_port}"

    def heard(self) -> tuple[str, str, Any]:
        return self.asked.get(timeout=20)


@pytest.fixture
def agent() -> Iterator[Agent]:
    found = Agent()
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


def agreed(body: Any) -> Answer:
    return 200, {"protection": {"TaskArn": ARN, "ProtectionEnabled": body["ProtectionEnabled"]}}


REFUSED = (200, {"failure": {"Arn": ARN, "Reason": "DEPLOYMENT_BLOCKED", "Detail": "…"}})
FAILED = (500, {"requestID": "1", "error": {"Arn": ARN, "Code": "ServerException", "Message": "…"}})


def until(reached: Callable[[], bool]) -> None:
    """Waits for it, with a generous deadline."""
    end = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.005)


# -- where it is ---------------------------------------------------------------------------------------------------


def test_the_task_names_the_node_and_its_address(agent):
    agent.answers = [(200, TASK)]
    environment = {"ECS_CONTAINER_METADATA_URI_V4": f"{agent.uri}/v4/abc"}
    assert placed(environment) == Placement(
        node="158d1c8083dd49d6b527399fd6414f5c", address="10.40.3.9", region="cn-northwest-1"
    )
    assert agent.heard()[:2] == ("GET", "/v4/abc/task")


def test_outside_ecs_nobody_is_asked():
    assert placed({"RELAY_NODE": "one"}) is None


def test_a_network_that_is_not_attached_yet_is_waited_for(agent):
    agent.answers = [FAILED, (200, TASK | {"Containers": [{"Name": "relay"}]}), (200, TASK)]
    found = placed({"ECS_CONTAINER_METADATA_URI_V4": agent.uri}, pause=0.01)
    assert found is not None
    assert found.address == "10.40.3.9"


@pytest.mark.parametrize("answer", [FAILED, (200, {}), (200, []), (200, TASK | {"TaskARN": "task"})])
def test_what_cannot_be_read_ends_the_process_and_not_its_calls(agent, answer):
    agent.answers = [answer]
    with pytest.raises(PlaceUnknown):
        placed({"ECS_CONTAINER_METADATA_URI_V4": agent.uri}, pause=0.01)
    assert agent.asked.qsize() == 5


# -- keeping itself ------------------------------------------------------------------------------------------------


def test_it_is_protected_for_an_hour_and_let_go_when_it_is_empty(agent):
    agent.answers = [agreed]
    protection = Protection.of({"ECS_AGENT_URI": agent.uri})
    protection.keep(True)
    path = "/task-protection/v1/state"
    assert agent.heard() == ("PUT", path, {"ProtectionEnabled": True, "ExpiresInMinutes": 60})
    until(lambda: protection.told is True)
    protection.keep(True)
    protection.keep(False)
    assert agent.heard() == ("PUT", path, {"ProtectionEnabled": False}), "the same again says nothing"
    until(lambda: protection.told is False)
    protection.close()


def test_protection_is_renewed_before_it_ends_and_not_after_it_was_given_up(agent):
    agent.answers = [agreed]
    protection = Protection(agent.uri, renew_after=0.02)
    protection.keep(True)
    assert [agent.heard()[2]["ProtectionEnabled"] for _ in range(3)] == [True, True, True]
    protection.keep(False)
    while agent.heard()[2]["ProtectionEnabled"]:
        pass
    until(lambda: protection.told is False)
    protection.close()
    assert agent.asked.empty()


@pytest.mark.parametrize(
    "answer", [REFUSED, FAILED, (200, "what"), (200, {"protection": {"ProtectionEnabled": False}})]
)
def test_a_refusal_or_a_failure_is_tried_again(agent, answer):
    agent.answers = [answer, answer, agreed]
    protection = Protection(agent.uri, retry_after=0.01)
    protection.keep(True)
    until(lambda: protection.told is True)
    assert agent.asked.qsize() == 3
    protection.close()


def test_nobody_waits_for_an_agent_that_does_not_answer():
    protection = Protection("http://127.0.0.1:1", retry_after=0.01)
    begun = time.perf_counter()
    for wished in (True, False) * 100:
        protection.keep(wished)
    assert time.perf_counter() - begun < 1
    protection.close()
    assert protection.told is None


def test_without_ecs_there_is_no_thread():
    before = threading.active_count()
    protection = Protection.of({})
    protection.keep(True)
    assert threading.active_count() == before
    protection.close()


# -- being well ----------------------------------------------------------------------------------------------------


def test_it_is_well_when_it_says_so(agent):
    agent.answers = [(200, {"state": "draining"}), (503, {"state": "serving"})]
    port = agent.server.server_port
    assert healthy(port)
    assert not healthy(port)
    assert agent.heard()[1] == "/health"


def test_nobody_at_the_port_is_not_well():
    assert not healthy(1)
