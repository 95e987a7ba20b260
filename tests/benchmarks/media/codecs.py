"""`python -m tests.benchmarks.media.codecs`: the settings that calls choose and the browser's own, at one rate.

One connection to another on a page, no line between them. With --keep: docs/calls-codecs.json.
"""

from __future__ import annotations

import argparse
import base64
import json
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import cv2
import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.__main__ import table
from tests.benchmarks.media.measuring import bundle
from tests.browser.calling import CONNECTIONS
from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.listening import LISTEN, heard
from tests.builders import closeup, sounds

KEPT = Path(__file__).resolve().parents[3] / "docs" / "calls-codecs.json"
SAID = "A close-up held in a hand, 1920 x 1080, and a heart. SSIM and PSNR of the part with lines and print."
Row = dict[str, Any]

PICTURES = [
    (f"{codec} {name}, {bps // 1000} kbit/s", {"codec": f"video/{codec}", "hint": hint, "videoBps": bps})
    for bps in (1_000_000, 2_500_000)
    for codec in ("VP8", "VP9", "AV1")
    for name, hint in (("as the browser likes", ""), ("for detail", "detail"))
]
SOUNDS = [
    (f"Opus, {channels} channel(s), {bps // 1000} kbit/s", channels, bps)
    for bps in (128_000, 32_000)
    for channels in (1, 2)
]


def encoded(page: Page, **wanted: Any) -> Row:
    """`Arrived` of `web/packages/client/bench/codecs.ts`."""
    usual = {"codec": "video/VP8", "hint": "", "videoBps": 300_000, "channels": 1, "soundBps": 32_000}
    return cast(Row, page.evaluate("encode", usual | wanted))


def scored(row: Row, views: list[closeup.Picture]) -> Row:
    """The median of the pictures that arrived, each against the view that it shows."""
    likenesses, distances = [], []
    for coded in row.pop("pictures"):
        seen = cv2.imdecode(np.frombuffer(base64.b64decode(coded), np.uint8), cv2.IMREAD_COLOR)
        part = closeup.detail(closeup.as_large(cast(closeup.Picture, seen)))
        shown = max(views, key=lambda view: closeup.psnr(view, part))
        likenesses.append(closeup.ssim(shown, part))
        distances.append(closeup.psnr(shown, part))
    return {
        "ssim": round(statistics.median(likenesses), 3),
        "psnr_db": round(statistics.median(distances), 1),
        "height": row["height"],
        "pictures_per_second": round(row["picturesPerSecond"], 1),
        "sent_kbps": round(row["sentBps"] / 1000),
    }


def measured(names: list[str]) -> list[Row]:
    """A row for each way whose name has one of those words."""
    views, heart, rows = closeup.swaying(closeup.skin()), sounds.heart(), []
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        film, sound = Path(folder) / "skin.y4m", Path(folder) / "heart.wav"
        closeup.show(film, views)
        sounds.write_wav(sound, heart)
        files = (f"--use-file-for-fake-video-capture={film}", f"--use-file-for-fake-audio-capture={sound}")
        arguments = [*ARGUMENTS, *files, "--autoplay-policy=no-user-gesture-required"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)

        def opened() -> Page:
            page = browser.new_page()
            for script in (CONNECTIONS, LISTEN):
                page.add_init_script(script)
            page.route("**/*", lambda route: route.fulfill(body="<body></body>", content_type="text/html"))
            page.goto("http://localhost/")
            page.add_script_tag(path=bundle("codecs"))
            return page

        parts = [closeup.detail(view) for view in views]
        for name, way in PICTURES:
            if any(word in name for word in names):
                page = opened()
                rows.append({"way": name, **scored(encoded(page, **way), parts)})
                page.close()
                print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
        for name, channels, bps in SOUNDS:
            if any(word in name for word in names):
                page = opened()
                encoded(page, channels=channels, soundBps=bps)
                rows.append({"way": name, "heart_kept": round(sounds.likeness(heart, heard(page), 20, 150), 2)})
                page.close()
                print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
        browser.close()
    return rows


def main(arguments: list[str]) -> int:
    """Prints a table; with --keep the rows replace those of the same name."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.media.codecs")
    parser.add_argument("words", nargs="*", help="only ways with such a word: VP8, AV1, Opus …")
    parser.add_argument("--keep", action="store_true", help="write docs/calls-codecs.json")
    chosen = parser.parse_args(arguments)
    rows = measured(chosen.words or [""])
    print(table(rows), file=sys.stderr)
    if chosen.keep:
        before = json.loads(KEPT.read_text(encoding="utf-8"))["ways"] if KEPT.exists() else []
        known = {row["way"]: row for row in [*before, *rows]}
        order = [name for name, *_ in [*PICTURES, *SOUNDS]]
        kept = {"said": SAID, "ways": sorted(known.values(), key=lambda row: order.index(row["way"]))}
        KEPT.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
