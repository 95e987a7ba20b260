"""Workbooks: what each cell is taken for, and files that are none or mean harm."""

from __future__ import annotations

import io
import zipfile
from datetime import date, time
from typing import Any

import pytest
from openpyxl import load_workbook

from hospital.dictionaries.declared import DICTIONARIES
from hospital.dictionaries.opening import open_table
from hospital.dictionaries.reading import read_lines
from hospital.dictionaries.sheets import Cell, NotATable, SheetRow
from hospital.dictionaries.workbooks import MOST_UNPACKED, empty_workbook
from tests.builders.workbooks import in_sheet, repacked, workbook

pytestmark = pytest.mark.unit

HEAD = ("编码", "名称")
DRUGS = DICTIONARIES["drugs"]


def rows(file: bytes) -> list[SheetRow]:
    return list(open_table(file).rows)


def reason(file: bytes) -> str:
    with pytest.raises(NotATable) as refused:
        rows(file)
    return refused.value.reason


def one_cell(value: Any, shown: str | None = None) -> Cell:
    """What a cell with that value, shown in that format or as Excel would, is taken for."""

    def put(_: Any, sheet: Any) -> None:
        sheet["A1"].value = value
        sheet["A1"].number_format = shown or sheet["A1"].number_format

    (row,) = rows(workbook([], put))
    return row.cells[0]


@pytest.mark.parametrize(
    ("value", "shown", "taken"),
    [
        (" 001 ", "General", "001"),
        (1001, "General", "1001"),
        (1001.0, "0", "1001"),
        (12, "00000", "00012"),
        (10.1, "0.00", "10.10"),
        (2.5, "General", "2.5"),
        (123456789012345, "General", "123456789012345"),
        (True, "General", "TRUE"),
        ("-5mg", "@", "-5mg"),
        ("𠮷" * 3000, "General", "𠮷" * 2000),
    ],
)
def test_a_cell_is_what_it_shows(value: Any, shown: str, taken: str) -> None:
    assert one_cell(value, shown) == Cell(taken)


@pytest.mark.parametrize(
    ("value", "mark"),
    [
        ("=A2&B2", "formula"),
        (date(2026, 1, 2), "date"),
        (time(8, 30), "date"),
        (6901234567890123, "long_number"),
        (1e300, "long_number"),
        ("#N/A", "error"),
    ],
)
def test_what_excel_made_of_it_is_told(value: Any, mark: str) -> None:
    assert one_cell(value).mark == mark


def test_every_cell_of_a_merged_one_is_told_in_its_own_row() -> None:
    file = workbook([HEAD, ("D1", "甲"), ("D2", None), ("D3", "丙")], lambda _, sheet: sheet.merge_cells("B2:C3"))
    marks = [(row.number, [cell.mark for cell in row.cells]) for row in rows(file)]
    assert marks == [
        (1, ["value", "value"]),
        (2, ["value", "merged", "merged"]),
        (3, ["value", "merged", "merged"]),
        (4, ["value", "value"]),
    ]


