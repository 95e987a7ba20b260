"""An import of a file into a dictionary: pure.

The file comes in parts, each a request of its own; then it is read at once into batches of lines, and these are written
one batch a step. Each step reports the next, so that none of them outlasts a function, and one that is done twice
writes nothing anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from hospital import ids
from hospital.dictionaries.declared import Dictionary
from hospital.dictionaries.errors import ImportMovedOn
from hospital.records import Record

State = Literal["receiving", "reading", "writing", "done", "refused"]
Problem = Literal[
    "formula",
    "merged",
    "date",
    "long_number",
    "error",
    "twice_in_file",
    "missing",
    "wrong_value",
    "too_many_cells",
    "his_code_taken",
    "changed_meanwhile",
]
"""What is wrong with a line: a formula instead of a value, a cell that is part of a merged one, a text that Excel has
made a date or a number without its last digits, one of its errors, a code that stood in the file before, nothing where
something must be, a value that the schema refuses, more cells than columns, a HIS code that another entry has, or an
entry that somebody changed in the same moment."""
Refusal = Literal["not_a_table", "old_workbook", "encrypted", "unpacks_too_large", "no_columns", "too_many_lines"]
"""Why a file was not taken at all: no table, a workbook as Excel wrote it before 2007, one under a password, one that
unpacks to more than a table needs, no columns of code and name, or more lines than an import has."""

PART_BYTES = 150_000
"""Of one part: with base64 and its frame under the 256 KB of a request, and under the 400 KB of an item."""
MOST_PARTS = 80
MOST_LINES = 60_000
BATCH = 50
"""Lines of one step: at 20 ms a line well under a function's time."""
KEEP = timedelta(days=30)


class BadLine(BaseModel):
    """What is wrong with a line, by its number in the file (the heading is 1), the title of the column if it is one."""

    model_config = ConfigDict(frozen=True)

    line: int
    column: str = ""
    problem: Problem


class Import(Record):
    """An import. `step` counts the batches that are written; `refusal` says why a file was not taken at all. Of a
    workbook, `sheet` is the sheet that was read."""

    dictionary: str
    organisation_id: str
    person_id: str
    filename: str
    parts: int
    state: State = "receiving"
    refusal: Refusal | None = None
    ignored_columns: tuple[str, ...] = ()
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()
    batches: int = 0
    step: int = 0
    lines: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    wrong: int = 0
    asked_at: datetime
    ended_at: datetime | None = None

    @classmethod
    def ask(
        cls, dictionary: Dictionary, organisation_id: str, person_id: str, filename: str, parts: int, now: datetime
    ) -> Self:
        """A new import, whose file is to come in `parts`."""
        return cls(
            id=ids.new_id("imp"),
            dictionary=dictionary.name,
            organisation_id=organisation_id,
            person_id=person_id,
            filename=filename,
            parts=parts,
            asked_at=now,
        )

    @property
    def until(self) -> datetime:
        """When it may be tidied away."""
        return self.asked_at + KEEP

    def must_be(self, state: State) -> Self:
        """Itself; `ImportMovedOn` in any other state."""
        if self.state != state:
            raise ImportMovedOn(state=self.state)
        return self

    def start(self) -> Self:
        """The whole file has come."""
        return self.must_be("receiving").having(state="reading")

    def refuse(self, refusal: Refusal, now: datetime) -> Self:
        """The file is none that can be taken."""
        return self.must_be("reading").having(state="refused", refusal=refusal, ended_at=now)

    def write(self, lines: int, batches: int, left_out: dict[str, Any], now: datetime) -> Self:
        """The file has been read; `left_out` says what of it was not: columns and sheets."""
        told: dict[str, Any] = {"lines": lines, "batches": batches, **left_out}
        ended: dict[str, Any] = {} if batches else {"ended_at": now}
        return self.must_be("reading").having(state="writing" if batches else "done", **told, **ended)

    def proceed(self, created: int, changed: int, unchanged: int, wrong: int, now: datetime) -> Self:
        """One more batch was written."""
        ended = self.step + 1 == self.batches
        return self.must_be("writing").having(
            step=self.step + 1,
            created=self.created + created,
            changed=self.changed + changed,
            unchanged=self.unchanged + unchanged,
            wrong=self.wrong + wrong,
            state="done" if ended else "writing",
            ended_at=now if ended else None,
        )


class Line(BaseModel):
    """A line of the file: its number, its values by the schema's fields, and what was wrong with it as it was read."""

    model_config = ConfigDict(frozen=True)

    number: int
    values: dict[str, str]
    wrong: tuple[BadLine, ...] = ()


class Piece(Record):
    """A numbered piece of an import, kept as long as the import is: a part of its file."""

    content: str
    until: datetime


class Batch(Record):
    """The lines of one step."""

    lines: tuple[Line, ...]
    until: datetime


class Wrong(Record):
    """The bad lines of one step."""

    lines: tuple[BadLine, ...]
    until: datetime
