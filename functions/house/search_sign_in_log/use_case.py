"""The sign-in log."""

from __future__ import annotations

from datetime import datetime

from hospital.caller import Caller, Role
from hospital.listings import Row
from hospital.searching import Found, Search
from hospital.sessions.model import Outcome
from house.logs import LogQuery, Whom, names_of, whom, whose_log


class SignInsQuery(LogQuery):
    """What the log is searched by."""

    outcome: Outcome | None = None
    role: Role | None = None


def search_sign_ins(query: SignInsQuery, who: Caller, now: datetime) -> tuple[Found[Row], dict[str, Whom]]:
    """A page of rows, and who it was in each."""
    since, until = query.times(now)
    search = Search(
        organisation_id=whose_log(query.organisation_id, who),
        listing="sign_ins",
        since=since,
        until=until,
        who=query.who,
        label=query.outcome or "",
        facts={"role": query.role} if query.role else {},
    )
    found = search.page(query.cursor, query.limit)
    names = names_of(found.items)
    return found, {row.id: whom(row, names) for row in found.items}
