"""How a message leaves: over one carrier after another, each called at most once about a try that it took.

Before a call the try is written down, afterwards what became of it. A try that was broken off in between is asked
after at that carrier before anything else happens, so nothing is lost and nothing is sent twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from hospital import clock
from hospital.caller import Caller
from hospital.carrying import Carrier, Refused, Taken, Undecided
from hospital.errors import ChangedMeanwhile, TooMany, Unavailable
from hospital.limits import Limit
from hospital.observability import count
from hospital.sms.events import SmsDue, SmsMoved
from hospital.sms.model import CALL, LATE, Sms
from hospital.sms.store import get_sms, sms_messages
from hospital.work import Work

PER_PHONE = Limit("sms_of_phone", most=10, window=timedelta(hours=1))
"""What one phone may get in an hour, codes aside, which have a limit of their own; more waits."""
PER_CARRIER = Limit("sms_of_carrier", most=50, window=timedelta(seconds=1))


def leave(sms_id: str, carriers: Sequence[Carrier], by: Caller) -> Sms:
    """The message goes to the first carrier that takes it; else it waits for its next try.

    Raises `Unavailable` while somebody else is at it: the queue brings it again.
    """
    sms, now = get_sms(sms_id), clock.now()
    if sms.state != "queued" or (sms.not_before and now < sms.not_before):
        return sms
    if sms.is_being_tried(now):
        if sms.secret:  # whoever asked for it waits for the answer
            return sms
        raise Unavailable(reason="under_way")
    if sms.trying is not None:
        return _settled(sms, carriers, by)
    if sms.secret or sms.is_too_old(now):
        return _ended(sms, sms.refuse("expired", now), by)
    if sms.tries == 0:
        try:
            PER_PHONE.take(sms.phone_hash)
        except TooMany as error:
            return _put_off(sms, "too_many", by, timedelta(seconds=int(error.facts["retry_after_seconds"])))
    return _tried(sms, _in_order(sms, carriers), by)


def leave_at_once(sms: Sms, carriers: Sequence[Carrier], by: Caller, variables: Mapping[str, str], text: str) -> Sms:
    """For whoever waits for the answer (a code): a new message over the first carrier that takes it, now or never.

    `variables` and `text` hold what is not stored. Raises `Unavailable` when nobody took it.
    """
    first, *others = carriers
    with Work(by=by) as work:
        begun = work.add(sms_messages, sms.begin(first.name, clock.now()))
        work.emit(SmsMoved.of(begun))
        work.due(begun.asked_at + LATE, SmsDue.of(begun))
    cause = ""
    for place, carrier in enumerate([first, *others]):
        if place:
            begun = _written(begun, begun.begin(carrier.name, clock.now()), by)
        try:
            return _handed_over(begun, carrier, carrier.hand_over(begun.outgoing(variables, text)), by)
        except Unavailable as error:
            cause = _cause(error)
        except Undecided:
            cause = "unanswered"
            break  # it may arrive all the same: another one would only confuse
        except Refused as refused:
            cause = refused.cause
            break
    _ended(begun, begun.refuse(cause, clock.now()), by)
    raise Unavailable(adapter="sms")


def _in_order(sms: Sms, carriers: Sequence[Carrier]) -> list[Carrier]:
    """As the settings name them; one that failed to deliver it comes last."""
    return sorted(carriers, key=lambda one: one.name == sms.carrier)


def _tried(sms: Sms, carriers: Sequence[Carrier], by: Caller) -> Sms:
    cause = "unavailable"
    for carrier in carriers:
        try:
            PER_CARRIER.take(carrier.name)
        except TooMany:
            cause = "carrier_busy"
            continue
        sms = _written(sms, sms.begin(carrier.name, clock.now()), by)
        try:
            return _handed_over(sms, carrier, carrier.hand_over(sms.outgoing()), by)
        except Unavailable as error:
            cause = _cause(error)
        except Undecided:
            return _asked_after_later(sms, by)
        except Refused as refused:
            return _ended(sms, sms.refuse(refused.cause, clock.now(), blocked=refused.blocked), by)
    return _put_off(sms, cause, by)


def _settled(sms: Sms, carriers: Sequence[Carrier], by: Caller) -> Sms:
    """A call was broken off: the carrier knows whether it has the text. Until it says so, nobody else is asked."""
    carrier = next((one for one in carriers if sms.trying and one.name == sms.trying.carrier), None)
    if carrier is None:  # no longer the hospital's; whether it has the text, nobody will ever say
        return _ended(sms, sms.refuse("unanswered", clock.now()), by)
    try:
        taken = carrier.look_up(sms.outgoing())
    except Unavailable:
        if sms.secret or sms.is_too_old(clock.now()):
            return _ended(sms, sms.refuse("unanswered", clock.now()), by)
        return _asked_after_later(sms, by)
    if taken is not None:
        return _handed_over(sms, carrier, taken, by)
    if sms.secret:
        return _ended(sms, sms.refuse("unanswered", clock.now()), by)
    return _tried(sms, _in_order(sms, carriers), by)


def _handed_over(sms: Sms, carrier: Carrier, taken: Taken, by: Caller) -> Sms:
    count("sms", carrier=carrier.name, outcome="taken")
    try:
        with Work(by=by) as work:
            stored = work.change(sms_messages, sms, sms.hand_over(carrier.name, taken, clock.now()))
            work.emit(SmsMoved.of(stored))
    except ChangedMeanwhile:  # its receipt was faster
        stored = get_sms(sms.id)
        if stored.state == "queued":
            raise Unavailable(reason="under_way") from None
    return stored


def _put_off(sms: Sms, cause: str, by: Caller, pause: timedelta | None = None) -> Sms:
    now = clock.now()
    until = now + pause if pause else sms.next_try(now)
    with Work(by=by) as work:
        stored = work.change(sms_messages, sms, sms.put_off(cause, until))
        work.due(until, SmsDue.of(stored))
    count("sms", carrier="none", outcome="put_off")
    return stored


def _asked_after_later(sms: Sms, by: Caller) -> Sms:
    """The try stays open; the carrier is asked about it at the time of the next one."""
    until = max(sms.next_try(clock.now()), clock.now() + CALL)
    with Work(by=by) as work:
        stored = work.change(sms_messages, sms, sms.leave_open(until))
        work.due(until, SmsDue.of(stored))
    return stored


def _ended(sms: Sms, ended: Sms, by: Caller) -> Sms:
    count("sms", carrier="none", outcome=ended.state)
    with Work(by=by) as work:
        stored = work.change(sms_messages, sms, ended)
        work.emit(SmsMoved.of(stored))
    return stored


def _written(sms: Sms, after: Sms, by: Caller) -> Sms:
    try:
        with Work(by=by) as work:
            return work.change(sms_messages, sms, after)
    except ChangedMeanwhile:
        raise Unavailable(reason="under_way") from None


def _cause(error: Unavailable) -> str:
    return str(error.facts.get("reason") or "unavailable")
