"""The folder that holds everything a local hospital keeps: its store, the sandbox's inbox, the logs."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path
from typing import IO


class FolderRefused(Exception):
    """The folder cannot be used; the message is one sentence for the person at the keyboard."""


class StateFolder:
    """Held by one process at a time. What it holds is the store's, the inbox's and the logs' own matter."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None

    @property
    def inbox(self) -> Path:
        return self.path / "inbox.db"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def accounts(self) -> Path:
        """The accounts of the demo, written when it was founded."""
        return self.path / "accounts.json"

    @property
    def clock(self) -> Path:
        """What the hospital's clock was set to."""
        return self.path / "clock.json"

    @property
    def founding(self) -> Path:
        """There while the demo is being founded: a folder in which it still stands was cut off before it opened."""
        return self.path / "founding"

    def hold(self) -> None:
        """Makes the folder if need be and takes it for this process. FolderRefused."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = (self.path / "lock").open("a")
            self.logs.mkdir(exist_ok=True)
        except OSError as error:
            raise FolderRefused(f"The state folder {self.path} cannot be used: {error.strerror}.") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FolderRefused(
                f"Another hospital runs on the state folder {self.path}; stop it or choose another --state."
            ) from error

    def reset(self) -> None:
        """Empties the held folder, so that the hospital begins anew. FolderRefused for a folder that is not ours."""
        strangers = [path.name for path in self.path.iterdir() if not _ours(path.name)]
        if strangers:
            raise FolderRefused(
                f"--reset will not empty {self.path}: it holds {strangers[0]}, so it is no hospital's state folder."
            )
        for path in self.path.iterdir():
            if path.name == "logs":
                shutil.rmtree(path)
                path.mkdir()
            elif path.name != "lock":
                path.unlink()


_OURS = {"lock", "logs", "accounts.json", "clock.json", "clock.new", "founding"}


def _ours(name: str) -> bool:
    return name in _OURS or name.partition(".db")[0] in ("hospital", "inbox")
