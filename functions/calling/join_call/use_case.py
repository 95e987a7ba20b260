"""Being let into a room."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from calling.whom import own_call
from hospital import settings
from hospital.caller import Caller
from hospital.calls.model import Call
from hospital.calls.store import change_call
from hospital.calls.view import CallView
from hospital.observability import say
from hospital.relays.errors import RelayMissing
from hospital.relays.grants import IceServer, grant, ice_servers
from hospital.relays.model import Node, chosen
from hospital.relays.retirements import nodes_for_rooms
from hospital.relays.store import have_it_look
from hospital.work import Work, decided_again


class JoinView(BaseModel):
    """The way into the room: say hello with the `grant` at `control_url` before it expires. A grant counts once."""

    grant: str
    control_url: str
    ice_servers: list[IceServer]
    expires_at: datetime
    call: CallView


def join_call(call_id: str, device: str, lost_node: str, *, by: Caller, now: datetime) -> JoinView:
    """A grant for the caller's place in the room. Raises `CallMovedOn` for who has not answered, `AnsweredElsewhere`,
    and `RelayMissing` when there is no relay."""
    nodes = nodes_for_rooms()

    def decide() -> JoinView:
        before = own_call(call_id, by)
        node = _node_of(before, nodes, lost_node, now)
        after = before.place(node.id, now).bind(by.person_id, device)
        with Work(by=by) as work:
            stored = before if after == before else change_call(work, before, after)
            shown = work.answer(_entry(stored, node, by))
        if before.node != node.id:
            say("a room was placed", where=f"{node.region} {node.id}", milliseconds=stored.near.get(node.region))
            have_it_look(node.id, stored.id, now, placed=True)  # nobody takes that relay for an empty one
        if before.node not in ("", node.id):
            have_it_look(before.node, stored.id, now)  # should it live after all, it sends away whoever is still there
        return shown

    return decided_again(decide)


def _node_of(call: Call, nodes: list[Node], lost_node: str, now: datetime) -> Node:
    """Where the room is or will be. Who lost a relay that the room has left already follows it."""
    own = settings.current().aws_region
    node = chosen(nodes, call.id, now=now, region=own, near=call.near, current=call.node, lost=lost_node)
    if node is None:
        raise RelayMissing
    return node


def _entry(call: Call, node: Node, by: Caller) -> JoinView:
    token, expires_at = grant(node, call.id, by.person_id, call.member(by.person_id).name)
    return JoinView(
        grant=token,
        control_url=node.control_url,
        ice_servers=ice_servers(),
        expires_at=expires_at,
        call=CallView.of(call),
    )
