"""One point measured: a relay behind a bad line, a page that sends and receives, and what it saw."""

from __future__ import annotations

import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from playwright.sync_api import Page

from tests.benchmarks.media.points import Point
from tests.browser.chromium import chromium
from tests.builders.impaired_port import impaired
from tests.builders.line import CLEAN
from tests.media_fleet.relays import RelayProcess

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "web"
SETTLE_SECONDS = 8.0
"""How long a call stands before it is judged: until the browser's estimate of the line has settled."""
CONNECT_SECONDS = 25.0

Row = dict[str, Any]


@cache
def bundle(name: str) -> Path:
    """A page's script of `web/packages/client/bench`, built anew in each run."""
    out = Path(mkdtemp()) / f"{name}.js"
    program = str(WEB / "node_modules/.bin/rolldown")
    command = [program, f"packages/client/bench/{name}.ts", "--file", str(out), "--format", "iife"]
    subprocess.run(command, cwd=WEB, check=True, capture_output=True)
    return out


@contextmanager
def measuring_page(relay: RelayProcess) -> Iterator[Page]:
    """A page of the relay's own origin, so that nothing but the line stands between them."""
    url = relay.control_url.replace("ws://", "http://").removesuffix("/v1/control")
    with chromium() as browser:
        page = browser.new_page()
        page.goto(f"{url}/health")
        page.click("body")  # only who was touched may play sound
        page.add_script_tag(path=bundle("measure"))
        yield page


def measured(point: Point, seed: int, seconds: float) -> Row:
    """One run of a point: `Measured` of `web/packages/client/bench/measure.ts`, and what the line lost."""
    shape = CLEAN if point.late else point.shape
    with (
        relay_running() as relay,
        impaired(("127.0.0.1", relay.media_port), up=shape, down=shape, seed=seed) as port,
        measuring_page(relay) as page,
    ):
        page.expose_function("connected", lambda: port.reshape(up=point.shape, down=point.shape))
        seen: Row = page.evaluate("wanted => measure(wanted)", wanted(point, relay, port.address[1], seconds))
        lines = [line for leg in port.legs.values() for line in (leg.up, leg.down)]
        sent = sum(line.sent for line in lines)
        lost = sum(line.lost for line in lines) / max(1, sent)
        return seen | {"point": point.name, "seed": seed, "line_lost": lost, "line_sent": sent}


@contextmanager
def relay_running() -> Iterator[RelayProcess]:
    """A process of its own, as in the fleet."""
    relay = RelayProcess()
    try:
        yield relay
    finally:
        relay.stop()


def wanted(point: Point, relay: RelayProcess, media_port: int, seconds: float) -> dict[str, Any]:
    """What the page is asked: `Wanted` in measure.ts."""
    return {
        "controlUrl": relay.control_url,
        "mediaPort": media_port,
        "sender": relay.grant("measured", "sender"),
        "receiver": relay.grant("measured", "receiver"),
        "width": point.height * 16 // 9,
        "height": point.height,
        "picturesPerSecond": point.picture_rate,
        "seconds": seconds,
        "settleSeconds": SETTLE_SECONDS,
        "mostHeldMs": point.most_held_ms,
        "connectSeconds": CONNECT_SECONDS,
    }


def summed_up(point: Point, runs: list[Row]) -> Row:
    """Median and worst over the seeds, beside what was aimed at."""
    row: Row = {"point": point.name, "runs": len(runs), "line_ms": point.own_delay_ms}
    row["line_lost"] = statistics.median(run["line_lost"] for run in runs)
    for name, of, worst in (
        ("connect_ms", lambda run: run["connectMs"], max),
        ("p50_ms", lambda run: share_of(run["latencies"], 0.5), max),
        ("p95_ms", lambda run: share_of(run["latencies"], 0.95), max),
        ("pictures_per_second", lambda run: run["pictures"] / run["seconds"], min),
        ("freezes_per_minute", lambda run: run["freezes"] * 60 / run["seconds"], max),
        ("concealed", lambda run: run["concealed"], max),
        ("sent_bps", lambda run: run["sentBps"], min),
        ("held_ms", lambda run: run["heldMs"], max),
        ("height", lambda run: run["height"], min),
        ("round_trip_up_ms", lambda run: run["roundTripUpMs"], max),
        ("round_trip_down_ms", lambda run: run["roundTripDownMs"], max),
    ):
        known = [value for run in runs if (value := of(run)) is not None]
        row[name] = (
            {"median": statistics.median(known), "worst": worst(known)} if known else {"median": None, "worst": None}
        )
    row["never_connected"] = sum(run["connectMs"] is None for run in runs)
    row["limited_by"] = sorted({run["limitedBy"] for run in runs})
    return row | {"misses": misses(point, row)}


def share_of(ordered: list[float], share: float) -> float | None:
    """The quantile of values that are in order."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None


def misses(point: Point, row: Row) -> list[str]:
    """Which aims the median does not reach, in words."""
    aim, found = point.aim, []
    for name, most in (("p50_ms", aim.p50), ("concealed", aim.concealed), ("connect_ms", aim.connect_ms)):
        if most is not None and (row[name]["median"] is None or row[name]["median"] > most + line_of(point, name)):
            found.append(f"{name} above {most}")
    if aim.pictures is not None and (row["pictures_per_second"]["median"] or 0) < aim.pictures:
        found.append(f"pictures_per_second below {aim.pictures}")
    return found


def line_of(point: Point, name: str) -> float:
    """The clean line's aim is meant above what the line itself takes."""
    return point.own_delay_ms if name == "p50_ms" and not point.shape.loss else 0
