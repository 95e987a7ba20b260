"""Workbooks (.xlsx): read into rows of cells with what each cell is, and an empty one written to be filled in. Pure.

Format: ECMA-376 part 1, SpreadsheetML, by openpyxl 3.1 (its streaming parser, so that a large sheet costs its rows).
The first sheet that is not hidden is read. What a cell shows counts: a number keeps the zeros that its format puts
before and behind it. What Excel has made of a text by itself is told, never guessed: a date (1-2), a number of more
than 15 digits (its last ones are lost), an error, a formula, a cell that is part of a merged one.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from hospital.dictionaries.declared import Dictionary
from hospital.dictionaries.sheets import LONGEST_CELL, Cell, Mark, NotATable, SheetRow, Table

MOST_UNPACKED = 100_000_000
"""Bytes of all parts: 60,000 lines of 12 columns take some 40 MB. A file that says less than it holds breaks off."""
_MOST_ROWS = 1_048_576
"""Excel's own."""
_MOST_COLUMNS = 100
_EXACT = 10**15
"""Excel keeps 15 digits of a number."""
_PADDED = re.compile(r"(0+)(?:\.(0+))?")
_BROKEN = (
    AttributeError,
    EOFError,
    KeyError,
    IndexError,
    NotImplementedError,
    OSError,
    OverflowError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What openpyxl and zipfile raise for files that are no workbook or a broken one: they check nothing beforehand. XML
that cannot be read is a `SyntaxError`, whichever parser reads it."""


def read_workbook(file: bytes) -> Table:
    """Its first visible sheet; `NotATable` for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            _check_parts(archive)
        with warnings.catch_warnings(action="ignore"):  # of what it leaves out: pictures, rules of colours
            return _read(io.BytesIO(file))
    except _BROKEN:
        raise NotATable("not_a_table") from None


def empty_workbook(dictionary: Dictionary) -> bytes:
    """A workbook with the columns of a dictionary, all of them text, and a sheet that explains them."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet, told = book.active, book.create_sheet("填写说明 Notes")
    sheet.title = dictionary.zh
    told.append(["列 Column", "English", "必填 Required", "可填 Values"])
    sheet.freeze_panes = "A2"
    for number, (title, name) in enumerate(dictionary.columns.items(), 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 18
        sheet.column_dimensions[letter].number_format = "@"  # text: 001 stays 001
        head = sheet.cell(row=1, column=number, value=title)
        head.font, head.number_format = Font(bold=True), "@"
        rules, words = dictionary.schema.model_fields[name], list(dictionary.words.get(name, {}))
        told.append([title, dictionary.english(name), "是" if rules.is_required() else "", "、".join(words)])
        if words:
            choices = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
            choices.add(f"{letter}2:{letter}{_MOST_ROWS}")
            sheet.add_data_validation(choices)
    for letter, width in zip("ABCD", (20, 30, 16, 40), strict=True):
        told.column_dimensions[letter].width = width
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _check_parts(archive: zipfile.ZipFile) -> None:
    """`NotATable` for what is locked, or unpacks to more than a table needs."""
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise NotATable("encrypted")
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise NotATable("unpacks_too_large")


def _read(file: io.BytesIO) -> Table:
    from openpyxl import load_workbook  # a tenth of a second that only files of this kind take
    from openpyxl.worksheet._reader import WorkSheetParser

    book = load_workbook(file, read_only=True, keep_links=False)
    sheet = next(one for one in book.worksheets if one.sheet_state == "visible")
    # Its own rows would leave out which cells are merged, and make up those that a wrong number skips.
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        rows = [_row(sheet, number, cells) for number, cells in parser.parse()]
    merged = [one.ref for one in parser.merged_cells.mergeCell] if parser.merged_cells else []
    others = tuple(one.title for one in book.worksheets if one is not sheet)
    return Table(_marked(rows, [_bounds(one) for one in merged]), sheet.title, others)


def _row(sheet: Any, number: int, cells: list[dict[str, Any]]) -> SheetRow:
    if not 1 <= number <= _MOST_ROWS:
        raise NotATable("not_a_table")
    placed = {cell["column"]: _cell(sheet, cell) for cell in cells if cell["column"] <= _MOST_COLUMNS}
    last = max((at for at, cell in placed.items() if cell.text or cell.mark != "value"), default=0)
    return SheetRow(number, tuple(placed.get(at, Cell("")) for at in range(1, last + 1)))


def _cell(sheet: Any, cell: dict[str, Any]) -> Cell:
    kind, value = cell["data_type"], cell["value"]
    if kind == "f":
        return Cell("", "formula")
    if value is None:
        return Cell("")
    if kind == "e":
        return Cell(str(value), "error")
    if isinstance(value, date | datetime | time | timedelta):
        return Cell(str(value), "date")
    if isinstance(value, bool):
        return Cell("TRUE" if value else "FALSE")
    if isinstance(value, int | float):
        return _number(value, _format_of(sheet, cell))
    return Cell(str(value).strip()[:LONGEST_CELL])


def _number(value: float, shown: str) -> Cell:
    if abs(value) >= _EXACT:
        return Cell(str(value), "long_number")
    if padded := _PADDED.fullmatch(shown):
        zeros, decimals = padded[1], len(padded[2] or "")
        return Cell(f"{value:0{len(zeros) + decimals + bool(decimals)}.{decimals}f}")
    return Cell(str(int(value)) if value == int(value) else repr(float(value)))


def _format_of(sheet: Any, cell: dict[str, Any]) -> str:
    from openpyxl.cell.read_only import ReadOnlyCell

    return str(ReadOnlyCell(sheet, **cell).number_format) if cell["style_id"] else "General"


def _bounds(ref: str) -> tuple[int, int, int, int]:
    """(first row, last row, first column, last column) of B2:C4."""
    from openpyxl.utils.cell import range_boundaries

    left, top, right, bottom = range_boundaries(ref)
    return top, bottom, left, right


def _marked(rows: list[SheetRow], merged: list[tuple[int, int, int, int]]) -> Iterator[SheetRow]:
    """The rows that hold anything, cells that are part of a merged one marked. Both are gone through once."""
    waiting, open_now = sorted(merged, reverse=True), list[tuple[int, int, int, int]]()
    for row in sorted(rows, key=lambda one: one.number):
        while waiting and waiting[-1][0] <= row.number:
            open_now.append(waiting.pop())
        open_now = [one for one in open_now if one[1] >= row.number]
        inside = {at for _, _, left, right in open_now for at in range(left, min(right, _MOST_COLUMNS) + 1)}
        width = max([len(row.cells), *inside]) if inside else len(row.cells)
        if width:
            told = [*row.cells, *[Cell("")] * (width - len(row.cells))]
            yield SheetRow(row.number, tuple(_within(cell, at in inside) for at, cell in enumerate(told, 1)))


def _within(cell: Cell, merged: bool) -> Cell:
    mark: Mark = "merged"
    return Cell(cell.text, mark) if merged else cell
