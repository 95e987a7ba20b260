"""Where calls are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hospital import ids
from hospital.caller import Caller
from hospital.calls import keys
from hospital.calls.errors import CallNotFound
from hospital.calls.events import CallBegun, CallChanged, CallDue, CallEnded
from hospital.calls.model import MOST_MEMBERS, Call, OnCall
from hospital.calls.quality import Quality
from hospital.errors import ChangedMeanwhile
from hospital.records import Key
from hospital.table import Collection
from hospital.work import Work

calls = Collection(
    Call,
    "clinical",
    key=lambda call: keys.call_key(call.id),
    lists={
        "of_conversation": lambda call: Key(
            keys.calls_of_key(call.conversation_id), keys.since(call.created_at, call.id)
        )
    },
)
on_calls = Collection(
    OnCall,
    "clinical",
    key=lambda place: keys.on_call_key(place.id),
    audited=False,  # says nothing that the call's own line does not
)

qualities = Collection(
    Quality,
    "clinical",
    key=lambda line: keys.quality_key(line.call_id, line.person_id),
    audited=False,  # what devices measured of a network: nobody's act, and nothing of a patient
)


def get_call(call_id: str) -> Call:
    """The call as it was last written; `CallNotFound` when there is none."""
    call = calls.get(keys.call_key(call_id)) if ids.is_id(call_id) else None
    if call is None:
        raise CallNotFound
    return call


def call_of(person_id: str, now: datetime) -> Call | None:
    """The call that a person is in, or rung by."""
    held = on_calls.get(keys.on_call_key(person_id))
    call = calls.get(keys.call_key(held.call_id)) if held else None
    if call is None or not call.as_of(now).holds(person_id):
        return None
    return call.as_of(now)


def busy_among(person_ids: Iterable[str], now: datetime, by: Caller) -> dict[str, str]:
    """Person -> call, of those who have no room for another. Calls that ended by themselves without anybody having
    written it down are written down here, as `by`."""
    held = on_calls.get_all(keys.on_call_key(one) for one in person_ids)
    found = {call.id: call for call in calls.get_all(keys.call_key(one.call_id) for one in held)}
    busy = {}
    for place in held:
        call = found[place.call_id]
        standing = call.as_of(now)
        if standing.holds(place.id):
            busy[place.id] = call.id
        elif call.holds(place.id):
            with Work(by=by) as work:
                found[call.id] = change_call(work, call, standing)
    return busy


def lines_of(call_id: str) -> list[Quality]:
    """How the lines of a call's members were."""
    found, _ = qualities.between(keys.call_key(call_id).pk, keys.FIRST_QUALITY, keys.LAST_QUALITY, limit=MOST_MEMBERS)
    return found


def add_call(work: Work, call: Call) -> Call:
    """A new call, and the places of those in it: `ChangedMeanwhile` when one of them was taken at this moment."""
    stored = work.add(calls, call)
    for person_id in stored.person_ids:
        if stored.holds(person_id):
            work.add(on_calls, OnCall(id=person_id, call_id=stored.id), otherwise=ChangedMeanwhile())
    if stored.state != "ended":
        work.emit(CallBegun.of(stored))
    return _told(work, None, stored)


def change_call(work: Work, before: Call, after: Call) -> Call:
    """One step of a call: who is in it no more has room for others, and who came has none."""
    stored = work.change(calls, before, after)
    for person_id in stored.person_ids:
        place = OnCall(id=person_id, call_id=stored.id)
        if before.holds(person_id) and not stored.holds(person_id):
            work.remove(on_calls, place, when=on_calls["call_id"] == stored.id)
        elif stored.holds(person_id) and not before.holds(person_id):
            work.add(on_calls, place, otherwise=ChangedMeanwhile())
    if stored.state != "ended":
        work.emit(CallChanged.of(stored))
    return _told(work, before, stored)


def _told(work: Work, before: Call | None, stored: Call) -> Call:
    if stored.state == "ended":
        work.emit(CallEnded.of(stored))
    elif stored.due_at is not None and (before is None or stored.due_at != before.due_at):
        work.due(stored.due_at, CallDue.of(stored, stored.due_at))
    return stored
