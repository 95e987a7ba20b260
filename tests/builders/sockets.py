"""Open sockets, as API Gateway's management endpoint knows them, and the socket functions behind it."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from botocore.awsrequest import AWSResponse

from hospital import aws, clock
from hospital.caller import Caller, system
from hospital.sessions.opening import new_session
from hospital.sessions.store import sessions
from hospital.settings import current
from hospital.work import Work
from messaging.open_socket.app import app as open_socket
from messaging.ws_connect.app import app as connect
from messaging.ws_disconnect.app import app as disconnect
from messaging.ws_message.app import app as receive
from tests.builders.acting import act
from tests.builders.gateway import call

Frame = dict[str, Any]
REFUSALS = {403: "ForbiddenException", 410: "GoneException", 429: "LimitExceededException"}


class Sockets:
    """The far ends of all open sockets. `frames` holds what each was sent, `broken` those that answer an error."""

    def __init__(self) -> None:
        self.frames: dict[str, list[Frame]] = {}
        self.broken: set[str] = set()
        self._numbers = itertools.count(1)
        emitter = aws.client("apigatewaymanagementapi", current().socket_endpoint).meta.events
        # One handler for all tests: the client is kept between them.
        emitter.register("before-send.apigatewaymanagementapi", _answer, unique_id="sockets")
        _Present.sockets = self

    def open(self, who: Caller, *, hello: bool = True) -> Socket:
        """A socket of that person's page, in a new session, by ticket; it says hello unless told not to."""
        ticket = call(open_socket, "POST", "/tickets", who=signed_in(who)).ok(201)["ticket"]
        socket = Socket(self, f"Conn{next(self._numbers)}=")
        assert socket.connect(ticket) == 200
        if hello:
            assert socket.say(action="hello", v=1)["type"] == "welcome"
        return socket

    def answers(self, method: str, connection_id: str, body: bytes) -> int:
        """The management endpoint's status for a POST or DELETE."""
        if connection_id in self.broken:
            return 403  # not tried again
        if connection_id not in self.frames:
            return 410
        if method == "DELETE":
            del self.frames[connection_id]
            return 204
        self.frames[connection_id].append(json.loads(body))
        return 200

    def is_open(self, connection_id: str) -> bool:
        """Whether the gateway still knows it."""
        return connection_id in self.frames


class Socket:
    """One socket, seen from the page."""

    def __init__(self, sockets: Sockets, connection_id: str) -> None:
        self._sockets = sockets
        self.id = connection_id

    @property
    def is_open(self) -> bool:
        """Whether the server left it open."""
        return self._sockets.is_open(self.id)

    @property
    def frames(self) -> list[Frame]:
        """What it was sent so far, after what was taken."""
        return self._sockets.frames.get(self.id, [])

    def take(self, kind: str = "") -> list[Frame]:
        """What it was sent since the last time; only frames of one type."""
        taken = list(self.frames)
        self.frames.clear()
        return [frame for frame in taken if not kind or frame["type"] == kind]

    def connect(self, ticket: str) -> int:
        """The status that `$connect` answers; 200 opens."""
        event = {"requestContext": self._request("CONNECT"), "queryStringParameters": {"ticket": ticket}}
        status: int = act(connect, event)["statusCode"]
        if status == 200:
            self._sockets.frames[self.id] = []
        return status

    def say(self, text: str | None = None, **frame: Any) -> Frame:
        """Send a frame; the last frame that came back on this socket."""
        received = self.frames
        assert act(receive, {"requestContext": self._request("MESSAGE"), "body": text or json.dumps(frame)}) == {
            "statusCode": 200
        }
        return received[-1]

    def send(self, conversation_id: str, text: str, client_id: str) -> Frame:
        """Send a text message; the answer."""
        return self.say(
            action="send", id=client_id, conversation_id=conversation_id, type="text", content={"text": text}
        )

    def leave(self) -> None:
        """The page is closed."""
        self._sockets.frames.pop(self.id, None)
        act(disconnect, {"requestContext": self._request("DISCONNECT")})

    def vanish(self) -> None:
        """The network is gone; nobody tells the server."""
        self._sockets.frames.pop(self.id, None)

    def _request(self, kind: str) -> dict[str, Any]:
        return {
            "connectionId": self.id,
            "eventType": kind,
            "requestId": f"req-{self.id}",
            "identity": {"sourceIp": "203.0.113.7"},
        }


def signed_in(who: Caller) -> Caller:
    """The same person in a session of their own, as if they had just signed in."""
    audience = "patient" if who.is_patient else "staff"
    with Work(by=system("builder"), doing="test.set_up") as work:
        role = who.role or "patient"
        opened = new_session(
            who.person_id, audience, role, who.asked, clock.now(), who.practitioner_role_id, who.organisation_id
        )
        session = work.add(sessions, opened)
    return replace(who, session_id=session.id)


class _Present:
    sockets: Sockets


def _answer(request: Any, **_: Any) -> AWSResponse:
    """API Gateway's side of `POST` and `DELETE /@connections/{id}`."""
    status = _Present.sockets.answers(request.method, unquote(request.url.rsplit("/", 1)[-1]), request.body)
    kind = REFUSALS.get(status)
    return _response(request, status, {"x-amzn-errortype": kind} if kind else {})


def _response(request: Any, status: int, headers: dict[str, str]) -> AWSResponse:
    return AWSResponse(request.url, status, headers, _Body())


class _Body:
    def stream(self, *_: Any, **__: Any) -> list[bytes]:
        return [b"{}"]
