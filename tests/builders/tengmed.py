"""Tencent's platform of e-health cards on a loopback port: it verifies each call's `sign` by the published steps, from
the bytes that arrived, with code of its own."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from hospital import secret_keys
from tests.builders.cloud import client

APP_ID, SECRET, HOSPITAL = "a1a2e0bde41574ad8ea9a4bb58022oop", "8c8e763f443ef983ac33aef1c7085cfb", "90003"
TOKEN = "7F2A8C"
GRANT = "071FoDkl2sDEA5"


class Platform:
    """`people` are those whom it knows, by number; `heard` the calls that were signed rightly."""

    def __init__(self) -> None:
        self.people: dict[str, str] = {}
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.status = 200
        self.url = ""

    def answer(self, path: str, raw: bytes) -> dict[str, Any]:
        """`{commonOut, rsp}`."""
        told = json.loads(raw)
        common, req = told["commonIn"], told["req"]
        service = path.rpartition("/")[2]
        if common["hospitalId"] != HOSPITAL or common["sign"] != _sign({**req, **common}):
            return _refused(1001, "签名错误")
        if (common["appToken"] == "") != (service == "getAppToken") or common["appToken"] not in ("", TOKEN):
            return _refused(1002, "appToken 无效")
        self.heard.append((service, req))
        if service == "getAppToken":
            known = req["appId"] == APP_ID
            return _said({"appToken": TOKEN, "expiresIn": 7200}) if known else _refused(1003, "appId 不存在")
        if service == "getDynamicQRCode":
            return _said({"qrCodeText": f"{req['healthCardId']}:1", "qrCodeImg": ""})
        if req["wechatCode"] != GRANT:
            return _refused(2001, "wechatCode 已失效")
        if self.people.get(req["idNumber"]) != req["name"]:
            return _refused(2002, "身份核验不通过")
        card = hashlib.md5(req["idNumber"].encode()).hexdigest().upper()
        return _said({"healthCardId": card, "qrCodeText": f"{card}:0", "phid": "", "adminExt": ""})


def _sign(fields: dict[str, Any]) -> str:
    parts = []
    for name in sorted(fields):
        if name == "sign" or fields[name] in (None, ""):
            continue
        parts.append(f"{name}={fields[name]}")
    return base64.b64encode(hashlib.sha256(("&".join(parts) + SECRET).encode()).digest()).decode("ascii")


def _said(rsp: dict[str, Any]) -> dict[str, Any]:
    return {"commonOut": {"requestId": "r", "resultCode": 0, "errMsg": "成功"}, "rsp": rsp}


def _refused(code: int, words: str) -> dict[str, Any]:
    return {"commonOut": {"requestId": "r", "resultCode": code, "errMsg": words}, "rsp": None}


def keys_for(secret: str = SECRET) -> None:
    """The hospital is given the platform's keys."""
    written = json.dumps({"tengmed": {"id": APP_ID, "key": secret, "hospital": HOSPITAL}})
    client("secretsmanager").put_secret_value(SecretId="test-vendor", SecretString=written)
    secret_keys.forget_keys()


@contextmanager
def open_platform() -> Iterator[Platform]:
    """The platform, open within the block."""
    platform = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(platform.answer(self.path, raw)).encode() if platform.status == 200 else b"busy"
            self.send_response(platform.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    platform.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
