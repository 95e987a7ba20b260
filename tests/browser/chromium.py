"""Debian's Chromium under Playwright, and the two screens that the hospital is made for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, expect, sync_playwright

PROGRAMS = ("chromium-headless-shell", "chromium")
"""Debian's packages. The first is the same engine without the window around it, and takes a third of the processor."""
CHROMIUM = next(filter(None, map(shutil.which, PROGRAMS)), "")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",  # a microphone that beeps
    "--use-fake-ui-for-media-stream",  # and is allowed
    "--allow-loopback-in-peer-connection",  # the relay of a call runs beside the hospital
)

_HERE: dict[str, Any] = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
PHONE: dict[str, Any] = {
    **_HERE,
    "viewport": {"width": 375, "height": 812},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36",
}
DESK: dict[str, Any] = {**_HERE, "viewport": {"width": 1440, "height": 900}}

LONGEST_WAIT_MS = 40_000
"""How long anything on a page may take on a busy machine. Nothing waits longer than it has to."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    assert CHROMIUM, f"Chromium is not installed (Debian: apt-get install {PROGRAMS[0]})"
    expect.set_options(timeout=LONGEST_WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()
