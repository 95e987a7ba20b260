"""Routes of the operations log."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital import clock
from hospital.caller import Caller
from hospital.http import App
from hospital.listings import Row
from hospital.policy import can
from hospital.searching import Found
from house.logs import Days, MonthQuery, RangeReversed, Whom, days_of
from house.search_operations_log.use_case import OperationsQuery, search_operations

app = App("search_operations_log")


class OperationView(BaseModel):
    """One act."""

    id: str
    at: datetime
    who: Whom
    acts: list[str]
    kind: str
    record: str
    record_version: int
    fields: list[str]
    route: str
    ip: str
    device: str

    @classmethod
    def of(cls, row: Row, who: Whom) -> OperationView:
        """The view of a row."""
        return cls.model_validate({"id": row.id, "at": row.at, "who": who, "record": row.number, **row.facts})


@app.route(
    "GET",
    "/operations",
    allow=can("log:read"),
    query=OperationsQuery,
    returns=Found[OperationView],
    errors=(RangeReversed,),
)
def get_operations(who: Caller, query: OperationsQuery) -> Found[OperationView]:
    """What was done, newest first."""
    found, shown = search_operations(query, who, clock.now())
    views = [OperationView.of(row, shown[row.id]) for row in found.items]
    return Found(items=views, cursor=found.cursor, searched_to=found.searched_to)


@app.route("GET", "/operations/days", allow=can("log:read"), query=MonthQuery, returns=Days)
def get_operation_days(who: Caller, query: MonthQuery) -> Days:
    """How much was done on each day of a month, by role."""
    return days_of("operations", query, who, clock.now())
