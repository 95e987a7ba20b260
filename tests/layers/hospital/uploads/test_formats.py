"""What is taken, told by the content and never by a name."""

from __future__ import annotations

import pytest

from hospital.uploads.formats import FORMATS, served_as, suffix_of
from hospital.uploads.sniffing import sniff
from tests.builders import files

pytestmark = pytest.mark.unit

MP3_FRAME = b"\xff\xfb\x90\x64" + bytes(400)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (files.picture(), "jpeg"),
        (files.picture("PNG"), "png"),
        (files.moving("GIF"), "gif"),
        (files.moving("WEBP"), "webp"),
        (files.picture("BMP"), "bmp"),
        (files.picture("HEIF"), "heif"),
        (files.picture("AVIF"), "avif"),
        (files.voice("webm", 0.1), "webm"),
        (files.voice("ogg", 0.1), "ogg"),
        (files.voice("m4a", 0.1), "mp4"),
        (files.voice("mp3", 0.1), "mp3"),
        (MP3_FRAME, "mp3"),
        (files.voice("wav", 0.1), "wav"),
        (files.voice("aac", 0.1), "aac"),
        (files.video("mov", 0.4), "mp4"),
        (files.pdf(), "pdf"),
        (files.office(), "docx"),
        (files.office("xl"), "xlsx"),
        (files.office("ppt"), "pptx"),
        (files.old_office(), "ole"),
        (files.archive({"a.dcm": b"1"}), "zip"),
        (files.dicom(), "dicom"),
        ("血红蛋白 132 g/L\r\n".encode(), "text"),
        ("血红蛋白 132 g/L\r\n".encode("gb18030"), "text"),
        ("血红蛋白\t132".encode("utf-16"), "text"),
    ],
)
def test_a_format_is_told_by_its_content(content: bytes, name: str):
    assert sniff(content) is FORMATS[name]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 300,
        files.SCRIPTED_SVG,
        b'<?xml version="1.0"?>' + files.SCRIPTED_SVG,
        b"<!DOCTYPE html><p>hello",
        b"text first < script >alert(1)</script>",
        b"#!/bin/sh\nrm -rf /\n",
        b"MZ" + bytes(126) + b"DICM" + bytes(100),
        b"\x7fELF" + bytes(100),
        b"Rar!\x1a\x07\x00" + bytes(50),
        b"PK\x03\x04 that is no archive",
        b"{\\rtf1 \\object}\x00",
    ],
)
def test_programs_markup_and_what_nobody_knows_are_no_format(content: bytes):
    assert sniff(content) is None


def test_a_document_is_served_as_what_it_is():
    assert served_as(FORMATS["ole"], "化验.xls") == "application/vnd.ms-excel"
    assert served_as(FORMATS["ole"], "化验") == "application/x-ole-storage"
    assert served_as(FORMATS["pdf"], "化验.pdf") == "application/pdf"
    assert (suffix_of("a.B.PDF"), suffix_of("pdf"), suffix_of(".pdf")) == ("pdf", "", "")
