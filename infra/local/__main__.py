"""`python -m infra.local`: opens the local hospital and keeps it open until it is told to stop."""

from __future__ import annotations

import argparse
import asyncio
import errno
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from . import backup
from .addresses import Addresses
from .beside import BesideRefused
from .comfort import reading, replay
from .comfort.dev_pages import DevPagesRefused, dev_pages
from .comfort.reloading import Reloader
from .dispatcher.lateness import Lateness
from .encryption import addresses_of_this_machine, encryption
from .hospital import LocalHospital, Plan, PortRefused, take_port
from .hospital_clock import ClockRefused, HospitalClock, read_setting, said
from .journal import Journal
from .state_folder import FolderRefused, StateFolder
from .store import StoreError
from .store.copying import FILE_NAME
from .template import TemplateError

ROOT = Path(__file__).resolve().parents[2]

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


def main(arguments: list[str] | None = None) -> int:
    """0 after a clean end, 1 with one sentence when the hospital cannot be opened."""
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] in (["backup"], ["restore"]):
        return backup.main(words)
    if words[:1] == ["logs"]:
        return reading.main(words[1:])
    if words[:1] == ["replay"]:
        return replay.main(words[1:], ROOT)
    chosen = _arguments(words)
    began = time.monotonic()
    folder = StateFolder(Path(chosen.state).resolve())
    try:
        addresses = _addresses(chosen)
        listener = take_port(addresses)
        folder.hold()
        if chosen.reset:
            folder.reset()
            print(f"The state in {folder.path} is gone; the hospital begins anew.", flush=True)
        elif folder.founding.exists():
            folder.reset()
            print("The hospital was cut off before it first opened; it begins anew.", flush=True)
        _open(chosen, addresses, folder, listener, began)
    except (
        ClockRefused,
        DevPagesRefused,
        FolderRefused,
        BesideRefused,
        PortRefused,
        StoreError,
        TemplateError,
    ) as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1
    except sqlite3.Error as error:
        advice = "restore a backup or use another --state folder"
        print(f"The state in {folder.path} cannot be read: {error}; {advice}.", file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        print(f"The disk that holds {folder.path} cannot be written: {error.strerror}.", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("Stopped before it was open.", file=sys.stderr, flush=True)
        return 130


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m infra.local",
        description="Opens the local hospital.",
        epilog="`backup COPY` copies the state folder, also while the hospital runs; `restore COPY` puts it back. "
        "`logs [FUNCTION]` shows what functions were asked lately, `replay ID` plays an event again.",
    )
    parser.add_argument("--port", type=int, default=8700, help="where it answers (default 8700)")
    parser.add_argument("--host", default="127.0.0.1", help="interface it listens on (default 127.0.0.1)")
    parser.add_argument(
        "--phones", action="store_true", help="listen to the whole network, encrypted, so that phones can come in"
    )
    parser.add_argument("--encrypted", action="store_true", help="encrypted connections only, on this machine too")
    parser.add_argument(
        "--relays", type=int, default=0, choices=range(10), metavar="N", help="relays of calls beside it (default 0)"
    )
    parser.add_argument(
        "--media",
        choices=("loopback", "network"),
        default="loopback",
        help="where relays take media: from this machine alone, or from its private networks too, which browsers that "
        "leave out the loopback need (default loopback)",
    )
    parser.add_argument("--state", default=".hospital", help="folder that keeps everything (default .hospital)")
    parser.add_argument("--reset", action="store_true", help="begin anew, forgetting what the folder holds")
    parser.add_argument(
        "--clock",
        metavar="WHEN",
        help='hospital time: "2026-12-01T08:00+08:00" or +3d, and/or standing or running; kept in the folder',
    )
    parser.add_argument(
        "--demo",
        choices=("full", "small", "none"),
        default="small",
        help="a new folder's hospital: after half a year of work, just founded, or without anybody (default small)",
    )
    parser.add_argument(
        "--deliveries",
        type=Lateness.read,
        metavar="SEED",
        help="how late, doubled and mixed events come: a number for the same again, `steady` for at once and in order",
    )
    parser.add_argument("--reload", action="store_true", help="take up functions and layers as they are saved")
    parser.add_argument(
        "--dev-pages", default="", metavar="APPS", help="also serve these pages as they are saved: patient,staff,..."
    )
    parser.add_argument("--template", default=str(ROOT / "template.yaml"), help="template to run")
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        type=_parameter,
        metavar="NAME=VALUE",
        help="a parameter of the template other than its default; may be repeated",
    )
    return parser.parse_args(arguments)


