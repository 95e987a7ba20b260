"""What everybody does who watches faces, each against what they speak with."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from typing import Any

import av
import pytest
from PIL import Image

from adapters import face
from adapters.face import Action, Claim, FramesRefused, Verdict
from adapters.face.film import NoFilm, film, size_of
from adapters.face.tencent_faceid import TencentFace
from hospital.errors import Unavailable
from tests.builders.cloud import Cloud
from tests.builders.eyes import FUNCTION, Eyes, opened_eyes
from tests.builders.tencent import KEY, Peer, open_peer, signed_for

pytestmark = pytest.mark.store

CLAIM = Claim(b"a portrait", "𠮷野美", "11010119900307002X")
ACTIONS: tuple[Action, ...] = ("blink", "turn_left", "open_mouth")
Json = dict[str, Any]
Watching = tuple[Callable[[], Verdict], "FarEnd"]


def frame(shade: int, **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (48, 32), (shade, 90, 60)).save(stream, "JPEG", **options)
    return stream.getvalue()


FRAMES = [frame(20 * number) for number in range(8)]


class FarEnd:
    """Who judges movements, and who judges likeness: the hospital's function, the vendor, or one each."""

    def __init__(self, way: str, eyes: Eyes, peer: Peer) -> None:
        self.way, self.eyes, self.peer = way, eyes, peer
        self.sees("same")

    def sees(self, whom: str) -> None:
        """From here on a living person: the `same`, an `other`, or one of whom nobody can say, `doubtful`."""
        self.eyes.watch(distance={"same": 0.2, "doubtful": 0.5, "other": 0.8}[whom])
        self._answer({
            "same": {"Result": "Success", "Sim": 92.5},
            "other": {"Result": "FailedOperation.CompareLowSimilarity", "Sim": 31.0},
            "doubtful": {"Result": "FailedOperation.IdPhotoNoExist"},
        }[whom])  # fmt: skip

    def sees_nobody_move(self) -> None:
        self.eyes.watch(live=False, why="not_moved", distance=None)
        self._answer({"Error": {"Code": "FailedOperation.LivessDetectFake", "Message": ""}})

    def sees_no_picture(self) -> None:
        self.eyes.refuse("picture.damaged")
        self._answer({"Error": {"Code": "FailedOperation.VideoDecodeFailed", "Message": ""}})

    def breaks_down(self) -> None:
        self.eyes.broken = True
        self._answer({"Error": {"Code": "InternalError.UnKnown", "Message": ""}})

    def _answer(self, told: Json) -> None:
        self.peer.answers = lambda action, body: told


@pytest.fixture(scope="module")
def peer_of_all() -> Iterator[Peer]:
    with open_peer("faceid") as opened:
        yield opened


@pytest.fixture
def peer(cloud: Cloud, peer_of_all: Peer) -> Peer:
    return signed_for(peer_of_all)


@pytest.fixture(params=["embedded", "hybrid", "tencent"])
def watching(request: pytest.FixtureRequest, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, peer: Peer) -> Watching:
    """Watching the frames by each adapter as the settings name it, and its far end."""
    cloud.turn(FACE_ADAPTER=request.param, FACE_URL=peer.url, PICTURES_FUNCTION=FUNCTION)
    far = FarEnd(request.param, opened_eyes(monkeypatch), peer)
    return lambda: face.checker().check(FRAMES, ACTIONS, CLAIM), far


@pytest.mark.parametrize("whom", ["same", "doubtful", "other"])
def test_it_says_whose_face_it_is_and_what_it_was_compared_with(watching: Watching, whom: str):
    check, far = watching
    far.sees(whom)
    verdict = check()
    assert (verdict.live, verdict.likeness) == (True, whom)
    assert verdict.level == ("card_portrait" if far.way == "embedded" else "authority")
    assert (verdict.score is None) == (whom == "doubtful" and far.way != "embedded")


def test_who_does_not_move_is_nobody(watching: Watching):
    check, far = watching
    far.sees_nobody_move()
    assert check() == Verdict(False, "not_moved")


def test_what_is_no_picture_is_refused(watching: Watching):
    check, far = watching
    far.sees_no_picture()
    with pytest.raises(FramesRefused):
        check()


