"""The port that reads identity cards.

`OCR_ADAPTER` names the adapter. `embedded` is the default and truly reads: the hospital's own function, whose limits
docs/cards-and-faces.md states. `tencent` asks that vendor, at `OCR_URL` where it has an address of the hospital's own.
"""

from __future__ import annotations

from adapters.ocr.embedded import EmbeddedReader
from adapters.ocr.port import (
    FIELDS,
    WARNINGS,
    CardNotFound,
    CardRead,
    CardReader,
    Certainty,
    OtherSide,
    PictureRefused,
    Side,
)
from adapters.ocr.tencent_ocr import TencentCardReader
from hospital import settings

__all__ = (
    "FIELDS",
    "WARNINGS",
    "AdapterUnknown",
    "CardNotFound",
    "CardRead",
    "CardReader",
    "Certainty",
    "OtherSide",
    "PictureRefused",
    "Side",
    "reader",
)


class AdapterUnknown(RuntimeError):
    """`OCR_ADAPTER` names no adapter."""


def reader() -> CardReader:
    """The adapter that the settings name."""
    current = settings.current()
    if current.ocr_adapter == "embedded":
        return EmbeddedReader()
    if current.ocr_adapter == "tencent":
        return TencentCardReader(current.ocr_url)
    raise AdapterUnknown(f"OCR_ADAPTER={current.ocr_adapter} is no known adapter; known: embedded, tencent")
