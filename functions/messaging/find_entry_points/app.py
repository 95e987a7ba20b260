"""The route that names the entry points."""

from __future__ import annotations

from hospital import clock
from hospital.http import App
from hospital.policy import can
from messaging.find_entry_points.use_case import EntryPoints, find_entry_points

app = App("find_entry_points")


@app.route("GET", "/entry-points", allow=can("account:keep"), returns=EntryPoints)
def get_entry_points() -> EntryPoints:
    """Where to connect, best first."""
    return find_entry_points(clock.now())