def test_where_nobody_answers_nobody_was_seen(watching: Watching):
    check, far = watching
    far.breaks_down()
    with pytest.raises(Unavailable):
        check()


def test_the_hybrid_way_lets_one_still_out_and_only_after_somebody_moved(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, peer: Peer
):
    cloud.turn(FACE_ADAPTER="hybrid", FACE_URL=peer.url, PICTURES_FUNCTION=FUNCTION)
    eyes = opened_eyes(monkeypatch)
    far = FarEnd("hybrid", eyes, peer)
    far.sees_nobody_move()
    face.checker().check(FRAMES, ACTIONS, CLAIM)
    assert peer.heard == []
    far.sees("same")
    eyes.answer = lambda event: {"live": True, "why": "", "distance": None, "ahead": 3}
    face.checker().check(FRAMES, ACTIONS, CLAIM)
    still = base64.b64encode(FRAMES[3]).decode()
    assert peer.heard == [("ImageRecognitionV2", {"IdCard": CLAIM.number, "Name": "𠮷野美", "ImageBase64": still})]
    assert eyes.asked[-1]["portrait"] == ""


def test_the_public_way_sends_a_film_and_the_order_that_was_drawn(peer: Peer):
    peer.answers = lambda action, body: {"Result": "Success", "Sim": 70.0}
    assert TencentFace(peer.url).check(FRAMES, ACTIONS, CLAIM).likeness == "same"
    ((action, body),) = peer.heard
    sent = base64.b64decode(body.pop("VideoBase64"))
    assert (action, body) == (
        "LivenessRecognition",
        {"IdCard": CLAIM.number, "Name": "𠮷野美", "LivenessType": "ACTION", "ValidateData": "2,1"},
    )
    with av.open(io.BytesIO(sent)) as opened:
        shown = [picture.to_image() for picture in opened.decode(video=0)]
        assert float(opened.streams.video[0].average_rate or 0) == 2.5
    assert [picture.size for picture in shown] == [(48, 32)] * 8
    reds = [picture.getpixel((24, 16))[0] for picture in shown]  # type: ignore[index]
    assert reds == sorted(reds)


def test_below_the_vendors_threshold_it_is_somebody_else(peer: Peer):
    peer.answers = lambda action, body: {"Result": "Success", "Sim": 69.9}
    assert TencentFace(peer.url).check(FRAMES, ACTIONS, CLAIM).likeness == "other"


@pytest.mark.parametrize("answer", [{"Result": "Success"}, {"Result": "FailedOperation.New", "Sim": 99}, {}])
def test_an_answer_that_nobody_has_told_us_of_lets_nobody_pass(peer: Peer, answer: Json):
    peer.answers = lambda action, body: answer
    with pytest.raises(Unavailable):
        TencentFace(peer.url).check(FRAMES, ACTIONS, CLAIM)


def test_with_another_key_the_vendor_sees_nobody(peer: Peer):
    signed_for(peer, KEY[::-1])
    with pytest.raises(Unavailable) as refusal:
        TencentFace(peer.url).check(FRAMES, ACTIONS, CLAIM)
    assert refusal.value.facts["reason"] == "AuthFailure.SignatureFailure"
    assert peer.heard == []


@pytest.mark.parametrize("frames", [[b"GIF89a"], [b"\xff\xd8"], [frame(1)[:40]], [frame(1), b""], []])
def test_what_makes_no_film_is_refused(peer: Peer, frames: list[bytes]):
    with pytest.raises(FramesRefused):
        TencentFace(peer.url).check(frames, ACTIONS, CLAIM)
    assert peer.heard == []


def test_frames_of_two_sizes_make_no_film():
    assert size_of(frame(1, progressive=True, restart_marker_blocks=1)) == (48, 32)
    stream = io.BytesIO()
    Image.new("RGB", (32, 48)).save(stream, "JPEG")
    with pytest.raises(NoFilm):
        film([frame(1), stream.getvalue()])


def test_an_adapter_that_nobody_wrote(cloud: Cloud):
    cloud.turn(FACE_ADAPTER="pigeon")
    with pytest.raises(face.AdapterUnknown, match="FACE_ADAPTER=pigeon"):
        face.checker()
