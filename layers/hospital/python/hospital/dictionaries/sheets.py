"""Tables in files: their rows and cells; reading CSV, and writing it. Pure.

A reader gives each row with its number and what each cell is, so that a formula or a merged cell is told by its place
and never taken for a value. This one reads CSV in UTF-8 (with or without a byte order mark) and GB 18030, as Excel
saves it; the reader of `workbooks` has the same shape, and `opening` chooses by the first bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes Excel calculate when it opens a CSV. Source: OWASP, "CSV Injection"."""
LONGEST_CELL = 2000

Mark = Literal["value", "formula", "merged", "date", "long_number", "error"]
Reason = Literal["not_a_table", "old_workbook", "encrypted", "unpacks_too_large"]


class NotATable(Exception):
    """The file is none that a reader knows. `reason` is a refusal of `imports`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


@dataclass(frozen=True)
class Cell:
    """What stands in a cell, stripped; of a formula, its text."""

    text: str
    mark: Mark = "value"


@dataclass(frozen=True)
class SheetRow:
    """A row of the file by its number there, from 1. Empty rows are left out."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """The rows of a file; of a workbook the sheet that is read, and those that are not."""

    rows: Iterator[SheetRow]
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()


def read_csv(file: bytes) -> Table:
    """The rows of a CSV file; `NotATable` when it is none, by its first bytes or as the rows are read."""
    return Table(_rows_of(_text(file)))


def csv_lines(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as lines of CSV. What Excel would calculate gets an apostrophe in front, which `read_csv` takes off."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows([_guarded(str(cell)) for cell in row] for row in rows)
    return written.getvalue()


def _text(file: bytes) -> str:
    if b"\x00" in file:
        raise NotATable("not_a_table")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return file.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotATable("not_a_table")


def _rows_of(text: str) -> Iterator[SheetRow]:
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    try:
        for cells in reader:
            number, before = before + 1, reader.line_num
            read = tuple(_cell(cell) for cell in cells)
            if any(cell.text for cell in read):
                yield SheetRow(number, read)
    except csv.Error:
        raise NotATable("not_a_table") from None


def _cell(text: str) -> Cell:
    said = text.strip()[:LONGEST_CELL]
    if said.startswith("="):
        return Cell(said, "formula")
    return Cell(said[1:] if said.startswith("'") and said[1:2] in _FORMULA and said[1:] else said)


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
