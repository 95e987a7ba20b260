"""The wallet behind HTTP. `/pay/…` is for browsers, `/_/…` for the one who runs it; all else for the merchant."""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..his.troubles import Troubles
from . import page
from .book import PEOPLE, Book, Refused
from .caller import MOODS, Caller

MODES = ("none", "slow", "down", "busy", "garbage", "other_order", "lost_answer")
"""slow: answers after `seconds`. down: hangs up. busy: 503. garbage: answers what is no answer. other_order: answers
about another one. lost_answer: does what it was asked, and hangs up."""
REFUNDS = ("done", "waiting", "refused")
"""What becomes of refunds that are asked for."""
MERCHANT_ID = "yunzhen"
MERCHANT_NAME = "云诊互联网医院"
_LONGEST_BODY = 64 * 1024


class WalletServer(ThreadingHTTPServer):
    """Takes calls of whoever knows `key`; on a free port of this machine unless one is named. Browsers know its pages
    under `public`. `machine` tells the time; `moved` is by how many seconds the hospital's clock is ahead of it."""

    daemon_threads = True

    def __init__(
        self, store: Path | str, key: str, port: int = 0, public: str = "", machine: Callable[[], float] = time.time
    ) -> None:
        super().__init__(("127.0.0.1", port), _Answering)
        self.moved = 0.0
        self.book = Book(store, lambda: machine() + self.moved)
        self.key, self.troubles, self.refunds = key, Troubles(MODES), "done"
        signing = _signing_key(self.book)
        self.public_key = (
            signing.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )
        self.caller = Caller(self.book, signing, MERCHANT_ID, machine)
        self.ended = threading.Event()
        self.public = public or self.url
        self.caller.start()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def end(self) -> None:
        """Answers nobody from here on, and gives its file up."""
        self.ended.set()
        self.caller.end()
        self.shutdown()
        self.server_close()
        self.book.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that left is no news; what else happens was answered."""


class _Answering(BaseHTTPRequestHandler):
    server: WalletServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._meet(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _LONGEST_BODY:
            self.close_connection = True
            return self._say(413, {"code": "too_large"})
        return self._meet(self.rfile.read(int(length)))

    def _meet(self, raw: bytes) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/pay/"):
            return self._shown(path.removeprefix("/pay/"), raw)
        said = self.headers.get("Authorization", "")
        if not hmac.compare_digest(said.encode(), f"Bearer {self.server.key}".encode()):
            return self._say(401, {"code": "unknown_key"})
        try:
            body = json.loads(raw) if raw else {}
            if path.startswith("/_/"):
                return self._say(*self._run(path.removeprefix("/_/"), body))
            return self._asked(path, body)
        except (KeyError, TypeError, ValueError, AttributeError):
            return self._say(400, {"code": "not_understood"})

    # -- what the merchant asks -------------------------------------------------------------------------------------

    def _asked(self, path: str, body: Mapping[str, Any]) -> None:
        met = self.server.troubles.meet()
        if met.mode == "slow":
            self.server.ended.wait(met.seconds)
        if met.mode == "down":
            self.close_connection = True
            return None
        if met.mode == "busy":
            return self._say(503, {"code": "busy"})
        status, answer = self._answer(path.strip("/").split("/"), body)
        if met.mode == "lost_answer":
            self.close_connection = True
            return None
        if met.mode == "other_order":
            answer = {**answer, "number": "another-order", "refund_number": "another-refund"}
        return self._say(status, None if met.mode == "garbage" else answer)

    def _answer(self, path: list[str], body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        book, found = self.server.book, None
        try:
            match path:
                case ["orders"]:
                    for url in (body["notify_url"], body.get("returns_to") or "https://nowhere"):
                        if not str(url).startswith(("http://", "https://")):
                            raise ValueError("url")
                    opened = book.open(body)
                    found = {"number": opened["number"], "address": f"{self.server.public}/pay/{opened['token']}"}
                case ["orders", number]:
                    found = book.order(unquote(number))
                case ["orders", number, "close"]:
                    found = book.shut(unquote(number))
                case ["refunds"]:
                    found = book.give_back(body, self.server.refunds)
                    self.server.caller.news.set()
                case ["refunds", number]:
                    found = book.refund(unquote(number))
        except Refused as refusal:
            return (404 if refusal.code == "unknown" else 409), {"code": refusal.code}
        return (404, {"code": "unknown"}) if found is None else (200, found)

    # -- what browsers see ------------------------------------------------------------------------------------------

    def _shown(self, token: str, raw: bytes) -> None:
        if token == "page.css":
            return self._send(200, page.STYLE.encode(), "text/css; charset=utf-8")
        book, order = self.server.book, self.server.book.order_of(token)
        if order is None:
            return self._say(404, {"code": "unknown"})
        if raw and order["state"] == "open":
            form = parse_qs(raw.decode("utf-8", "replace"))
            if form.get("act") == ["refuse"]:
                return self._back(order, "refused")
            try:
                order = book.pay(token, form.get("payer", [""])[0])
            except Refused as refusal:
                if refusal.code == "not_enough":
                    text = page.asks(order, MERCHANT_NAME, book.balances(), short=True)
                    return self._send(200, text.encode(), "text/html; charset=utf-8")
                return self._say(409, {"code": refusal.code})
            self.server.caller.news.set()
            return self._back(order, "paid")
        if order["state"] == "open":
            text = page.asks(order, MERCHANT_NAME, book.balances())
        else:
            text = page.tells(order, MERCHANT_NAME, order["state"])
        return self._send(200, text.encode(), "text/html; charset=utf-8")

    def _back(self, order: Mapping[str, Any], how: str) -> None:
        """To the merchant's page, where one was named."""
        if not order["returns_to"]:
            text = page.tells(order, MERCHANT_NAME, how)
            return self._send(200, text.encode(), "text/html; charset=utf-8")
        return self._send(303, b"", "text/plain", {"Location": order["returns_to"]})

    # -- what the one who runs it asks ------------------------------------------------------------------------------

    def _run(self, what: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        server, book = self.server, self.server.book
        match what:
            case "book":
                return 200, {"balances": book.balances(), "unbalanced": book.unbalanced(), **book.lately()}
            case "key":
                return 200, {"id": MERCHANT_ID, "public_key": server.public_key}
            case "clock":
                server.moved = float(body["moved"])
                return 200, {}
            case "pay":  # as the page does, for whoever has none
                order = book.pay(str(body["token"]), str(body.get("payer") or next(iter(PEOPLE))))
                server.caller.news.set()
                return 200, {"state": order["state"]}
            case "settle":
                book.settle(str(body["refund_number"]), _one_of(body["how"], ("done", "refused")))
                server.caller.news.set()
                return 200, {}
            case "release":
                return 200, {
                    "sent": server.caller.send(int(body.get("times", 1)), backwards=bool(body.get("backwards")))
                }
            case "troubles":
                if "mode" in body:
                    server.troubles.change(dict(body))
                server.refunds = _one_of(body.get("refunds", server.refunds), REFUNDS)
                server.caller.mood = _one_of(body.get("callbacks", server.caller.mood), MOODS)
                met = server.troubles.now
                told = {"mode": met.mode, "seconds": met.seconds, "times": met.left}
                return 200, {**told, "refunds": server.refunds, "callbacks": server.caller.mood}
        return 404, {"code": "no_such_call"}

    # -- answers ----------------------------------------------------------------------------------------------------

    def _say(self, status: int, answer: Any) -> None:
        said = b"<html>Internal Server Error" if answer is None else json.dumps(answer, ensure_ascii=False).encode()
        self._send(status, said, "application/json")

    def _send(self, status: int, body: bytes, kind: str, more: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **page.HEADERS,
            **(more or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Paths and addresses stay out of the terminal."""


def _one_of(said: Any, known: tuple[str, ...]) -> str:
    if said not in known:
        raise ValueError(said)
    return str(said)


def _signing_key(book: Book) -> Ed25519PrivateKey:
    """Made on the first start."""

    def made() -> str:
        raw, own, none = serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
        return Ed25519PrivateKey.generate().private_bytes(raw, own, none).hex()

    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(book.kept("signing", made)))
