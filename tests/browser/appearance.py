"""How a page looks: its modes, its text, and what axe says about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"

TASTES = (
    ".doctor-about",  # two lines of what stands on the doctor's page
    ".talk-last",  # the last message, in the list of conversations
    ".pin-complaint",  # the complaint above the conversation, whole on the visit's page
    ".visit-complaint",
    ".card-said",  # the complaint in the doctor's queue, whole beside it
    ".card-name",
    ".rows",  # a table: the whole opens beside it
)
"""Texts that are shown in part, because the whole is one press away."""

STILL = """() => Promise.allSettled(document.getAnimations()
    .filter((one) => one.effect.getTiming().iterations !== Infinity).map((one) => one.finished)).then(() => {})"""
"""Resolves once nothing moves any more."""


@dataclass(frozen=True)
class Mode:
    """How somebody wants to see the pages."""

    language: str = "zh"
    large_font: bool = False
    high_contrast: bool = False

    def __str__(self) -> str:
        parts = ["large" if self.large_font else "", "contrast" if self.high_contrast else ""]
        return "-".join([self.language, *filter(None, parts)])

    def put_on(self, page: Page) -> None:
        """As if it were chosen in another tab: at once, nothing is loaded anew."""
        kept = {"language": self.language, "large_font": self.large_font, "high_contrast": self.high_contrast}
        page.evaluate(
            """async (kept) => {
                localStorage.setItem('yunzhen.preferences', kept)
                dispatchEvent(new StorageEvent('storage', { key: 'yunzhen.preferences' }))
                await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
            }""",
            json.dumps(kept),
        )
        page.evaluate(STILL)


STANDARD = Mode()


@dataclass(frozen=True)
class Seen:
    """The text on a page: its lines with their sizes in px, what is cut off, what overlaps."""

    lines: list[dict[str, Any]]
    cut: list[str]
    overlaps: list[str]

    @property
    def sizes(self) -> dict[str, float]:
        """The size of each text; of one that stands there twice, the smaller."""
        sizes: dict[str, float] = {}
        for line in self.lines:
            sizes[line["text"]] = min(line["size"], sizes.get(line["text"], line["size"]))
        return sizes


def seen_on(page: Page) -> Seen:
    """What an eye sees on the page as it stands."""
    return Seen(**page.evaluate(_reading(), list(TASTES)))


def axe_findings(page: Page, *rules: str, left_out: tuple[str, ...] = ()) -> list[str]:
    """What axe calls serious or critical, of all its rules or of those named."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    chosen = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    options = {**chosen, "resultTypes": ["violations"], "rules": {name: {"enabled": False} for name in left_out}}
    found = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{one['id']} ({one['impact']}): {node['target']} {node.get('failureSummary', '')[:300]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@lru_cache(maxsize=1)
def _reading() -> str:
    return (Path(__file__).parent / "reading.js").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _axe() -> str:
    return AXE.read_text(encoding="utf-8") + ";undefined"
