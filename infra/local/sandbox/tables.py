"""`/sandbox/api/tables`: capacity units used, by function; and the troubles that tables have on demand."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from ..store import Store
from ..store.faults import TROUBLES, Fault


class TableRoutes:
    """`GET` answers `{items, reads, writes, troubles}`; `POST …/troubles` adds one or clears all; `POST …/reset` counts
    from nought."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_get("/sandbox/api/tables", self.show)
        router.add_post("/sandbox/api/tables/troubles", self.trouble)
        router.add_post("/sandbox/api/tables/reset", self.reset)

    async def show(self, request: web.Request) -> web.Response:
        """What was used since the start, or since it was reset."""
        return self._answer()

    async def reset(self, request: web.Request) -> web.Response:
        """The counts begin anew."""
        self._store.meter.reset()
        return self._answer()

    async def trouble(self, request: web.Request) -> web.Response:
        """Takes `{"trouble": "throttle" | "conflict" | "fail" | "lose answer"}` with `table`, `operations`, `times`
        and `share` as the store knows them; `{"index_seconds": 2}`; or `{"clear": true}`."""
        try:
            self._ask(json.loads(await request.text()))
        except (ValueError, TypeError, KeyError) as refusal:
            body = {"code": "sandbox.trouble_not_understood", "facts": {"reason": str(refusal)}}
            return web.json_response(body, status=400)
        return self._answer()

    def _ask(self, asked: Any) -> None:
        if not isinstance(asked, dict):
            raise TypeError("an object is wanted")
        faults = self._store.faults
        if asked.get("clear") is True:
            faults.clear()
        elif "index_seconds" in asked:
            faults.lag_indexes(min(60.0, max(0.0, float(asked["index_seconds"]))))
        else:
            trouble, times = asked["trouble"], asked.get("times")
            if trouble not in TROUBLES:
                raise ValueError(f"{trouble!r} is none of {', '.join(TROUBLES)}")
            faults.cause(
                trouble,
                asked.get("table"),
                asked.get("operations"),
                times=None if times is None else int(times),
                share=float(asked.get("share", 1.0)),
            )

    def _answer(self) -> web.Response:
        meter = self._store.meter
        reads, writes = meter.totals()
        counts = sorted(meter.counts(), key=lambda count: -(count.reads + count.writes))
        return web.json_response(
            {
                "items": [count.plain() for count in counts],
                "reads": reads,
                "writes": writes,
                "index_seconds": self._store.faults.index_lag.seconds,
                "troubles": [_plain(fault) for fault in self._store.faults.active()],
            }
        )


def _plain(fault: Fault) -> dict[str, Any]:
    return {
        "trouble": fault.trouble,
        "table": fault.table,
        "operations": None if fault.operations is None else sorted(fault.operations),
        "times": fault.times,
        "share": fault.share,
        "met": fault.met,
    }
