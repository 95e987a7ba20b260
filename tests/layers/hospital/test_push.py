"""Frames go to all connections at the same time; what one of them does is nobody else's trouble."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from hospital import aws, push
from tests.builders.cloud import SOCKET_ENDPOINT
from tests.builders.journal import Journal

pytestmark = pytest.mark.store

PATIENCE = 20


class Endpoint:
    """The management endpoint. A connection in `answers` raises these, one a call, and then takes what comes."""

    class exceptions:
        class GoneException(Exception):
            """410."""

    def __init__(self, **answers: list[Exception]) -> None:
        self.answers, self.taken, self.asked = answers, {}, {}
        self.lock = threading.Lock()
        self.waits: dict[str, threading.Event] = {}

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:
        with self.lock:
            self.asked[ConnectionId] = self.asked.get(ConnectionId, 0) + 1
            answers = self.answers.get(ConnectionId)
            answer = answers.pop(0) if answers else None
        if answer is not None:
            raise answer
        if ConnectionId in self.waits:
            assert self.waits[ConnectionId].wait(PATIENCE), "the others never came"
        with self.lock:
            self.taken.setdefault(ConnectionId, []).append(json.loads(Data))


def refusal(status: int) -> ClientError:
    response: Any = {"Error": {"Code": "x"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "PostToConnection")


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch, metrics) -> Endpoint:
    made = Endpoint()
    monkeypatch.setattr(aws, "client", lambda *_: made)
    return made


def frames(*numbers: int) -> list[dict[str, int]]:
    return [{"n": number} for number in numbers]


def test_each_gets_its_own_frames_in_order(endpoint: Endpoint):
    assert push.push_each({"A=": frames(1, 2, 3), "B=": frames(4)}) == []
    assert endpoint.taken == {"A=": frames(1, 2, 3), "B=": frames(4)}


def test_a_slow_one_holds_up_no_other(endpoint: Endpoint):
    """It is served first and ends last: not before the last of the others has been served."""
    others = [f"C{number}=" for number in range(20)]
    endpoint.waits["A="] = threading.Event()

    class Noticing(dict):
        def setdefault(self, key: str, default: Any) -> Any:
            found = super().setdefault(key, default)
            if set(others) <= self.keys():
                endpoint.waits["A="].set()
            return found

    endpoint.taken = Noticing()
    assert push.push(["A=", *others], {"n": 1}) == []
    assert list(endpoint.taken)[-1] == "A=" and len(endpoint.taken) == 21


def test_those_that_are_gone_are_named(endpoint: Endpoint):
    endpoint.answers = {"B=": [Endpoint.exceptions.GoneException()], "D=": [Endpoint.exceptions.GoneException()]}
    assert push.push(["A=", "B=", "C=", "D="], {"n": 1}) == ["B=", "D="]
    assert endpoint.taken == {"A=": frames(1), "C=": frames(1)}


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_tried_again(endpoint: Endpoint, status: int):
    endpoint.answers = {"A=": [refusal(status), refusal(status)]}
    assert push.push_each({"A=": frames(1, 2)}) == []
    assert endpoint.taken == {"A=": frames(1, 2)}


@pytest.mark.parametrize(
    ("failure", "asked"),
    [
        (refusal(403), 1),
        (refusal(413), 1),
        (ReadTimeoutError(endpoint_url=SOCKET_ENDPOINT), 1),
    ],
)
def test_what_does_not_pass_is_not_tried_again_nor_what_follows_it(
    endpoint: Endpoint, metrics, journal: Journal, failure: Exception, asked: int
):
    endpoint.answers = {"A=": [failure]}
    assert push.push_each({"A=": frames(1, 2, 3), "B=": frames(1)}) == []
    assert endpoint.taken == {"B=": frames(1)} and endpoint.asked["A="] == asked
    assert [line["connection"] for line in journal.lines] == ["A="]
    assert [name for name, _, _ in metrics] == ["push_not_taken"]


def test_who_fails_for_ever_is_given_up(endpoint: Endpoint):
    endpoint.answers = {"A=": [refusal(500)] * 10}
    assert push.push(["A="], {"n": 1}) == []
    assert endpoint.asked["A="] == 3


def test_the_endpoints_client_waits_for_nobody_long(cloud):
    """Sockets of the stage are asked with time-outs of their own, once; tables and keys are not."""
    hasty, patient = (aws.client(name).meta.config for name in ("apigatewaymanagementapi", "sqs"))
    assert hasty.connect_timeout + hasty.read_timeout <= 3 and hasty.retries["total_max_attempts"] == 1
    assert patient.read_timeout >= 5
