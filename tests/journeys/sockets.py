"""A device's socket, spoken by hand: ticket, hello, send, read; and a conversation as a page keeps it."""

from __future__ import annotations

import json
import socket as sockets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.journeys.people import Device, Json, a_key

PATIENCE = 10.0


class Socket:
    """One open socket. Frames that nobody asked for yet wait in `unread`, in the order in which they came.

    Messages and notices are pushed at least once: the same one twice is the same one, as a page takes it.
    """

    def __init__(self, device: Device, *, hello: bool = True, port: int | None = None) -> None:
        self.device = device
        self.unread: list[Json] = []
        self._pushed: set[str] = set()
        self.wire = open_wire(device, ticket_for(device), port=port)
        if hello:
            self.say(action="hello", v=1, device="journey")
            self.welcome = self.hears("welcome")

    def say(self, **frame: Any) -> None:
        """One frame."""
        self.wire.send(json.dumps(frame))

    def says_raw(self, text: str | bytes) -> None:
        """Whatever it is: a str as a text message, bytes as a binary one."""
        self.wire.send(text)

    def hears(self, kind: str, *, seconds: float = PATIENCE, **fields: Any) -> Json:
        """The next frame of that kind whose fields are these; others keep waiting."""
        until = time.monotonic() + seconds
        looked_at = 0
        while True:
            for number in range(looked_at, len(self.unread)):
                frame = self.unread[number]
                if frame["type"] == kind and all(frame.get(name) == value for name, value in fields.items()):
                    return self.unread.pop(number)
            looked_at = len(self.unread)
            if not self._receive(until - time.monotonic()):
                raise AssertionError(f"no {kind} {fields} within {seconds} s; heard {self.unread}")

    def hears_message(self, *, seconds: float = PATIENCE, text: str | None = None, seq: int | None = None) -> Json:
        """The pushed message with that text or number; others keep waiting, such as one that was late."""
        until = time.monotonic() + seconds
        while True:
            for frame in self.unread:
                message = frame.get("message") or {}
                says = text is not None and message.get("content", {}).get("text") == text
                if frame["type"] == "message" and (says or message["seq"] == seq):
                    self.unread.remove(frame)
                    found: Json = message
                    return found
            if not self._receive(until - time.monotonic()):
                raise AssertionError(f"no message {text or seq} within {seconds} s; heard {self.unread}")

    def waits(self, seconds: float) -> list[Json]:
        """What is unread after that time, or once something more has come."""
        self._receive(seconds)
        return self.unread

    def hears_nothing(self, seconds: float) -> None:
        """Fails if any frame comes within that time, or waits already."""
        self._receive(seconds)
        assert self.unread == [], self.unread

    def is_closed_by_the_hospital(self, seconds: float = PATIENCE) -> int:
        """The code with which the hospital closes it; fails if it does not."""
        until = time.monotonic() + seconds
        try:
            while self._receive(until - time.monotonic()):
                pass
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
        raise AssertionError(f"the socket is still open after {seconds} s")

    def hears_answer(self, message_id: str, *, seconds: float = PATIENCE) -> Json:
        """The acknowledgement or the refusal of that message, whichever comes."""
        until = time.monotonic() + seconds
        while True:
            for frame in self.unread:
                if frame["type"] in ("ack", "error") and frame["id"] == message_id:
                    self.unread.remove(frame)
                    return frame
            if not self._receive(until - time.monotonic()):
                raise AssertionError(f"no answer to {message_id} within {seconds} s; heard {self.unread}")

    def sends(self, conversation_id: str, text: str, message_id: str | None = None) -> Json:
        """A message, and its acknowledgement."""
        message_id = message_id or a_key()
        self.puts(conversation_id, text, message_id)
        return self.hears("ack", id=message_id)

    def puts(self, conversation_id: str, text: str, message_id: str) -> None:
        """A message, without waiting for anything."""
        content = {"text": text}
        self.say(action="send", id=message_id, conversation_id=conversation_id, type="text", content=content)

    def close(self) -> None:
        """As a page that is left does."""
        self.wire.close()

    def breaks(self) -> None:
        """The network is gone: no closing words."""
        self.wire.socket.shutdown(sockets.SHUT_RDWR)
        self.wire.close()

    def _receive(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while True:
            try:
                text = self.wire.recv(timeout=max(0.0, until - time.monotonic()))
            except TimeoutError:
                return False
            frame = json.loads(text)
            if frame["type"] in ("message", "notice"):
                mark = json.dumps(frame, sort_keys=True)
                if mark in self._pushed:
                    continue
                self._pushed.add(mark)
            self.unread.append(frame)
            return True


def ticket_for(device: Device) -> Json:
    """A ticket that opens one socket."""
    ticket: Json = device.ok("POST", "/messaging/tickets", {})
    return ticket


def open_wire(device: Device, ticket: Json, *, port: int | None = None) -> ClientConnection:
    """The bare WebSocket of a ticket; `port` when it goes through a `Line`."""
    url: str = ticket["url"]
    if port is not None:
        url = url.replace(f":{device.hospital.port}/", f":{port}/")
    asked = connect(f"{url}?ticket={ticket['ticket']}", compression=None, open_timeout=20, ping_interval=None)
    return asked.__enter__()  # it outlives this call; `close` ends it


@contextmanager
def online(*devices: Device) -> Iterator[list[Socket]]:
    """A socket for each device, closed after the block."""
    opened: list[Socket] = []
    try:
        for device in devices:
            opened.append(Socket(device))
        yield opened
    finally:
        for socket in opened:
            socket.close()


class Thread:
    """A conversation as a page keeps it: each message under its number."""

    def __init__(self, device: Device, conversation_id: str) -> None:
        self.device, self.conversation_id = device, conversation_id
        self.messages: dict[int, Json] = {}

    @property
    def texts(self) -> list[str]:
        """What was said, in order."""
        return [self.messages[seq]["content"]["text"] for seq in sorted(self.messages)]

    @property
    def seen(self) -> int:
        """The last number before the first gap."""
        seq = 0
        while seq + 1 in self.messages:
            seq += 1
        return seq

    def takes(self, frame: Json) -> None:
        """A pushed message; the same one twice is the same one."""
        message = frame["message"]
        before = self.messages.setdefault(message["seq"], message)
        assert before == message, "one number, two messages"

    def catches_up(self) -> list[int]:
        """Fetches what is missing after the last number seen; the numbers that were fetched."""
        fetched: list[int] = []
        while True:
            page = self.device.reads_messages(self.conversation_id, f"after={self.seen}&limit=100")
            for message in page["items"]:
                self.takes({"message": message})
                fetched.append(message["seq"])
            if page["complete"]:
                return fetched
