"""Routes of the check at a counter."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital import clock
from hospital.caller import Caller
from hospital.families.errors import MemberMovedOn, MemberNotFound
from hospital.http import App, Command
from hospital.policy import can
from hospital.verifications.errors import (
    AlreadyVerified,
    CounterCheckNotFound,
    CounterCheckOver,
    CounterCodeWrong,
    IdNumberRefused,
    IdNumberTaken,
    NameRefused,
    TooManyVerifications,
)
from identity.check_at_counter.use_case import (
    CounterCheckView,
    WaitingChild,
    WaitingChildren,
    begin_check,
    confirm_check,
    confirm_child,
    view_children,
)

app = App("check_at_counter")


class BeginCounterCheck(Command):
    """The digits that the patient shows."""

    code: Annotated[str, Field(pattern=r"^[0-9]{8}$")]


class ConfirmCounterCheck(Command):
    """Name and number from the card, which belongs to the person at the counter."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    id_number: Annotated[str, Field(min_length=1, max_length=40)]


@app.route(
    "POST",
    "/counter-checks",
    allow=can("identity:check"),
    body=BeginCounterCheck,
    returns=CounterCheckView,
    status=201,
    errors=(CounterCodeWrong, TooManyVerifications),
)
def post_counter_check(who: Caller, body: BeginCounterCheck) -> CounterCheckView:
    """Who shows this code. The code is used up."""
    return begin_check(body.code, by=who, now=clock.now())


@app.route(
    "POST",
    "/counter-checks/{check_id}/confirm",
    allow=can("identity:check"),
    body=ConfirmCounterCheck,
    returns=CounterCheckView,
    errors=(AlreadyVerified, CounterCheckNotFound, CounterCheckOver, IdNumberRefused, IdNumberTaken, NameRefused),
)
def post_confirmation(who: Caller, check_id: str, body: ConfirmCounterCheck) -> CounterCheckView:
    """Card and person were seen and belong together."""
    return confirm_check(check_id, body.name, body.id_number, by=who, now=clock.now())


@app.route(
    "GET",
    "/counter-checks/{check_id}/children",
    allow=can("identity:check"),
    returns=WaitingChildren,
    errors=(CounterCheckNotFound, CounterCheckOver),
)
def get_children(who: Caller, check_id: str) -> WaitingChildren:
    """For which children the person at the counter says to be guardian."""
    return view_children(check_id, by=who, now=clock.now())


@app.route(
    "POST",
    "/counter-checks/{check_id}/children/{family_member_id}/confirm",
    allow=can("identity:check"),
    returns=WaitingChild,
    errors=(CounterCheckNotFound, CounterCheckOver, MemberMovedOn, MemberNotFound),
)
def post_child(who: Caller, check_id: str, family_member_id: str) -> WaitingChild:
    """The guardian's paper was seen."""
    return confirm_child(check_id, family_member_id, by=who, now=clock.now())
