"""Messages that leave the house: pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from hospital.carrying import Outgoing, Receipt, Taken
from hospital.records import SEALED, Record, Sealed
from hospital.sms.errors import SmsNotResendable
from hospital.terminals import Terminal

State = Literal["queued", "handed_over", "delivered", "failed", "blocked"]
Channel = Literal["sms"]
Where = Terminal | Literal["system"]
"""The terminal of whom a message is for: where a code was asked for, else where the person joined; `system` for what
other systems of the hospital send."""
Outcome = Literal["queued", "handed_over", "overdue", "delivered", "delivered_late", "failed", "blocked"]

TRANSITIONS: Mapping[tuple[State, str], State] = {
    ("queued", "hand over"): "handed_over",
    ("queued", "receive"): "delivered",
    ("queued", "give up"): "failed",
    ("queued", "fail"): "failed",
    ("queued", "block"): "blocked",
    ("queued", "send again"): "queued",
    ("handed_over", "receive"): "delivered",
    ("handed_over", "fail"): "failed",
    ("handed_over", "block"): "blocked",
    ("handed_over", "send again"): "queued",
    ("failed", "send again"): "queued",
}

LATE = timedelta(minutes=5)
"""From the request to the receipt; what takes longer is late (NOTE-09)."""
GIVE_UP = timedelta(hours=24)
"""After which a message that nobody took is old news."""
CALL = timedelta(seconds=30)
"""How long a call to a carrier may take at most; a try that is older was broken off."""
MOST_RESENDS = 2
RESEND_AFTER = timedelta(minutes=1)
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=15)

PASSING = frozenset({"unreachable", "switched_off", "expired", "unknown"})
"""Causes of a failed delivery that another try may overcome. An empty number stays empty."""


class Try(BaseModel):
    """One call to a carrier that has not been told of yet."""

    model_config = ConfigDict(frozen=True)

    carrier: str
    number: int
    at: datetime


class Sms(Record):
    """One message to one phone. `sender_id` is the hospital's system that sent it, empty for the house itself."""

    organisation_id: str
    occasion: str
    channel: Channel = "sms"
    sender_id: str = ""
    reference: str = ""
    person_id: str = ""
    terminal: Where = "web"
    phone: Sealed
    phone_hash: str
    text: Sealed
    variables: Annotated[dict[str, str], SEALED] = Field(default_factory=dict)
    registered: dict[str, str] = Field(default_factory=dict)
    secret: bool = False
    state: State = "queued"
    asked_at: datetime
    tries: int = 0
    trying: Try | None = None
    carrier: str = ""
    number: str = ""
    handed_over_at: datetime | None = None
    ended_at: datetime | None = None
    cause: str = ""
    late: bool = False
    resends: int = 0
    not_before: datetime | None = None
    asked_again_at: datetime | None = None

    @property
    def phone_masked(self) -> str:
        """`139****5678`."""
        return masked_phone(self.phone)

    @property
    def delay(self) -> timedelta | None:
        """From the request to the receipt."""
        return self.ended_at - self.asked_at if self.ended_at and self.state == "delivered" else None

    @property
    def outcome(self) -> Outcome:
        """The state, and whether it came in time."""
        if self.state == "delivered" and self.late:
            return "delivered_late"
        return "overdue" if self.state == "handed_over" and self.late else self.state

    def outgoing(self, variables: Mapping[str, str] | None = None, text: str = "") -> Outgoing:
        """What the carrier of the present try is given; a secret is handed in, for it is not kept."""
        return Outgoing(
            id=f"{self.id}.{self.tries}",
            sms_id=self.id,
            phone=self.phone,
            text=text or self.text,
            occasion=self.occasion,
            variables=self.variables if variables is None else variables,
            registered=self.registered,
            tried_at=self.trying.at if self.trying else self.asked_at,
        )

    # -- its way --------------------------------------------------------------------------------------------------

    def begin(self, carrier: str, now: datetime) -> Self:
        """A call to that carrier begins. Written before the call, so that nobody makes a second one beside it."""
        number = self.tries + 1
        return self.having(tries=number, trying=Try(carrier=carrier, number=number, at=now))

    def is_being_tried(self, now: datetime) -> bool:
        """Whether somebody may be speaking with a carrier about it at this moment."""
        return self.trying is not None and now - self.trying.at < CALL

    def hand_over(self, carrier: str, taken: Taken, now: datetime) -> Self:
        """The carrier has it."""
        told = self._moved("receive" if taken.received else "hand over")
        ended = {"ended_at": now, "late": now - self.asked_at > LATE} if taken.received else {}
        return told.having(trying=None, carrier=carrier, number=taken.number, handed_over_at=now, cause="", **ended)

    def put_off(self, cause: str, until: datetime) -> Self:
        """Nobody took it this time."""
        return self.having(trying=None, cause=cause, not_before=until)

    def leave_open(self, until: datetime) -> Self:
        """Whether the carrier took it is not known; it is asked then."""
        return self.having(cause="unanswered", not_before=until)

    def refuse(self, refused: str, now: datetime, *, blocked: bool = False) -> Self:
        """No carrier will deliver it."""
        return self._moved("block" if blocked else "give up").having(trying=None, cause=refused, ended_at=now)

    def next_try(self, now: datetime) -> datetime:
        """When it is tried again: twice as long each time, a quarter of an hour at most."""
        pause: timedelta = min(_FIRST_PAUSE * 2 ** min(max(self.tries - 1, 0), 10), _LONGEST_PAUSE)
        return now + pause

    def is_too_old(self, now: datetime) -> bool:
        """Whether nobody wants it any more."""
        return now - (self.asked_again_at or self.asked_at) > GIVE_UP

    # -- what came back -------------------------------------------------------------------------------------------

    def awaits(self, carrier: str, receipt: Receipt) -> bool:
        """Whether the receipt speaks of the present try, and nothing is known of it yet. It may come before the answer
        to the call."""
        repeats_id = receipt.id == f"{self.id}.{self.tries}"
        if self.state == "handed_over":
            return self.carrier == carrier and (repeats_id or (bool(self.number) and self.number == receipt.number))
        is_tried = self.trying is not None and self.trying.carrier == carrier
        return self.state == "queued" and is_tried and repeats_id

    def receive(self, carrier: str, receipt: Receipt, now: datetime) -> Self:
        """What the carrier says about it. One that failed for a passing cause goes out again, so many times."""
        told = self.having(
            trying=None, carrier=carrier, number=receipt.number, cause=receipt.cause, ended_at=receipt.received_at
        )
        if not receipt.cause:
            return told._moved("receive").having(late=self.late or receipt.received_at - self.asked_at > LATE)
        if receipt.blocked:
            return told._moved("block")
        if receipt.cause in PASSING and self.resends < MOST_RESENDS and not self.secret:
            again = {"resends": self.resends + 1, "number": "", "ended_at": None, "not_before": now + RESEND_AFTER}
            return told._moved("send again").having(**again)
        return told._moved("fail")

    def overdue(self, now: datetime) -> Self:
        """The time is over in which it should have arrived; itself when that was known, or it is no longer awaited."""
        awaited = self.state in ("queued", "handed_over") and now - self.asked_at >= LATE
        return self.having(late=True) if awaited and not self.late else self

    def resend(self, now: datetime) -> Self:
        """A person has it sent again. Raises `SmsNotResendable`."""
        if self.state != "failed" or self.secret:
            raise SmsNotResendable(state=self.state)
        return self._moved("send again").having(
            asked_again_at=now, ended_at=None, cause="", number="", not_before=None, resends=self.resends + 1
        )

    def _moved(self, act: str) -> Self:
        return self.having(state=TRANSITIONS[self.state, act])


def masked_phone(phone: str) -> str:
    """The first three and the last four digits."""
    return f"{phone[:3]}****{phone[-4:]}"
