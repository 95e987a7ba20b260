"""STUN as an ICE-lite agent needs it (RFC 8489, RFC 8445 section 7.3): binding requests are checked and answered."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from aioice import stun

Address = tuple[str, int] | tuple[str, int, int, int]
"""As a socket tells it: IPv4 has two parts, IPv6 four."""

_HEADER = struct.Struct("!HHI")
_ATTRIBUTE = struct.Struct("!HH")
_BINDING_REQUEST = 0x0001
_USERNAME = 0x0006
_HEADER_LENGTH = 20
_LONGEST_REQUEST = 548
"""Bytes of a request that must pass every path (RFC 8489 section 6.1); Chromium's have about 110."""
_MOST_ATTRIBUTES = 16
ROLE_CONFLICT = 487


@dataclass(frozen=True)
class Request:
    """A binding request whose user name was read, and nothing of it proved yet."""

    datagram: bytes
    ufrag: str


def request_in(datagram: bytes) -> Request | None:
    """The binding request in a datagram, with the part of its user name that the relay gave out; None if it is none.

    Cheap on purpose: no cryptography and no allocation to speak of, for this is what a flood meets.
    """
    size = len(datagram)
    if not _HEADER_LENGTH < size <= _LONGEST_REQUEST:
        return None
    kind, length, cookie = _HEADER.unpack_from(datagram)
    if kind != _BINDING_REQUEST or cookie != stun.COOKIE or length != size - _HEADER_LENGTH or length % 4:
        return None
    place = _HEADER_LENGTH
    for _ in range(_MOST_ATTRIBUTES):
        if place + 4 > size:
            return None
        attribute, width = _ATTRIBUTE.unpack_from(datagram, place)
        place += 4
        if attribute == _USERNAME:
            return _named(datagram, datagram[place : place + width])
        place += (width + 3) & ~3
    return None


def _named(datagram: bytes, name: bytes) -> Request | None:
    ours, colon, _ = name.partition(b":")
    if not colon or not ours.isalnum():
        return None
    return Request(datagram, ours.decode("ascii"))


def proved(request: Request, password: str) -> stun.Message | None:
    """The whole request if it was made with the password; None if not, or if its attributes make no sense."""
    try:
        message = stun.parse_message(request.datagram)
    except (ValueError, struct.error):
        return None
    return message if message.check_message_integrity(password.encode()) else None


def answer(message: stun.Message, address: Address, password: str) -> bytes:
    """Where the request came from; or, to a client that takes itself for controlled, that it has to control."""
    if "ICE-CONTROLLED" in message.attributes:
        reply = _reply(message, stun.Class.ERROR)
        reply.attributes["ERROR-CODE"] = (ROLE_CONFLICT, "Role Conflict")
    else:
        reply = _reply(message, stun.Class.RESPONSE)
        reply.attributes["XOR-MAPPED-ADDRESS"] = (_without_scope(address[0]), address[1])
    reply.add_message_integrity(password.encode())
    return bytes(reply)


def _reply(message: stun.Message, kind: stun.Class) -> stun.Message:
    return stun.Message(stun.Method.BINDING, kind, transaction_id=message.transaction_id)


def _without_scope(host: str) -> str:
    return host.partition("%")[0]
