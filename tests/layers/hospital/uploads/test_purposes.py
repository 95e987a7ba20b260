"""What each purpose takes, and how large."""

from __future__ import annotations

import pytest

from hospital.uploads.errors import NothingInIt, TypeUnsupported, UploadTooLarge
from hospital.uploads.formats import FORMATS, UPLOAD_TYPES
from hospital.uploads.purposes import PURPOSES

pytestmark = pytest.mark.unit

CONVERSATION, PAPER = PURPOSES["conversation"], PURPOSES["paper"]


def test_a_document_agrees_only_with_its_own_name_and_type():
    pdf = FORMATS["pdf"]
    assert CONVERSATION.agrees(pdf, "file", "application/pdf", "报告.pdf")
    assert CONVERSATION.agrees(pdf, "file", "", "报告")
    assert not CONVERSATION.agrees(pdf, "file", "application/pdf", "报告.docx")
    assert not CONVERSATION.agrees(pdf, "file", "application/msword", "报告.pdf")
    assert not CONVERSATION.agrees(pdf, "image", "image/png", "报告.png")
    assert not CONVERSATION.agrees(FORMATS["text"], "file", "text/plain", "run.bat")


def test_a_picture_may_be_called_another_picture():
    assert CONVERSATION.agrees(FORMATS["heif"], "image", "image/jpeg", "IMG_1.JPG")
    assert not CONVERSATION.agrees(FORMATS["mp4"], "image", "image/jpeg", "IMG_1.JPG")


@pytest.mark.parametrize("type_", sorted(CONVERSATION.largest))
def test_sizes_are_judged_to_the_byte(type_: str):
    claim = {"image": "image/png", "voice": "audio/webm;codecs=opus", "video": "video/mp4", "file": "text/plain"}[type_]
    CONVERSATION.check_asked(type_, CONVERSATION.largest[type_], claim, "")
    with pytest.raises(UploadTooLarge) as large:
        CONVERSATION.check_asked(type_, CONVERSATION.largest[type_] + 1, claim, "")
    assert large.value.facts == {"limit_bytes": CONVERSATION.largest[type_]}
    with pytest.raises(NothingInIt):
        CONVERSATION.check_asked(type_, 0, claim, "")


@pytest.mark.parametrize(
    ("type_", "claim", "name"),
    [
        ("image", "image/svg+xml", "a.svg"),
        ("image", "text/plain", "a.txt"),
        ("image", "", "a.jpg"),
        ("image", "application/pdf", "a.pdf"),
        ("voice", "video/mp2t", "a.ts"),
        ("video", "video/x-msvideo", "a.avi"),
        ("file", "text/html", "a.html"),
        ("file", "", "a.exe"),
        ("file", "text/plain", "a.bat"),
        ("file", "image/svg+xml", "a.pdf"),
    ],
)
def test_what_is_never_taken_is_refused_before_a_byte_is_sent(type_: str, claim: str, name: str):
    with pytest.raises(TypeUnsupported):
        CONVERSATION.check_asked(type_, 10, claim, name)


def test_a_conversation_takes_every_format_as_every_type_it_may_be():
    assert all(CONVERSATION.takes(one, type_) for one in FORMATS.values() for type_ in one.types)


def test_a_paper_is_shown_by_a_picture_or_a_pdf():
    taken = {(one.name, type_) for one in FORMATS.values() for type_ in UPLOAD_TYPES if PAPER.takes(one, type_)}
    assert {name for name, type_ in taken if type_ == "file"} == {"pdf"}
    assert {type_ for _, type_ in taken} == {"image", "file"}
    for type_, claim, name in (
        ("file", "image/jpeg", "a.jpg"),
        ("file", "", "a.docx"),
        ("file", "text/plain", ""),
        ("voice", "audio/webm", ""),
        ("video", "video/mp4", ""),
    ):
        with pytest.raises(TypeUnsupported):
            PAPER.check_asked(type_, 10, claim, name)
    PAPER.check_asked("file", PAPER.largest["file"], "", "执业证书")
    assert not PAPER.agrees(FORMATS["text"], "file", "", "执业证书")
    with pytest.raises(UploadTooLarge):
        PAPER.check_asked("image", PAPER.largest["image"] + 1, "image/jpeg", "")
