"""Holding a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from calling.whom import file_to_show, open_to_calls, own_call, readable_call, require_reader, rung_in
from hospital.caller import Caller, system
from hospital.calls.errors import AlreadyInCall, CallNotFound
from hospital.calls.keys import calls_of_key
from hospital.calls.members import Media, Rung
from hospital.calls.model import Call
from hospital.calls.store import add_call, busy_among, call_of, calls, change_call, get_call
from hospital.calls.view import CallView
from hospital.conversations.errors import ConversationClosed
from hospital.conversations.keys import conversation_key
from hospital.conversations.store import conversations
from hospital.paging import Page, Paging
from hospital.relays.model import Place, places
from hospital.relays.store import all_nodes, have_it_look
from hospital.work import Work, decided_again

Near = Mapping[str, int]


def begin_call(
    conversation_id: str, media: Media, people: Sequence[str] | None, near: Near, *, by: Caller, now: datetime
) -> CallView:
    """Ring the others; `near` is how far relays are, as measured. Raises what `open_to_calls` and `rung_in` raise, and
    `AlreadyInCall`."""
    conversation = open_to_calls(conversation_id, by, now)
    others = rung_in(conversation, people, by, now)
    me = Rung(**conversation.member(by.person_id).author().model_dump())

    def decide() -> CallView:
        busy = _busy([me, *others], now)
        if me.person_id in busy:
            raise AlreadyInCall(call_id=busy[me.person_id])
        begun = Call.begin(
            organisation_id=conversation.organisation_id,
            conversation_id=conversation.id,
            visit_id=conversation.about.id if conversation.about else None,
            media=media,
            caller=me,
            others=others,
            busy=busy,
            now=now,
            near=near,
        )
        with Work(by=by) as work:
            return work.answer(CallView.of(add_call(work, begun)))

    return decided_again(decide)


def current_calls(*, by: Caller, now: datetime) -> list[CallView]:
    """The call that the caller is in, or rung by, if there is one."""
    call = call_of(by.person_id, now)
    return [CallView.of(call)] if call else []


def places_of_relays(now: datetime) -> list[Place]:
    """The regions among which the next call may choose."""
    return places(all_nodes(), now)


def view_call(call_id: str, *, by: Caller, now: datetime) -> CallView:
    """One call, as it stands now. Whoever looks first after something of it was over by itself has it written down, so
    that the others hear now and not with the next sweep."""
    call = readable_call(call_id, by)
    return CallView.of(call if call.as_of(now) == call else _written_down(call_id, now))


def _written_down(call_id: str, now: datetime) -> Call:
    def decide() -> Call:
        call = get_call(call_id)
        standing = call.as_of(now)
        if standing == call:
            return call
        with Work(by=system("hold_call")) as work:
            stored = change_call(work, call, standing)
        if stored.node:
            have_it_look(stored.node, stored.id, now)
        return stored

    return decided_again(decide)


def calls_in(conversation_id: str, paging: Paging, *, by: Caller, now: datetime) -> Page[CallView]:
    """The calls of a conversation that the caller reads."""
    require_reader(conversation_id, by)
    partition = calls_of_key(conversation_id)
    page = calls.page("of_conversation", partition, cursor=paging.cursor, limit=paging.limit, newest_first=True)
    return page.each(lambda call: CallView.of(call.as_of(now)))


def ring(call_id: str, *, by: Caller, now: datetime) -> CallView:
    """A device of the caller's rings."""
    return _change(call_id, by, now, lambda call: call.ring(by.person_id, now))


def answer(call_id: str, device: str, media: Media, near: Near, *, by: Caller, now: datetime) -> CallView:
    """That device takes the call."""
    return _change(call_id, by, now, lambda call: call.answer(by.person_id, device, media, now, near))


def decline(call_id: str, reason: Literal["declined", "busy"], *, by: Caller, now: datetime) -> CallView:
    """The caller does not take it."""
    return _change(call_id, by, now, lambda call: call.decline(by.person_id, reason, now))


def cancel(call_id: str, *, by: Caller, now: datetime) -> CallView:
    """The caller gives up ringing."""
    return _change(call_id, by, now, lambda call: call.cancel(by.person_id, now))


def leave(call_id: str, *, by: Caller, now: datetime) -> CallView:
    """The caller goes."""
    return _change(call_id, by, now, lambda call: call.leave(by.person_id, now))


def end(call_id: str, *, by: Caller, now: datetime) -> CallView:
    """The caller ends it for all."""
    return _change(call_id, by, now, lambda call: call.end(by.person_id, now))


def invite(call_id: str, people: Sequence[str], *, by: Caller, now: datetime) -> CallView:
    """The caller has others rung too."""
    conversation = conversations.need(conversation_key(own_call(call_id, by).conversation_id), CallNotFound())
    if conversation.state != "open":
        raise ConversationClosed
    others = rung_in(conversation, people, by, now)

    def invited(call: Call) -> Call:
        fresh = [one for one in others if not call.holds(one.person_id)]
        return call.invite(by.person_id, others, _busy(fresh, now), now)

    return _change(call_id, by, now, invited)


def show(call_id: str, seq: int | None, *, by: Caller, now: datetime) -> CallView:
    """The caller has the others look at the file in that message of the conversation; None: at nothing more. Raises
    what `file_to_show` raises."""
    if seq is None:
        return _change(call_id, by, now, lambda call: call.hide(by.person_id, now))
    file_to_show(own_call(call_id, by), seq, by)
    return _change(call_id, by, now, lambda call: call.show(by.person_id, seq, now))


def _busy(people: Sequence[Rung], now: datetime) -> dict[str, str]:
    return busy_among([one.person_id for one in people], now, system("hold_call"))


def _change(call_id: str, by: Caller, now: datetime, act: Callable[[Call], Call]) -> CallView:
    """One act upon a call of the caller's. The relay of a room that somebody left is told with its next report."""

    def decide() -> CallView:
        before = own_call(call_id, by)
        after = act(before)
        with Work(by=by) as work:
            stored = before if after == before else change_call(work, before, after)
            shown = work.answer(CallView.of(stored))
        if before.node and any(before.holds(one) and not stored.holds(one) for one in stored.person_ids):
            have_it_look(before.node, stored.id, now)
        return shown

    return decided_again(decide)
