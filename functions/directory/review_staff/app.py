"""Routes of reviewing staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field

from directory.paper_scans import WhichScan, link_to_scan
from directory.paper_work import AddPaper, PaperAsked, add_paper, asked_of, withdraw_paper
from directory.review_staff.use_case import Decision, decide
from directory.staff_views import PaperView, StaffView, kept_staff, paper_views
from hospital import clock
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.people.errors import (
    NotOneself,
    PaperKindUnknown,
    PaperNotFound,
    PapersMissing,
    StaffMovedOn,
    StaffNotFound,
)
from hospital.people.store import papers_of
from hospital.policy import can
from hospital.uploads.errors import FileNotFound
from hospital.uploads.opening import FileLink

app = App("review_staff")

_DECISIONS = (StaffNotFound, StaffMovedOn, NotOneself, ChangedMeanwhile)
_REVIEWS = can("staff:review")


class DecideStaff(Command):
    """The version that was read."""

    version: Annotated[int, Field(ge=1, le=2**31)]


class ApproveStaff(DecideStaff):
    """The version that was read, and, where its reader says so, the versions of the papers that they saw, by id."""

    papers: Annotated[dict[Annotated[str, Field(pattern=PATTERN)], int], Field(max_length=100)] | None = None


class RefuseStaff(DecideStaff):
    """The version that was read, and why: its subject reads it."""

    reason: Annotated[str, Field(min_length=2, max_length=200)]


class Papers(BaseModel):
    """Papers, the oldest first, and the kinds that are asked of them."""

    items: list[PaperView]
    asked: list[PaperAsked]


def _decided(
    who: Caller,
    practitioner_role_id: str,
    decision: Decision,
    body: DecideStaff,
    reason: str = "",
    seen: Mapping[str, int] | None = None,
) -> StaffView:
    return decide(
        practitioner_role_id,
        decision,
        body.version,
        reason=reason,
        seen=seen,
        view=StaffView.of,
        by=who,
        now=clock.now(),
    )


@app.route(
    "POST",
    "/staff/{practitioner_role_id}/approve",
    allow=_REVIEWS,
    body=ApproveStaff,
    returns=StaffView,
    errors=(*_DECISIONS, PapersMissing),
)
def post_approval(who: Caller, practitioner_role_id: str, body: ApproveStaff) -> StaffView:
    """They may serve patients, until their papers run out; again, when papers that follow were looked at."""
    return _decided(who, practitioner_role_id, "approve", body, seen=body.papers)


@app.route(
    "POST",
    "/staff/{practitioner_role_id}/reject",
    allow=_REVIEWS,
    body=RefuseStaff,
    returns=StaffView,
    errors=_DECISIONS,
)
def post_rejection(who: Caller, practitioner_role_id: str, body: RefuseStaff) -> StaffView:
    """They may not, as things are."""
    return _decided(who, practitioner_role_id, "reject", body, body.reason)


@app.route(
    "POST",
    "/staff/{practitioner_role_id}/suspend",
    allow=_REVIEWS,
    body=RefuseStaff,
    returns=StaffView,
    errors=_DECISIONS,
)
def post_suspension(who: Caller, practitioner_role_id: str, body: RefuseStaff) -> StaffView:
    """They may not for now."""
    return _decided(who, practitioner_role_id, "suspend", body, body.reason)


@app.route(
    "POST",
    "/staff/{practitioner_role_id}/restore",
    allow=_REVIEWS,
    body=DecideStaff,
    returns=StaffView,
    errors=_DECISIONS,
)
def post_restoration(who: Caller, practitioner_role_id: str, body: DecideStaff) -> StaffView:
    """They may again."""
    return _decided(who, practitioner_role_id, "restore", body)


@app.route(
    "GET",
    "/staff/{practitioner_role_id}/papers",
    allow=_REVIEWS,
    returns=Papers,
    errors=(StaffNotFound,),
)
def get_staff_papers(who: Caller, practitioner_role_id: str) -> Papers:
    """What they have shown."""
    role = kept_staff(practitioner_role_id, who)
    return Papers(items=paper_views(role, papers_of(role.id), clock.now()), asked=asked_of(role))


@app.route(
    "GET",
    "/staff/{practitioner_role_id}/papers/{paper_id}/scan",
    allow=_REVIEWS,
    query=WhichScan,
    returns=FileLink,
    errors=(StaffNotFound, PaperNotFound, FileNotFound),
)
def get_staff_scan(who: Caller, practitioner_role_id: str, paper_id: str, query: WhichScan) -> FileLink:
    """An address, good for five minutes, of the scan of one of them; that it was asked for is written down."""
    role = kept_staff(practitioner_role_id, who)
    return link_to_scan(role, paper_id, query.variant, by=who, now=clock.now())


@app.route(
    "POST",
    "/staff/{practitioner_role_id}/papers",
    allow=_REVIEWS,
    body=AddPaper,
    returns=PaperView,
    status=201,
    errors=(StaffNotFound, PaperKindUnknown),
)
def post_staff_paper(who: Caller, practitioner_role_id: str, body: AddPaper) -> PaperView:
    """Enter a paper for them."""
    return add_paper(kept_staff(practitioner_role_id, who), body, by=who, now=clock.now())


@app.route(
    "DELETE",
    "/staff/{practitioner_role_id}/papers/{paper_id}",
    allow=_REVIEWS,
    status=204,
    errors=(StaffNotFound, PaperNotFound),
)
def delete_staff_paper(who: Caller, practitioner_role_id: str, paper_id: str) -> None:
    """Withdraw a paper."""
    withdraw_paper(kept_staff(practitioner_role_id, who), paper_id, by=who, now=clock.now())
