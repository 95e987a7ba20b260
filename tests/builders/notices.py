"""Where notifications arrive, on loopback ports: the sandbox's inbox, and a push service with the browsers behind it.

The push service does what a real one does, by the other half of the specifications: it verifies who signed (RFC 8292)
and, as the browser, decrypts what came (RFC 8291).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.notification import encryption
from adapters.notification.port import Device


class NoticeInbox:
    """What the sandbox keeps, an id once. `mood` says what happens to the next: `taken`, `refused`, `hung_up`."""

    def __init__(self, origin: str) -> None:
        self.url = f"{origin}/sandbox/api/notifications"
        self.mood = "taken"
        self.came: dict[str, dict[str, Any]] = {}

    def of(self, person_id: str) -> list[dict[str, Any]]:
        """What came for a person, oldest first."""
        return [one for one in self.came.values() if one["person_id"] == person_id]

    def answer(self, path: str, headers: Any, body: bytes) -> int | None:
        """The status, or None to hang up."""
        if self.mood == "hung_up":
            return None
        if self.mood == "refused":
            return 500
        told = json.loads(body)
        self.came.setdefault(told["id"], told)
        return 201


class Browser:
    """One that registered: its keys, its endpoint at the service, and what it showed."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.public = encryption.point(self.private.public_key())
        self.secret = b"0123456789abcdef"
        self.shown: list[dict[str, Any]] = []
        self.sizes: list[int] = []
        self.headers: list[dict[str, str]] = []

    @property
    def device(self) -> Device:
        """As the hospital knows it."""
        return Device(self.endpoint, encryption.encoded(self.public), encryption.encoded(self.secret))

    def opened(self, body: bytes) -> bytes:
        """The words in a push, read as RFC 8188 and 8291 say."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        material = encryption._hkdf(self.secret, shared, b"WebPush: info\0" + self.public + theirs, 32)
        key = encryption._hkdf(salt, material, b"Content-Encoding: aes128gcm\0", 16)
        nonce = encryption._hkdf(salt, material, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        assert padded.endswith(b"\x02"), "the last record says that it is"
        return padded[:-1]


class PushService:
    """Takes pushes for its browsers. `mood` is the status of the next answers, or `hung_up`, or `elsewhere` (302)."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.mood: int | str = 201
        self.asked = 0
        self.browsers: dict[str, Browser] = {}

    def browser(self) -> Browser:
        """One more browser that registered here."""
        path = f"/push/{len(self.browsers)}"
        self.browsers[path] = Browser(f"{self.origin}{path}")
        return self.browsers[path]

    def answer(self, path: str, headers: Any, body: bytes) -> int | None:
        """The status, or None to hang up."""
        self.asked += 1
        if self.mood == "hung_up":
            return None
        if self.mood == "elsewhere":
            return 302
        if self.mood != 201:
            return int(self.mood)
        if not self._is_signed(headers.get("Authorization", "")):
            return 403
        if headers.get("Content-Encoding") != "aes128gcm" or not headers.get("TTL", "").isdigit() or len(body) > 4096:
            return 400
        browser = self.browsers.get(path)
        if browser is None:
            return 404
        browser.shown.append(json.loads(browser.opened(body)))
        browser.sizes.append(len(body))
        browser.headers.append(dict(headers))
        return 201

    def _is_signed(self, authorization: str) -> bool:
        scheme, _, rest = authorization.partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), encryption.decoded(parts["k"]))
        # The hospital's clock stands where the test put it: that the token ends within a day is asked of its numbers.
        claims = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=self.origin, options={"verify_exp": False})
        return scheme == "vapid" and bool(claims["sub"]) and claims["exp"] > 0


Far = NoticeInbox | PushService


@contextmanager
def opened(make: type[NoticeInbox] | type[PushService]) -> Iterator[Any]:
    """The far end, open within the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = far.answer(self.path, self.headers, body)
            if status is None:
                self.close_connection = True
                return
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{origin}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            raise AssertionError("nobody follows a push service elsewhere")

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    origin = f"http://127.0.0.1:{server.server_address[1]}"
    far: Far = make(origin)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield far
    finally:
        server.shutdown()
        server.server_close()
