"""Routes of the sign-in log."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital import clock
from hospital.caller import Caller
from hospital.http import App
from hospital.listings import Row
from hospital.policy import can
from hospital.searching import Found
from hospital.sessions.model import Method, Outcome
from house.logs import Days, MonthQuery, RangeReversed, Whom, days_of
from house.search_sign_in_log.use_case import SignInsQuery, search_sign_ins

app = App("search_sign_in_log")


class SignInSeen(BaseModel):
    """One sign-in, or attempt."""

    id: str
    at: datetime
    who: Whom
    method: Method
    outcome: Outcome
    ip: str
    device: str

    @classmethod
    def of(cls, row: Row, who: Whom) -> SignInSeen:
        """The view of a row."""
        return cls.model_validate({"id": row.id, "at": row.at, "who": who, "outcome": row.label, **row.facts})


@app.route(
    "GET", "/sign-ins", allow=can("log:read"), query=SignInsQuery, returns=Found[SignInSeen], errors=(RangeReversed,)
)
def get_sign_ins(who: Caller, query: SignInsQuery) -> Found[SignInSeen]:
    """Sign-ins and attempts, newest first."""
    found, shown = search_sign_ins(query, who, clock.now())
    views = [SignInSeen.of(row, shown[row.id]) for row in found.items]
    return Found(items=views, cursor=found.cursor, searched_to=found.searched_to)


@app.route("GET", "/sign-ins/days", allow=can("log:read"), query=MonthQuery, returns=Days)
def get_sign_in_days(who: Caller, query: MonthQuery) -> Days:
    """How many signed in, and how many were refused, on each day of a month."""
    return days_of("sign_ins", query, who, clock.now())