def test_a_whole_sheet_merged_costs_no_more_than_its_rows() -> None:
    whole = in_sheet(rb"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')
    found = rows(repacked(workbook([HEAD, ("D1", "甲")]), whole))
    assert [(row.number, len(row.cells), {cell.mark for cell in row.cells}) for row in found] == [
        (1, 100, {"merged"}),
        (2, 100, {"merged"}),
    ]


def test_the_first_sheet_that_is_shown_is_read_and_the_others_named() -> None:
    def hide(book: Any, sheet: Any) -> None:
        book.create_sheet("目录").append(HEAD)
        book.create_sheet("旧目录")
        sheet.sheet_state = "hidden"

    table = open_table(workbook([("密", "码")], hide))
    assert (table.sheet, table.other_sheets) == ("目录", ("药品", "旧目录"))
    assert [cell.text for cell in next(table.rows).cells] == list(HEAD)


def test_titles_may_stand_above_the_columns_and_numbers_stay_those_of_the_file() -> None:
    def merge(_: Any, sheet: Any) -> None:
        sheet.merge_cells("A1:B1")

    lines, _ = read_lines(DRUGS, open_table(workbook([("药品目录",), (), HEAD, (), ("D1", "甲")], merge)).rows)
    assert [(line.number, line.values, line.wrong) for line in lines] == [(5, {"code": "D1", "name": "甲"}, ())]


def test_columns_may_be_named_in_english() -> None:
    lines, unknown = read_lines(DRUGS, open_table(workbook([("code", "Name", "memo"), ("D1", "甲", "x")])).rows)
    assert (lines[0].values, unknown) == ({"code": "D1", "name": "甲"}, ("memo",))


def test_a_size_that_the_file_states_wrongly_hides_nothing() -> None:
    file = repacked(workbook([HEAD, ("D1", "甲")]), in_sheet(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"'))
    assert [len(row.cells) for row in rows(file)] == [2, 2]


def test_rows_and_columns_far_away_cost_nothing() -> None:
    far = repacked(workbook([HEAD, ("D1", "甲")]), in_sheet(rb'r="B2"', b'r="XFD2"'))
    assert [cell.text for cell in rows(far)[1].cells] == ["D1"]
    beyond = in_sheet(rb'<row r="2"', b'<row r="99999999999"')
    assert reason(repacked(workbook([HEAD, ("D1", "甲")]), beyond)) == "not_a_table"


def bomb() -> bytes:
    """A few kilobytes that unpack to more than is taken."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("xl/a.xml", "w") as part:
        for _ in range(MOST_UNPACKED // 10**6 + 1):
            part.write(b"\0" * 10**6)
    return written.getvalue()


def lying() -> bytes:
    """A bomb that says that it is small."""
    file = workbook([HEAD, *[("D1", "甲" * 2000)] * 50])
    at = file.rindex(b"PK\x01\x02", 0, file.rindex(b"xl/worksheets/sheet1.xml"))
    return file[: at + 24] + (100).to_bytes(4, "little") + file[at + 28 :]


def laughing() -> bytes:
    """XML that names itself ten times over, again and again."""
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "甲甲甲甲甲甲">{entities}]>'.encode()

    def change(name: str, content: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return content
        return head + content.replace(b"<sheetData>", b'<sheetData><row r="1"><c r="A1" t="str"><v>&a11;</v></c></row>')

    return repacked(workbook([HEAD]), change)


def locked() -> bytes:
    file = workbook([HEAD])
    at = file.index(b"PK\x01\x02")
    return file[: at + 8] + b"\x01" + file[at + 9 :]


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (bomb(), "unpacks_too_large"),
        (lying(), "not_a_table"),
        (laughing(), "not_a_table"),
        (locked(), "encrypted"),
        (b"PK\x03\x04rest", "not_a_table"),
        (workbook([HEAD])[:-300], "not_a_table"),
        (repacked(workbook([HEAD]), lambda name, content: content[: len(content) // 2]), "not_a_table"),
        (repacked(workbook([HEAD]), in_sheet(rb"<row ", b"<row r='x' ")), "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ],
    ids=["bomb", "lying", "laughing", "locked", "torn", "cut", "half", "no row", "xls", "password"],
)
def test_files_that_are_refused_by_name(file: bytes, why: str) -> None:
    assert reason(file) == why


def test_a_package_of_something_else_is_no_table() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("word/document.xml", "<w/>")
    assert reason(written.getvalue()) == "not_a_table"


@pytest.mark.parametrize("dictionary", list(DICTIONARIES), ids=lambda one: one.name)
def test_the_template_is_filled_in_and_read(dictionary: Any) -> None:
    book = load_workbook(io.BytesIO(empty_workbook(dictionary)))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(dictionary.columns)
    assert {one.number_format for one in sheet.column_dimensions.values()} == {"@"}
    assert len(sheet.data_validations.dataValidation) == len(dictionary.words)
    sheet["A2"], sheet["B2"] = "001", "甲"
    written = io.BytesIO()
    book.save(written)
    lines, unknown = read_lines(dictionary, open_table(written.getvalue()).rows)
    assert ([line.values for line in lines], unknown) == ([{"code": "001", "name": "甲"}], ())
