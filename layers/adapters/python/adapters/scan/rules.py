"""The embedded default: what is harmful by rule, without a list of known viruses.

| found | where |
| --- | --- |
| the EICAR test file | anywhere |
| an archive behind another format's content (polyglot) | pictures and documents that are no archive |
| macros | office documents, old and new |
| script, launching, files within | PDF, compressed object streams included |
| programs, markup, archives within, paths that lead outside | archives |
| far more content than bytes (bombs) | archives |

What a password locks cannot be looked into, so it is `Locked`.
"""

from __future__ import annotations

import re
import zipfile
import zlib

from adapters.scan.finding import Finding
from hospital.archives import parts_of

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_ARCHIVES = frozenset({"zip", "docx", "xlsx", "pptx"})
_MOST_ENTRIES = 5000
_MOST_UNPACKED = 500_000_000
_UNREMARKABLE = 20_000_000
"""Bytes that an archive may unpack to at whatever ratio: tables of numbers shrink a hundredfold."""
_MOST_RATIO = 100
_TAIL = 66_000
"""An archive's directory ends within so many bytes of its end (a comment may follow)."""

_PROGRAMS = frozenset(
    {
        "apk", "app", "bat", "chm", "cmd", "com", "cpl", "dll", "dmg", "exe", "hta", "htm", "html", "iso", "jar", "js",
        "jse", "lnk", "mht", "msi", "pif", "ps1", "py", "reg", "scr", "sh", "svg", "url", "vbe", "vbs", "wsf", "wsh",
        "xhtml",
    }
)  # fmt: skip
_NESTED = frozenset({"7z", "ace", "arj", "bz2", "cab", "gz", "rar", "tar", "tgz", "xz", "zip"})
_MACRO_PARTS = ("vbaproject.bin", "vbadata.xml", "activex", "oleobject")
_OLE_MACROS = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "VBA", "Macros", "Ole10Native"))
_PDF_ACTS = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|EmbeddedFiles|RichMedia|XFA|SubmitForm|ImportData)\b")
_PDF_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_OBJECTS = re.compile(rb"\s*\d+\s+\d+\s")
"""How a stream of objects begins once it is unpacked: numbers and places."""
_MOST_STREAM = 8_000_000


class RulesScanner:
    """Needs nobody else."""

    def scan(self, content: bytes, format_: str) -> Finding | None:
        """See `adapters.scan.Scanner`."""
        try:
            _look(content, format_)
        except _Found as found:
            return found.finding
        return None


class _Found(Exception):
    """Looking ends here."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.found)
        self.finding = finding


def _harmful(found: str) -> _Found:
    return _Found(Finding("harmful", found))


def _look(content: bytes, format_: str) -> None:
    if EICAR in content:
        raise _harmful("EICAR")
    if format_ in _ARCHIVES:
        _scan_archive(content, is_office=format_ != "zip")
    elif _has_archive(content):
        raise _harmful("polyglot")
    if format_ == "pdf":
        _scan_pdf(content)
    if format_ == "ole":
        _scan_ole(content)


def _has_archive(content: bytes) -> bool:
    """Whether an archive program would find something in it: it looks for the directory at the end."""
    if b"PK\x05\x06" not in content[-_TAIL:]:
        return False
    return bool(parts_of(content))


def _scan_archive(content: bytes, *, is_office: bool) -> None:
    if b"%PDF-" in content[:1024]:  # readers of PDF look that far for its beginning
        raise _harmful("polyglot")
    entries = parts_of(content)
    if entries is None:
        raise _Found(Finding("damaged"))
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise _Found(Finding("locked"))
    _scan_sizes(entries, len(content))
    for entry in entries:
        _scan_entry(entry.filename.replace("\\", "/"), is_office=is_office)


def _scan_sizes(entries: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    is_bomb = unpacked > _MOST_UNPACKED or (unpacked > _UNREMARKABLE and unpacked > _MOST_RATIO * packed)
    if is_bomb or len(entries) > _MOST_ENTRIES:
        raise _harmful("archive bomb")


def _scan_entry(name: str, *, is_office: bool) -> None:
    parts = name.lower().split("/")
    if name.startswith("/") or ".." in parts or ":" in parts[0]:
        raise _harmful("path outside")
    suffix = parts[-1].rpartition(".")[2] if "." in parts[-1] else ""
    if is_office and any(part.startswith(_MACRO_PARTS) for part in parts):
        raise _harmful("macro")
    if suffix in _PROGRAMS:
        raise _harmful("program")
    if suffix in _NESTED:
        raise _harmful("archive in archive")


def _scan_pdf(content: bytes) -> None:
    seen = _spelled_out(content)
    if re.search(rb"/Encrypt\b", seen):
        raise _Found(Finding("locked"))
    packed = (_objects(found[1]) for found in _PDF_STREAM.finditer(content))
    if any(_PDF_ACTS.search(text) for text in (seen, *map(_spelled_out, packed))):
        raise _harmful("script")


def _spelled_out(content: bytes) -> bytes:
    """Names may hide letters as `#4a`."""
    return _PDF_NAME.sub(lambda found: bytes([int(found[1], 16)]), content)


def _objects(stream: bytes) -> bytes:
    """What a compressed stream of objects holds; nothing of any other, pictures and fonts among them."""
    try:
        if not _OBJECTS.match(zlib.decompressobj().decompress(stream[:1024], 256)):
            return b""
        return zlib.decompressobj().decompress(stream, _MOST_STREAM)
    except zlib.error:
        return b""


def _scan_ole(content: bytes) -> None:
    """Names of the directory's entries stand in it in UTF-16, each in a field of its own."""
    if any(name + b"\0\0" in content for name in _OLE_MACROS):
        raise _harmful("macro")
