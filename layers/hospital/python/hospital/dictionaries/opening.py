"""Which reader a file is for: its first bytes say it, whatever it is called. Pure."""

from __future__ import annotations

from hospital.dictionaries.sheets import NotATable, Table, read_csv
from hospital.dictionaries.workbooks import read_workbook

_PACKED = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Microsoft's compound files: .xls, and workbooks under a password."""
_LOCKED = "EncryptedPackage".encode("utf-16-le")


def open_table(file: bytes) -> Table:
    """The table in a file; `NotATable` when there is none."""
    if file.startswith(_COMPOUND):
        raise NotATable("encrypted" if _LOCKED in file else "old_workbook")
    return read_workbook(file) if file.startswith(_PACKED) else read_csv(file)
