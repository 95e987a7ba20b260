"""Reading SDP offers (RFC 8866, RFC 8829 section 5): strictly, in bounds, and only what the relay needs of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from media_fleet.aiortc_inside import Fingerprint
from media_fleet.codecs import AUDIO, EXTENSIONS, FEEDBACK, PAYLOADS, VIDEO, Codec
from media_fleet.messages import LONGEST_SDP
from media_fleet.refusals import Refused

Reason = Literal[
    "malformed", "plain_rtp", "no_codec", "no_fingerprint", "no_ice", "no_mux", "no_bundle", "setup", "kind"
]
Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]

SECURE = "UDP/TLS/RTP/SAVPF"
_PLAIN = {"RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF", "udp", "UDP"}
_MOST_LINES = 12_000
_MOST_MEDIA = 48
_MOST_PER_MEDIA = 400
_MOST_FORMATS = 64
_MOST_STREAMS = 16
_MOST_RIDS = 4
_DIGESTS = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
_DIRECTIONS: tuple[Direction, ...] = ("sendrecv", "sendonly", "recvonly", "inactive")
_TOKEN = re.compile(r"\A[A-Za-z0-9_-]{1,16}\Z")
_ICE = re.compile(r"\A[A-Za-z0-9+/]{4,256}\Z")
_PARAMETERS = re.compile(r"\A[\x20-\x7e]{1,200}\Z")


@dataclass
class MediaLine:
    """One m-line. `payloads` holds what this relay forwards of what is offered, in the offer's order."""

    kind: str
    port: int
    protocol: str
    mid: str = ""
    direction: Direction = "sendrecv"
    payloads: dict[int, Codec] = field(default_factory=dict)
    encodings: dict[int, str] = field(default_factory=dict)
    """`a=rtpmap` values of `payloads`, as offered."""
    parameters: dict[int, str] = field(default_factory=dict)
    feedback: dict[int, list[str]] = field(default_factory=dict)
    extensions: dict[int, str] = field(default_factory=dict)
    rids: tuple[str, ...] = ()
    ssrcs: tuple[tuple[int, int | None], ...] = ()

    @property
    def alive(self) -> bool:
        """Whether it was not given up (RFC 8829: port 0, outside of a bundle-only line)."""
        return self.port != 0


@dataclass(frozen=True)
class Offer:
    """What a client offers: m-lines in order, and the one transport that bundles them."""

    media: tuple[MediaLine, ...]
    bundle: tuple[str, ...]
    ufrag: str
    password: str
    fingerprints: tuple[Fingerprint, ...]


def parse(text: str) -> Offer:
    """Raises Refused: sdp_too_large, sdp_not_understood with the reason."""
    if len(text) > LONGEST_SDP:
        raise Refused("sdp_too_large", limit=LONGEST_SDP)
    try:
        return _offer(_sections(text))
    except (ValueError, IndexError) as error:
        raise not_understood("malformed") from error


def not_understood(reason: Reason, mid: str = "") -> Refused:
    """The refusal, with the m-line that it is about."""
    return Refused("sdp_not_understood", reason=reason, **({"mid": mid} if mid else {}))


@dataclass
class _Section:
    """The session's lines, or one m-line's: `m=` value and the attributes by name, in order."""

    head: str
    attributes: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str | None:
        values = self.attributes.get(name)
        return values[0] if values else None


def _sections(text: str) -> list[_Section]:
    lines = text.splitlines()
    if len(lines) > _MOST_LINES or not lines or lines[0].strip() != "v=0":
        raise ValueError
    sections, used = [_Section("")], 0
    for line in lines[1:]:
        if len(line) < 2 or line[1] != "=":
            if line.strip():
                raise ValueError
            continue
        if line[0] == "m":
            sections.append(_Section(line[2:].strip()))
            used = 0
        elif line[0] == "a":
            used += 1
            if used > _MOST_PER_MEDIA:
                raise ValueError
            name, _, value = line[2:].strip().partition(":")
            sections[-1].attributes.setdefault(name, []).append(value.strip())
    if len(sections) - 1 > _MOST_MEDIA:
        raise Refused("too_many", limit=_MOST_MEDIA)
    if len(sections) < 2:
        raise ValueError
    return sections


