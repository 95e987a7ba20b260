"""Running an inspection, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hospital import clock
from hospital.caller import Caller
from hospital.errors import AlreadyDone
from hospital.inspections.events import InspectionAsked
from hospital.inspections.model import STEPS, Found, Group, Inspection, compared
from hospital.inspections.store import get_inspection, inspections, last_report
from hospital.work import Work
from house.on_inspection_asked_inspect.gathering import Gathered
from house.on_inspection_asked_inspect.logs import look_at_logs
from house.on_inspection_asked_inspect.parties import look_at_parties
from house.on_inspection_asked_inspect.resources import look_at_resources
from house.on_inspection_asked_inspect.settings_seen import look_at_settings
from house.on_inspection_asked_inspect.traffic import look_at_traffic

Look = Callable[[Inspection, Gathered], None]
LOOKS: Mapping[Group, Look] = {
    "resources": look_at_resources,
    "parties": look_at_parties,
    "settings": look_at_settings,
    "logs": look_at_logs,
    "traffic": look_at_traffic,
}


def on_inspection_asked_inspect(envelope: dict[str, Any], by: Caller) -> None:
    """The report is kept. What cannot be looked at is itself a finding; the run goes on."""
    asked = get_inspection(InspectionAsked.told(envelope).subject)
    if asked.state == "done":
        return  # it came twice
    running, gathered = asked, Gathered()
    for number, step in enumerate(STEPS):
        with Work(by=by, doing="inspection.proceed") as work:
            # Two deliveries at once: the run that wrote first goes on.
            running = work.change(inspections, running, running.proceed(number), otherwise=AlreadyDone())
        LOOKS[step](running, gathered)
    earlier = last_report()
    found = Found(
        checked=tuple(gathered.checked),
        served=tuple(gathered.served),
        held=tuple(gathered.held),
        compared=compared(earlier.id, earlier.faults, gathered.faults) if earlier else None,
    )
    with Work(by=by, once=envelope["id"], doing="inspection.end") as work:
        work.change(inspections, running, running.end(found, clock.now()), otherwise=AlreadyDone())
