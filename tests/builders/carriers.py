"""Carriers of texts, in this process: what they took, and what they make of a call.

`mood`: `well`; `down` (nobody answers the call); `breaks_off` (takes it, and the answer is lost); `drops` (the answer
is lost, and so is the text); `refuses`, `blocks` (as each does what holds 屏蔽词); `slow_books` (cannot say what it
took).
"""

from __future__ import annotations

from hospital.carrying import Outgoing, Refused, Taken, Undecided
from hospital.errors import Unavailable


class CarrierDouble:
    """See the module."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.mood = "well"
        self.calls = 0
        self.took: list[Outgoing] = []

    @property
    def texts(self) -> list[str]:
        """The texts that it took, in order."""
        return [one.text for one in self.took]

    def hand_over(self, outgoing: Outgoing) -> Taken:
        """As `hospital.carrying.Carrier` says."""
        self.calls += 1
        if self.mood == "down":
            raise Unavailable(adapter=self.name, reason="unreachable")
        if "屏蔽词" in outgoing.text and self.mood in ("well", "breaks_off"):
            raise Refused("keyword", blocked=True)
        if self.mood in ("refuses", "blocks"):
            raise Refused("keyword" if self.mood == "blocks" else "no_such_number", blocked=self.mood == "blocks")
        if self.mood in ("drops", "slow_books"):
            raise Undecided
        self.took.append(outgoing)
        if self.mood == "breaks_off":
            raise Undecided
        return Taken(self.number_of(outgoing))

    def look_up(self, outgoing: Outgoing) -> Taken | None:
        """As `hospital.carrying.Carrier` says."""
        if self.mood in ("down", "slow_books"):
            raise Unavailable(adapter=self.name, reason="unreachable")
        return next((Taken(self.number_of(one)) for one in self.took if one.id == outgoing.id), None)

    def number_of(self, outgoing: Outgoing) -> str:
        """What it calls a text."""
        return f"{self.name}-{outgoing.id}"
