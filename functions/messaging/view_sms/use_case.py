"""The list of messages, and what its totals say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from adapters.sms import PUSHING
from hospital.caller import Caller
from hospital.errors import Invalid
from hospital.listings import DAY_ZONE, day_totals
from hospital.paging import Paging
from hospital.searching import Found, Search
from hospital.sms.events import SmsDue, SmsMoved
from hospital.sms.keys import sms_key
from hospital.sms.model import LATE, Channel, Outcome, State, Where
from hospital.sms.receiving import signature_of
from hospital.sms.store import phone_hash, sms_messages
from hospital.work import Work
from messaging.showing_sms import SmsView, sms_of, whose_sms

DAYS = timedelta(days=31)
MOST_DAYS = timedelta(days=400)
Period = Literal["day", "week", "month"]
USUAL: Mapping[Period, timedelta] = {
    "day": timedelta(days=30),
    "week": timedelta(weeks=12),
    "month": timedelta(days=365),
}
"""How far back a report goes that names no first day."""
BEGINNING = datetime(2020, 1, 1, tzinfo=DAY_ZONE)  # nothing left before


class SmsTimesReversed(Invalid):
    """The search ends before it begins, or a report spans more than 400 days."""

    code = "sms.range_reversed"


class SmsQuery(Paging):
    """What messages are searched by. Without times: the last 31 days."""

    organisation_id: Annotated[str, Field(max_length=60, description="For operators; staff search their own")] = ""
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    phone: Annotated[str, Field(pattern=r"^(1[3-9][0-9]{9})?$", description="The whole number")] = ""
    person_id: Annotated[str, Field(max_length=80)] = ""
    channel: Channel | None = None
    state: State | None = None
    outcome: Outcome | None = None
    occasion: Annotated[str, Field(max_length=40)] = ""
    terminal: Where | None = None
    sender: Annotated[str, Field(max_length=80, description="Id of a system, or `house`")] = ""
    carrier: Annotated[str, Field(max_length=20)] = ""
    cause: Annotated[str, Field(max_length=60)] = ""
    text: Annotated[str, Field(max_length=60, description="Of each page, what holds these words")] = ""


class ReportQuery(BaseModel):
    """Whose messages are counted, by what, over which days (both ends count; at most 400), and which of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    organisation_id: Annotated[str, Field(max_length=60)] = ""
    by: Period = "day"
    since: date | None = None
    until: date | None = None
    channel: Channel | None = None
    outcome: Outcome | None = None
    terminal: Where | None = None
    sender: Annotated[str, Field(max_length=80)] = ""


class Counted(BaseModel):
    """So many messages of one period, channel, outcome, terminal and sender."""

    period: str
    channel: str
    outcome: str
    terminal: str
    sender: str
    count: int


class Report(BaseModel):
    """Messages by period, a day as `2026-11-22`, a week as its Monday, a month as `2026-11`; and of all that were asked
    for how many arrived. `per_mille` is None without any; what is under way counts as not arrived."""

    by: Period
    since: date
    until: date
    periods: list[str]
    counts: list[Counted]
    asked: int
    delivered: int
    in_time: int
    per_mille: int | None


class CarrierAddress(BaseModel):
    """Where receipts of a carrier are heard, after the site's origin. Whoever knows it can make receipts up."""

    carrier: str
    receipts_path: str


class Carriers(BaseModel):
    """All carriers that push receipts."""

    items: list[CarrierAddress]


def receipt_addresses() -> Carriers:
    """The address of each, signed."""
    paths = {name: f"/api/messaging/sms-receipts/{name}?signature={signature_of(name)}" for name in sorted(PUSHING)}
    return Carriers(items=[CarrierAddress(carrier=name, receipts_path=path) for name, path in paths.items()])


