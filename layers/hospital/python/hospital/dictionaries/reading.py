"""From the rows of a file to lines of an import, and from a line to an entry's content: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from pydantic import ValidationError

from hospital.dictionaries.declared import Described, Dictionary
from hospital.dictionaries.imports import MOST_LINES, BadLine, Line, Refusal
from hospital.dictionaries.sheets import Cell, SheetRow

_MOST_ABOVE = 10
"""Rows among which the columns are named."""


class FileRefused(Exception):
    """The file as a whole cannot be taken."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal: Refusal = refusal


def read_lines(dictionary: Dictionary, rows: Iterable[SheetRow]) -> tuple[list[Line], tuple[str, ...]]:
    """(the lines below the heading, the columns that no field has). `FileRefused` without the columns that must be."""
    told = iter(rows)
    heading, fields = _heading(dictionary, told)
    lines: list[Line] = []
    seen: dict[str, int] = {}
    for row in told:
        if len(lines) == MOST_LINES:
            raise FileRefused("too_many_lines")
        lines.append(_line(fields, heading.cells, row, seen))
    unknown = [cell.text for cell, field in zip(heading.cells, fields, strict=True) if cell.text and field is None]
    return lines, tuple(unknown[:20])


def _heading(dictionary: Dictionary, told: Iterator[SheetRow]) -> tuple[SheetRow, list[str | None]]:
    """(the row that names the columns, the field of each); titles and notes may stand above it."""
    for row in islice(told, _MOST_ABOVE):
        fields = [dictionary.field_of(cell.text) for cell in row.cells]
        if {"code", "name"} <= {field for field in fields if field}:
            return row, fields
    raise FileRefused("no_columns")


def content_of(dictionary: Dictionary, line: Line) -> tuple[Described | None, tuple[BadLine, ...]]:
    """(what the line says, or None with what is wrong with it). An empty cell is a field not told of."""
    if line.wrong:
        return None, line.wrong
    told = {field: _spelled(dictionary, field, text) for field, text in line.values.items() if text}
    try:
        return dictionary.schema.model_validate(told), ()
    except ValidationError as broken:
        titles = {field: title for title, field in dictionary.columns.items()}
        wrong = {str(error["loc"][0]): error["type"] for error in broken.errors()}
        return None, tuple(
            BadLine(
                line=line.number,
                column=titles.get(field, field),
                problem="missing" if kind == "missing" else "wrong_value",
            )
            for field, kind in wrong.items()
        )


def _line(fields: list[str | None], heading: tuple[Cell, ...], row: SheetRow, seen: dict[str, int]) -> Line:
    wrong = [
        BadLine(line=row.number, column=heading[at].text, problem=cell.mark)
        for at, cell in enumerate(row.cells[: len(fields)])
        if fields[at] and cell.mark != "value"
    ]
    if any(cell.text for cell in row.cells[len(fields) :]):
        wrong.append(BadLine(line=row.number, problem="too_many_cells"))
    values = {
        field: cell.text for field, cell in zip(fields, row.cells, strict=False) if field and cell.mark == "value"
    }
    code = values.get("code", "").casefold()
    if code and seen.setdefault(code, row.number) != row.number:
        at = next(cell.text for cell, field in zip(heading, fields, strict=True) if field == "code")
        wrong.append(BadLine(line=row.number, column=at, problem="twice_in_file"))
    return Line(number=row.number, values=values, wrong=tuple(wrong))


def _spelled(dictionary: Dictionary, field: str, text: str) -> str:
    """The value that a choice's Chinese word stands for; other texts as they are."""
    choices = dictionary.words.get(field, {})
    return choices.get(text, text)
