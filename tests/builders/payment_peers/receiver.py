"""Where a channel's callbacks arrive: on loopback, kept as they came."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WAIT_SECONDS = 30


@dataclass(frozen=True)
class Callback:
    """One that came."""

    headers: Mapping[str, str]
    body: bytes


class Receiver(ThreadingHTTPServer):
    """`thanks` is what it answers with `status`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self._arrived = threading.Condition()
        self.callbacks: list[Callback] = []
        self.status, self.thanks = 200, b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/told"

    def take(self, callback: Callback) -> None:
        with self._arrived:
            self.callbacks.append(callback)
            self._arrived.notify_all()

    def wait_for(self, number: int) -> list[Callback]:
        """The callbacks, as soon as there are so many."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.callbacks) >= number, WAIT_SECONDS), self.callbacks
            return list(self.callbacks)


class _Taking(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.take(Callback(dict(self.headers.items()), body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.thanks)))
        self.end_headers()
        self.wfile.write(self.server.thanks)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def opened_receiver() -> Iterator[Receiver]:
    """One of its own thread."""
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