def search_sms(query: SmsQuery, who: Caller, now: datetime) -> Found[SmsView]:
    """A page of messages. Rows say which; the messages themselves say what and to whom."""
    since, until = _times(query, now)
    asked = {
        "channel": query.channel or "",
        "state": query.state or "",
        "outcome": query.outcome or "",
        "occasion": query.occasion,
        "terminal": query.terminal or "",
        "sender": query.sender,
        "carrier": query.carrier,
        "cause": query.cause,
    }
    search = Search(
        organisation_id=whose_sms(query.organisation_id, who),
        listing="sms",
        since=since,
        until=until,
        who=query.person_id,
        number=phone_hash(query.phone) if query.phone else "",
        facts={name: value for name, value in asked.items() if value},
    )
    found = search.page(query.cursor, query.limit)
    held = sms_messages.get_all(sms_key(row.id) for row in found.items) if found.items else []
    numbers = who.may("sms:read_numbers")
    views = [SmsView.of(one, numbers=numbers) for one in held if query.text in one.text]
    return Found(items=views, cursor=found.cursor, searched_to=found.searched_to)


def report_of(query: ReportQuery, who: Caller, now: datetime) -> Report:
    """What the days' totals say: equal to the list with the same filter, from which they are counted."""
    days = _days_of(query, now)
    counts = _counted(query, whose_sms(query.organisation_id, who), days)
    whole = Counter[str]()
    for one in counts:
        whole[one.outcome] += one.count
    asked, in_time = whole.total(), whole["delivered"]
    delivered = in_time + whole["delivered_late"]
    return Report(
        by=query.by,
        since=days[0],
        until=days[-1],
        periods=list(dict.fromkeys(period_of(day, query.by) for day in days)),
        counts=counts,
        asked=asked,
        delivered=delivered,
        in_time=in_time,
        per_mille=delivered * 1000 // asked if asked else None,
    )


def period_of(day: date, by: Period) -> str:
    """What the day, the week or the month is called that `day` lies in."""
    if by == "month":
        return day.strftime("%Y-%m")
    return (day - timedelta(days=day.weekday()) if by == "week" else day).isoformat()


def _counted(query: ReportQuery, organisation_id: str, days: Sequence[date]) -> list[Counted]:
    found = Counter[tuple[str, ...]]()
    wanted = {day.isoformat() for day in days}
    for month in dict.fromkeys(day.strftime("%Y-%m") for day in days):
        for day, labels in day_totals(organisation_id, "sms", month).items():
            for label, count in labels.items() if day in wanted else ():
                parts = tuple(label.split(".", 3))
                if _fits(parts, query):
                    found[period_of(date.fromisoformat(day), query.by), *parts] += count
    return [
        Counted(period=period, channel=channel, outcome=outcome, terminal=terminal, sender=sender, count=count)
        for (period, channel, outcome, terminal, sender), count in sorted(found.items())
        if count
    ]


def _fits(parts: tuple[str, ...], query: ReportQuery) -> bool:
    asked = (query.channel, query.outcome, query.terminal, query.sender)
    return all(not wish or wish == part for wish, part in zip(asked, parts, strict=True))


def _days_of(query: ReportQuery, now: datetime) -> list[date]:
    today = now.astimezone(DAY_ZONE).date()
    until = min(query.until or today, today)
    since = query.since or until - USUAL[query.by]
    if since > until or until - since > MOST_DAYS:
        raise SmsTimesReversed
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]


def resend_sms(sms_id: str, *, by: Caller, now: datetime) -> SmsView:
    """One that failed waits to leave once more."""
    before = sms_of(sms_id, by)
    with Work(by=by) as work:
        again = work.change(sms_messages, before, before.resend(now))
        work.emit(SmsMoved.of(again))
        work.due(now + LATE, SmsDue.of(again))
        return work.answer(SmsView.of(again, numbers=by.may("sms:read_numbers")))


def _times(query: SmsQuery, now: datetime) -> tuple[datetime, datetime]:
    until = max(min(query.until or now, now), BEGINNING)
    since = max(query.since or until - DAYS, BEGINNING)
    if since > until:
        raise SmsTimesReversed
    return since, until
