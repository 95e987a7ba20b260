"""`python -m tests.benchmarks.media.sound`: what the microphone's helpers do, with PulseAudio rooms for the real ones.

Echo, noise, loudness and howling, each with the helper on and off in the same room, in calls held by the pages' own kit
through a relay. With --keep the figures are written to docs/calls-sound.json; measures that did not run stay.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.benchmarks.media.acoustics import Acoustics, acoustics, missing
from tests.benchmarks.media.measuring import bundle, relay_running
from tests.browser.calling import CONNECTIONS
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.listening import LISTEN, heard
from tests.builders import sounds
from tests.builders.sounds import RATE, Samples, level_db
from tests.media_fleet.relays import RelayProcess

KEPT = Path(__file__).resolve().parents[3] / "docs" / "calls-sound.json"
SAID = "Full Chromium in PulseAudio rooms, its calls through a relay by the pages' own kit. Levels in dBFS."
WORDS = "您好，我是王医生。您今天哪里不舒服？请把手机拿近一点，让我看看您的舌头。这个药一天三次，每次一片，饭后吃。"
HELPERS = ("echoCancellation", "noiseSuppression", "autoGainControl")
SETTLE_SECONDS = 8.0
"""How long the helpers learn the room before anything is judged."""
HEARD_SECONDS = 12

Row = dict[str, Any]


@cache
def speech() -> Samples:
    """A machine's Mandarin, RMS 1: the same in every run, with the pauses of speech."""
    path = Path(mkdtemp()) / "speech.wav"
    subprocess.run(["espeak-ng", "-v", "cmn", "-s", "150", "-w", str(path), WORDS], check=True)
    spoken = sounds.read_wav(path)
    return spoken / np.sqrt(np.mean(spoken**2))


def at_db(samples: Samples, level: float) -> Samples:
    """Of RMS 1, made so loud."""
    return samples * 10 ** (level / 20)


def frames_db(samples: Samples) -> Samples:
    """Levels of 50 ms each."""
    count = RATE // 20
    blocks = samples[: len(samples) // count * count].reshape(-1, count)
    return np.array([level_db(block) for block in blocks])


class Line:
    """A relay and the pages that talk through it, one room of the relay after the other."""

    def __init__(self, relay: RelayProcess, playwright: Playwright) -> None:
        self._relay, self.playwright, self._calls = relay, playwright, 0

    @contextmanager
    def call(self, *who: tuple[Browser, tuple[str, ...]]) -> Iterator[list[Page]]:
        """Each with the helpers that are off for them."""
        self._calls += 1
        pages = []
        address = self._relay.control_url.replace("ws://", "http://").removesuffix("/v1/control")
        for number, (browser, off) in enumerate(who):
            page = browser.new_page()
            for script in (CONNECTIONS, LISTEN):
                page.add_init_script(script)
            page.goto(f"{address}/health")
            page.click("body")
            page.add_script_tag(path=bundle("talk"))
            grant = self._relay.grant(f"call_{self._calls}", f"person_{number}")
            page.evaluate("talk", {"controlUrl": self._relay.control_url, "grant": grant, "off": list(off)})
            pages.append(page)
        time.sleep(SETTLE_SECONDS)
        try:
            yield pages
        finally:
            for page in pages:
                page.close()

    @contextmanager
    def far(self, samples: Samples) -> Iterator[Browser]:
        """Somebody elsewhere, whose microphone hears exactly that and whose own room is silent."""
        path = Path(mkdtemp()) / "far.wav"
        sounds.write_wav(path, samples)
        arguments = [*ARGUMENTS, f"--use-file-for-fake-audio-capture={path}"]
        browser = self.playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*arguments, "--autoplay-policy=no-user-gesture-required"]
        )
        try:
            yield browser
        finally:
            browser.close()


def quiet(room: Acoustics) -> None:
    """A room as rooms are at night: not without any sound."""
    room.hush()
    room.microphone_volume()
    room.sounds(at_db(sounds.noise(10), -65), "hum")


def echo(line: Line) -> Row:
    """CALL-25: the far person's own voice, which comes back from this room's speaker, 6 dB quieter after 30 ms."""
    sent = at_db(speech(), -23)
    row: Row = {"sent": round(level_db(sent), 1)}
    with acoustics(-6) as room, room.browser(line.playwright) as near, line.far(sent) as far:
        for name, off in (("off", ("echoCancellation",)), ("on", ())):
            quiet(room)
            with line.call((far, HELPERS), (near, off)) as (there, _):
                row[name] = round(level_db(heard(there, HEARD_SECONDS)), 1)
        row["return_loss_off_db"] = round(row["sent"] - row["off"], 1)
        row["return_loss_on_db"] = round(row["sent"] - row["on"], 1)
        # Both speak: who is here must still be heard over the canceller.
        quiet(room)
        room.sounds(at_db(speech()[::-1], -23), "here")
        with line.call((far, HELPERS), (near, ())) as (there, _):
            row["both_speak_on"] = round(level_db(heard(there, HEARD_SECONDS)), 1)
    return row


