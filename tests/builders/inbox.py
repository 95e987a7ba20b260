"""The SMS inbox of the local hospital, on a loopback port: what the adapter posts there is really posted."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Inbox:
    """Texts by phone, newest last. `mood` says what happens to the next: `taken`, `refused` (500), `hung_up`, or the
    cause for which it will never be delivered (422)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.texts: list[dict[str, str]] = []
        self.mood = "taken"

    def code(self, phone: str) -> str:
        """The one-time code in the newest text to that phone."""
        text = next(text["text"] for text in reversed(self.texts) if text["phone"] == phone)
        found = re.search(r"\d{6}", text)
        assert found is not None, text
        return found.group()


@contextmanager
def open_inbox() -> Iterator[Inbox]:
    """An inbox that is open within the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if inbox.mood == "hung_up":
                self.close_connection = True
                return
            text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if inbox.mood == "taken" and text["id"] not in {known["id"] for known in inbox.texts}:
                inbox.texts.append(text)
            body = b"" if inbox.mood in ("taken", "refused") else json.dumps({"cause": inbox.mood}).encode()
            self.send_response({"taken": 201, "refused": 500}.get(inbox.mood, 422))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    inbox = Inbox(f"http://127.0.0.1:{server.server_address[1]}/sandbox/api/sms")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield inbox
    finally:
        server.shutdown()
        server.server_close()
