"""`python -m infra.local backup` and `restore`: a state folder copied as of one moment, and put back.

A hospital that runs makes the copy itself, since nobody else may read its store; one that does not is read here. The
logs are left out. A name that ends in `.tar` or `.tar.gz` is one file, any other a folder.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sqlite3
import ssl
import sys
import tarfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from .state_folder import FolderRefused, Holder, StateFolder
from .store import StoreError
from .store.copying import FILE_NAME, OBJECTS, check_copy, copy_database, copy_objects

ROUTE = "/sandbox/api/backup"
KEY_HEADER = "X-Folder-Key"
_LONGEST = 600.0
_ARCHIVES = (".tar", ".tar.gz", ".tgz")


class BackupRefused(Exception):
    """It cannot be done; the message is one sentence."""


def main(arguments: list[str]) -> int:
    """0 when done, 1 with one sentence when it cannot be."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.local", description="Copies a state folder, or puts it back."
    )
    parser.add_argument("what", choices=("backup", "restore"))
    parser.add_argument("copy", help="the copy: a folder, or a file that ends in .tar or .tar.gz")
    parser.add_argument("--state", default=".hospital", help="the state folder (default .hospital)")
    parser.add_argument("--reset", action="store_true", help="restore: forget what the state folder holds now")
    chosen = parser.parse_args(arguments)
    state, copy = Path(chosen.state).resolve(), Path(chosen.copy).resolve()
    try:
        if chosen.what == "backup":
            print(back_up(state, copy), flush=True)
        else:
            print(restore(copy, state, forget=chosen.reset), flush=True)
    except (BackupRefused, FolderRefused, StoreError) as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        print(f"{error.filename or copy} cannot be used: {error.strerror}.", file=sys.stderr, flush=True)
        return 1
    return 0


def back_up(state: Path, copy: Path) -> str:
    """Makes the copy; answers a sentence about it. BackupRefused, FolderRefused, StoreError."""
    if copy.exists():
        raise BackupRefused(f"{copy} is there already; choose another name.")
    if not (state / FILE_NAME).exists():
        raise BackupRefused(f"{state} is no hospital's state folder: it holds no {FILE_NAME}.")
    copy.parent.mkdir(parents=True, exist_ok=True)
    folder = StateFolder(state)
    holder = folder.holder()
    with _passing(copy) as made:
        try:
            if holder is not None:
                _ask(holder, made)
            else:
                copy_folder(folder, lambda to: _copy_store(state, to), made)
        finally:
            folder.release()
        check_copy(made)
        size = sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
        if copy.name.endswith(_ARCHIVES):
            with _passing(copy, ".packed") as archive:
                _pack(made, archive, copy.name)
                archive.rename(copy)
        else:
            made.rename(copy)
    return f"The state in {state} is copied to {copy} ({size / 1e6:.1f} MB)."


def copy_folder(folder: StateFolder, copy_store: Callable[[Path], object], to: Path) -> None:
    """Everything of a held folder but its logs into the new folder `to`; `copy_store` makes that and fills in the
    store."""
    copy_store(to)
    for path in folder.small_files():
        if path.suffix == ".db":
            with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to / path.name)) as target:
                source.backup(target)
        elif path.is_dir():
            shutil.copytree(path, to / path.name)
        else:
            shutil.copyfile(path, to / path.name)


def restore(copy: Path, state: Path, *, forget: bool = False) -> str:
    """Makes the state folder what the copy holds; answers a sentence. With `forget`, what the folder of a hospital
    that is not running held is gone. BackupRefused, FolderRefused, StoreError."""
    if not copy.exists():
        raise BackupRefused(f"There is no {copy}.")
    folder = StateFolder(state)
    if state.exists():
        _demand_place(folder, forget=forget)
    state.parent.mkdir(parents=True, exist_ok=True)
    with _passing(state, ".restored") as made:
        made.mkdir(mode=0o700)
        if copy.is_dir():
            shutil.copytree(copy, made, dirs_exist_ok=True, ignore=shutil.ignore_patterns("lock", "logs"))
        else:
            _unpack(copy, made)
        check_copy(made)
        before = state.with_name(f"{state.name}.before")
        if state.exists():
            state.rename(before)
        made.rename(state)
        shutil.rmtree(before, ignore_errors=True)
    folder.release()
    return f"{state} holds what was copied to {copy}; open it with --state {state}."


def _demand_place(folder: StateFolder, *, forget: bool) -> None:
    """Holds the folder and looks whether something may be put in its place."""
    if not folder.path.is_dir():
        raise BackupRefused(f"{folder.path} is no folder.")
    if folder.holder() is not None:
        raise BackupRefused(f"A hospital runs on {folder.path}; stop it first, or restore into another --state.")
    folder.demand_ours("restore")
    if (folder.path / FILE_NAME).exists() and not forget:
        raise BackupRefused(f"{folder.path} holds a hospital; --reset forgets it, or restore into another --state.")


def _copy_store(state: Path, to: Path) -> None:
    """The store of a hospital that does not run, in whatever format it is."""
    try:
        with closing(sqlite3.connect(state / FILE_NAME)) as database:
            copy_database(database, to)
    except sqlite3.Error as error:
        raise BackupRefused(f"The state in {state} cannot be copied: {error}.") from error
    copy_objects(state / OBJECTS, to)


def _ask(holder: Holder, to: Path) -> None:
    """Has the hospital that runs make the copy."""
    request = urllib.request.Request(
        holder.origin + ROUTE,
        data=json.dumps({"to": str(to)}).encode(),
        headers={"Content-Type": "application/json", KEY_HEADER: holder.key},
    )
    # The hospital's certificate is of its own making, and the address is this machine's.
    trusting = ssl._create_unverified_context() if holder.origin.startswith("https:") else None
    try:
        with urllib.request.urlopen(request, timeout=_LONGEST, context=trusting):
            return
    except urllib.error.HTTPError as error:
        answer = json.loads(error.read() or b"{}")
        raise BackupRefused(answer.get("facts", {}).get("reason") or f"The hospital answered {error.code}.") from error
    except urllib.error.URLError as error:
        raise BackupRefused(f"The hospital at {holder.origin} does not answer: {error.reason}.") from error


@contextmanager
def _passing(path: Path, ending: str = ".part") -> Iterator[Path]:
    """A name beside `path` for what is not finished; whatever is left under it goes."""
    passing = path.with_name(path.name + ending)
    _remove(passing)
    try:
        yield passing
    finally:
        _remove(passing)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _pack(folder: Path, archive: Path, name: str) -> None:
    archive.touch(mode=0o600)
    with tarfile.open(archive, "w" if name.endswith(".tar") else "w:gz") as tar:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                tar.add(path, path.relative_to(folder).as_posix())


def _unpack(archive: Path, folder: Path) -> None:
    """Only plain files, at most one folder deep: whatever else an archive holds is none of ours."""
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                parts = Path(member.name).parts
                content = tar.extractfile(member)
                if content is None or ".." in parts or len(parts) > 2 or Path(member.name).is_absolute():
                    raise BackupRefused(f"{archive} is no backup of a hospital: it holds {member.name}.")
                place = folder / member.name
                place.parent.mkdir(exist_ok=True, mode=0o700)
                with place.open("xb") as file:
                    shutil.copyfileobj(content, file)
                place.chmod(0o600)
    except (tarfile.TarError, EOFError) as error:
        raise BackupRefused(f"{archive} is no backup of a hospital, or is cut off: {error}.") from error
