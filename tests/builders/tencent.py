"""Tencent Cloud's API 3.0 on a loopback port: it verifies each call's signature by the published steps, from the bytes
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

from hospital import clock, secret_keys
from tests.builders.cloud import client

ID, KEY = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
_FORM = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/]+)/(\d{4}-\d\d-\d\d)/(\w+)/tc3_request, SignedHeaders=([\w;-]+), "
    r"Signature=([0-9a-f]{64})"
)


class Peer:
    """`answers` says what an action answers its body with; `heard` are the calls that were signed rightly."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: Callable[[str, dict[str, Any]], dict[str, Any]] = lambda action, body: {}
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def judge(self, headers: dict[str, str], payload: bytes, service: str) -> dict[str, Any]:
        """The `Response` to a call."""
        error = self._fault(headers, payload, service)
        if error:
            return {"Error": {"Code": error, "Message": ""}, "RequestId": "refused"}
        action, body = headers["x-tc-action"], json.loads(payload)
        self.heard.append((action, body))
        return {"RequestId": f"request-{len(self.heard)}", **self.answers(action, body)}

    def _fault(self, headers: dict[str, str], payload: bytes, service: str) -> str:
        found = _FORM.fullmatch(headers.get("authorization", ""))
        if found is None:
            return "AuthFailure.SignatureFailure"
        credential, day, product, signed, signature = found.groups()
        if credential != ID:
            return "AuthFailure.SecretIdNotFound"
        moment = int(headers["x-tc-timestamp"])
        if abs(moment - self.now().timestamp()) > 300:
            return "AuthFailure.SignatureExpire"
        if product != service or day != datetime.fromtimestamp(moment, UTC).date().isoformat():
            return "AuthFailure.SignatureFailure"
        if not {"content-type", "host"} <= set(signed.split(";")):
            return "AuthFailure.SignatureFailure"
        lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in signed.split(";"))
        request = "\n".join(["POST", "/", "", lines, signed, hashlib.sha256(payload).hexdigest()])
        text = "\n".join(
            [
                "TC3-HMAC-SHA256",
                str(moment),
                f"{day}/{service}/tc3_request",
                hashlib.sha256(request.encode()).hexdigest(),
            ]
        )
        secret = f"TC3{KEY}".encode()
        for step in (day, service, "tc3_request", text):
            secret = hmac.new(secret, step.encode(), hashlib.sha256).digest()
        return "" if hmac.compare_digest(secret.hex(), signature) else "AuthFailure.SignatureFailure"


def signed_for(peer: Peer, key: str = KEY) -> Peer:
    """The hospital is given keys of the vendor's, and the vendor goes by the hospital's clock: it runs in a thread of
    its own, where the test's is not seen."""
    written = json.dumps({"tencent": {"id": ID, "key": key}})
    client("secretsmanager").put_secret_value(SecretId="test-vendor", SecretString=written)
    secret_keys.forget_keys()
    now = clock.now()
    peer.now, peer.heard, peer.answers = lambda: now, [], lambda action, body: {}
    return peer


@contextmanager
def open_peer(service: str) -> Iterator[Peer]:
    """A product of the vendor's (`faceid`), open within the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            payload = self.rfile.read(int(self.headers["Content-Length"]))
            told = peer.judge({name.lower(): value for name, value in self.headers.items()}, payload, service)
            body = json.dumps({"Response": told}).encode()
            self.send_response(200)
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
