"""Tencent Cloud 文字识别, IDCardOCR (API 3.0, version 2018-11-19), as read at cloud.tencent.com/document/api/866/33524
and in the models and error codes of tencentcloud-sdk-python-ocr 3.1.193.

Tried against a loopback peer that verifies signatures, never against the vendor itself.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from adapters import tencent
from adapters.ocr.port import CardNotFound, CardRead, Certainty, OtherSide, PictureRefused, Side
from hospital.breaker import Breaker
from hospital.errors import Unavailable
from hospital.observability import count

RESTING = Breaker("ocr")
_TIMEOUT_SECONDS = 15.0
_ASKED = (
    "CropIdCard", "CropPortrait", "CopyWarn", "BorderCheckWarn", "ReshootWarn", "DetectPsWarn", "TempIdWarn",
    "InvalidDateWarn", "Quality",
)  # fmt: skip
_LEAST_QUALITY = 50
"""Below it the vendor calls a picture blurred."""
_WARNED: Mapping[int, tuple[str, Certainty]] = {
    -9100: ("validity_impossible", "certain"),
    -9109: ("validity_impossible", "certain"),  # the same, in newer answers
    -9101: ("cut_off", "certain"),
    -9102: ("photocopy", "hint"),
    -9108: ("photocopy", "certain"),  # black and white
    -9103: ("screen", "hint"),
    -9104: ("temporary", "certain"),
    -9105: ("covered", "hint"),
    -9106: ("edited", "hint"),
    -9110: ("screen", "certain"),  # the card that a telephone shows
}
_NO_CARD = frozenset({"FailedOperation.ImageNoIdCard", "FailedOperation.ImageNoText"})
_OTHER_SIDE = frozenset({"FailedOperation.CardSideError", "FailedOperation.LicenseCardSideError"})
_NO_PICTURE: Mapping[str, str] = {
    "FailedOperation.ImageDecodeFailed": "picture.damaged",
    "InvalidParameter.EngineImageDecodeFailed": "picture.damaged",
    "FailedOperation.EmptyImageError": "picture.damaged",
    "FailedOperation.UnKnowFileTypeError": "picture.damaged",
    "FailedOperation.ImageSizeTooLarge": "picture.too_many_pixels",
    "LimitExceeded.TooLargeFileError": "picture.too_many_pixels",
    "FailedOperation.IdCardTooSmall": "picture.card_too_small",
    "FailedOperation.MultiCardError": "picture.several_cards",
}
_NOT_READ: Mapping[str, tuple[str, Certainty]] = {
    "FailedOperation.ImageBlur": ("blurred", "certain"),
    "FailedOperation.IdCardInfoIllegal": ("number_unreadable", "certain"),
}
"""A card is there, and what stands on it cannot be had: nothing read, and a warning."""


class TencentCardReader:
    """One signed call a picture. `url` is empty where the vendor answers under its own name."""

    def __init__(self, url: str = "") -> None:
        self._product = tencent.Product("ocr", "2018-11-19", url, timeout_seconds=_TIMEOUT_SECONDS)

    def read_card(self, picture: bytes, side: Side) -> CardRead:
        """See `CardReader`."""
        asked = {
            "ImageBase64": base64.b64encode(picture).decode(),
            "CardSide": side.upper(),
            "Config": json.dumps(dict.fromkeys(_ASKED, True)),
            "EnableRecognitionRectify": False,  # a number that contradicts the birth date must be seen to do so
        }
        try:
            with RESTING.through("tencent"):
                answer = self._product.call("IDCardOCR", asked)
        except tencent.TencentRefused as refusal:
            return _not_read(refusal.code)
        try:
            return _read(answer, side)
        except (TypeError, ValueError):
            raise Unavailable(adapter="ocr", reason="another_answer") from None


def _not_read(code: str) -> CardRead:
    if code in _NOT_READ:
        warning, certainty = _NOT_READ[code]
        return CardRead({}, {warning: certainty})
    if code in _NO_CARD:
        raise CardNotFound
    if code in _OTHER_SIDE:
        raise OtherSide
    if code in _NO_PICTURE:
        raise PictureRefused(reason=_NO_PICTURE[code])
    count("vendor_refused", party="tencent", code=code)  # a key or a balance: somebody has to look
    raise Unavailable(adapter="ocr", reason=code)


def _read(answer: Mapping[str, Any], side: Side) -> CardRead:
    front = {
        "name": answer.get("Name"),
        "sex": answer.get("Sex"),
        "ethnicity": str(answer.get("Nation") or "").removesuffix("族"),
        "birth_date": _day(str(answer.get("Birth") or "")),
        "address": answer.get("Address"),
        "number": answer.get("IdNum"),
    }
    first, _, last = str(answer.get("ValidDate") or "").partition("-")
    until = last if last == "长期" else _day(last)
    back = {"authority": answer.get("Authority"), "valid_from": _day(first), "valid_until": until}
    wanted, other = (front, back) if side == "front" else (back, front)
    if any(other.values()) and not any(wanted.values()):
        raise OtherSide
    more = json.loads(answer.get("AdvancedInfo") or "{}")
    return CardRead(
        fields={name: str(text or "") for name, text in wanted.items()},
        warnings=_warnings(more),
        card=base64.b64decode(more.get("IdCard") or ""),
        portrait=base64.b64decode(more.get("Portrait") or ""),
    )


def _warnings(more: Mapping[str, Any]) -> dict[str, Certainty]:
    """A code that nobody has told us of is doubt all the same."""
    found = dict(_WARNED.get(int(code), ("suspicious", "hint")) for code in more.get("WarnInfos") or ())
    if "Quality" in more and int(more["Quality"]) < _LEAST_QUALITY:
        found["blurred"] = "certain"
    return found


def _day(text: str) -> str:
    """`1987/1/7` and `2010.07.21` as `YYYY-MM-DD`; anything else as it stands."""
    parts = re.fullmatch(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})", text)
    return f"{parts[1]}-{int(parts[2]):02d}-{int(parts[3]):02d}" if parts else text
