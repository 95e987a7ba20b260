"""Naming the entry points."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from hospital.conversations.entry_points import POLLS, socket_urls, urls_down


class EntryPoint(BaseModel):
    """An address: a socket's is opened with a ticket, a poll's (a path of the page's own origin) is posted to."""

    url: str
    kind: Literal["socket", "poll"]
    priority: int


class EntryPoints(BaseModel):
    """To be tried in this order; `priority` 1 is best."""

    items: list[EntryPoint]


def find_entry_points(now: datetime) -> EntryPoints:
    """Those that work, as far as is known."""
    down = urls_down(now)
    found: list[tuple[str, Literal["socket", "poll"]]] = [(url, "socket") for url in socket_urls() if url not in down]
    found.append((POLLS, "poll"))
    return EntryPoints(
        items=[EntryPoint(url=url, kind=kind, priority=n) for n, (url, kind) in enumerate(found, start=1)]
    )
