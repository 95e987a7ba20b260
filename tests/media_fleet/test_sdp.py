"""Offers as Chromium writes them, what is refused of others, and what the answers say."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from media_fleet import answers, sdp
from media_fleet.aiortc_inside import Fingerprint
from media_fleet.codecs import EXTENSIONS, MID, PAYLOADS, RED_PAYLOAD, RID
from media_fleet.refusals import Refused
from media_fleet.wire.legs import Credentials
from tests.media_fleet.peers import offer_text

pytestmark = pytest.mark.unit

CHROMIUM = (Path(__file__).parent / "chromium_156.sdp").read_text(encoding="ascii")
TRANSPORT = answers.Transport(
    Credentials("ours", "p" * 32),
    Fingerprint("sha-256", "AA:BB"),
    "IP4 203.0.113.5",
    ("1 1 udp 9 203.0.113.5 4 typ host",),
    4,
)


def refusal(text: str) -> dict[str, object]:
    with pytest.raises(Refused) as refused:
        sdp.parse(text)
    return {"code": refused.value.code, **refused.value.facts}


def test_chromiums_offer_is_read() -> None:
    offer = sdp.parse(CHROMIUM)
    microphone, camera, hearing = offer.media
    assert offer.bundle == ("0", "1", "2")
    assert (offer.ufrag, len(offer.password), offer.fingerprints[0].algorithm) == ("sE1L", 24, "sha-256")
    assert (microphone.kind, microphone.direction, list(microphone.payloads)) == ("audio", "sendonly", [111, 63])
    assert microphone.payloads[63].red_of == 111
    assert (camera.direction, camera.rids) == ("sendonly", ("l", "m", "h"))
    assert hearing.direction == "recvonly"
    assert {camera.payloads[number].name for number in camera.payloads} == {"VP8", "VP9", "AV1", "H264", "rtx"}
    assert len(microphone.ssrcs) == 1


def test_chromiums_numbers_are_the_tables() -> None:
    for line in sdp.parse(CHROMIUM).media:
        for number, codec in line.payloads.items():
            assert PAYLOADS[line.kind][number].key == codec.key
            assert PAYLOADS[line.kind][number].rtx_of == codec.rtx_of
        for number, uri in line.extensions.items():
            assert EXTENSIONS[number] == uri


def test_the_answer_says_what_the_relay_takes() -> None:
    offer = sdp.parse(CHROMIUM)
    uses = {"0": answers.Receiving(), "1": answers.Receiving(), "2": answers.Sending("per_1", "trk_1", 7, 8)}
    text = answers.write(offer, uses, TRANSPORT, 3)
    session, microphone, camera, hearing = text.split("\r\nm=")
    assert "a=ice-lite" in session
    assert "a=group:BUNDLE 0 1 2" in session
    assert microphone.splitlines()[0] == f"audio 4 UDP/TLS/RTP/SAVPF {RED_PAYLOAD} 111"
    assert "a=recvonly" in microphone
    assert "a=rid:l recv\r\na=rid:m recv\r\na=rid:h recv\r\na=simulcast:recv l;m;h" in camera
    assert "a=rtcp-fb:96 transport-cc" in camera
    assert f"a=extmap:10 {RID}" in camera
    assert "a=fmtp:96 x-google-start-bitrate=1000" in camera.splitlines()
    assert "profile-level-id=42e01f;x-google-start-bitrate=1000" in camera
    assert "a=fmtp:97 apt=96" in camera.splitlines()
    assert "x-google" not in microphone + hearing
    for line in (
        "a=sendonly",
        "a=msid:per_1 trk_1",
        "a=ssrc-group:FID 7 8",
        "a=ssrc:8 cname:per_1",
        f"a=extmap:4 {MID}",
    ):
        assert line in hearing.splitlines()
    for media in (microphone, camera, hearing):
        for line in ("a=setup:passive", "a=rtcp-mux", "a=ice-ufrag:ours", "a=fingerprint:sha-256 AA:BB"):
            assert line in media.splitlines()
    assert "ulpfec" not in text
    assert (
        sdp.parse(
            text.replace("setup:passive", "setup:active")
            .replace("AA:BB", ":".join(["AB"] * 32))
            .replace("ice-ufrag:ours", "ice-ufrag:ours4")
        ).bundle
        == offer.bundle
    )


def test_an_m_line_without_a_use_and_one_that_was_given_up_stay_in_their_places() -> None:
    offer = sdp.parse(
        offer_text([("audio", "sendonly"), ("video", "recvonly"), ("video", "sendonly")]).replace(
            "m=video 9", "m=video 0", 1
        )
    )
    text = answers.write(offer, {"2": answers.Receiving()}, TRANSPORT, 1)
    session, *media = text.split("\r\nm=")
    assert "a=group:BUNDLE 0 2" in session
    assert [one.split()[1] for one in media] == ["4", "0", "4"]
    assert "a=inactive" in media[0]


def test_numbers_of_another_browser_are_kept_and_called_by_their_names() -> None:
    text = (
        offer_text([("video", "sendonly")])
        .replace("96 97", "120 124")
        .replace(":96 ", ":120 ")
        .replace(":97 ", ":124 ")
    )
    line = sdp.parse(text.replace("apt=96", "apt=120")).media[0]
    assert {number: (codec.name, codec.rtx_of) for number, codec in line.payloads.items()} == {
        120: ("VP8", None),
        124: ("rtx", 120),
    }


GOOD = offer_text([("audio", "sendonly"), ("video", "sendonly")])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "malformed"),
        ("v=1\r\nm=audio", "malformed"),
        ("v=0\r\ns=-\r\n", "malformed"),
        (GOOD.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"), "plain_rtp"),
        (GOOD.replace("UDP/TLS/RTP/SAVPF", "RTP/SAVPF"), "plain_rtp"),
        (GOOD.replace("UDP/TLS/RTP/SAVPF", "HTTP/3"), "malformed"),
        (GOOD.replace("m=audio", "m=image"), "kind"),
        (GOOD.replace("a=rtcp-mux\r\n", ""), "no_mux"),
        (GOOD.replace("a=group:BUNDLE 0 1\r\n", ""), "no_bundle"),
        (GOOD.replace("BUNDLE 0 1", "BUNDLE 0"), "no_bundle"),
        (GOOD.replace("BUNDLE 0 1", "BUNDLE 0 1 2"), "no_bundle"),
        (GOOD.replace("a=setup:actpass", "a=setup:passive"), "setup"),
        (GOOD.replace("a=fingerprint:sha-256", "a=fingerprint:md5"), "no_fingerprint"),
        (GOOD.replace("a=ice-ufrag:abcd", "a=ice-ufrag:ab"), "no_ice"),
        (GOOD.replace("a=mid:1", "a=mid:0"), "malformed"),
        (GOOD.replace("a=mid:1", "a=mid:one two"), "malformed"),
        (GOOD.replace("m=audio 9", "m=audio 99999"), "malformed"),
        (GOOD.replace("a=rtpmap:111", "a=rtpmap:911"), "malformed"),
        (GOOD.replace("96 97", " ".join(map(str, range(100)))), "malformed"),
        (GOOD + "a=x\r\n" * 500, "malformed"),
    ],
)
def test_an_offer_of_another_world_is_refused_by_name(text: str, reason: str) -> None:
    assert refusal(text)["code"] == "sdp_not_understood"
    assert refusal(text)["reason"] == reason


def test_an_offer_without_end_is_refused_before_it_is_read() -> None:
    assert refusal(GOOD + "a=x\r\n" * 200_000) == {"code": "sdp_too_large", "limit": 262_144}
    assert refusal(offer_text([("video", "recvonly")] * 60))["code"] == "too_many"


@pytest.mark.parametrize("seed", range(4))
def test_no_offer_makes_the_reader_raise_anything_but_its_refusal(seed: int) -> None:
    chance = random.Random(seed)
    lines = (CHROMIUM if seed % 2 else GOOD).splitlines()
    understood = 0
    for _ in range(150):
        text = list(lines)
        for _ in range(chance.randrange(1, 5)):
            place = chance.randrange(len(text))
            spoilt = text[place]
            cut = chance.randrange(len(spoilt) + 1)
            text[place : place + 1] = chance.choice(
                [
                    [],
                    [spoilt, spoilt],
                    [spoilt[:cut]],
                    [spoilt[:cut] + chance.choice("09:-/ ;=\x00é") + spoilt[cut:]],
                    [spoilt[cut:]],
                ]
            )
        try:
            offer = sdp.parse("\r\n".join(text))
            answers.write(offer, {line.mid: answers.Receiving() for line in offer.media}, TRANSPORT, 1)
            understood += 1
        except Refused:
            pass
    assert understood > 10
