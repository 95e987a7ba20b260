"""A person's file in the HIS, as far as this hospital knows it; and the order of their cards: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, Self

from hospital import ids
from hospital.records import Record, Sealed
from hospital.trying_again import Asked

State = Literal["waiting", "open", "refused", "disputed"]
"""waiting: the HIS did not answer yet, and is asked again. open: it gave a number. refused: it said no. disputed: it
answered with somebody else; a person has to look at it there, then it may be asked again."""
Act = Literal["wait", "open", "refuse", "dispute"]

TRANSITIONS: Mapping[tuple[State, Act], State] = {
    ("waiting", "wait"): "waiting",
    ("waiting", "open"): "open",
    ("waiting", "refuse"): "refused",
    ("waiting", "dispute"): "disputed",
    ("refused", "wait"): "waiting",
    ("refused", "open"): "open",
    ("refused", "refuse"): "refused",
    ("refused", "dispute"): "disputed",
    ("disputed", "wait"): "waiting",
    ("disputed", "open"): "open",
    ("disputed", "refuse"): "refused",
    ("disputed", "dispute"): "disputed",
}


class HisFileLink(Asked):
    """One for each person. `id` is also the key under which the HIS is asked: it opens one file at most."""

    person_id: str
    state: State = "waiting"
    patient_number: Sealed | None = None
    opened_at: datetime | None = None

    @classmethod
    def ask(cls, person_id: str, now: datetime) -> Self:
        """The link of somebody who has none."""
        return cls(id=link_id_of(person_id), person_id=person_id, asked_at=now)

    @property
    def is_open(self) -> bool:
        """Whether the HIS gave a number."""
        return self.state == "open"

    def answered(self, patient_number: str, now: datetime) -> Self:
        """The HIS opened the file, or had it."""
        return self._moved("open", patient_number=patient_number, reason="", opened_at=now, next_try_at=None)

    def unanswered(self, reason: str, now: datetime) -> Self:
        """It did not answer: asked again after a pause."""
        return self._moved("wait", **self.tried(reason, again=self.after_a_pause(now)))

    def refused(self, reason: str) -> Self:
        """It said no; asked again only when the person asks."""
        return self._moved("refuse", **self.tried(reason))

    def disputed(self) -> Self:
        """It answered with somebody else."""
        return self._moved("dispute", **self.tried("answered_another"))

    def _moved(self, act: Act, **changes: object) -> Self:
        return self.having(state=TRANSITIONS[self.state, act], **changes)


class CardOrder(Record):
    """How a person keeps their cards: ids in their order, and the one that is shown first everywhere."""

    person_id: str
    card_ids: tuple[str, ...] = ()
    default_id: str = ""

    @classmethod
    def of(cls, person_id: str) -> Self:
        """The order of somebody who never chose one."""
        return cls(id=order_id_of(person_id), person_id=person_id)

    def arranged(self, card_ids: tuple[str, ...], default_id: str) -> Self:
        """Another order and default: there is one at most, so an earlier one is none any more."""
        return self.having(card_ids=card_ids, default_id=default_id)

    def sorted(self, card_ids: Iterable[str]) -> list[str]:
        """Those cards in the person's order; cards they never saw follow as the HIS gives them."""
        place = {card_id: number for number, card_id in enumerate(self.card_ids)}
        return sorted(card_ids, key=lambda card_id: place.get(card_id, len(place)))

    def default_of(self, card_ids: list[str]) -> str:
        """The default among them: the chosen one while it is there, else the first."""
        return self.default_id if self.default_id in card_ids else next(iter(card_ids), "")


def link_id_of(person_id: str) -> str:
    """The id of a person's link to the HIS: there is at most one."""
    return ids.derived_id("hfl", person_id)


def order_id_of(person_id: str) -> str:
    """The id of the order of a person's cards."""
    return ids.derived_id("cdo", person_id)


def card_id_of(person_id: str, kind: str, number: str) -> str:
    """The same id for the same card each time, from which nobody tells its number."""
    return ids.derived_id("crd", person_id, kind, number)
