"""Units of SMPP 3.4 that a sender of texts needs, as bytes and back.

Specification: "Short Message Peer to Peer Protocol Specification v3.4", issue 1.2 of 12 October 1999: units in chapter
4, parameters in 5, receipts in appendix B; written from knowledge of it, and held against the server of npm's `smpp`.
Long texts: 3GPP TS 23.040, 9.2.3.24.1.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass

BIND_RECEIVER, BIND_TRANSMITTER = 0x00000001, 0x00000002
SUBMIT, DELIVER, UNBIND, ENQUIRE = 0x00000004, 0x00000005, 0x00000006, 0x00000015
ANSWER = 0x80000000
OK, INVALID_COMMAND, INVALID_DESTINATION = 0x00, 0x03, 0x0B
QUEUE_FULL, THROTTLED, NOT_NOW = 0x14, 0x58, 0x64
BAD_LOGIN = frozenset({0x0D, 0x0E, 0x0F})

LONGEST = 64 * 1024
HEADER, HEADER_SIZE = ">IIII", 16
_VERSION = 0x34
_UCS2, _UDHI, _INTERNATIONAL, _ISDN = 0x08, 0x40, 0x01, 0x01
_PAYLOAD, _REFERENCE, _RECEIPTED_ID, _STATE = 0x0424, 0x0204, 0x001E, 0x0427
_ONE, _PART = 140, 134
"""Bytes in a text that fits into one, and in a part of a longer one, which has a header of six."""
_STATES: Mapping[int, str] = {2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 7: "UNKNOWN", 8: "REJECTD"}


class Broken(Exception):
    """What came is no unit of SMPP."""


@dataclass(frozen=True)
class Unit:
    """One unit. `sequence` pairs an answer with what was asked."""

    command: int
    status: int
    sequence: int
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """As it goes over the line."""
        return struct.pack(HEADER, HEADER_SIZE + len(self.body), self.command, self.status, self.sequence) + self.body

    @property
    def message_id(self) -> str:
        """What the answer to a submit calls the text."""
        return self.body.partition(b"\0")[0].decode("ascii", "replace")


@dataclass(frozen=True)
class Told:
    """What a receipt says: the text's number, its final state (`DELIVRD`), and when by the clock of who carried it,
    as `YYMMDDhhmm`."""

    number: str
    state: str
    done: str


def login(system_id: str, password: str) -> bytes:
    """The body of a bind. Raises `ValueError` for what is longer than the protocol takes."""
    if len(system_id) > 15 or len(password) > 8:
        raise ValueError("SMPP takes a system id of 15 characters and a password of 8")
    return _text(system_id) + _text(password) + _text("") + bytes([_VERSION, 0, 0]) + _text("")


def parts_of(text: str, reference: int) -> list[tuple[int, bytes]]:
    """The `esm_class` and bytes of each part: 70 characters in one, or 67 in each of several under one reference."""
    whole = text.encode("utf-16-be")
    if len(whole) <= _ONE:
        return [(0, whole)]
    pieces = []
    while whole:
        end = _PART
        if len(whole) > end and 0xD8 <= whole[end - 2] <= 0xDB:
            end -= 2  # half of a character is no text
        pieces.append(whole[:end])
        whole = whole[end:]
    heads = (bytes([5, 0, 3, reference & 0xFF, len(pieces), number]) for number in range(1, len(pieces) + 1))
    return [(_UDHI, head + piece) for head, piece in zip(heads, pieces, strict=True)]


def submit(
    source: str, phone: str, part: tuple[int, bytes], *, reference: int, wants_receipt: bool, payload: bool
) -> bytes:
    """The body of a `submit_sm`; with `payload` its text goes in `message_payload`, which holds one of any length."""
    esm_class, text = part
    head = b"\0\0" + bytes([_ISDN]) + _text(source) + bytes([_INTERNATIONAL, _ISDN]) + _text(phone)
    head += bytes([esm_class, 0, 0]) + b"\0\0" + bytes([int(wants_receipt), 0, _UCS2, 0])
    tlvs = _tlv(_REFERENCE, struct.pack(">H", reference & 0xFFFF))
    if payload:
        return head + b"\0" + tlvs + _tlv(_PAYLOAD, text)
    return head + bytes([len(text)]) + text + tlvs


def receipt_of(body: bytes) -> Told | None:
    """What a `deliver_sm` says of a text; None for what is no receipt of one that has ended. Raises `Broken`."""
    try:
        return _receipt(body)
    except (IndexError, struct.error):
        raise Broken from None


def _receipt(body: bytes) -> Told | None:
    at = body.index(0) + 1 if 0 in body else len(body)  # service_type
    for _ in range(2):  # source, destination: each two bytes and a text
        at = _end(body, at + 2)
    esm_class = body[at]
    if esm_class & 0x3C != 0x04:
        return None
    at = _end(body, _end(body, at + 3))  # two times, after class, protocol and priority
    at += 4
    length = body[at]
    short = body[at + 1 : at + 1 + length]
    tlvs = _tlvs(body[at + 1 + length :])
    said = (short or tlvs.get(_PAYLOAD, b"")).decode("latin-1")
    words = dict(re.findall(r"(id|done date|stat):(\S*)", said))
    number = tlvs[_RECEIPTED_ID].rstrip(b"\0").decode("latin-1") if _RECEIPTED_ID in tlvs else words.get("id", "")
    state = _STATES.get(tlvs[_STATE][0], "") if tlvs.get(_STATE) else words.get("stat", "")
    if not number or state not in _STATES.values():
        return None
    return Told(number, state, words.get("done date", ""))


def _end(body: bytes, at: int) -> int:
    """Behind the text that begins there."""
    end = body.find(b"\0", at)
    if end < 0:
        raise IndexError
    return end + 1


def _text(text: str) -> bytes:
    return text.encode("ascii") + b"\0"


def _tlv(tag: int, value: bytes) -> bytes:
    return struct.pack(">HH", tag, len(value)) + value


def _tlvs(rest: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while len(rest) >= 4:
        tag, length = struct.unpack(">HH", rest[:4])
        found[tag], rest = rest[4 : 4 + length], rest[4 + length :]
    return found
