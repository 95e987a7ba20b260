"""WeChat's web authorisation of official accounts on a loopback port, by its published rules: it knows one account, a
code is good once and for five minutes, and only for the account it was given for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hospital import clock, secret_keys
from tests.builders.cloud import client

APP_ID, SECRET = "wx520c15f417810387", "1f2e3d4c5b6a79880f1e2d3c4b5a6978"
CODE_LIFE = timedelta(minutes=5)
_FORM = ("appid", "redirect_uri", "response_type", "scope", "state")


class OfficialPeer:
    """`people` are nicks by openid. `failing` is an error code for every question; `more` goes into the next token's
    answer; `asked` are the paths that were asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.begin_anew()

    def begin_anew(self) -> None:
        """Nobody known, nothing given out, and the test's clock."""
        self.people: dict[str, str] = {}
        self.failing = 0
        self.more: dict[str, Any] = {}
        self.asked: list[str] = []
        self.now = clock.CLOCK.get()
        self._codes: dict[str, tuple[str, str, datetime]] = {}
        self._used: set[str] = set()
        self._tokens: dict[str, str] = {}

    def authorize(self, address: str, openid: str) -> tuple[str, str]:
        """What a browser that is sent there comes back with: (code, state). `ValueError` for an address that WeChat
        would refuse."""
        parts = urlsplit(address)
        asked = parse_qs(parts.query, keep_blank_values=True)
        if parts.fragment != "wechat_redirect" or tuple(asked) != _FORM:
            raise ValueError("the form of the address")
        told = {name: values[0] for name, values in asked.items()}
        if told["appid"] != APP_ID or told["response_type"] != "code":
            raise ValueError("the account")
        if told["scope"] not in ("snsapi_base", "snsapi_userinfo"):
            raise ValueError("the scope")
        if not (told["state"].isascii() and told["state"].isalnum() and len(told["state"]) <= 128):
            raise ValueError("the state")
        code = f"0{len(self._codes):031d}"
        self._codes[code] = (openid, told["scope"], self.now())
        return code, told["state"]

    def answer(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        """The JSON of a GET."""
        self.asked.append(path)
        if self.failing:
            return _error(self.failing, "failing")
        if path == "/sns/oauth2/access_token":
            return self._token(query)
        if path == "/sns/userinfo":
            return self._person(query)
        return _error(40066, "invalid url")

    def _token(self, query: dict[str, str]) -> dict[str, Any]:
        if query.get("appid") != APP_ID:
            return _error(40013, "invalid appid")
        if query.get("secret") != SECRET:
            return _error(40125, "invalid appsecret")
        if query.get("grant_type") != "authorization_code":
            return _error(40002, "invalid grant_type")
        code = query.get("code", "")
        if code in self._used:
            return _error(40163, "code been used")
        if code not in self._codes:
            return _error(40029, "invalid code")
        openid, scope, at = self._codes[code]
        if self.now() >= at + CODE_LIFE:
            return _error(42003, "oauth_code expired")
        self._used.add(code)
        token = f"token-of-{code}"
        self._tokens[token] = openid
        answer = {"access_token": token, "expires_in": 7200, "refresh_token": "unused", "openid": openid}
        return answer | {"scope": scope} | self.more

    def _person(self, query: dict[str, str]) -> dict[str, Any]:
        openid = self._tokens.get(query.get("access_token", ""))
        if openid is None or openid != query.get("openid"):
            return _error(40001, "invalid credential")
        return {"openid": openid, "nickname": self.people.get(openid, ""), "sex": 0, "privilege": []}


def _error(code: int, said: str) -> dict[str, Any]:
    return {"errcode": code, "errmsg": said}


def keys_of(app_id: str = APP_ID, secret: str = SECRET) -> None:
    """The operator wrote the account's id and secret into the secret of vendors."""
    text = json.dumps({"wechat": {"id": app_id, "key": secret}})
    client("secretsmanager").put_secret_value(SecretId="test-vendor", SecretString=text)
    secret_keys.forget_keys()


@contextmanager
def open_official_peer() -> Iterator[OfficialPeer]:
    """WeChat, within the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = json.dumps(peer.answer(parts.path, query)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")  # as WeChat does
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    peer = OfficialPeer(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
