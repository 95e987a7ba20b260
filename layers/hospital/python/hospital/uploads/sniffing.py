"""Which format some content has, by its first bytes and, for containers, by what stands in them. Pure."""

from __future__ import annotations

import re

from hospital.archives import parts_of
from hospital.uploads.formats import FORMATS, Format

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_OFFICE_PARTS = (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx"))
_MARKUP = re.compile(r"<\s*(!doctype|html|head|body|script|svg|iframe|\?xml|\?php|math|object|embed)\b", re.IGNORECASE)
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_PARTS = 5000


def sniff(content: bytes) -> Format | None:
    """The format of `content`; None for whatever is not taken (programs and markup among them)."""
    name = _picture(content) or _recording(content) or _document(content)
    return FORMATS[name] if name else None


def _picture(content: bytes) -> str | None:
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    if content.startswith(b"BM") and content[6:10] == b"\0\0\0\0":
        return "bmp"
    if content[4:8] == b"ftyp":
        brands = _brands(content)
        if brands & _AVIF_BRANDS:
            return "avif"
        if brands & _HEIF_BRANDS:
            return "heif"
    return None


def _brands(content: bytes) -> set[bytes]:
    """Major and compatible brands of an ISO base media file."""
    length = min(int.from_bytes(content[:4], "big"), 256)
    return {content[8:12], *(content[at : at + 4] for at in range(16, length, 4))}


def _recording(content: bytes) -> str | None:
    if content.startswith(b"\x1aE\xdf\xa3") and b"webm" in content[:64]:
        return "webm"
    if content[4:8] == b"ftyp":
        return "mp4"
    if content.startswith(b"OggS"):
        return "ogg"
    if content.startswith(b"RIFF") and content[8:12] == b"WAVE":
        return "wav"
    if content.startswith(b"ID3"):
        return "mp3"
    if len(content) > 2 and content[0] == 0xFF:
        # A frame's sync word, then the layer: 00 is ADTS (AAC), 01 is layer III.
        if content[1] & 0xF6 == 0xF0:
            return "aac"
        if content[1] & 0xE6 == 0xE2:
            return "mp3"
    return None


def _document(content: bytes) -> str | None:
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "ole"
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(content)
    if content[128:132] == b"DICM" and not content.startswith((b"MZ", b"\x7fELF", b"#!", b"<", b"II*\0", b"MM\0*")):
        return "dicom"
    return "text" if content and _is_text(content) else None


def _archive(content: bytes) -> str | None:
    """A document of an office program is an archive with parts of known names."""
    parts = parts_of(content)
    if parts is None:
        return None
    names = [part.filename for part in parts[:_MOST_PARTS]]
    if "[Content_Types].xml" not in names:
        return "zip"
    return next((name for folder, name in _OFFICE_PARTS if any(one.startswith(folder) for one in names)), None)


def _is_text(content: bytes) -> bool:
    """Words in UTF-8, UTF-16 or GB 18030, and no markup that a browser would run."""
    text = _decoded(content)
    return text is not None and not _NO_TEXT.search(text) and not _MARKUP.search(text) and not text.startswith("#!")


def _decoded(content: bytes) -> str | None:
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
