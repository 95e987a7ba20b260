"""The book: double entry, in fen. Every movement of money is a line that is written once, and balances. Pure.

| account | what stands on it |
| --- | --- |
| `channel/<name>` | what a channel received for the hospital and did not give back |
| `held_for_patients` | paid, but not earned yet: it is the patients' |
| `revenue/<organisation>` | earned |
| `refunds_due` | on its way back: decided, and not confirmed by the channel |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

Cause = Literal["payment", "capture", "refund", "return"]

HELD = "held_for_patients"
REFUNDS_DUE = "refunds_due"


def channel_account(channel: str) -> str:
    """What a channel holds for the hospital."""
    return f"channel/{channel}"


def revenue_account(organisation_id: str) -> str:
    """What an organisation earned."""
    return f"revenue/{organisation_id}"


class Movement(BaseModel):
    """A line of the book, never changed, never removed: one account is debited and another credited by the same
    amount, so it balances by its shape. `number` counts the lines of an order, from 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    order_id: str
    number: int
    cause: Cause
    debit: str
    credit: str
    amount_fen: int
    at: datetime

    @model_validator(mode="after")
    def _moves_something(self) -> Movement:
        if self.amount_fen <= 0 or self.debit == self.credit:
            raise ValueError("a movement is a positive amount between two accounts")
        return self


def balances(movements: Iterable[Movement]) -> Mapping[str, int]:
    """What each account holds, in fen: debits less credits, so that all of them together are 0. Channels are assets and
    stand above 0, the others below. Accounts that came back to 0 are left out."""
    found: Counter[str] = Counter()
    for one in movements:
        found[one.debit] += one.amount_fen
        found[one.credit] -= one.amount_fen
    return {account: amount for account, amount in found.items() if amount}
