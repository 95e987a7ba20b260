"""Where it is kept what terminals ask."""

from __future__ import annotations

from hospital.sign_up.keys import flow_key
from hospital.sign_up.model import SignUpFlow
from hospital.table import Collection
from hospital.terminals import Terminal

flows = Collection(SignUpFlow, "people", key=lambda flow: flow_key(flow.organisation_id, flow.terminal))


def own_flow(organisation_id: str, terminal: Terminal) -> SignUpFlow | None:
    """What the organisation, or the platform (empty), has set for the terminal."""
    return flows.get(flow_key(organisation_id, terminal))


def flow_at(organisation_id: str, terminal: Terminal) -> SignUpFlow:
    """What counts there: the organisation's own, else the platform's, else what nobody set. One read."""
    found = flows.get_all([flow_key(organisation_id, terminal), flow_key("", terminal)])
    return found[0] if found else SignUpFlow.unset("", terminal)
