"""Waiting for what a page computes."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Page

from tests.browser.chromium import LONGEST_WAIT_MS

LOOK_EVERY_MS = 50


def wait_until(page: Page, holds: str, argument: Any = None) -> None:
    """Until an expression is true, which may be a promise: `wait_for_function` takes a promise itself for true."""
    deadline = time.monotonic() + LONGEST_WAIT_MS / 1000
    while not page.evaluate(holds, argument):
        assert time.monotonic() < deadline, holds
        page.wait_for_timeout(LOOK_EVERY_MS)
