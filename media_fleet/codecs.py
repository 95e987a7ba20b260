"""The one table of codecs and header extensions that the relay forwards.

Payload types and extension ids are those that Chromium 156 offers (read from its offers), so that packets pass from leg
to leg as they came. A browser that offers other numbers keeps its own in its answer, and the plane rewrites them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

AUDIO = "audio"
VIDEO = "video"


@dataclass(frozen=True)
class Codec:
    """What one payload type of an m-line means.

    `profile` tells codecs of one name apart that cannot decode each other: "42e0/1" (H264: profile_idc and profile-iop
    in hexadecimal, without the level, and packetization mode), "0" (VP9: profile-id; AV1: profile), "" otherwise.
    `rtx_of` and `red_of` are payload types of the same m-line.
    """

    name: str
    clock_rate: int
    channels: int = 1
    profile: str = ""
    rtx_of: int | None = None
    red_of: int | None = None
    nack: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Equal for what is equal on two legs; `rtx` and `red` are found through what they carry."""
        return (self.name, self.profile)


def _with_rtx(payload: int, codec: Codec, rtx: int) -> dict[int, Codec]:
    return {payload: codec, rtx: Codec("rtx", codec.clock_rate, rtx_of=payload)}


def _h264(payload: int, profile: str, rtx: int) -> dict[int, Codec]:
    return _with_rtx(payload, Codec("H264", 90_000, profile=profile, nack=True), rtx)


OPUS_PAYLOAD = 111
RED_PAYLOAD = 63

PAYLOADS = MappingProxyType(
    {
        AUDIO: MappingProxyType(
            {
                OPUS_PAYLOAD: Codec("opus", 48_000, channels=2, nack=True),
                RED_PAYLOAD: Codec("red", 48_000, channels=2, red_of=OPUS_PAYLOAD),
            }
        ),
        VIDEO: MappingProxyType(
            {
                **_with_rtx(96, Codec("VP8", 90_000, nack=True), 97),
                **_h264(102, "4200/1", 103),
                **_h264(104, "4200/0", 107),
                **_h264(108, "42e0/1", 109),
                **_h264(114, "42e0/0", 115),
                **_h264(116, "4d00/1", 117),
                **_h264(39, "4d00/0", 40),
                **_h264(41, "f400/1", 42),
                **_h264(43, "f400/0", 44),
                **_with_rtx(45, Codec("AV1", 90_000, profile="0", nack=True), 46),
                **_with_rtx(47, Codec("AV1", 90_000, profile="1", nack=True), 48),
                **_with_rtx(98, Codec("VP9", 90_000, profile="0", nack=True), 99),
                **_with_rtx(100, Codec("VP9", 90_000, profile="2", nack=True), 101),
                **_with_rtx(35, Codec("VP9", 90_000, profile="1", nack=True), 36),
                **_with_rtx(37, Codec("VP9", 90_000, profile="3", nack=True), 38),
            }
        ),
    }
)
"""By kind, then by payload type."""

AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
VIDEO_ORIENTATION = "urn:3gpp:video-orientation"
DEPENDENCY_DESCRIPTOR = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"

EXTENSIONS = MappingProxyType(
    {
        1: AUDIO_LEVEL,
        2: ABS_SEND_TIME,
        3: TRANSPORT_CC,
        4: MID,
        5: PLAYOUT_DELAY,
        6: "http://www.webrtc.org/experiments/rtp-hdrext/video-content-type",
        7: "http://www.webrtc.org/experiments/rtp-hdrext/video-timing",
        8: "http://www.webrtc.org/experiments/rtp-hdrext/color-space",
        10: RID,
        11: REPAIRED_RID,
        13: VIDEO_ORIENTATION,
    }
)
"""By id. Left out: toffset (replaced by abs-send-time), video-layers-allocation (the relay tells heights itself),
the dependency descriptor (its templates come with keyframes only, and do not travel from leg to leg)."""

AUDIO_EXTENSIONS = frozenset({AUDIO_LEVEL, ABS_SEND_TIME, TRANSPORT_CC, MID})
VIDEO_EXTENSIONS = frozenset(EXTENSIONS.values()) - {AUDIO_LEVEL}

FEEDBACK = MappingProxyType(
    {
        AUDIO: ("transport-cc", "nack"),
        VIDEO: ("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"),
    }
)
"""`a=rtcp-fb` that an answer repeats when the offer has it (RFC 4585, RFC 5104)."""
