"""What is harmful by rule, and what is not."""

from __future__ import annotations

import pytest

from adapters.scan.finding import Finding
from adapters.scan.rules import RulesScanner
from hospital.uploads.sniffing import sniff
from tests.builders import files

pytestmark = pytest.mark.unit


def scanned(content: bytes) -> Finding | None:
    found = sniff(content)
    assert found is not None
    return RulesScanner().scan(content, found.name)


@pytest.mark.parametrize(
    "content",
    [
        files.picture(),
        files.pdf(),
        files.pdf(b"4 0 obj<</Type/XObject/Length 4>>stream\nPK\x05\x06\nendstream endobj"),
        files.office(),
        files.office("xl", media__image1__png=files.picture("PNG")),
        files.old_office(),
        files.dicom(),
        files.archive({"IM/0001.dcm": files.dicom(), "说明.txt": b"read me"}),
        files.archive({"zeros.txt": bytes(19_000_000)}),
        b"plain words",
    ],
)
def test_harmless_files_pass(content: bytes):
    assert scanned(content) is None


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (files.EICAR, "EICAR"),
        (files.pdf() + files.EICAR, "EICAR"),
        (files.polyglot(), "polyglot"),
        (files.pdf() + files.archive({"a.txt": b"1"}), "polyglot"),
        (files.archive({"a.txt": b"%PDF-1.4 "}, packed=False), "polyglot"),
        (files.pdf(b"4 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj"), "script"),
        (files.pdf(b"4 0 obj<</S/J#61vaScript/J#53(x)>>endobj"), "script"),
        (files.pdf(b"4 0 obj<</S/Launch/F(cmd.exe)>>endobj"), "script"),
        (files.pdf(b"4 0 obj<</Names<</EmbeddedFiles 5 0 R>>>>endobj"), "script"),
        (files.hidden_script_pdf(), "script"),
        (files.office(vbaProject__bin=b"1"), "macro"),
        (files.office("xl", activeX1__xml=b"1"), "macro"),
        (files.old_office(macro=True), "macro"),
        (files.archive({"viewer.exe": b"MZ"}), "program"),
        (files.archive({"deep/down/page.HTML": b"1"}), "program"),
        (files.archive({"more.zip": b"1"}), "archive in archive"),
        (files.archive({"../../etc/cron.d/a": b"1"}), "path outside"),
        (files.archive({"C:/a.txt": b"1"}), "path outside"),
        (files.archive_bomb(), "archive bomb"),
        (files.archive({f"{number}.txt": b"" for number in range(5001)}), "archive bomb"),
    ],
)
def test_what_harms_is_named(content: bytes, found: str):
    assert scanned(content) == Finding("harmful", found)


@pytest.mark.parametrize("content", [files.locked_archive(), files.pdf(b"5 0 obj<</Encrypt 6 0 R>>endobj")])
def test_what_a_password_locks_is_not_taken(content: bytes):
    assert scanned(content) == Finding("locked")


def test_a_broken_archive_is_damaged():
    assert RulesScanner().scan(files.archive({"a.txt": b"1"})[:-10], "zip") == Finding("damaged")
