"""`/sandbox/api/seals`: the chains of the audit log, their heads and what was verified last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from aiohttp import web

_BLOCKS_SHOWN = 20

Lend = Callable[[Callable[[], Any]], "Future[Any]"]
"""Runs a call as a function would run."""


class SealRoutes:
    """Reads through the kit, as the staff page does; nothing is written."""

    def __init__(self, lend: Lend) -> None:
        self._lend = lend

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the route."""
        router.add_get("/sandbox/api/seals", self.show)

    async def show(self, request: web.Request) -> web.Response:
        """Every chain with its newest blocks."""
        items = await asyncio.wrap_future(self._lend(_chains))
        return web.json_response({"items": items}, headers={"Cache-Control": "no-store"})


def _chains() -> list[dict[str, Any]]:
    # The kit is importable once the template named its folder.
    from hospital.clock import text
    from hospital.seals.store import all_heads, blocks_between, last_verification, oldest_waiting

    found = []
    for head in all_heads():
        newest = blocks_between(head.id, 1, max(1, head.number), newest_first=True, limit=_BLOCKS_SHOWN)
        checked, waiting = last_verification(head.id), oldest_waiting(head.id)
        found.append(
            {
                "chain": head.id,
                "blocks": head.number,
                "lines": head.lines,
                "seal": head.seal,
                "sealed_at": text(head.sealed_at) if head.sealed_at else None,
                "anchored_block": head.anchored,
                "anchored_at": text(head.anchored_at) if head.anchored_at else None,
                "waiting_since": text(waiting) if waiting else None,
                "verified": checked.model_dump(mode="json", include={"at", "complete", "findings", "lines"})
                if checked
                else None,
                "newest": [
                    {
                        "number": block.number,
                        "sealed_at": text(block.sealed_at),
                        "lines": len(block.lines),
                        "seal": block.seal,
                        "previous": block.previous,
                    }
                    for block in newest
                ],
            }
        )
    return found
