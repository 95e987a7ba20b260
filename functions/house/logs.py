"""What the two logs share: whose log it is, which time, and how those who acted are shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hospital import ids
from hospital.audit import PLATFORM
from hospital.caller import Caller, Role
from hospital.errors import Invalid, NotFound
from hospital.listings import DAY_ZONE, Row, day_totals, month_of
from hospital.paging import Paging
from hospital.people.keys import role_key
from hospital.people.store import roles

DAYS = timedelta(days=31)
BEGINNING = datetime(2020, 1, 1, tzinfo=DAY_ZONE)  # nothing was logged before


class RangeReversed(Invalid):
    """The search ends before it begins."""

    code = "log.range_reversed"


class LogQuery(Paging):
    """What both logs are searched by. Without times: the last 31 days."""

    organisation_id: Annotated[str, Field(max_length=60, description="For operators; staff search their own")] = ""
    who: Annotated[str, Field(max_length=80, description="Id of a practitioner role or a person")] = ""
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    def times(self, now: datetime) -> tuple[datetime, datetime]:
        """From when to when."""
        until = max(min(self.until or now, now), BEGINNING)
        since = max(self.since or until - DAYS, BEGINNING)
        if since > until:
            raise RangeReversed
        return since, until


class MonthQuery(BaseModel):
    """Which month of whose log."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    organisation_id: Annotated[str, Field(max_length=60)] = ""
    month: Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")] | None = None


class Days(BaseModel):
    """Day -> label -> how many."""

    month: str
    days: dict[str, dict[str, int]]


class Whom(BaseModel):
    """One who acted, as far as the log says and the reader may know: staff by name, patients by id only."""

    id: str
    name: str | None
    role: Role | None
    system: str | None = None


def whose_log(organisation_id: str, who: Caller) -> str:
    """The organisation whose log is meant; another's does not exist for staff of an organisation."""
    if who.role == "operator":
        if organisation_id and not ids.is_id(organisation_id):
            raise NotFound
        return organisation_id or PLATFORM
    if organisation_id and not who.of_organisation(organisation_id):
        raise NotFound
    return who.organisation_id


def days_of(listing: str, query: MonthQuery, who: Caller, now: datetime) -> Days:
    """How many on each day of a month."""
    month = query.month or month_of(now.astimezone(DAY_ZONE))
    return Days(month=month, days=day_totals(whose_log(query.organisation_id, who), listing, month))


def names_of(found: Iterable[Row]) -> dict[str, str]:
    """Practitioner role id -> name, of all the staff in some rows."""
    staff = {str(row.facts.get("practitioner_role_id") or "") for row in found} - {""}
    return {role.id: role.name for role in roles.get_all([role_key(one) for one in sorted(staff)])} if staff else {}


def whom(row: Row, names: dict[str, str]) -> Whom:
    """Who acted in that row."""
    staff = str(row.facts.get("practitioner_role_id") or "")
    return Whom(
        id=row.who,
        name=names.get(staff),
        role=row.facts.get("role") or None,
        system=row.facts.get("system") or None,
    )
