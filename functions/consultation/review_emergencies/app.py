"""Routes of judging what was opened in an emergency."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from consultation.review_emergencies import use_case
from consultation.review_emergencies.use_case import OwnReadingRow, ReadingDetail, ReadingRow, ReadingsAsked
from hospital import clock
from hospital.break_glass.errors import OwnReading, ReadingNotFound, ReviewedAlready
from hospital.break_glass.model import Verdict
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.http import App, Command
from hospital.paging import Page, Paging
from hospital.policy import can

app = App("review_emergencies")

_REVIEWS = can("emergency:review")


class ReviewReading(Command):
    """How it is judged, and why."""

    verdict: Verdict
    words: Annotated[str, Field(min_length=2, max_length=500, pattern=r"\S")]


@app.route("GET", "/emergency-reviews", allow=_REVIEWS, query=ReadingsAsked, returns=Page[ReadingRow])
def get_emergency_reviews(who: Caller, query: ReadingsAsked) -> Page[ReadingRow]:
    """Records of the caller's organisation that were opened in an emergency."""
    return use_case.listed(query, by=who, now=clock.now())


@app.route("GET", "/emergency-reviews/{emergency_id}", allow=_REVIEWS, returns=ReadingDetail, errors=(ReadingNotFound,))
def get_emergency_review(who: Caller, emergency_id: str) -> ReadingDetail:
    """One of them, with what was looked at."""
    return use_case.view_reading(emergency_id, by=who, now=clock.now())


@app.route(
    "POST",
    "/emergency-reviews/{emergency_id}",
    allow=_REVIEWS,
    body=ReviewReading,
    returns=ReadingDetail,
    errors=(ReadingNotFound, OwnReading, ReviewedAlready, ChangedMeanwhile),
)
def post_emergency_review(who: Caller, emergency_id: str, body: ReviewReading) -> ReadingDetail:
    """Judge it."""
    return use_case.review(emergency_id, body.verdict, body.words, by=who, now=clock.now())


@app.route("GET", "/my-record-openings", allow=can("emergency:see_own"), query=Paging, returns=Page[OwnReadingRow])
def get_my_record_openings(who: Caller, query: Paging) -> Page[OwnReadingRow]:
    """Who opened the caller's record in an emergency, the newest first."""
    return use_case.of_myself(query, by=who)
