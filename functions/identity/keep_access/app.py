"""Routes of duties and accounts."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hospital import clock
from hospital.access.errors import AccountMovedOn, AnotherAdminNeeded, DutyUnknown, NoAccount, OwnAccount
from hospital.caller import Caller, Scope
from hospital.errors import ChangedMeanwhile
from hospital.http import App, Command
from hospital.policy import can
from identity.keep_access import use_case
from identity.keep_access.use_case import DutiesView, PasswordReset, StaffAccess

app = App("keep_access")

Version = Annotated[int, Field(ge=0, description="The version that was read")]


class AccountNamed(BaseModel):
    """Whose account it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    account: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9._@-]+$")]


class WriteDuty(Command):
    """What a duty is called, and what it lets somebody do."""

    name: Annotated[str, Field(min_length=2, max_length=30)]
    permissions: Annotated[list[str], Field(max_length=40)]
    version: Version


class GiveDuties(Command):
    """The duties by their codes, and whose patients they see."""

    duties: Annotated[list[str], Field(max_length=20)]
    scope: Scope
    version: Version


@app.route("GET", "/access/duties", allow=can("access:keep"), returns=DutiesView)
def get_duties(who: Caller) -> DutiesView:
    """The duties of the caller's organisation, and what a duty may give."""
    return use_case.view_duties(who)


@app.route(
    "PUT",
    "/access/duties/{duty}",
    allow=can("access:keep"),
    body=WriteDuty,
    returns=DutiesView,
    errors=(DutyUnknown, ChangedMeanwhile),
)
def put_duty(who: Caller, duty: str, body: WriteDuty) -> DutiesView:
    """Write a duty."""
    return use_case.write_duty(duty, body.name, body.permissions, body.version, by=who)


@app.route(
    "GET", "/access/staff", allow=can("access:keep"), query=AccountNamed, returns=StaffAccess, errors=(NoAccount,)
)
def get_access_of_account(who: Caller, query: AccountNamed) -> StaffAccess:
    """What the member of staff with that account may do."""
    return use_case.view_access_of_account(query.account, by=who, now=clock.now())


@app.route("GET", "/access/staff/{member_id}", allow=can("access:keep"), returns=StaffAccess, errors=(NoAccount,))
def get_staff_access(who: Caller, member_id: str) -> StaffAccess:
    """What a member of staff may do, and how their account stands."""
    return use_case.view_access(member_id, by=who, now=clock.now())


@app.route(
    "PUT",
    "/access/staff/{member_id}",
    allow=can("access:keep"),
    body=GiveDuties,
    returns=StaffAccess,
    errors=(NoAccount, OwnAccount, DutyUnknown, ChangedMeanwhile),
)
def put_staff_access(who: Caller, member_id: str, body: GiveDuties) -> StaffAccess:
    """Give a member of staff these duties and this data scope."""
    return use_case.give_duties(member_id, body.duties, body.scope, body.version, by=who, now=clock.now())


@app.route(
    "POST",
    "/access/staff/{member_id}/disable",
    allow=can("access:keep"),
    returns=StaffAccess,
    errors=(NoAccount, OwnAccount, AccountMovedOn),
)
def post_disable(who: Caller, member_id: str) -> StaffAccess:
    """Disable the account; what is signed in is refused from the next request on."""
    return use_case.switch_account(member_id, disabled=True, by=who, now=clock.now())


@app.route(
    "POST",
    "/access/staff/{member_id}/enable",
    allow=can("access:keep"),
    returns=StaffAccess,
    errors=(NoAccount, OwnAccount, AccountMovedOn),
)
def post_enable(who: Caller, member_id: str) -> StaffAccess:
    """Let the account sign in again."""
    return use_case.switch_account(member_id, disabled=False, by=who, now=clock.now())


@app.route(
    "POST",
    "/access/staff/{member_id}/password-reset",
    allow=can("access:keep"),
    returns=PasswordReset,
    errors=(NoAccount, OwnAccount),
)
def post_password_reset(who: Caller, member_id: str) -> PasswordReset:
    """Give the account a new password, which is told once."""
    return use_case.reset_password(member_id, by=who, now=clock.now())


@app.route(
    "POST",
    "/access/staff/{member_id}/second-factor-reset",
    allow=can("access:keep"),
    returns=StaffAccess,
    errors=(NoAccount, OwnAccount, AccountMovedOn, AnotherAdminNeeded),
)
def post_second_factor_reset(who: Caller, member_id: str) -> StaffAccess:
    """Ask for the reset of the second factor, or confirm what another admin asked for."""
    return use_case.reset_second_factor(member_id, by=who, now=clock.now())