def _offer(sections: list[_Section]) -> Offer:
    session, media_sections = sections[0], sections[1:]
    media = tuple(_media(one) for one in media_sections)
    bundle = _bundle(session, media)
    carrier = next(one for one, line in zip(media_sections, media, strict=True) if line.mid == bundle[0])
    ufrag = carrier.first("ice-ufrag") or session.first("ice-ufrag") or ""
    password = carrier.first("ice-pwd") or session.first("ice-pwd") or ""
    if not _ICE.match(ufrag) or not _ICE.match(password) or len(password) < 22:
        raise not_understood("no_ice")
    if (carrier.first("setup") or session.first("setup")) not in ("actpass", "active"):
        raise not_understood("setup")
    prints = carrier.attributes.get("fingerprint") or session.attributes.get("fingerprint") or []
    return Offer(media, bundle, ufrag, password, _fingerprints(prints))


def _bundle(session: _Section, media: tuple[MediaLine, ...]) -> tuple[str, ...]:
    groups = [value.split()[1:] for value in session.attributes.get("group", []) if value.split()[:1] == ["BUNDLE"]]
    mids = [line.mid for line in media]
    if len(set(mids)) != len(mids):
        raise ValueError
    if len(groups) != 1 or not groups[0] or not set(groups[0]) <= set(mids):
        raise not_understood("no_bundle")
    for line in media:
        if line.alive and line.mid not in groups[0]:
            raise not_understood("no_bundle", line.mid)
    return tuple(groups[0])


def _fingerprints(values: list[str]) -> tuple[Fingerprint, ...]:
    found = []
    for value in values[:8]:
        algorithm, _, digest = value.partition(" ")
        size = _DIGESTS.get(algorithm.lower())
        if size is None:
            continue
        if len(bytes.fromhex(digest.strip().replace(":", ""))) != size:
            raise ValueError
        found.append(Fingerprint(algorithm.lower(), digest.strip().upper()))
    if not found:
        raise not_understood("no_fingerprint")
    return tuple(found)


def _media(section: _Section) -> MediaLine:
    kind, port, protocol, *formats = section.head.split()
    line = MediaLine(kind, _number(port, 65_535), protocol, section.first("mid") or "")
    if not _TOKEN.match(line.mid):
        raise ValueError
    if "bundle-only" in section.attributes:
        line.port = line.port or 9
    if not line.alive or kind == "application":
        return line
    if kind not in (AUDIO, VIDEO):
        raise not_understood("kind", line.mid)
    if protocol != SECURE:
        raise not_understood("plain_rtp" if protocol in _PLAIN else "malformed", line.mid)
    if "rtcp-mux" not in section.attributes:
        raise not_understood("no_mux", line.mid)
    line.direction = next((one for one in _DIRECTIONS if one in section.attributes), "sendrecv")
    _read_codecs(line, formats, section)
    _read_extensions(line, section)
    line.rids = _rids(section)
    line.ssrcs = _ssrcs(section)
    return line


