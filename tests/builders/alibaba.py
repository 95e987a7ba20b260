"""Alibaba Cloud's RPC APIs on a loopback port: it verifies each call's signature by the published steps, from the bytes
that arrived, with code of its own."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

ID, KEY = "LTAI5tEXAMPLEEXAMPLE", "3kTEXAMPLEEXAMPLEEXAMPLEEXAMPLE"
_FORM = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([\w;-]+),Signature=([0-9a-f]{64})")
_MUST = {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"}


class Peer:
    """`answers` says what an action answers its parameters with; `heard` are the calls that were signed rightly."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: Callable[[str, dict[str, str]], dict[str, Any]] = lambda action, asked: {"Code": "OK"}
        self.heard: list[tuple[str, dict[str, str]]] = []
        self.status = 200
        self.nonces: set[str] = set()
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def judge(self, headers: dict[str, str], query: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """Status and body of the answer to a call."""
        if fault := self._fault(headers, query, body):
            return 400, {"Code": fault, "RequestId": "refused"}
        action, asked = headers["x-acs-action"], dict(parse_qsl(query, keep_blank_values=True))
        self.heard.append((action, asked))
        return self.status, {"RequestId": f"request-{len(self.heard)}", **self.answers(action, asked)}

    def _fault(self, headers: dict[str, str], query: str, body: bytes) -> str:
        found = _FORM.fullmatch(headers.get("authorization", ""))
        if found is None:
            return "IncompleteSignature"
        credential, signed, signature = found.groups()
        if credential != ID:
            return "InvalidAccessKeyId.NotFound"
        if not set(signed.split(";")) >= _MUST or hashlib.sha256(body).hexdigest() != headers["x-acs-content-sha256"]:
            return "IncompleteSignature"
        moment = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if abs((moment - self.now()).total_seconds()) > 900:
            return "InvalidTimeStamp.Expired"
        if headers["x-acs-signature-nonce"] in self.nonces:
            return "SignatureNonceUsed"
        self.nonces.add(headers["x-acs-signature-nonce"])
        lines = "".join(f"{name}:{headers[name].strip()}\n" for name in signed.split(";"))
        ordered = "&".join(sorted(query.split("&")))
        request = "\n".join(["POST", "/", ordered, lines, signed, hashlib.sha256(body).hexdigest()])
        text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
        right = hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
        return "" if hmac.compare_digest(right, signature) else "SignatureDoesNotMatch"


@contextmanager
def open_peer() -> Iterator[Peer]:
    """The vendor, open within the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            payload = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, told = peer.judge(headers, urlsplit(self.path).query, payload)
            if status == 0:
                self.close_connection = True
                return
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    peer = Peer(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
