"""A dictionary as a table file: its entries as lines of CSV, as Excel reads them behind a byte order mark, or an empty
workbook to fill in."""

from __future__ import annotations

import base64

from hospital.caller import Caller
from hospital.dictionaries.declared import DICTIONARIES
from hospital.dictionaries.sheets import csv_lines
from hospital.dictionaries.store import page_of_all
from hospital.dictionaries.workbooks import empty_workbook

_LINES = 500
"""Of one page: about 150 KB."""


def export_page(name: str, cursor: str | None, *, by: Caller) -> tuple[str, str | None]:
    """(some lines, where to go on); the heading before the first."""
    dictionary = DICTIONARIES[name]
    page = page_of_all(dictionary, by.organisation_id, retired=False, cursor=cursor, limit=_LINES)
    heading = [] if cursor else [list(dictionary.columns)]
    return csv_lines([*heading, *(dictionary.said_of(entry.content) for entry in page.items)]), page.cursor


def template_of(name: str) -> tuple[str, str]:
    """(name of the file, its bytes in base64): an empty workbook with the columns of the dictionary."""
    dictionary = DICTIONARIES[name]
    return f"{dictionary.zh}.xlsx", base64.b64encode(empty_workbook(dictionary)).decode()
