"""Route of one's own past visits."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from adapters.his import HisAnsweredAnother, HisRefused, HisUnavailable
from hospital import clock
from hospital.caller import Caller
from hospital.his_files.errors import FileNotOpen
from hospital.http import App
from hospital.policy import can
from hospital.verifications.errors import NotVerified
from identity.view_past_visits.use_case import PastVisitsView, view_past_visits

app = App("view_past_visits")


class PastVisitSearch(BaseModel):
    """How many years back; the hospital's own system may hold less."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    years: Annotated[int, Field(ge=1, le=20)] = 3


@app.route(
    "GET",
    "/past-visits",
    allow=can("past_visit:read"),
    query=PastVisitSearch,
    returns=PastVisitsView,
    errors=(NotVerified, FileNotOpen, HisUnavailable, HisRefused, HisAnsweredAnother),
)
def get_past_visits(who: Caller, query: PastVisitSearch) -> PastVisitsView:
    """When one was at the hospital before, newest first."""
    return view_past_visits(query.years, by=who, now=clock.now())
