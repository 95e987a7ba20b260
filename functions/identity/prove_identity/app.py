"""Routes of showing who one is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital import clock
from hospital.caller import Caller
from hospital.http import App, Command
from hospital.policy import can
from hospital.verifications.errors import (
    AlreadyVerified,
    IdentityMismatch,
    IdNumberRefused,
    IdNumberTaken,
    NameRefused,
    NotVerified,
    TooManyVerifications,
)
from identity.prove_identity.use_case import (
    CounterCodeShown,
    IdentityView,
    prove_by_number,
    show_counter_code,
    view_identity,
)

app = App("prove_identity")


class ProveByNumber(Command):
    """Name and ID number, as they stand on the card."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    id_number: Annotated[str, Field(min_length=1, max_length=40)]


@app.route("GET", "/real-name", allow=can("identity:prove"), returns=IdentityView, errors=(NotVerified,))
def get_identity(who: Caller) -> IdentityView:
    """Who the caller was verified as, masked."""
    return view_identity(who)


@app.route(
    "POST",
    "/real-name",
    allow=can("identity:prove"),
    body=ProveByNumber,
    returns=IdentityView,
    errors=(
        AlreadyVerified,
        IdentityMismatch,
        IdNumberRefused,
        IdNumberTaken,
        NameRefused,
        TooManyVerifications,
    ),
)
def post_identity(who: Caller, body: ProveByNumber) -> IdentityView:
    """Show who one is by name and ID number."""
    return prove_by_number(body.name, body.id_number, by=who, now=clock.now())


@app.route(
    "POST",
    "/counter-codes",
    allow=can("identity:prove"),
    returns=CounterCodeShown,
    status=201,
    errors=(TooManyVerifications,),
)
def post_counter_code(who: Caller) -> CounterCodeShown:
    """A code to be shown at a counter, where a member of staff looks at card and person."""
    return show_counter_code(by=who, now=clock.now())
