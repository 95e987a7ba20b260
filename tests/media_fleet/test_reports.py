"""Facts reach a hospital that verifies signatures, is away at times, and gives orders."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.media_fleet.peers import SETTINGS, crowd, in_loop, until
from tests.media_fleet.relays import SECRET

pytestmark = pytest.mark.media


class Hospital(ThreadingHTTPServer):
    """Takes reports whose signature is right. `away`: 503. `orders` by room: for the answer to its first fact."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reports: list[dict[str, Any]] = []
        self.facts: list[dict[str, Any]] = []
        self.away = False
        self.refused = 0
        self.orders: dict[str, dict[str, Any]] = {}
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/relay/reports"

    def kinds(self) -> list[tuple[str, str | None]]:
        return [(one["kind"], one.get("reason")) for one in self.facts]


class _Handler(BaseHTTPRequestHandler):
    server: Hospital

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        node, at = self.headers["x-relay-node"], self.headers["x-relay-time"]
        signed = f"{at}\n{node}\n{hashlib.sha256(body).hexdigest()}".encode()
        right = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        if self.server.away or self.headers["x-relay-signature"] != right:
            self.server.refused += 1
            self._answer(503, {})
            return
        report = json.loads(body)
        self.server.reports.append(report)
        known = {one["number"] for one in self.server.facts}
        self.server.facts += [one for one in report["facts"] if one["number"] not in known]
        orders: dict[str, Any] = {}
        for one in report["facts"]:
            orders |= self.server.orders.pop(one["room"], {})
        self._answer(
            200, {"acknowledged": max(known | {one["number"] for one in report["facts"]}, default=0), **orders}
        )

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        said = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: Any) -> None:
        """The test says what matters."""


@pytest.fixture
def hospital() -> Iterator[Hospital]:
    server = Hospital()
    yield server
    server.shutdown()
    server.server_close()


@in_loop
async def test_what_happens_is_told_at_once_and_in_order(hospital: Hospital) -> None:
    async with crowd(reports_url=hospital.url) as people:
        ann = await people.guest("ann")
        await ann.offer(("microphone",))
        await ann.connect()
        ann.send_rtp(111, 1, 7, b"word")
        await until(lambda: len(hospital.facts) == 2)
        await people.guest("ann")
        await until(lambda: len(hospital.facts) == 4)
    assert hospital.kinds() == [
        ("joined", None),
        ("flowing", None),
        ("left", "replaced"),
        ("joined", None),
        ("left", "drained"),
        ("closed", "empty"),
    ]
    assert [one["number"] for one in hospital.facts] == [1, 2, 3, 4, 5, 6]
    assert {one["room"] for one in hospital.facts} == {"call_1"}
    assert [one.get("person_id") for one in hospital.facts] == ["ann"] * 5 + [None]
    assert hospital.facts[0]["session"] == hospital.facts[1]["session"] != hospital.facts[3]["session"]
    report = hospital.reports[0]
    assert {name: report[name] for name in ("v", "node", "region", "draining")} == {
        "v": 1,
        "node": SETTINGS.node,
        "region": "local",
        "draining": False,
    }
    assert set(report["load"]) == {"rooms", "participants", "packets_per_second", "processor"}
    assert len({one["boot"] for one in hospital.reports}) == 1
    assert hospital.refused == 0


@in_loop
async def test_facts_wait_for_a_hospital_that_is_away(hospital: Hospital) -> None:
    hospital.away = True
    async with crowd(reports_url=hospital.url) as people:
        await people.guest("ann")
        await until(lambda: hospital.refused)
        await people.guest("bob")
        assert hospital.facts == []
        hospital.away = False
        await until(lambda: len(hospital.facts) == 2)
        await until(lambda: people.relay._reports.waiting == 0)
        assert people.relay._reports.failed >= 1


@in_loop
async def test_the_hospital_ends_rooms_removes_people_and_empties_a_node(hospital: Hospital) -> None:
    async with crowd(reports_url=hospital.url) as people:
        gone = [{"room": "call_1", "person_id": "ann"}, {"room": "call_9", "person_id": "eve"}]
        hospital.orders = {
            "call_1": {"remove": gone},
            "call_2": {"close": ["call_2", "call_9"]},
            "call_3": {"drain": True},
        }
        ann = await people.guest("ann")
        assert (await ann.hear("bye"))["reason"] == "removed"
        bob = await people.guest("bob", "call_2")
        assert (await bob.hear("bye"))["reason"] == "closed"
        eve = await people.guest("eve", "call_3")
        await eve.hear("move")
        await until(lambda: hospital.reports[-1]["draining"])
        assert ("closed", "ordered") in hospital.kinds()


@in_loop
async def test_an_answer_of_nonsense_acknowledges_nothing(hospital: Hospital) -> None:
    hospital.orders = {"call_1": {"acknowledged": "all"}}
    async with crowd(reports_url=hospital.url) as people:
        await people.guest("ann")
        await until(lambda: people.relay._reports.failed)
        assert people.relay._reports.waiting == 1
        await until(lambda: people.relay._reports.waiting == 0)
        assert [one["number"] for report in hospital.reports[:2] for one in report["facts"]] == [1, 1]


@in_loop
async def test_the_address_that_the_hospital_saw_is_announced(hospital: Hospital) -> None:
    hospital.orders = {"call_1": {"address": "203.0.113.9"}}
    hosts = ("0.0.0.0",)
    async with crowd(
        reports_url=hospital.url, media_hosts=hosts, announce_reported=True, control_at="10.0.0.5:8080"
    ) as people:
        early = await people.stranger()
        assert (await early.hello())["code"] == "node_full"
        people.relay.fact("joined", "call_1")
        await until(lambda: people.relay.wire.default_address() == "IP4 203.0.113.9")
        ann = await people.guest("ann")
        await ann.offer(("microphone",))
        assert ann.answered("candidate").split()[4:6] == ["203.0.113.9", str(people.relay.wire.port)]
        assert hospital.reports[-1]["control_at"] == "10.0.0.5:8080"
