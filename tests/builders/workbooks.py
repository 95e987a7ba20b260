"""Workbooks as hospitals send them: made by openpyxl, and bent where it would not bend."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

from openpyxl import Workbook


def workbook(
    rows: Iterable[Iterable[Any]], also: Callable[[Any, Any], None] | None = None, sheet: str = "药品"
) -> bytes:
    """A workbook with these rows; `also` does more to it (the workbook, its sheet)."""
    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    if also:
        also(book, book.active)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def repacked(file: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The same package with the content of its parts changed, by their names."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as before, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
    return written.getvalue()


def in_sheet(pattern: bytes, instead: bytes) -> Callable[[str, bytes], bytes]:
    """Changes the first sheet's XML."""

    def change(name: str, content: bytes) -> bytes:
        return re.sub(pattern, instead, content) if name == "xl/worksheets/sheet1.xml" else content

    return change
