"""Entry points: in order, without those that failed lately, polls always last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from messaging.check_entry_points.app import app as check
from messaging.find_entry_points.app import app as find
from tests.builders.acting import act
from tests.builders.cloud import Cloud
from tests.builders.gateway import call
from tests.builders.journal import Journal
from tests.builders.moments import Time
from tests.builders.people import PatientOf

pytestmark = pytest.mark.store

POLLS = "/api/messaging/polls"


def named(who: PatientOf) -> list[str]:
    """The addresses of the answer, whose order must be that of their priorities."""
    items = call(find, "GET", "/entry-points", who=who.caller).ok()["items"]
    assert [item["priority"] for item in items] == list(range(1, len(items) + 1))
    assert [item["kind"] for item in items] == ["socket"] * (len(items) - 1) + ["poll"]
    return [item["url"] for item in items]


@contextmanager
def address(*statuses: int) -> Iterator[str]:
    """The address of a server that answers with these, one after the other, and with the last for ever."""
    left = list(statuses)

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(left.pop(0) if len(left) > 1 else left[0])
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"ws://127.0.0.1:{server.server_port}/socket"
        server.shutdown()
        thread.join()


def test_one_address_and_polls(patient: PatientOf):
    assert named(patient) == ["wss://socket.hospital.test/live", POLLS]


def test_all_addresses_in_the_order_of_the_setting(patient: PatientOf, cloud: Cloud):
    cloud.turn(FURTHER_ENTRY_POINTS="wss://b.test, wss://a.test,,wss://b.test")
    assert named(patient) == ["wss://socket.hospital.test/live", "wss://b.test", "wss://a.test", POLLS]


def test_nobody_is_told(metrics):
    call(find, "GET", "/entry-points").refused(401, "identity.missing")


@pytest.mark.req("IM-21")
def test_what_does_not_answer_is_left_out_until_it_does_again(
    patient: PatientOf, cloud: Cloud, time: Time, journal: Journal
):
    with address(403) as well, address(426) as spare, address(500) as broken:
        cloud.turn(SOCKET_URL=broken, FURTHER_ENTRY_POINTS=f"{well},{spare}")
        assert named(patient) == [broken, well, spare, POLLS]
        assert act(check, {}) == {"up": 2, "down": 1}
        assert named(patient) == [well, spare, POLLS], "the next answer names another one first"
    assert act(check, {}) == {"up": 0, "down": 3}, "now nobody listens anywhere"
    assert named(patient) == [POLLS]
    with address(403) as mended:
        cloud.turn(SOCKET_URL=mended, FURTHER_ENTRY_POINTS=broken)
        assert act(check, {}) == {"up": 1, "down": 1}
        assert named(patient) == [mended, POLLS]
    assert cloud.counted("entry_point_down") == 5
    assert {line["message"] for line in journal.lines if line["level"] == "WARNING"} == {
        "an entry point does not answer"
    }


def test_what_answers_again_is_named_at_once(patient: PatientOf, cloud: Cloud):
    statuses = [503, 503, 503, 403]  # two tries a check: broken in the first, well with the second try of the next
    with address(*statuses) as url:
        cloud.turn(SOCKET_URL=url)
        assert act(check, {}) == {"up": 0, "down": 1}
        assert named(patient) == [POLLS]
        assert act(check, {}) == {"up": 1, "down": 0}
        assert named(patient) == [url, POLLS]


def test_a_mark_dies_by_itself(patient: PatientOf, cloud: Cloud, time: Time):
    """Should the check itself stop, no address stays out for ever."""
    cloud.turn(SOCKET_URL="wss://[broken", FURTHER_ENTRY_POINTS="")
    assert act(check, {}) == {"up": 0, "down": 1}
    time.passes(minutes=2, seconds=59)
    assert named(patient) == [POLLS]
    time.passes(seconds=1)
    assert named(patient) == ["wss://[broken", POLLS]
