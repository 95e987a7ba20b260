"""Routes of how a call went."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from calling.measure_call.use_case import SamplesCounted, keep_samples, view_lines
from calling.whom import HOLD
from hospital.caller import Caller
from hospital.calls.errors import CallNotFound
from hospital.calls.quality import Bucket, Limit, Quality
from hospital.http import App, Command
from hospital.policy import can

app = App("measure_call")

MOST_SAMPLES = 60
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Milliseconds = Annotated[float, Field(ge=0, le=600_000, allow_inf_nan=False)]
Bits = Annotated[float, Field(ge=0, le=1e10, allow_inf_nan=False)]


class SampleTaken(Command):
    """What the device measured since the sample before: losses and `concealed` are shares, `freezes` a number. Once in
    a call `set_up_ms`: how long it took from the answer to the first sound or picture."""

    at: Annotated[AwareDatetime, Field(strict=False)]
    up_loss: Share | None = None
    down_loss: Share | None = None
    jitter_ms: Milliseconds | None = None
    round_trip_ms: Milliseconds | None = None
    concealed: Share | None = None
    up_bps: Bits | None = None
    down_bps: Bits | None = None
    height: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] | None = None
    pictures_per_second: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] | None = None
    freezes: Annotated[int, Field(ge=0, le=1000)] = 0
    limited_by: Limit | None = None
    set_up_ms: Annotated[int, Field(ge=0, le=600_000)] | None = None


class TellSamples(Command):
    """Some samples."""

    items: Annotated[list[SampleTaken], Field(max_length=MOST_SAMPLES)]


class LineView(BaseModel):
    """The line of one member: buckets of so many `seconds`, counted from the beginning of the call."""

    person_id: str
    name: str
    set_up_ms: int | None
    seconds: int
    buckets: list[Bucket]

    @classmethod
    def of(cls, line: Quality, name: str) -> LineView:
        """The view of a line."""
        shown = line.model_dump(include={"person_id", "set_up_ms", "seconds"})
        return cls(**shown, name=name, buckets=[Bucket(**one.model_dump()) for one in line.buckets])


class Lines(BaseModel):
    """How the lines of all members were."""

    items: list[LineView]


@app.route(
    "POST",
    "/calls/{call_id}/samples",
    allow=can(HOLD),
    body=TellSamples,
    returns=SamplesCounted,
    errors=(CallNotFound,),
)
def post_samples(who: Caller, call_id: str, body: TellSamples) -> SamplesCounted:
    """Tell how the caller's line is."""
    samples = [one.model_dump(exclude_none=True) for one in body.items]
    return keep_samples(call_id, samples, by=who)


@app.route("GET", "/calls/{call_id}/samples", allow=can("call:read_quality"), returns=Lines, errors=(CallNotFound,))
def get_samples(who: Caller, call_id: str) -> Lines:
    """How the lines of a call were, for staff who may read of it."""
    call, lines = view_lines(call_id, by=who)
    return Lines(items=[LineView.of(line, call.member(line.person_id).name) for line in lines])
