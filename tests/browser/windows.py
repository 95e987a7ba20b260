"""Browser windows on one hospital: each with its own cookies, and with everything it complained about."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.chromium import ARGUMENTS, CHROMIUM, DESK, LONGEST_WAIT_MS, PHONE
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Device, Patient

Prepared = Callable[[BrowserContext], None]


class Windows:
    """Opens windows, and knows in the end whether any of them complained."""

    def __init__(self, browser: Browser, hospital: HospitalProcess) -> None:
        self._browser, self.hospital = browser, hospital
        self._contexts: list[BrowserContext] = []
        self._complaints: list[str] = []
        self._expected: list[re.Pattern[str]] = []

    def phone(self, who: Patient | None = None, **differently: Any) -> Page:
        """A patient's phone, signed in when `who` is given."""
        return self.open(PHONE, who, **differently)

    def desk(self, who: Device | None = None, **differently: Any) -> Page:
        """A computer, signed in likewise."""
        return self.open(DESK, who, **differently)

    def open(self, screen: dict[str, Any], who: Device | None, **differently: Any) -> Page:
        """A window of its own: nothing is shared with any other."""
        kept = {"storage_state": _signed_in(self.hospital.origin, who)} if who else {}
        context = self._browser.new_context(**{**screen, "base_url": self.hospital.origin, **kept, **differently})
        return self._watched(context).new_page()

    def kept_phone(self, folder: Path, who: Patient | None = None) -> Page:
        """A browser of its own that keeps what it has in that folder; `who` signs in when it is opened first."""
        options = {**PHONE, "base_url": self.hospital.origin, "args": list(ARGUMENTS)}
        program = self._browser.browser_type
        context = self._watched(program.launch_persistent_context(folder, executable_path=CHROMIUM, **options))
        page = context.pages[0]
        if who:
            kept = _signed_in(self.hospital.origin, who)
            (mark,) = kept["origins"][0]["localStorage"]
            context.add_cookies(kept["cookies"])
            context.add_init_script(f"localStorage.setItem({mark['name']!r}, {mark['value']!r})")
        return page

    def may_complain(self, pattern: str) -> None:
        """From now on such a complaint is what the test is about."""
        self._expected.append(re.compile(pattern))

    def complaints(self) -> list[str]:
        """Errors in any console, but for the expected ones."""
        return [said for said in self._complaints if not any(pattern.search(said) for pattern in self._expected)]

    def close(self) -> None:
        """All of them."""
        for context in self._contexts:
            context.close()

    def _watched(self, context: BrowserContext) -> BrowserContext:
        context.set_default_timeout(LONGEST_WAIT_MS)
        self._contexts.append(context)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self._complaints.append(f"{error.page and error.page.url}: {error.error}"))
        return context

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complaints.append(f"{message.page and message.page.url}: {message.text} ({message.location['url']})")


def _signed_in(origin: str, who: Device) -> Any:
    """What a browser keeps of a sign-in: the cookie, and the page's own mark that there may be one.

    The cookie moves: one token must not be used by two clients, so the device asks for a new one when it has to.
    """
    audience = "patient" if isinstance(who, Patient) else "staff"
    name = f"refresh_{audience}"
    value = who.browser.cookies.get(name)
    assert value, f"{who} is not signed in"
    cookie = {"name": name, "value": value, "domain": "127.0.0.1", "path": "/", "httpOnly": True, "sameSite": "Strict"}
    mark = {"name": f"yunzhen.signed_in.{audience}", "value": "yes"}
    return {
        "cookies": [{**cookie, "secure": False, "expires": -1}],
        "origins": [{"origin": origin, "localStorage": [mark]}],
    }
