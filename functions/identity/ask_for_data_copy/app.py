"""Routes of copies of one's own data."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital import clock
from hospital.caller import Caller
from hospital.data_copies.errors import DataCopyGone, DataCopyNotFound, TooManyCopies
from hospital.families.errors import MemberNotFound, MemberPending
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.policy import can
from identity.ask_for_data_copy import use_case
from identity.ask_for_data_copy.answers import DataCopiesView, DataCopyLink, DataCopyView

app = App("ask_for_data_copy")

_ASKS = can("data_copy:ask")


class AskForCopy(Command):
    """Of whom: oneself, or a child of one's family."""

    family_member_id: Annotated[str, Field(pattern=PATTERN)] | None = None


@app.route("GET", "/data-copies", allow=_ASKS, returns=DataCopiesView)
def get_data_copies(who: Caller) -> DataCopiesView:
    """What one asked for, the newest first."""
    return use_case.view_copies(by=who)


@app.route(
    "POST",
    "/data-copies",
    allow=_ASKS,
    body=AskForCopy,
    returns=DataCopyView,
    status=202,
    errors=(MemberNotFound, MemberPending, TooManyCopies),
)
def post_data_copy(who: Caller, body: AskForCopy) -> DataCopyView:
    """Ask for a copy; it is gathered from then on."""
    return use_case.ask_for_copy(body.family_member_id, by=who, now=clock.now())


@app.route("GET", "/data-copies/{data_copy_id}", allow=_ASKS, returns=DataCopyView, errors=(DataCopyNotFound,))
def get_data_copy(who: Caller, data_copy_id: str) -> DataCopyView:
    """How far one's copy is."""
    return use_case.view_copy(data_copy_id, by=who)


@app.route(
    "POST",
    "/data-copies/{data_copy_id}/link",
    allow=_ASKS,
    returns=DataCopyLink,
    errors=(DataCopyGone, DataCopyNotFound, MemberNotFound, MemberPending),
)
def post_data_copy_link(who: Caller, data_copy_id: str) -> DataCopyLink:
    """An address of five minutes for the file."""
    return use_case.open_copy(data_copy_id, by=who, now=clock.now())
