"""Routes of one's own registration."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from directory.keep_registration import use_case
from directory.keep_registration.use_case import Registration, TooManyCheckIns
from directory.paper_scans import WhichScan, attach_scan, link_to_scan
from directory.paper_work import AddPaper, add_paper, withdraw_own_paper
from directory.staff_views import PaperView
from hospital import clock
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile, Unavailable
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.people.errors import CheckInFailed, PaperKindUnknown, PaperNotFound, PaperReviewed, StaffMovedOn
from hospital.people.store import get_staff
from hospital.policy import can
from hospital.uploads.errors import FileNotFound, UploadNotFound, UploadNotReady, UploadRefused, UploadUsed
from hospital.uploads.opening import FileLink

app = App("keep_registration")

_OWN = can("registration:keep")


class CheckInNow(Command):
    """The doctor's ID number."""

    id_number: Annotated[str, Field(pattern=r"^[0-9]{17}[0-9Xx]$")]


class AttachScan(Command):
    """A file that was sent for this paper and has passed its check."""

    upload_id: Annotated[str, Field(pattern=PATTERN)]


@app.route("GET", "/registration", allow=_OWN, returns=Registration)
def get_registration(who: Caller) -> Registration:
    """How the caller stands, and why."""
    return use_case.view_registration(who, clock.now())


@app.route(
    "POST", "/registration/papers", allow=_OWN, body=AddPaper, returns=PaperView, status=201, errors=(PaperKindUnknown,)
)
def post_own_paper(who: Caller, body: AddPaper) -> PaperView:
    """Add a paper of one's own."""
    return add_paper(get_staff(who.practitioner_role_id), body, by=who, now=clock.now())


@app.route(
    "DELETE",
    "/registration/papers/{paper_id}",
    allow=_OWN,
    status=204,
    errors=(PaperNotFound, PaperReviewed),
)
def delete_own_paper(who: Caller, paper_id: str) -> None:
    """Take back a paper of one's own that nobody has approved."""
    withdraw_own_paper(get_staff(who.practitioner_role_id), paper_id, by=who, now=clock.now())


@app.route(
    "PUT",
    "/registration/papers/{paper_id}/scan",
    allow=_OWN,
    body=AttachScan,
    returns=PaperView,
    errors=(
        PaperNotFound,
        PaperReviewed,
        UploadNotFound,
        UploadNotReady,
        UploadRefused,
        UploadUsed,
        ChangedMeanwhile,
    ),
)
def put_own_scan(who: Caller, paper_id: str, body: AttachScan) -> PaperView:
    """Attach the scan of a paper of one's own; a clearer one takes the place of the one before."""
    return attach_scan(get_staff(who.practitioner_role_id), paper_id, body.upload_id, by=who, now=clock.now())


@app.route(
    "GET",
    "/registration/papers/{paper_id}/scan",
    allow=_OWN,
    query=WhichScan,
    returns=FileLink,
    errors=(PaperNotFound, FileNotFound),
)
def get_own_scan(who: Caller, paper_id: str, query: WhichScan) -> FileLink:
    """An address, good for five minutes, of the scan of a paper of one's own."""
    return link_to_scan(get_staff(who.practitioner_role_id), paper_id, query.variant, by=who, now=clock.now())


@app.route("POST", "/registration/submit", allow=_OWN, returns=Registration, errors=(StaffMovedOn, ChangedMeanwhile))
def post_submission(who: Caller) -> Registration:
    """Ask to be reviewed again."""
    return use_case.submit(by=who, now=clock.now())


@app.route(
    "POST",
    "/registration/check-in",
    allow=can("visit:answer"),
    body=CheckInNow,
    returns=Registration,
    errors=(CheckInFailed, TooManyCheckIns, Unavailable, ChangedMeanwhile),
)
def post_check_in(who: Caller, body: CheckInNow) -> Registration:
    """Show who one is, before seeing patients."""
    return use_case.check_in(body.id_number, by=who, now=clock.now())
