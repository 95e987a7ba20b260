"""Where pages open their sockets, best first, and which of these addresses do not answer at present.

The addresses are settings: `SOCKET_URL`, then those of `FURTHER_ENTRY_POINTS`. That one fails is a row that dies by
itself, so an address that nobody looks at any more is named again.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from hospital import settings
from hospital.records import Key, Record
from hospital.table import Collection

DOWN_FOR = timedelta(minutes=3)
"""How long an address that failed is left out, unless it fails again."""

POLLS = "/api/messaging/polls"
"""Where long polling begins, below the page's own origin: what brought the page gets through."""


class EntryPointDown(Record):
    """That an address did not answer. `id` is its digest."""

    url: str
    until: datetime


entry_points_down = Collection(
    EntryPointDown,
    "requests",
    key=lambda one: _key(one.id),
    expires=lambda one: one.until,
    audited=False,  # a moment's finding, not the hospital's state
)


def socket_urls() -> list[str]:
    """All addresses of the socket, in the order in which they are to be tried."""
    configured = settings.current()
    further = (url.strip() for url in configured.further_entry_points.split(","))
    return list(dict.fromkeys(url for url in (configured.socket_url, *further) if url))


def urls_down(now: datetime) -> set[str]:
    """Those that failed lately. One call."""
    found = entry_points_down.get_all(_key(_digest(url)) for url in socket_urls())
    return {one.url for one in found if one.until > now}


def mark_down(url: str, now: datetime) -> None:
    """Leave it out for a while."""
    down = EntryPointDown(id=_digest(url), url=url, until=now + DOWN_FOR)
    entry_points_down.table.put(_key(down.id), entry_points_down.to_item(down))


def mark_up(url: str) -> None:
    """Name it again."""
    entry_points_down.table.remove(_key(_digest(url)))


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:32]


def _key(digest: str) -> Key:
    return Key(f"ENTRY_POINT#{digest}", "ENTRY_POINT")