def _addresses(chosen: argparse.Namespace) -> Addresses:
    """Whoever can be reached from outside this machine speaks encrypted only. PortRefused."""
    host = "0.0.0.0" if chosen.phones else chosen.host
    if not (chosen.encrypted or chosen.phones or host not in ("127.0.0.1", "localhost", "::1")):
        return Addresses(host, chosen.port, relays=chosen.relays, media=_media(chosen))
    names = addresses_of_this_machine() if host in ("0.0.0.0", "::") else [host]
    outside = [name for name in names if not name.startswith("127.")]
    if host in ("0.0.0.0", "::") and not outside:
        raise PortRefused("This machine has no address in a private network, so that no phone could reach it.")
    return Addresses(
        host, chosen.port, encrypted=True, relays=chosen.relays, media=_media(chosen), names=(*outside, *names)
    )


def _media(chosen: argparse.Namespace) -> tuple[str, ...]:
    """Who lets phones in lets their media in."""
    if not chosen.phones and chosen.media == "loopback":
        return ("127.0.0.1",)
    return tuple(dict.fromkeys(["127.0.0.1", *addresses_of_this_machine()]))


def _parameter(text: str) -> tuple[str, str]:
    name, is_there, value = text.partition("=")
    if not name or not is_there:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _open(
    chosen: argparse.Namespace, addresses: Addresses, folder: StateFolder, listener: socket.socket, began: float
) -> NoReturn:
    journal = Journal(folder.logs, sys.stderr)
    clock = _clock(chosen.clock, folder)
    lateness = chosen.deliveries or Lateness.read(None)
    names = ("localhost", "127.0.0.1", *addresses.names)
    secrets = encryption(folder.tls, names) if addresses.encrypted else None
    plan = Plan(
        ROOT,
        Path(chosen.template).resolve(),
        folder,
        addresses,
        dict(chosen.parameter),
        lateness=lateness,
        encryption=secrets,
    )
    print("Opening the local hospital ...", flush=True)
    with LocalHospital(plan, journal, clock) as hospital:
        print(f"  state: {folder.path} ({hospital.loaded.items} items, {hospital.loaded.messages} messages kept)")
        print(f"  {lateness.said()}", flush=True)
        journal.take_over_output()
        if chosen.demo != "none" and plan.template == ROOT / "template.yaml":
            hospital.found_demo(chosen.demo)
        for failure in hospital.invoker.load_all():
            print(f"  {failure.function} cannot be loaded: {failure.kind}: {failure.message}", flush=True)
        print(f"  {len(hospital.invoker.functions)} functions from {plan.template.name}", flush=True)
        if chosen.reload:
            code, templates = (ROOT / "functions", ROOT / "layers"), (plan.template, ROOT / "infra")
            Reloader(hospital.invoker, code, templates, _say).start()
        apps = [app for app in chosen.dev_pages.split(",") if app]
        with dev_pages(apps, ROOT / "web", addresses.origin, addresses.port + 10) as followed:
            for address in followed:
                print(f"  as it is saved: {address}", flush=True)
            asyncio.run(_serve(hospital, listener, began))
        hospital.end()


def _say(sentence: str) -> None:
    print(f"  {sentence}", flush=True)


def _clock(wanted: str | None, folder: StateFolder) -> HospitalClock:
    """The folder's clock, set as asked; a folder that has not lived yet may begin in the past."""
    clock = HospitalClock(folder.clock)
    if wanted:
        has_lived = (folder.path / FILE_NAME).exists()
        clock.set(read_setting(wanted, clock()), may_go_back=not has_lived)
    if clock.is_moved:
        print(f"  the clock {'stands' if clock.stands else 'runs'} at {said(clock())}", flush=True)
    return clock


async def _serve(hospital: LocalHospital, listener: socket.socket, began: float) -> None:
    until = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, until.set)

    def ready() -> None:
        for line in _who_may_come(hospital):
            print(f"  {line}")
        origin = hospital.plan.addresses.origin
        if hospital.plan.encryption is not None:
            print(f"  certificates: {origin}/trust/ tells phones what to trust; its fingerprint must be")
            print(f"  {hospital.plan.encryption.fingerprint}")
        pages = "  ".join(f"{origin}/{page}/" for page in ("patient", "staff", "sandbox", "docs"))
        print(f"Ready after {time.monotonic() - began:.1f} s: {pages}", flush=True)

    await hospital.serve(listener, ready, until)
    print("Closing ...", flush=True)


def _who_may_come(hospital: LocalHospital) -> Iterator[str]:
    """The first demo account of each kind; `/sandbox/` shows them all."""
    for patient in hospital.accounts["patients"][:1]:
        yield f"patient {patient['name']}: phone {patient['phone']}, the code arrives in /sandbox/"
    shown: set[str] = set()
    for member in hospital.accounts["staff"]:
        if member["role"] not in shown:
            shown.add(member["role"])
            yield f"{member['role']} {member['name']}: account {member['account']}, password {member['password']}"


if __name__ == "__main__":
    sys.exit(main())
