"""Tencent Cloud 人脸核身 (API 3.0, version 2018-03-01): LivenessRecognition and ImageRecognitionV2 compare a face with
the photograph that the public security's register holds for a name and number. As read in the models and error codes of
tencentcloud-sdk-python-faceid 3.1.179 and at cloud.tencent.com/document/product/1007/31818.

Two ways, chosen by a setting. In the public one the vendor watches the whole film too. In the hybrid one the hospital's
own function judges whether a living person did what was drawn, and one still is all that leaves the house.

Tried against a loopback peer that verifies signatures, never against the vendor itself.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters import tencent
from adapters.face.embedded import watched
from adapters.face.film import NoFilm, film
from adapters.face.port import Action, Claim, FramesRefused, Likeness, Verdict
from hospital.breaker import Breaker
from hospital.errors import Unavailable
from hospital.observability import count

RESTING = Breaker("face")
SAME = 70.0
"""From here on two pictures show one person: the vendor's own threshold, one in ten thousand mistaken."""
_TIMEOUT_SECONDS = 15.0
_ACTIONS: Mapping[Action, str] = {"open_mouth": "1", "blink": "2"}
"""What the vendor watches for. A turned head it does not know; the two are always among what is drawn."""
_WHY: Mapping[str, tuple[str, ...]] = {
    "no_face": (
        "ActionNodetectFace", "ActionFaceClose", "ActionFaceFar", "ActionFaceLeft", "ActionFaceRight",
        "IncompleteFace", "CoveredFace", "LifePhotoDetectNoFaces", "SilentFaceDetectFail",
    ),
    "several_faces": ("SilentMultiFaceFail", "LifePhotoDetectFaces"),
    "not_moved": (
        "ActionCloseEye", "ActionOpenMouth", "ActionFirstAction", "LivessDetectFail", "LivessDetectFake",
        "LifePhotoDetectFake", "SilentDetectFail", "SilentThreshold", "SilentEyeLiveFail", "SilentMouthLiveFail",
        "SilentPictureLiveFail",
    ),
    "face_lost": (
        "ActionLightDark", "ActionLightStrong", "LivessBestFrameError", "LifePhotoPoorQuality", "PoorImageQuality",
        "SilentFaceQualityFail", "SilentFaceWithMaskFail", "SilentTooShort",
    ),
}  # fmt: skip
_NOT_LIVE: Mapping[str, str] = {f"FailedOperation.{code}": why for why, codes in _WHY.items() for code in codes}
_LIKENESS: Mapping[str, Likeness] = {
    "FailedOperation.CompareLowSimilarity": "other",
    "FailedOperation.IdNameMisMatch": "other",
    "FailedOperation.IdNoExistSystem": "doubtful",  # the register knows nobody of that number, or has no photograph
    "FailedOperation.IdPhotoNoExist": "doubtful",
    "FailedOperation.IdPhotoPoorQuality": "doubtful",
}
_NO_PICTURES = frozenset(
    f"FailedOperation.{code}"
    for code in ("VideoDecodeFailed", "VideoDurationExceeded", "CompressVideoError", "LifePhotoSizeError",
                 "ImageDecodeFailed", "ImageSizeTooLarge")
)  # fmt: skip


class TencentFace:
    """The public way. `url` is empty where the vendor answers under its own name."""

    def __init__(self, url: str = "") -> None:
        self._register = _Register(url)

    def check(self, frames: Sequence[bytes], actions: Sequence[Action], claim: Claim) -> Verdict:
        """See `FaceChecker`. The frames go as a film; the vendor judges its two movements in the order drawn."""
        try:
            content = film(frames)
        except NoFilm:
            raise FramesRefused(reason="picture.damaged") from None
        asked = {
            "LivenessType": "ACTION",
            "VideoBase64": base64.b64encode(content).decode(),
            "ValidateData": ",".join(_ACTIONS[action] for action in actions if action in _ACTIONS),
        }
        return self._register.ask("LivenessRecognition", claim, asked)


class HybridFace:
    """The hybrid way: movements are judged in the house, the still that shows the face best by the register."""

    def __init__(self, url: str = "") -> None:
        self._register = _Register(url)

    def check(self, frames: Sequence[bytes], actions: Sequence[Action], claim: Claim) -> Verdict:
        """See `FaceChecker`."""
        seen = watched(frames, actions)
        if not seen.live:
            return Verdict(False, seen.why)
        still = frames[seen.ahead or 0]
        told = self._register.ask("ImageRecognitionV2", claim, {"ImageBase64": base64.b64encode(still).decode()})
        return replace(told, ahead=seen.ahead)


class _Register:
    """Asks the vendor, and understands its answer in either form: a result, or an error."""

    def __init__(self, url: str) -> None:
        self._product = tencent.Product("faceid", "2018-03-01", url, timeout_seconds=_TIMEOUT_SECONDS)

    def ask(self, action: str, claim: Claim, pictures: Mapping[str, str]) -> Verdict:
        answer: Mapping[str, Any]
        try:
            with RESTING.through("tencent"):
                answer = self._product.call(action, {"IdCard": claim.number, "Name": claim.name, **pictures})
        except tencent.TencentRefused as refusal:
            answer = {"Result": refusal.code}
        code = str(answer.get("Result", ""))
        if code in _NOT_LIVE:
            return Verdict(False, _NOT_LIVE[code])
        if code in _NO_PICTURES:
            raise FramesRefused(reason="picture.damaged")
        score = _score(answer)
        if code in _LIKENESS:
            return Verdict(True, likeness=_LIKENESS[code], score=score, level="authority")
        if code != "Success" or score is None:
            count("vendor_refused", party="tencent", code=code)  # a key or a balance: somebody has to look
            raise Unavailable(adapter="face", reason=code)
        return Verdict(True, likeness="same" if score >= SAME else "other", score=score, level="authority")


def _score(answer: Mapping[str, Any]) -> float | None:
    try:
        return float(answer["Sim"])
    except (KeyError, TypeError, ValueError):
        return None
