"""The folder that holds everything a local hospital keeps: its store, the sandbox's inbox, the logs."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO


class FolderRefused(Exception):
    """The folder cannot be used; the message is one sentence for the person at the keyboard."""


@dataclass(frozen=True)
class Holder:
    """The hospital that runs on a folder: where it answers, and the word by which it knows the folder's owner."""

    origin: str
    key: str


class StateFolder:
    """Held by one process at a time. What it holds is the store's, the inbox's and the logs' own matter."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.key = secrets.token_hex(16)
        self._lock: IO[str] | None = None

    @property
    def inbox(self) -> Path:
        return self.path / "inbox.db"

    @property
    def population(self) -> Path:
        """The register of made-up people."""
        return self.path / "population.db"

    @property
    def health_cards(self) -> Path:
        """The registry of e-health cards."""
        return self.path / "health_cards.db"

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
    def invocations(self) -> Path:
        """The last calls of functions, with what people said: beside the logs, not among them."""
        return self.path / "invocations.db"

    @property
    def function_keys(self) -> Path:
        """From which the functions' credentials are made: what they signed stays good over a restart."""
        return self.path / "functions.key"

    @property
    def tls(self) -> Path:
        """The authority that phones were told to trust, and the certificate it signed."""
        return self.path / "tls"

    @property
    def his(self) -> Path:
        """The store of the small HIS, which is another program's."""
        return self.path / "his.db"

    @property
    def his_key(self) -> Path:
        """By which that program knows the hospital."""
        return self.path / "his.key"

    @property
    def wallet(self) -> Path:
        """The book of the small wallet, likewise."""
        return self.path / "wallet.db"

    @property
    def wallet_key(self) -> Path:
        """By which it knows the hospital."""
        return self.path / "wallet.key"

    @property
    def media_key(self) -> Path:
        """What the hospital shares with the relays of its calls: whoever starts one for it reads it here."""
        return self.path / "media.key"

    @property
    def turn_key(self) -> Path:
        """The secret that coturn takes credentials by (`--static-auth-secret`)."""
        return self.path / "turn.key"

    @property
    def founding(self) -> Path:
        """There while the demo is being founded: a folder in which it still stands was cut off before it opened."""
        return self.path / "founding"

    def hold(self) -> None:
        """Makes the folder if need be and takes it for this process. FolderRefused."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = open(self.path / "lock", "a", opener=_owners_only)  # noqa: SIM115 - held until the process ends
            self.logs.mkdir(exist_ok=True)
        except OSError as error:
            raise FolderRefused(f"The state folder {self.path} cannot be used: {error.strerror}.") from error
        if not self._take():
            raise FolderRefused(
                f"Another hospital runs on the state folder {self.path}; stop it or choose another --state."
            )
        self._lock.truncate(0)

    def _take(self) -> bool:
        assert self._lock is not None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def announce(self, origin: str) -> None:
        """Writes down where the holder answers, for `backup`."""
        assert self._lock is not None
        self._lock.write(json.dumps({"origin": origin, "key": self.key}))
        self._lock.flush()

    def holder(self) -> Holder | None:
        """Takes the folder when it is free (None), or tells who has it. FolderRefused when that one is not open yet."""
        try:
            self._lock = open(self.path / "lock", "a+", opener=_owners_only)  # noqa: SIM115 - as in hold
            if self._take():
                return None
            self._lock.seek(0)
            written = self._lock.read()
            self._lock.close()
        except OSError as error:
            raise FolderRefused(f"The state folder {self.path} cannot be used: {error.strerror}.") from error
        if not written:
            raise FolderRefused(f"The hospital on {self.path} is just opening; try again when it is ready.")
        return Holder(**json.loads(written))

    def release(self) -> None:
        """Gives a folder up that this process holds."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def small_files(self) -> list[Path]:
        """What is kept besides the store: the inbox, the demo's accounts, the clock, the folder of certificates."""
        registers = (self.inbox, self.population, self.health_cards, self.his, self.wallet)
        kept = (*registers, self.his_key, self.wallet_key, self.accounts, self.clock, self.tls)
        return [path for path in kept if path.exists()]

    def demand_ours(self, what: str) -> None:
        """FolderRefused for a folder that holds anything but a hospital's state, which `what` would destroy."""
        strangers = [path.name for path in self.path.iterdir() if not _ours(path.name)]
        if strangers:
            raise FolderRefused(
                f"{what} will not empty {self.path}: it holds {strangers[0]}, so it is no hospital's state folder."
            )

    def reset(self) -> None:
        """Empties the held folder, so that the hospital begins anew. FolderRefused for a folder that is not ours.

        What phones were told to trust stays."""
        self.demand_ours("--reset")
        for path in self.path.iterdir():
            if path.is_dir() and path != self.tls:
                shutil.rmtree(path)
            elif not path.is_dir() and path.name != "lock":
                path.unlink()
        self.logs.mkdir()


_OURS = {
    "lock",
    "logs",
    "objects",
    "tls",
    "accounts.json",
    "clock.json",
    "clock.new",
    "founding",
    "his.key",
    "wallet.key",
    "media.key",
    "turn.key",
    "functions.key",
    "functions.part",
}


def _owners_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _ours(name: str) -> bool:
    databases = ("hospital", "inbox", "population", "health_cards", "invocations", "his", "wallet")
    return name in _OURS or name.partition(".db")[0] in databases
