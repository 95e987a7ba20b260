"""The local hospital's registry of e-health cards, on a loopback port: what the adapter asks is really asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from hospital import clock
from infra.local.sandbox.health_cards import HealthCardRegistry
from infra.local.sandbox.population import Population

CHANNELS = "tencent:registry,alipay:registry"


class CardServer:
    """`registry` is the registry itself; `asked` the calls it got."""

    def __init__(self, registry: HealthCardRegistry) -> None:
        self.registry, self.asked = registry, 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked += 1
                status, answer = server.registry.answer(self.path.removeprefix("/cards"), told)
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(ConnectionError):
                    self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/cards"

    def begin_anew(self, people: Population) -> None:
        """No card is issued yet; whom `people` knows can get one."""
        self.registry.close()
        self.registry, self.asked = a_registry(people), 0


def a_registry(people: Population) -> HealthCardRegistry:
    """An empty one; its time is the test's."""
    return HealthCardRegistry(":memory:", people, lambda: clock.now().timestamp())


@contextmanager
def open_card_server(people: Population) -> Iterator[CardServer]:
    """A registry that is open within the block."""
    opened = CardServer(a_registry(people))
    thread = threading.Thread(target=opened.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield opened
    finally:
        opened.server.shutdown()
        opened.server.server_close()
        opened.registry.close()
