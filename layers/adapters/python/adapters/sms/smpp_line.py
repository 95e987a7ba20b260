"""A line to an SMPP centre: bound once, asked several things at a time, kept alive, and given up when it is broken."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

from adapters.sms import smpp_pdu as pdu
from adapters.sms.smpp_pdu import Unit

_PORTS: Mapping[str, int] = {"smpp": 2775, "smpps": 3550}
_PATIENCE = 5.0
"""Seconds that an answer may take."""
_ALIVE = 2.0
"""Seconds of silence after which the other end is asked whether it is there."""


class LineBroken(Exception):
    """The other end hung up, says nothing, or speaks something else."""


class NotBound(Exception):
    """The centre does not let us in; `status` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:#x}")
        self.status = status


@contextmanager
def bound(url: str, kind: int, system_id: str, password: str) -> Iterator[Line]:
    """A line to `smpp://host:port`, or `smpps://` encrypted, bound for the block. Raises `LineBroken`, `NotBound`."""
    line = Line(_connected(url))
    try:
        (answer,) = line.ask([(kind, pdu.login(system_id, password))], 1)
        if answer.status != pdu.OK:
            raise NotBound(answer.status)
        yield line
        with contextlib.suppress(LineBroken):
            line.ask([(pdu.UNBIND, b"")], 1)
    finally:
        line.close()


class Line:
    """Both ends may ask at any time; what the other end asks meanwhile is answered beside our own."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._sequence, self._read = connection, 0, b""

    def close(self) -> None:
        """Hangs up."""
        self._connection.close()

    def ask(self, wishes: Sequence[tuple[int, bytes]], window: int) -> list[Unit]:
        """The answers to commands with their bodies, in order; at most `window` are waited for. Raises `LineBroken`."""
        answers: dict[int, Unit] = {}
        first = self._sequence + 1
        while len(answers) < len(wishes):
            while self._sequence - first + 1 < len(wishes) and self._sequence - first + 1 - len(answers) < window:
                command, body = wishes[self._sequence - first + 1]
                self._sequence += 1
                self._send(Unit(command, 0, self._sequence, body))
            unit = self._next(_PATIENCE)
            if unit is None:
                raise LineBroken
            if unit.command & pdu.ANSWER and first <= unit.sequence <= self._sequence:
                answers[unit.sequence] = unit
            elif not unit.command & pdu.ANSWER:
                self._reply(unit, pdu.NOT_NOW)
        return [answers[number] for number in sorted(answers)]

    def hear(self, take: Callable[[bytes], bool], *, seconds: float, quiet: float) -> int:
        """How many deliveries were taken, in that time or until none came for `quiet` seconds. One that `take` leaves
        comes again later. Raises `LineBroken`."""
        taken, began = 0, time.monotonic()
        last = began
        while (now := time.monotonic()) - began < seconds and now - last < quiet:
            unit = self._next(min(_ALIVE, quiet))
            if unit is None:
                self._send(self._enquiry())
            elif unit.command == pdu.DELIVER:
                last = time.monotonic()
                is_taken = take(unit.body)
                self._reply(unit, pdu.OK if is_taken else pdu.NOT_NOW)
                taken += is_taken
            elif not unit.command & pdu.ANSWER:
                self._reply(unit, pdu.NOT_NOW)
        return taken

    def _enquiry(self) -> Unit:
        self._sequence += 1
        return Unit(pdu.ENQUIRE, 0, self._sequence)

    def _reply(self, unit: Unit, delivered: int) -> None:
        if unit.command == pdu.DELIVER:
            self._send(Unit(pdu.DELIVER | pdu.ANSWER, delivered, unit.sequence, b"\0"))
        elif unit.command in (pdu.ENQUIRE, pdu.UNBIND):
            self._send(Unit(unit.command | pdu.ANSWER, pdu.OK, unit.sequence))
        else:
            self._send(Unit(pdu.ANSWER, pdu.INVALID_COMMAND, unit.sequence))  # generic_nack
        if unit.command == pdu.UNBIND:
            raise LineBroken

    def _send(self, unit: Unit) -> None:
        try:
            self._connection.sendall(unit.to_bytes())
        except OSError:
            raise LineBroken from None

    def _next(self, seconds: float) -> Unit | None:
        """The next unit; None when none began to come in that time."""
        self._connection.settimeout(seconds)
        try:
            self._fill(pdu.HEADER_SIZE)
        except TimeoutError:
            return None
        length, command, status, sequence = struct.unpack(pdu.HEADER, self._read[: pdu.HEADER_SIZE])
        if not pdu.HEADER_SIZE <= length <= pdu.LONGEST:
            raise LineBroken
        self._connection.settimeout(_PATIENCE)
        try:
            self._fill(length)
        except TimeoutError:
            raise LineBroken from None
        body, self._read = self._read[pdu.HEADER_SIZE : length], self._read[length:]
        return Unit(command, status, sequence, body)

    def _fill(self, length: int) -> None:
        while len(self._read) < length:
            try:
                more = self._connection.recv(4096)
            except TimeoutError:
                raise
            except OSError:
                raise LineBroken from None
            if not more:
                raise LineBroken
            self._read += more


def _connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("the address of an SMPP centre is smpp://host:port or smpps://host:port")
    try:
        plain = socket.create_connection((parts.hostname, parts.port or _PORTS[parts.scheme]), timeout=_PATIENCE)
        if parts.scheme == "smpp":
            return plain
        return ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname)
    except OSError:
        raise LineBroken from None
