"""`python -m infra.local replay`: an event played again into its handler, under a debugger if wanted.

On a copy of the state folder, so that nothing of it comes of it: a hospital that runs is asked for the copy. Functions
see the hospital's time as it was when the event first came, unless told otherwise.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import pdb
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..addresses import Addresses
from ..backup import BackupRefused, back_up
from ..hospital import LocalHospital, Plan
from ..hospital_clock import ClockRefused, HospitalClock, Setting, said
from ..invoker import Context, Function
from ..journal import Journal
from ..state_folder import FolderRefused, StateFolder
from ..store import StoreError
from ..template import TemplateError
from .ring import RingReader

DEBUGGERS = ("pdb", "debugpy")
_PORT = 5678


class ReplayRefused(Exception):
    """It cannot be played; the message is one sentence."""


@dataclass(frozen=True)
class Piece:
    """What is to be played: the function by its name, the event, and hospital time in epoch seconds if it is known."""

    function: str
    event: Any
    at: float | None = None


def main(arguments: list[str], root: Path) -> int:
    """0 when the handler answered, 1 with one sentence or the handler's own error when it did not."""
    chosen = _arguments(arguments, root)
    state = Path(chosen.state).resolve()
    try:
        piece = find_piece(chosen.what, chosen.function, state)
        with _played_on(state, in_place=chosen.in_place) as folder, _hospital(chosen, root, folder, piece) as hospital:
            function = _function(hospital, piece.function)
            print(f"{function.name} at {said(hospital.clock())}, on {folder.path}:", file=sys.stderr, flush=True)
            # What the function logs goes beside the answer, which somebody may want to pass on.
            with redirect_stdout(sys.stderr):
                answer = hospital.invoker.as_function(function, lambda: _play(function, piece.event, chosen.debug))
    except (BackupRefused, ClockRefused, FolderRefused, ReplayRefused, StoreError, TemplateError) as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1
    except Exception:  # the handler's own: what the developer came for
        traceback.print_exc()
        return 1
    print(json.dumps(answer, ensure_ascii=False, indent=1), flush=True)
    return 0


def _arguments(arguments: list[str], root: Path) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local replay", description="Plays an event again.")
    parser.add_argument("what", help="a call's number (see `logs` or /sandbox/functions), or a file with an event")
    parser.add_argument("--function", default="", help="its name or a part of it; needed with a file")
    parser.add_argument("--debug", nargs="?", choices=DEBUGGERS, const="pdb", help="stop at the handler's first line")
    parser.add_argument("--now", action="store_true", help="by the present time, not the event's")
    parser.add_argument("--in-place", action="store_true", help="on the folder itself, which no hospital may hold")
    parser.add_argument("--state", default=".hospital", help="the state folder (default .hospital)")
    parser.add_argument("--template", default=str(root / "template.yaml"), help="template that names the function")
    return parser.parse_args(arguments)


def find_piece(what: str, function: str, state: Path) -> Piece:
    """The call of that number in the folder's ring, or the event in that file. ReplayRefused."""
    if what.isdigit():
        found = RingReader(StateFolder(state).invocations).one(int(what))
        if found is None:
            raise ReplayRefused(f"The ring of {state} holds no call {what} (any more): see `logs`.")
        if not found.event:
            raise ReplayRefused(f"The event of call {what} was too long to be kept.")
        return Piece(function or found.function, json.loads(found.event), found.at)
    if not function:
        raise ReplayRefused("Say with --function who is to be given the event of a file.")
    try:
        return Piece(function, json.loads(Path(what).read_text(encoding="utf-8")))
    except OSError as error:
        raise ReplayRefused(f"{what} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise ReplayRefused(f"{what} is not JSON: {error}.") from None


@contextmanager
def _played_on(state: Path, *, in_place: bool) -> Iterator[StateFolder]:
    """The folder to play on, held."""
    with ExitStack() as leaving:
        path = state
        if not in_place:
            path = Path(leaving.enter_context(tempfile.TemporaryDirectory(prefix="replay-"))) / "state"
            back_up(state, path)
        folder = StateFolder(path)
        folder.hold()
        leaving.callback(folder.release)
        yield folder


@contextmanager
def _hospital(chosen: argparse.Namespace, root: Path, folder: StateFolder, piece: Piece) -> Iterator[LocalHospital]:
    """The hospital of the folder, open and with its doors shut: no port, no deliveries."""
    clock = HospitalClock(folder.clock if chosen.in_place else None)
    if piece.at is not None and not chosen.now and not chosen.in_place:
        clock.set(Setting(piece.at, stands=True), may_go_back=True)
    plan = Plan(root, Path(chosen.template).resolve(), folder, Addresses("127.0.0.1", 8700))
    with LocalHospital(plan, Journal(folder.logs, sys.stderr), clock) as hospital:
        yield hospital


def _function(hospital: LocalHospital, name: str) -> Function:
    known = hospital.invoker.functions
    found = [one for one in known if one.name == name] or [one for one in known if name.lower() in one.name.lower()]
    if len(found) != 1:
        said_so = ", ".join(one.name for one in found) or "none"
        raise ReplayRefused(f"{name!r} must name one function; it names {said_so}.")
    return found[0]


def _play(function: Function, event: Any, debugger: str | None) -> Any:
    handler, context = function.load(), function.context()
    if debugger is None:
        return handler(event, context)
    return _DEBUGGERS[debugger](handler, event, context)


def _by_pdb(handler: Callable[[Any, Context], Any], event: Any, context: Context) -> Any:
    with redirect_stdout(sys.__stdout__):
        return pdb.runcall(handler, event, context)


def _by_debugpy(handler: Callable[[Any, Context], Any], event: Any, context: Context) -> Any:
    if importlib.util.find_spec("debugpy") is None:
        raise ReplayRefused(
            "debugpy is not installed here: `.venv/bin/python -m ensurepip` and `-m pip install debugpy`."
        )
    debugpy = importlib.import_module("debugpy")
    debugpy.listen(("127.0.0.1", _PORT))
    print(f"Waiting for your editor to attach to 127.0.0.1:{_PORT} ...", file=sys.stderr, flush=True)
    debugpy.wait_for_client()
    debugpy.breakpoint()
    return handler(event, context)


_DEBUGGERS: dict[str, Callable[[Callable[[Any, Context], Any], Any, Context], Any]] = {
    "pdb": _by_pdb,
    "debugpy": _by_debugpy,
}