def _number(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or int(text) > most:
        raise ValueError(text)
    return int(text)


def _by_format(values: list[str]) -> dict[int, str]:
    split = (value.partition(" ") for value in values)
    return {_number(number, 127): rest.strip() for number, _, rest in split}


def _read_codecs(line: MediaLine, formats: list[str], section: _Section) -> None:
    if len(formats) > _MOST_FORMATS:
        raise ValueError
    encodings = _by_format(section.attributes.get("rtpmap", []))
    parameters = _by_format(section.attributes.get("fmtp", []))
    offered = [_number(one, 127) for one in formats]
    for number in offered:
        codec = _codec(line.kind, encodings.get(number, ""), parameters.get(number, ""))
        if codec is not None and number not in line.payloads:
            line.payloads[number] = codec
            line.encodings[number] = encodings[number]
    for number, codec in list(line.payloads.items()):
        carried = codec.rtx_of if codec.rtx_of is not None else codec.red_of
        if carried is not None and (carried not in line.payloads or carried == number):
            del line.payloads[number], line.encodings[number]
    _read_feedback(line, section.attributes.get("rtcp-fb", []))
    line.parameters = {
        number: text for number, text in parameters.items() if number in line.payloads and _PARAMETERS.match(text)
    }


def _codec(kind: str, encoding: str, parameters: str) -> Codec | None:
    """The codec if the relay's table has its like."""
    name, _, rate = encoding.partition("/")
    if not rate:
        return None
    wanted, known = name.lower(), PAYLOADS[kind].values()
    said = dict(one.strip().lower().partition("=")[::2] for one in parameters.split(";"))
    if wanted == "rtx" and kind == VIDEO and rate == "90000":
        return Codec("rtx", 90_000, rtx_of=_number(said.get("apt", ""), 127))
    if wanted == "red" and kind == AUDIO and rate.lower() == "48000/2":
        carried = parameters.split("/")
        return Codec("red", 48_000, channels=2, red_of=_number(carried[0].strip(), 127)) if carried[0] else None
    profile = _profile(wanted, said)
    for codec in known:
        spelled = f"{codec.clock_rate}/{codec.channels}" if codec.channels > 1 else str(codec.clock_rate)
        if codec.name.lower() == wanted and codec.profile == profile and rate in (spelled, f"{spelled}/1"):
            return Codec(codec.name, codec.clock_rate, codec.channels, profile)
    return None


def _profile(name: str, said: dict[str, str]) -> str:
    if name == "h264":
        return f"{said.get('profile-level-id', '420010')[:4]}/{said.get('packetization-mode', '0')}"
    if name == "vp9":
        return said.get("profile-id", "0")
    return said.get("profile", "0") if name == "av1" else ""


def _read_feedback(line: MediaLine, values: list[str]) -> None:
    for value in values:
        spelled, _, what = value.partition(" ")
        if what.strip() not in FEEDBACK[line.kind]:
            continue
        for number in line.payloads if spelled == "*" else [_number(spelled, 127)]:
            if number in line.payloads and what.strip() not in line.feedback.setdefault(number, []):
                line.feedback[number].append(what.strip())
    for number, codec in line.payloads.items():
        if "nack" in line.feedback.get(number, []):
            line.payloads[number] = Codec(
                codec.name, codec.clock_rate, codec.channels, codec.profile, codec.rtx_of, codec.red_of, nack=True
            )


def _read_extensions(line: MediaLine, section: _Section) -> None:
    known = set(EXTENSIONS.values())
    for value in section.attributes.get("extmap", []):
        number, _, rest = value.partition(" ")
        uri = rest.split()[0]
        # Ids above 14 need two-byte headers, which an answer without extmap-allow-mixed does not ask for.
        if uri in known and "/" not in number and 1 <= _number(number, 255) <= 14:
            line.extensions.setdefault(int(number), uri)


def _rids(section: _Section) -> tuple[str, ...]:
    simulcast = (section.first("simulcast") or "").split()
    if "send" not in simulcast:
        return ()
    streams = simulcast[simulcast.index("send") + 1].split(";")
    rids = tuple(one.split(",")[0].lstrip("~") for one in streams)
    if len(rids) > _MOST_RIDS or len(set(rids)) != len(rids) or not all(_TOKEN.match(one) for one in rids):
        raise ValueError
    return rids


def _ssrcs(section: _Section) -> tuple[tuple[int, int | None], ...]:
    """The SSRCs that the offer names, each with its repair's."""
    named: list[int] = []
    for value in section.attributes.get("ssrc", []):
        ssrc = _number(value.split()[0], 2**32 - 1)
        if ssrc not in named:
            named.append(ssrc)
    if len(named) > _MOST_STREAMS:
        raise ValueError
    pairs: dict[int, int] = {}
    for value in section.attributes.get("ssrc-group", []):
        kind, *numbers = value.split()
        if kind == "FID" and len(numbers) == 2:
            pairs[_number(numbers[0], 2**32 - 1)] = _number(numbers[1], 2**32 - 1)
    repairs = set(pairs.values())
    return tuple((ssrc, pairs.get(ssrc)) for ssrc in named if ssrc not in repairs)
