"""Header extensions (RFC 8285, one-byte form): which are read, which travel on, under which number.

Packets inside the plane carry one numbering (`NUMBERS`). What is of one leg only (mid, rid, times of sending,
transport-wide numbers) is read or written, never passed on. The two-byte form is read; what
does not fit the one-byte form is left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from media_fleet.codecs import (
    ABS_SEND_TIME,
    DEPENDENCY_DESCRIPTOR,
    EXTENSIONS,
    MID,
    REPAIRED_RID,
    RID,
    TRANSPORT_CC,
)

_STAY = {MID, RID, REPAIRED_RID, TRANSPORT_CC, ABS_SEND_TIME, DEPENDENCY_DESCRIPTOR}
NUMBERS: Mapping[str, int] = {uri: number for number, uri in EXTENSIONS.items() if uri not in _STAY}
"""Extensions that travel from publisher to receivers, and their numbers inside the plane. A dependency descriptor does
not: on a keyframe it is longer than the one-byte form carries, and without any of them decoders do well."""
ONE_BYTE = 0xBEDE
TWO_BYTE = 0x1000
_WIDE_ROLE, _TIME_ROLE = 255, 254
NEITHER = -1
_LARGEST = 14


def roles_of(extensions: Mapping[int, str]) -> bytes:
    """By a leg's number: the plane's number, 0 for what does not travel, and marks for what is read of one leg.

    Times of sending are read only where there are no transport-wide numbers.
    """
    marks = {TRANSPORT_CC: _WIDE_ROLE}
    if TRANSPORT_CC not in extensions.values():
        marks[ABS_SEND_TIME] = _TIME_ROLE
    roles = bytearray(256)
    for number, uri in extensions.items():
        if 0 < number < 256:
            roles[number] = marks.get(uri) or NUMBERS.get(uri, 0)
    return bytes(roles)


def send_time(at: float) -> int:
    """A time in s as abs-send-time writes it: 24 bits, 6 of them before the point."""
    return int(at * (1 << 18)) & 0xFFFFFF


def numbers_for(extensions: Mapping[int, str]) -> bytes | None:
    """By the plane's number: the receiver's, 0 where it has none; None when all that travels has the same."""
    theirs = {uri: number for number, uri in extensions.items() if 0 < number <= _LARGEST}
    table = bytearray(16)
    for uri, number in NUMBERS.items():
        table[number] = theirs.get(uri, 0)
    same = all(table[number] in (0, number) for number in NUMBERS.values())
    taken = {number for uri, number in theirs.items() if NUMBERS.get(uri) != number}
    return None if same and not taken & set(NUMBERS.values()) else bytes(table)


def number_of(extensions: Mapping[int, str], uri: str) -> int:
    """The leg's number of an extension, 0 where it has none or one beyond the one-byte form."""
    return next((number for number, known in extensions.items() if known == uri and 0 < number <= _LARGEST), 0)


def sift(packet: bytes, at: int, end: int, roles: bytes) -> tuple[int, bytes]:
    """What is of one leg, and what travels on, padded to 32 bits, of a one-byte block.

    The first is the transport-wide number, or `-2 - time` for a time of sending, or NEITHER.
    """
    wide = NEITHER
    kept = b""
    while at < end:
        head = packet[at]
        if head == 0:
            at += 1
            continue
        after = at + (head & 15) + 2
        if head >= 0xF0 or after > end:
            break
        role = roles[head >> 4]
        if role >= _TIME_ROLE:
            if role == _WIDE_ROLE and after - at == 3:
                wide = packet[at + 1] << 8 | packet[at + 2]
            elif role == _TIME_ROLE and after - at == 4:
                wide = -2 - int.from_bytes(packet[at + 1 : after], "big")
        elif role:
            kept += bytes((role << 4 | head & 15,)) + packet[at + 1 : after]
        at = after
    return wide, kept + bytes(-len(kept) % 4) if kept else kept


def elements(packet: bytes, at: int, end: int, profile: int) -> dict[int, bytes]:
    """All elements of a block by their numbers; what is cut off is left out."""
    found: dict[int, bytes] = {}
    two = profile & 0xFFF0 == TWO_BYTE
    if not two and profile != ONE_BYTE:
        return found
    while at < end:
        head = packet[at]
        if head == 0:
            at += 1
            continue
        if two and at + 1 >= end:
            break
        number, size, begins = (head, packet[at + 1], at + 2) if two else (head >> 4, (head & 15) + 1, at + 1)
        at = begins + size
        if at > end or (not two and number == 15):
            break
        found[number] = packet[begins:at]
    return found


def sift_two_byte(packet: bytes, at: int, end: int, roles: bytes) -> tuple[int, bytes]:
    """As `sift`, of a two-byte block; what travels on takes the one-byte form."""
    wide = NEITHER
    kept = b""
    for number, content in elements(packet, at, end, TWO_BYTE).items():
        role = roles[number]
        if role == _WIDE_ROLE and len(content) == 2:
            wide = content[0] << 8 | content[1]
        elif 0 < role <= _LARGEST and 0 < len(content) <= 16:
            kept += bytes((role << 4 | len(content) - 1,)) + content
    return wide, kept + bytes(-len(kept) % 4) if kept else kept


def renumbered(block: bytes, numbers: bytes) -> bytes:
    """A block of the plane's under a receiver's numbers; what it has not agreed to becomes padding."""
    out = bytearray(block)
    at = 0
    while at < len(out):
        head = out[at]
        if head == 0:
            at += 1
            continue
        after = at + (head & 15) + 2
        number = numbers[head >> 4]
        if number:
            out[at] = number << 4 | head & 15
        else:
            out[at:after] = bytes(len(out[at:after]))
        at = after
    return bytes(out)
