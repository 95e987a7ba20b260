"""Is the process well, and what does it count: for load balancers and Prometheus (text format 0.0.4)."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

_WELL_LAG_SECONDS = 1.0


def health(draining: bool, lag: float) -> web.Response:
    """200 while the event loop keeps up; a draining process is well."""
    state = "draining" if draining else "serving"
    return web.json_response({"state": state}, status=200 if lag < _WELL_LAG_SECONDS else 503)


def metrics(gauges: Mapping[str, float], counters: Mapping[str, float]) -> web.Response:
    """`relay_<name>` and `relay_<name>_total`; a name may carry labels: `refused{code="room_full"}`."""
    lines: list[str] = []
    told: set[str] = set()
    for kind, suffix, numbers in (("gauge", "", gauges), ("counter", "_total", counters)):
        for name, number in sorted(numbers.items()):
            bare, brace, labels = name.partition("{")
            full = f"relay_{bare}{suffix}"
            if full not in told:
                told.add(full)
                lines.append(f"# TYPE {full} {kind}")
            lines.append(
                f"{full}{brace}{labels} {number:g}" if isinstance(number, float) else f"{full}{brace}{labels} {number}"
            )
    return web.Response(
        text="\n".join(lines) + "\n", headers={"content-type": "text/plain; version=0.0.4; charset=utf-8"}
    )
