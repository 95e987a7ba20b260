"""What carriers say afterwards, and what becomes late meanwhile."""

from __future__ import annotations

from hospital import clock, secret_keys
from hospital.caller import Caller
from hospital.carrying import Receipt
from hospital.errors import NotFound
from hospital.observability import count, say
from hospital.sms.events import SmsDue, SmsMoved
from hospital.sms.model import Sms
from hospital.sms.store import get_sms, sms_messages, sms_of_number
from hospital.work import Work, decided_again


def note_receipt(carrier: str, receipt: Receipt, by: Caller) -> bool:
    """Whether the receipt said anything new. One for a message that nobody knows, or of an earlier try, does not."""

    def decide() -> bool:
        sms = _meant(carrier, receipt)
        if sms is None or not sms.awaits(carrier, receipt):
            return False
        after = sms.receive(carrier, receipt, clock.now())
        with Work(by=by) as work:
            stored = work.change(sms_messages, sms, after)
            work.emit(SmsMoved.of(stored))
            if stored.not_before is not None and stored.state == "queued":
                work.due(stored.not_before, SmsDue.of(stored))
        if stored.late and not sms.late:
            _ring(stored)
        return True

    return decided_again(decide)


def signature_of(carrier: str) -> str:
    """What the address for this carrier's receipts is signed with. Neither carrier signs what it pushes."""
    return secret_keys.lookup_hash("sms_receipts", carrier)


def note_overdue(sms_id: str, by: Caller) -> None:
    """If it should have arrived by now, it is late, which somebody hears of."""

    def decide() -> None:
        sms = get_sms(sms_id)
        after = sms.overdue(clock.now())
        if after is sms:
            return
        with Work(by=by) as work:
            stored = work.change(sms_messages, sms, after)
            work.emit(SmsMoved.of(stored))
        _ring(stored)

    decided_again(decide)


def _ring(sms: Sms) -> None:
    """A text took longer than five minutes: an alarm hangs on this count."""
    count("sms_late", carrier=sms.carrier or "none")
    say("a message is late", level="warning", subject=sms.id)


def _meant(carrier: str, receipt: Receipt) -> Sms | None:
    if receipt.id:
        try:
            return get_sms(receipt.id.partition(".")[0])
        except NotFound:
            return None
    return sms_of_number(carrier, receipt.number)
