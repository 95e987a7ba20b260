"""Routes of an organisation's blacklist."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hospital import clock
from hospital.blacklist.errors import AnotherDecides, BlacklistingMovedOn, BlacklistingNotFound
from hospital.blacklist.model import Reason, State
from hospital.caller import Caller
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.paging import Page, Paging
from hospital.people.errors import PatientNotFound
from hospital.policy import can
from identity.keep_blacklist import use_case
from identity.keep_blacklist.use_case import BlacklistingView

app = App("keep_blacklist")

_KEEPS = can("blacklist:keep")
Words = Annotated[str, Field(min_length=2, max_length=500)]


class BlacklistSearch(Paging):
    """Whom to show: all, or those in one state."""

    state: State | None = None


class ListPatient(Command):
    """Who, and why. The patient reads both reason and words."""

    patient_id: Annotated[str, Field(pattern=PATTERN)]
    reason: Reason
    words: Words


class AnswerPatient(Command):
    """What is answered; the patient reads it."""

    words: Words


@app.route("GET", "/blacklist", allow=_KEEPS, query=BlacklistSearch, returns=Page[BlacklistingView])
def get_blacklist(who: Caller, query: BlacklistSearch) -> Page[BlacklistingView]:
    """Those on the blacklist of the caller's organisation, the newest first."""
    return use_case.view_blacklist(query, query.state, by=who)


@app.route(
    "POST",
    "/blacklist",
    allow=_KEEPS,
    body=ListPatient,
    returns=BlacklistingView,
    status=201,
    errors=(PatientNotFound, BlacklistingMovedOn),
)
def post_blacklisting(who: Caller, body: ListPatient) -> BlacklistingView:
    """Put a patient of the organisation on its blacklist."""
    return use_case.list_patient(body.patient_id, body.reason, body.words, by=who, now=clock.now())


@app.route(
    "GET",
    "/blacklist/{blacklisting_id}",
    allow=_KEEPS,
    returns=BlacklistingView,
    errors=(BlacklistingNotFound,),
)
def get_one(who: Caller, blacklisting_id: str) -> BlacklistingView:
    """One of them, taken off or not."""
    return use_case.view_blacklisting(blacklisting_id, by=who)


@app.route(
    "POST",
    "/blacklist/{blacklisting_id}/uphold",
    allow=_KEEPS,
    body=AnswerPatient,
    returns=BlacklistingView,
    errors=(BlacklistingNotFound, BlacklistingMovedOn, AnotherDecides),
)
def post_upholding(who: Caller, blacklisting_id: str, body: AnswerPatient) -> BlacklistingView:
    """Answer an appeal: it stays."""
    return use_case.uphold(blacklisting_id, body.words, by=who, now=clock.now())


@app.route(
    "POST",
    "/blacklist/{blacklisting_id}/remove",
    allow=_KEEPS,
    body=AnswerPatient,
    returns=BlacklistingView,
    errors=(BlacklistingNotFound, BlacklistingMovedOn),
)
def post_removal(who: Caller, blacklisting_id: str, body: AnswerPatient) -> BlacklistingView:
    """Take a patient off, whether they appealed or not."""
    return use_case.take_off(blacklisting_id, body.words, by=who, now=clock.now())
