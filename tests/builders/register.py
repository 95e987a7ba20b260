"""The local hospital's register of made-up people, on a loopback port: what the adapter asks is really asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from infra.local.sandbox.population import Population


class Register:
    """`people` is the register itself; `asked` counts questions; `released` lets go those who wait while it is slow."""

    def __init__(self, url: str, people: Population) -> None:
        self.url, self.people = url, people
        self.asked = 0
        self.released = threading.Event()

    def knows(self, name: str, id_number: str) -> None:
        """Writes a made-up person down."""
        self.people.register([(name, id_number)])


@contextmanager
def open_register() -> Iterator[Register]:
    """A register that is open within the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            register.asked += 1
            mood = register.people.mood
            if mood == "slow":
                register.released.wait(30)
            asked = "another question" if mood == "wrong" else told["asked"]
            result = register.people.judge(told["name"], told["id_number"])
            body = json.dumps({"asked": asked, "result": result, "reference": f"reg-{register.asked}"}).encode()
            self.send_response(503 if mood == "down" else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):  # whoever asked may have stopped waiting
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    people = Population(":memory:")
    register = Register(f"http://127.0.0.1:{server.server_address[1]}/id-checks", people)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield register
    finally:
        register.released.set()
        server.shutdown()
        server.server_close()
        people.close()
