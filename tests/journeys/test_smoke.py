"""`make smoke` passes on the local hospital, as far as one sees it from outside, and names what is wrong elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from infra.smoke.__main__ import main, of_stack

pytestmark = pytest.mark.journey


def test_the_local_hospital_passes(hospital, capsys):
    assert main(["--site", hospital.origin]) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    assert "WRONG" not in said
    for check in (
        "an open route answers",
        "identity: an unknown address is 404 in our words",
        "nobody is refused",
        "a forged session is refused",
        "a socket without a ticket stays closed",
        "staff: every address is the app",
        "Content-Security-Policy is sent",
        "an upload without a signature is refused",
        "what was uploaded is shown to nobody",
        "a file without a signature is not shown",
        "nothing is put among the files",
    ):
        assert f"ok     {check}" in said


class _Anything(BaseHTTPRequestHandler):
    """A site that answers everything with the same page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Keeps the test's output clean."""


@pytest.fixture
def strange_site() -> Iterator[str]:
    """Its origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Anything)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_site_that_lets_everybody_in_is_named(strange_site, capsys):
    assert main(["--site", strange_site]) == 1
    said = capsys.readouterr().out
    for check in (
        "nobody is refused: 200 hello",
        "a forged session is refused: 200 hello",
        "a socket without a ticket stays closed: 200",
        "patient: every address is the app: 200 hello",
        "X-Frame-Options is sent: None instead of 'DENY'",
    ):
        assert f"WRONG  {check}" in said
    assert "0 checks are good" not in said


def test_where_nobody_answers_every_check_is_wrong_and_none_is_left_out(capsys):
    assert main(["--site", "http://127.0.0.1:9"]) == 1
    said = capsys.readouterr().out
    assert said.splitlines()[-1].startswith("0 checks are good")
    assert "answers: ConnectionRefusedError" in said


def test_behind_a_site_the_way_round_it_is_tried():
    areas = ("calling", "consultation", "directory", "house", "identity", "messaging")
    outputs = {f"{area.capitalize()}Api": f"https://{area}.test/live" for area in areas}
    outputs["SocketUrl"] = "wss://socket.test/live"
    straight = of_stack(outputs)
    assert (straight.site, straight.round_the_site) == (None, None)
    assert straight.apis["identity"] == "https://identity.test/live"
    behind = of_stack(outputs | {"SiteOrigin": "https://www.hospital.test"})
    assert behind.apis["identity"] == "https://www.hospital.test/api/identity"
    assert behind.round_the_site == "https://directory.test/live"
    assert behind.socket_url == "wss://socket.test/live"
