"""Table files: what is read and what is refused; what is written cannot calculate."""

from __future__ import annotations

import pytest

from hospital.dictionaries.sheets import Cell, NotATable, csv_lines, read_csv

pytestmark = pytest.mark.unit


def cells(file: bytes) -> list[tuple[int, list[str]]]:
    return [(row.number, [cell.text for cell in row.cells]) for row in read_csv(file).rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_as_programs_save_it(encoding: str, separator: str) -> None:
    text = separator.join(["编码", "名称"]) + "\r\n" + separator.join(["D1", " 甲 "]) + "\r\n"
    assert cells(text.encode(encoding)) == [(1, ["编码", "名称"]), (2, ["D1", "甲"])]


def test_lines_keep_the_numbers_that_the_file_has() -> None:
    assert cells('编码,名称\n\nD1,"两\n行"\n,\nD2,乙'.encode()) == [
        (1, ["编码", "名称"]),
        (3, ["D1", "两\n行"]),
        (6, ["D2", "乙"]),
    ]


def test_a_formula_is_told_and_text_behind_an_apostrophe_is_text() -> None:
    (row,) = read_csv(b"=1+1,'=1+1,-5,'-5,'text").rows
    assert row.cells == (Cell("=1+1", "formula"), Cell("=1+1"), Cell("-5"), Cell("-5"), Cell("'text"))


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"a\x00b", "not_a_table"),
        (b"\xff\xff\xff", "not_a_table"),
        (b'a,"b\nc', "not_a_table"),
    ],
)
def test_what_is_no_table(file: bytes, reason: str) -> None:
    with pytest.raises(NotATable) as refused:
        list(read_csv(file).rows)
    assert refused.value.reason == reason


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "a,b", 'a"b', "a\nb", "", "普通"])
def test_what_goes_out_comes_in_and_never_calculates(text: str) -> None:
    line = csv_lines([["x", text]])
    assert not line.split(",", 1)[1].lstrip('"').startswith(("=", "+", "-", "@"))
    assert cells(line.encode()) == [(1, ["x", text])]
