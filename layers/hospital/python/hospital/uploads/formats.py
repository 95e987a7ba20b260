"""The formats that are taken, and of which type each may be. Everything else is refused. What of them is taken for
which purpose, and how large, say `purposes`.

A format is told by the first bytes of the content (`sniffing`), never by a name. `claims` are the media types under
which programs send it; `suffixes` the ends of a document's name that agree with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

UploadType = Literal["image", "voice", "video", "file"]

UPLOAD_TYPES: tuple[UploadType, ...] = ("image", "voice", "video", "file")
MOST_PIXELS = 50_000_000
LONGEST_SECONDS = 60

UNKNOWN = "application/octet-stream"
"""What programs claim when they do not know."""


@dataclass(frozen=True)
class Format:
    """One format. `media_type` is what it is served as when it is kept as it came."""

    name: str
    media_type: str
    types: frozenset[UploadType]
    claims: frozenset[str]
    suffixes: tuple[str, ...] = ()


def _format(name: str, media_type: str, types: str, claims: str = "", suffixes: str = "") -> Format:
    allowed: frozenset[UploadType] = frozenset(type_ for type_ in UPLOAD_TYPES if type_ in types.split())
    return Format(name, media_type, allowed, frozenset([media_type, *claims.split()]), tuple(suffixes.split()))


_OFFICE = "application/vnd.openxmlformats-officedocument"

FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        _format("jpeg", "image/jpeg", "image file", "image/jpg image/pjpeg", "jpg jpeg"),
        _format("png", "image/png", "image file", "image/x-png", "png"),
        _format("gif", "image/gif", "image"),
        _format("webp", "image/webp", "image"),
        _format("bmp", "image/bmp", "image", "image/x-ms-bmp"),
        _format("heif", "image/heic", "image", "image/heif image/heic-sequence image/heif-sequence"),
        _format("avif", "image/avif", "image"),
        _format("webm", "video/webm", "voice video", "audio/webm"),
        _format("mp4", "video/mp4", "voice video", "audio/mp4 audio/m4a audio/x-m4a video/quicktime video/x-m4v"),
        _format("ogg", "audio/ogg", "voice", "audio/opus application/ogg"),
        _format("mp3", "audio/mpeg", "voice", "audio/mp3"),
        _format("aac", "audio/aac", "voice", "audio/aacp audio/x-aac"),
        _format("wav", "audio/wav", "voice", "audio/x-wav audio/wave audio/vnd.wave"),
        _format("pdf", "application/pdf", "file", "application/x-pdf", "pdf"),
        _format("docx", f"{_OFFICE}.wordprocessingml.document", "file", "", "docx"),
        _format("xlsx", f"{_OFFICE}.spreadsheetml.sheet", "file", "", "xlsx"),
        _format("pptx", f"{_OFFICE}.presentationml.presentation", "file", "", "pptx"),
        _format(
            "ole", "application/x-ole-storage", "file",
            "application/msword application/vnd.ms-excel application/vnd.ms-powerpoint", "doc xls ppt",
        ),
        _format("text", "text/plain", "file", "text/csv application/vnd.ms-excel", "txt csv"),
        _format("dicom", "application/dicom", "file", "", "dcm dicom"),
        _format("zip", "application/zip", "file", "application/x-zip-compressed application/x-zip", "zip"),
    )
}  # fmt: skip
_OLE_SERVED: Mapping[str, str] = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
}


def plain_media_type(claimed: str) -> str:
    """`audio/webm; codecs=opus` → `audio/webm`."""
    return claimed.partition(";")[0].strip().lower() or UNKNOWN


def suffix_of(name: str) -> str:
    """The end of a name after its last dot, in lower case; empty when it has none."""
    stem, dot, suffix = name.rpartition(".")
    return suffix.strip().lower() if dot and stem else ""


def served_as(found: Format, name: str) -> str:
    """The media type under which a document is served: fixed by its content, never by what was claimed."""
    if found.name == "ole":
        return _OLE_SERVED.get(suffix_of(name), found.media_type)
    return found.media_type
