"""A copy of a state folder's store as it was at one moment, made while it is used or while nobody has it."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from .errors import StoreTooNew, StoreUnreadable
from .formats import FORMAT
from .object_rows import files_of
from .object_uploads import files_of_upload

FILE_NAME = "hospital.db"
OBJECTS = "objects"
"""The folder of S3's bytes, beside the database."""


def copy_database(connection: sqlite3.Connection, folder: Path) -> None:
    """Puts the database behind `connection` into a new folder, whole. The caller keeps writers away meanwhile."""
    folder.mkdir(mode=0o700, parents=True)
    file = folder / FILE_NAME
    file.touch(mode=0o600)
    with closing(sqlite3.connect(file)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def copy_objects(objects: Path, folder: Path) -> int:
    """Puts the bytes that the copied database in `folder` names beside it; answers how many files.

    A file of bytes never changes, so on the same disk the copy is another name for it.
    """
    place = folder / OBJECTS
    place.mkdir(mode=0o700)
    with closing(sqlite3.connect(folder / FILE_NAME)) as copy:
        wanted = _files_named(copy)
    for name in wanted:
        try:
            os.link(objects / name, place / name)
        except OSError:
            shutil.copyfile(objects / name, place / name)
    return len(wanted)


def check_copy(folder: Path) -> None:
    """Is this a whole store that this version can open? Raises StoreUnreadable or StoreTooNew."""
    file = folder / FILE_NAME
    if not file.is_file():
        raise StoreUnreadable(f"{folder} is no backup of a hospital: it holds no {FILE_NAME}.")
    try:
        with closing(sqlite3.connect(file)) as copy:
            version = copy.execute("PRAGMA user_version").fetchone()[0]
            complaint = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
            if version > FORMAT:
                raise StoreTooNew(
                    f"The backup {folder} has format {version}, newer than format {FORMAT} which this version reads; "
                    "update the hospital first."
                )
            missing = [name for name in sorted(_files_named(copy)) if not (folder / OBJECTS / name).is_file()]
    except sqlite3.Error as error:
        raise StoreUnreadable(f"The backup {folder} is damaged: {error}.") from error
    if complaint != "ok":
        raise StoreUnreadable(f"The backup {folder} is damaged: {complaint}.")
    if missing:
        raise StoreUnreadable(f"The backup {folder} is not whole: the bytes of {len(missing)} objects are missing.")


def _files_named(connection: sqlite3.Connection) -> set[str]:
    """Of objects and of parts, as far as the format of the copy knows them."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    found: set[str] = set()
    for table, column, named in (("objects", "versions", files_of), ("uploads", "upload", files_of_upload)):
        if table in tables:
            for (text,) in connection.execute(f"SELECT {column} FROM {table}"):
                found |= named(text)
    return found
