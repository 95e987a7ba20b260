"""An e-health card from the application on: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, Self

from hospital import ids
from hospital.records import Sealed
from hospital.trying_again import Asked

State = Literal["waiting", "issued", "refused"]
"""waiting: the channel did not answer yet, and is asked again. issued: there is a card. refused: the channel said no,
with `reason`; it may be applied for again."""
Act = Literal["wait", "issue", "refuse"]

TRANSITIONS: Mapping[tuple[State, Act], State] = {
    ("waiting", "wait"): "waiting",
    ("waiting", "issue"): "issued",
    ("waiting", "refuse"): "refused",
    ("refused", "wait"): "waiting",
    ("refused", "issue"): "issued",
    ("refused", "refuse"): "refused",
}


class HealthCard(Asked):
    """One for each person and channel; `id` is also the key under which the channel is asked: it issues one card.

    `applied_by` is the person or who acts for them, as `member_id` of their family. `said` is what the channel says of
    a refusal; `grant` what allows the application, until there is an answer. `code` is a QR code that never changes.
    """

    person_id: str
    channel: str
    applied_by: str
    member_id: str = ""
    state: State = "waiting"
    number: Sealed | None = None
    code: Sealed | None = None
    said: Sealed | None = None
    grant: Sealed | None = None
    issued_at: datetime | None = None

    @classmethod
    def of(cls, person_id: str, channel: str, now: datetime) -> Self:
        """The card of somebody who never applied for it."""
        card_id = ids.derived_id("hcd", person_id, channel)
        return cls(id=card_id, person_id=person_id, channel=channel, applied_by=person_id, asked_at=now)

    @property
    def is_issued(self) -> bool:
        """Whether there is a card."""
        return self.state == "issued"

    def applied(self, by_person_id: str, member_id: str, grant: str, now: datetime) -> Self:
        """Somebody applies, for themselves or for a member of their family; an earlier refusal counts no more."""
        return self.having(
            applied_by=by_person_id, member_id=member_id, grant=grant or None, attempts=0, said=None, asked_at=now
        )

    def issued(self, number: str, code: str, now: datetime) -> Self:
        """The channel issued the card, or had."""
        told = {"number": number, "code": code or None, "issued_at": now}
        return self._moved("issue", reason="", said=None, grant=None, next_try_at=None, **told)

    def unanswered(self, reason: str, now: datetime) -> Self:
        """The channel did not answer: asked again after a pause."""
        return self._moved("wait", said=None, **self.tried(reason, again=self.after_a_pause(now)))

    def refused(self, reason: str, said: str = "") -> Self:
        """The channel said no."""
        return self._moved("refuse", said=said or None, grant=None, **self.tried(reason))

    def _moved(self, act: Act, **changes: object) -> Self:
        return self.having(state=TRANSITIONS[self.state, act], **changes)


def shown_card(cards: Iterable[HealthCard], default_id: str) -> str:
    """The number of the e-health card that goes with a person's calls to the hospital's own system: the default if it
    is one, else the first that was issued; empty when they have none."""
    issued = sorted((one for one in cards if one.is_issued), key=lambda one: (one.id != default_id, one.issued_at))
    return issued[0].number or "" if issued else ""
