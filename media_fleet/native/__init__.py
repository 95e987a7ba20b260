"""What a relay does for each packet, compiled (hot.c), where it was built; Python's way otherwise.

Built by `python -m media_fleet.native.build`, as the image does. RELAY_NATIVE: `no` for Python's way, or the file.
"""

from __future__ import annotations

import importlib.util
import os
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from media_fleet.wire.stun import Address

HERE = Path(__file__).resolve().parent
FILE = f"hot{sysconfig.get_config_var('EXT_SUFFIX')}"


class Port(Protocol):
    """A socket as hot.c reads it."""

    def receive(self) -> list[tuple[bytes, Address]]:
        """Up to 64 datagrams that wait. Raises OSError."""

    def counted(self) -> tuple[int, int, int]:
        """Datagrams sent, their bytes, datagrams not sent, by this port's senders since the last time."""

    def close(self) -> None:
        """The socket is closed."""


class Opener(Protocol):
    """Decrypts."""

    def __call__(self, datagram: bytes, /) -> bytes | None:
        """The packet; None if it is forged, seen before or malformed."""


class Sender(Protocol):
    """Encrypts and sends, or counts what could not be sent."""

    def __call__(self, packet: bytes, /) -> None:
        """An RTP packet."""

    def aim(self, port: Port, address: Address, /) -> None:
        """Where packets go from now on."""

    def stop(self) -> None:
        """The keys are forgotten."""


class Hot(Protocol):
    """What hot.c offers. Addresses of a function and of a session are numbers; `owner` keeps the session."""

    def Port(self, fd: int, /) -> Port: ...
    def Opener(self, function: int, session: int, owner: object, /) -> Opener: ...
    def Sender(self, function: int, session: int, owner: object, /) -> Sender: ...


def load(file: Path) -> Hot:
    """The library in a file. Raises ImportError."""
    spec = importlib.util.spec_from_file_location("hot", file)
    if spec is None or spec.loader is None:
        raise ImportError(str(file))
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    hot: Hot = module
    return hot


def chosen(environment: Mapping[str, str] = os.environ) -> Hot | None:
    """What RELAY_NATIVE names; else what was built beside this file, if it was. Raises ImportError for a named one."""
    named = environment.get("RELAY_NATIVE", "")
    if named == "no":
        return None
    if named:
        return load(Path(named))
    return load(HERE / FILE) if (HERE / FILE).is_file() else None


hot: Hot | None = chosen()
"""What this process uses."""
