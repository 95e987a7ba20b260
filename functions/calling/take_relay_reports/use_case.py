"""What a relay's report means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from hospital.caller import Caller
from hospital.calls.errors import CallMovedOn, CallNotFound, CallOver
from hospital.calls.keys import call_key
from hospital.calls.model import Call
from hospital.calls.store import calls, change_call, get_call
from hospital.errors import AlreadyDone, ChangedMeanwhile, Unavailable
from hospital.relays.model import Node
from hospital.relays.store import get_node, keep_node, rooms_to_look_at
from hospital.work import Work, decided_again

_AT_ONCE = 100  # items in one read


class NotOfTheCall(Exception):
    """Nobody of that id is in the call."""


class Fact(Protocol):
    """What happened in a room of the relay."""

    @property
    def number(self) -> int: ...

    @property
    def kind(self) -> str: ...

    @property
    def room(self) -> str: ...

    @property
    def person_id(self) -> str: ...

    @property
    def session(self) -> str: ...


@dataclass
class Taken:
    """What the relay is told: how far its facts are known, and who and what has to go."""

    acknowledged: int
    close: set[str] = field(default_factory=set)
    remove: set[tuple[str, str]] = field(default_factory=set)


def take_report(
    node_id: str, key_id: str, told: Mapping[str, Any], facts: Sequence[Fact], *, by: Caller, now: datetime
) -> Taken:
    """Keep what the relay says of itself, and decide on each fact that was not known: each counts once."""
    before = get_node(node_id)
    known = before.acknowledged if before is not None and before.boot == told["boot"] else 0
    taken = Taken(known)
    for fact in sorted(facts, key=lambda one: one.number):
        if fact.number <= taken.acknowledged:
            continue
        try:
            _decide(fact, node_id, f"{node_id}#{told['boot']}#{fact.number}", taken, by, now)
        except (Unavailable, ChangedMeanwhile):
            break  # it and what follows will be told again
        taken.acknowledged = fact.number
    keep_node(Node(id=node_id, key_id=key_id, heard_at=now, acknowledged=taken.acknowledged, **told))
    _look(taken, node_id, rooms_to_look_at(node_id, now), now)
    return taken


def _decide(fact: Fact, node_id: str, name: str, taken: Taken, by: Caller, now: datetime) -> None:
    """One fact: the call's next state, or that the room or the person has to go."""

    def decide() -> None:
        before = get_call(fact.room)
        if before.node != node_id:
            raise CallOver(outcome=before.outcome)  # as seen from there: the room is elsewhere
        if fact.kind != "closed" and fact.person_id not in before.person_ids:
            raise NotOfTheCall
        after = _after(before, fact, now)
        if after != before:
            with Work(by=by, once=name) as work:
                change_call(work, before, after)

    try:
        decided_again(decide)
    except AlreadyDone:
        return
    except (CallOver, CallNotFound):
        taken.close.add(fact.room)
    except (CallMovedOn, NotOfTheCall):
        if fact.kind == "joined":
            taken.remove.add((fact.room, fact.person_id))


def _after(call: Call, fact: Fact, now: datetime) -> Call:
    if fact.kind == "joined":
        return call.joined(fact.person_id, fact.session, now)
    if fact.kind == "flowing":
        return call.flowing(fact.person_id, fact.session, now)
    if fact.kind == "left":
        return call.stopped(fact.person_id, fact.session, now)
    return call.emptied(now)


def _look(taken: Taken, node_id: str, rooms: Iterable[str], now: datetime) -> None:
    """What the relay may not have heard of rooms in which something changed lately."""
    wanted = list(rooms)[:_AT_ONCE]
    for call in calls.get_all(call_key(room) for room in wanted) if wanted else []:
        standing = call.as_of(now)
        if standing.state == "ended" or standing.node != node_id:
            taken.close.add(call.id)
        else:
            gone = [one for one in standing.person_ids if not standing.holds(one)]
            taken.remove.update((call.id, one) for one in gone)
