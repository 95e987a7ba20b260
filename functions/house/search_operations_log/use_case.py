"""The operations log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from hospital.caller import Caller, Role
from hospital.listings import Row
from hospital.searching import Found, Search
from house.logs import LogQuery, Whom, names_of, whom, whose_log


class OperationsQuery(LogQuery):
    """What the log is searched by."""

    record: Annotated[str, Field(max_length=80, description="Id of the record that was acted on")] = ""
    act: Annotated[str, Field(max_length=60, description="`session.open`, `visit.accepted.v1`")] = ""
    kind: Annotated[str, Field(max_length=40, description="Sort of record: `Visit`")] = ""
    role: Role | None = None


def search_operations(query: OperationsQuery, who: Caller, now: datetime) -> tuple[Found[Row], dict[str, Whom]]:
    """A page of rows, and who acted in each."""
    since, until = query.times(now)
    facts = {"act": query.act, "kind": query.kind}
    search = Search(
        organisation_id=whose_log(query.organisation_id, who),
        listing="operations",
        since=since,
        until=until,
        who=query.who,
        number=query.record,
        label=query.role or "",
        facts={name: value for name, value in facts.items() if value},
    )
    found = search.page(query.cursor, query.limit)
    names = names_of(found.items)
    return found, {row.id: whom(row, names) for row in found.items}
