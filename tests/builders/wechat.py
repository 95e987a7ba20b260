"""The local hospital's small WeChat on a loopback port, and a browser that goes there and comes back."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit
from urllib.request import urlopen

from hospital import clock, settings
from identity.keep_sign_in_methods.app import app as keep_sign_in_methods
from identity.sign_in_by_wechat.app import app as sign_in_by_wechat
from identity.sign_in_patient.app import app as sign_in_patient
from infra.local.sandbox.wechat import SmallWechat
from tests.builders.cloud import Cloud
from tests.builders.gateway import Answer, call
from tests.builders.inbox import Inbox
from tests.builders.people import PatientOf


class Peer:
    """`url` is where the sandbox answers; `mood` says what happens to the next question: `well`, `down`, `wrong`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.mood = "well"
        self.wechat = SmallWechat(lambda: clock.now().timestamp())

    def keeps_time(self) -> None:
        """It answers in a thread of its own, and goes by the test's clock from here on."""
        standing = clock.CLOCK.get()
        self.wechat = SmallWechat(lambda: standing().timestamp())

    def answer(self, told: dict[str, str]) -> tuple[int, dict[str, str]]:
        """Status and body."""
        if self.mood == "down":
            return 503, {}
        found = self.wechat.redeem(told["code"])
        if found is None:
            return 422, {}
        asked = "another question" if self.mood == "wrong" else told["asked"]
        return 200, {"asked": asked, "openid": found.openid, "nick": found.nick}


@contextmanager
def open_wechat() -> Iterator[Peer]:
    """A small WeChat that is open within the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = peer.wechat.agree(unquote(self.path.rpartition("/")[2])).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            status, told = peer.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    peer = Peer(f"http://127.0.0.1:{server.server_address[1]}/sandbox")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()


def connect(cloud: Cloud, peer: Peer) -> Peer:
    """From here on the hospital is connected to it."""
    peer.mood = "well"
    peer.keeps_time()
    cloud.turn(WECHAT_ADAPTER="sandbox", WECHAT_URL=peer.url)
    return peer


@dataclass
class Browser:
    """Holds cookies, and is sent to WeChat, where its user is `nick`."""

    peer: Peer
    nick: str = "慢慢来"
    cookies: dict[str, str] = field(default_factory=dict)

    def begin(self, **place: Any) -> str:
        """To WeChat; the state that will come back."""
        answer = call(sign_in_by_wechat, "POST", "/wechat-attempts", place, cookies=self.cookies)
        address = answer.ok(201)["address"]
        self.cookies |= {name: value.partition(";")[0] for name, value in answer.cookies.items()}
        return state_in(address)

    def agree(self) -> str:
        """A code, as WeChat sends the browser back with."""
        return self.peer.wechat.agree(self.nick)

    def finish(self, state: str, code: str) -> Answer:
        """Back from WeChat."""
        body = {"state": state, "code": code}
        return call(sign_in_by_wechat, "POST", "/wechat-sessions", body, cookies=self.cookies)

    def signed_in(self, **place: Any) -> Answer:
        """All the way."""
        return self.finish(self.begin(**place), self.agree())

    def show_phone(self, state: str, phone: str, code: str, **more: Any) -> Answer:
        """The phone step."""
        body = {"state": state, "phone": phone, "code": code, **more}
        return call(sign_in_by_wechat, "POST", "/wechat-sign-ups", body, cookies=self.cookies)

    def signed_up(self, inbox: Inbox, phone: str, **more: Any) -> Any:
        """By WeChat and the phone, as somebody whose WeChat nobody knows yet; what opened."""
        state = self.begin()
        assert self.finish(state, self.agree()).ok()["opened"] is None
        call(sign_in_patient, "POST", "/codes", {"phone": phone}).ok(202)
        return self.show_phone(state, phone, inbox.code(phone), **more).ok()


def state_in(address: str) -> str:
    """What WeChat will repeat."""
    return parse_qs(urlsplit(address).query)["state"][0]


def agreed(nick: str) -> str:
    """A code of the WeChat that the hospital is connected to, of somebody who calls themselves that."""
    with urlopen(f"{settings.current().wechat_url}/{quote(nick)}") as answer:
        return str(answer.read().decode())


def own_code(patient: PatientOf, inbox: Inbox) -> str:
    """A code for a change, sent to the phone that the account has."""
    call(keep_sign_in_methods, "POST", "/sign-in-methods/codes", {}, who=patient.caller).ok(202)
    return inbox.code(patient.phone)


def adding(patient: PatientOf, inbox: Inbox) -> str:
    """The state with which somebody was sent to WeChat to add it."""
    body = {"code": own_code(patient, inbox)}
    answer = call(keep_sign_in_methods, "POST", "/sign-in-methods/wechat-attempts", body, who=patient.caller)
    return state_in(answer.ok(201)["address"])


def added(patient: PatientOf, inbox: Inbox, peer: Peer, nick: str = "慢慢来") -> Answer:
    """Somebody adds WeChat."""
    body = {"state": adding(patient, inbox), "code": peer.wechat.agree(nick)}
    return call(keep_sign_in_methods, "POST", "/sign-in-methods", body, who=patient.caller)


def changed_phone(patient: PatientOf, inbox: Inbox, phone: str) -> Answer:
    """Somebody takes another number."""
    call(keep_sign_in_methods, "POST", "/sign-in-methods/codes", {"phone": phone}, who=patient.caller).ok(202)
    body = {"phone": phone, "code": inbox.code(phone), "own_code": own_code(patient, inbox)}
    return call(keep_sign_in_methods, "PUT", "/sign-in-methods/phone", body, who=patient.caller)