def noise(line: Line) -> Row:
    """CALL-26: somebody speaks in a ward's noise, 15 dB below the voice; a tenth of the frames are the quietest."""
    spoken = np.concatenate([np.zeros(3 * RATE), at_db(speech(), -26)])
    row: Row = {}
    with acoustics(-60) as room, room.browser(line.playwright) as near, line.far(np.zeros(RATE)) as far:
        for name, off in (("off", ("noiseSuppression",)), ("on", ())):
            room.hush()
            room.microphone_volume()
            room.sounds(at_db(sounds.noise(10), -41), "ward")
            room.sounds(spoken, "spoken")
            with line.call((far, HELPERS), (near, off)) as (there, _):
                got = heard(there, round(len(spoken) / RATE) + 2)
            frames = frames_db(got)
            low, high = float(np.percentile(frames, 10)), float(np.percentile(frames, 90))
            row[name] = {
                "noise": round(low, 1),
                "speech": round(high, 1),
                "speech_above_noise_db": round(high - low, 1),
            }
            row[name]["envelope_kept"] = round(envelope_likeness(spoken, got), 2)
    row["noise_lower_db"] = round(row["off"]["noise"] - row["on"]["noise"], 1)
    return row


def envelope_likeness(sent: Samples, arrived: Samples) -> float:
    """How far loudness moves as when it was spoken: correlation of levels of 50 ms, at the best lag."""
    one, other = np.maximum(frames_db(sent), -60), np.maximum(frames_db(arrived), -60)
    round_again = np.tile(one, 3)
    starts = range(len(round_again) - len(other))
    return max(float(np.corrcoef(round_again[at : at + len(other)], other)[0, 1]) for at in starts)


def loudness(line: Line) -> Row:
    """CALL-27: a quiet, a usual and a loud speaker, 30 dB apart; how far apart they arrive."""
    row: Row = {}
    with acoustics(-60) as room, room.browser(line.playwright) as near, line.far(np.zeros(RATE)) as far:
        for name, off in (("off", ("autoGainControl",)), ("on", ())):
            arrived = {}
            for spoken in (-44, -29, -14):
                quiet(room)
                room.sounds(at_db(speech(), spoken), f"at{-spoken}")
                with line.call((far, HELPERS), (near, off)) as (there, _):
                    got = heard(there, HEARD_SECONDS)
                arrived[str(spoken)] = round(float(np.percentile(frames_db(got), 90)), 1)
            row[name] = arrived | {"apart_db": round(max(arrived.values()) - min(arrived.values()), 1)}
    return row


def howling(line: Line) -> Row:
    """CALL-27: two people, each with an open speaker that the microphone hears louder than it was meant, 4 dB a room:
    whatever is said goes round and comes back 8 dB louder. A word is said once; the air a second later and at the end.
    """
    row: Row = {}
    said = at_db(speech()[:RATE], -30)
    with acoustics(4) as one, acoustics(4) as two, ExitStack() as stack:
        here, there = (stack.enter_context(room.browser(line.playwright)) for room in (one, two))
        for name, off in (("off", HELPERS), ("on", ())):
            for room in (one, two):
                quiet(room)
            with line.call((here, off), (there, off)):
                one.once(said, "word")
                row[name] = course(one.recorded(HEARD_SECONDS))
    return row


def one_room(line: Line) -> Row:
    """Beyond the row: two devices of one call in one room, where neither knows what the other plays."""
    row: Row = {}
    said = at_db(speech()[:RATE], -30)
    with acoustics(4) as room, room.browser(line.playwright) as one, room.browser(line.playwright) as other:
        for name, off in (("off", HELPERS), ("on", ())):
            quiet(room)
            with line.call((one, off), (other, off)):
                room.once(said, "word")
                row[name] = course(room.recorded(HEARD_SECONDS))
    return row


def course(air: Samples) -> Row:
    """Levels of its seconds; the loudest and the last."""
    seconds = [round(level_db(air[at : at + RATE]), 1) for at in range(0, len(air) - RATE + 1, RATE)]
    return {"each_second": seconds, "loudest": max(seconds), "last": seconds[-1]}


MEASURES: dict[str, Callable[[Line], Row]] = {
    "echo": echo,
    "noise": noise,
    "loudness": loudness,
    "howling": howling,
    "one_room": one_room,
}


def main(arguments: list[str]) -> int:
    """Exit status 2 for a measure that is none, 3 where a program is missing."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.media.sound")
    parser.add_argument("measures", nargs="*", help=f"of: {', '.join(MEASURES)}; all if none")
    parser.add_argument("--keep", action="store_true", help="write docs/calls-sound.json")
    chosen = parser.parse_args(arguments)
    names = chosen.measures or list(MEASURES)
    if unknown := set(names) - set(MEASURES):
        print(f"No measure called {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    if absent := missing():
        print(f"Not installed: {', '.join(absent)}", file=sys.stderr)
        return 3
    found: Row = {}
    with relay_running() as relay, sync_playwright() as playwright:
        for name in names:
            found[name] = MEASURES[name](Line(relay, playwright))
            print(json.dumps({name: found[name]}, ensure_ascii=False), flush=True)
    if chosen.keep:
        before = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
        rows = before.get("measures", {}) | found
        kept = {"said": SAID, "measures": {name: rows[name] for name in MEASURES if name in rows}}
        KEPT.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
