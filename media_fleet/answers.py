"""Writing SDP answers: what the relay takes of each m-line, and its one ICE-lite transport."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from media_fleet.aiortc_inside import Fingerprint
from media_fleet.codecs import AUDIO, AUDIO_EXTENSIONS, VIDEO_EXTENSIONS
from media_fleet.sdp import MediaLine, Offer
from media_fleet.wire.legs import Credentials


@dataclass(frozen=True)
class Transport:
    """How the relay is reached: `default` as for `c=`, candidates as `a=candidate` values."""

    credentials: Credentials
    fingerprint: Fingerprint
    default: str
    candidates: Sequence[str]
    port: int


@dataclass(frozen=True)
class Receiving:
    """The client sends on this m-line."""


@dataclass(frozen=True)
class Sending:
    """The relay sends a track of `person_id` on this m-line."""

    person_id: str
    track: str
    ssrc: int
    rtx_ssrc: int | None


_START = "x-google-start-bitrate=1000"
"""kbit/s with which Chromium begins: on a line that loses a fifth its probes fail, and from its own 300 it climbs in
half a minute; where the line is narrower, its delay control lowers it at once."""

Use = Receiving | Sending | None
"""None: nothing is sent either way."""


def payload_order(line: MediaLine) -> list[int]:
    """The offer's order, but `red` first of audio: Chromium sends it only when it stands before opus."""
    if line.kind != AUDIO:
        return list(line.payloads)
    return sorted(line.payloads, key=lambda number: line.payloads[number].red_of is None)


def extensions_of(line: MediaLine) -> dict[int, str]:
    """What the answer keeps of the offered extensions."""
    fitting = AUDIO_EXTENSIONS if line.kind == AUDIO else VIDEO_EXTENSIONS
    return {number: uri for number, uri in line.extensions.items() if uri in fitting}


def write(offer: Offer, uses: Mapping[str, Use], transport: Transport, version: int) -> str:
    """The answer. `uses` by mid; `version` rises with each answer of a session (RFC 8866 section 5.2)."""
    alive = [line.mid for line in offer.media if _answered(line)]
    lines = [
        "v=0",
        f"o=- 1 {version} IN {transport.default}",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        "a=group:BUNDLE " + " ".join(mid for mid in offer.bundle if mid in alive),
        "a=msid-semantic: WMS *",
    ]
    for line in offer.media:
        lines += _media(line, uses.get(line.mid), transport) if _answered(line) else _given_up(line)
    return "\r\n".join(lines) + "\r\n"


def _answered(line: MediaLine) -> bool:
    return line.alive and bool(line.payloads)


def _given_up(line: MediaLine) -> list[str]:
    form = "0" if line.kind in (AUDIO, "video") else "webrtc-datachannel"
    return [f"m={line.kind} 0 {line.protocol} {form}", "c=IN IP4 0.0.0.0", f"a=mid:{line.mid}", "a=inactive"]


def _media(line: MediaLine, use: Use, transport: Transport) -> list[str]:
    direction = {Receiving: "recvonly", Sending: "sendonly", type(None): "inactive"}[type(use)]
    order = payload_order(line)
    lines = [
        f"m={line.kind} {transport.port} {line.protocol} " + " ".join(map(str, order)),
        f"c=IN {transport.default}",
        f"a=mid:{line.mid}",
        f"a={direction}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        f"a=ice-ufrag:{transport.credentials.ufrag}",
        f"a=ice-pwd:{transport.credentials.password}",
        f"a=fingerprint:{transport.fingerprint.algorithm} {transport.fingerprint.value}",
        "a=setup:passive",
        *(f"a=candidate:{one}" for one in transport.candidates),
        "a=end-of-candidates",
        *(f"a=extmap:{number} {uri}" for number, uri in extensions_of(line).items()),
    ]
    for number in order:
        lines.append(f"a=rtpmap:{number} {line.encodings[number]}")
        lines += [f"a=rtcp-fb:{number} {what}" for what in line.feedback.get(number, ())]
        told = _parameters(line, number, use)
        if told:
            lines.append(f"a=fmtp:{number} {told}")
    if isinstance(use, Sending):
        lines += _streams(use)
    elif isinstance(use, Receiving) and line.rids:
        lines += [f"a=rid:{rid} recv" for rid in line.rids]
        lines.append("a=simulcast:recv " + ";".join(line.rids))
    return lines


def _parameters(line: MediaLine, number: int, use: Use) -> str:
    told = line.parameters.get(number, "")
    if line.kind == AUDIO or line.payloads[number].rtx_of is not None or not isinstance(use, Receiving):
        return told
    return f"{told};{_START}" if told else _START


def _streams(use: Sending) -> list[str]:
    lines = [f"a=msid:{use.person_id} {use.track}"]
    if use.rtx_ssrc is not None:
        lines.append(f"a=ssrc-group:FID {use.ssrc} {use.rtx_ssrc}")
    lines.append(f"a=ssrc:{use.ssrc} cname:{use.person_id}")
    if use.rtx_ssrc is not None:
        lines.append(f"a=ssrc:{use.rtx_ssrc} cname:{use.person_id}")
    return lines
