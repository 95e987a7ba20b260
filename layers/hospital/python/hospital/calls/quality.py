"""How the line of a member was: what their device measured, put together so that a long call takes no more room than a
short one. Pure.

Samples fall into buckets of ten seconds. A line has at most `MOST_BUCKETS`; when it would have more, two become one and
a bucket is twice as long from there on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from hospital.records import SEALED, Record

Limit = Literal["none", "other", "bandwidth", "cpu"]
_WORSE: tuple[Limit, ...] = ("none", "other", "bandwidth", "cpu")
BUCKET_SECONDS = 10
MOST_BUCKETS = 180
LONGEST_SECONDS = 24 * 3600
_MEANS = (
    "up_loss",
    "down_loss",
    "jitter_ms",
    "round_trip_ms",
    "concealed",
    "up_bps",
    "down_bps",
    "height",
    "pictures_per_second",
)


class Measured(BaseModel):
    """What devices measure of a line: losses and `concealed` are shares (0 to 1), `freezes` a number, `limited_by` what
    kept the picture back (`qualityLimitationReason`). None is what nobody measured."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    up_loss: float | None = None
    down_loss: float | None = None
    jitter_ms: float | None = None
    round_trip_ms: float | None = None
    concealed: float | None = None
    up_bps: float | None = None
    down_bps: float | None = None
    height: float | None = None
    pictures_per_second: float | None = None
    freezes: int = 0
    limited_by: Limit = "none"


class Sample(Measured):
    """What a device measured since the sample before."""

    at: datetime


class Bucket(Measured):
    """Some seconds of a line, `number` times the length of a bucket after the call began: means of what was measured,
    the sum of its freezes, and the worst of what kept it back. `counted` samples."""

    number: int
    counted: int = 0


class KeptBucket(Bucket):
    """A bucket that grows: `weights` says in how many samples each mean was measured."""

    weights: dict[str, int] = Field(default_factory=dict)

    def with_(self, other: Measured, counted: int, weights: dict[str, int]) -> Self:
        """Both in one, in which the other counts for so many samples."""
        summed = {name: self.weights.get(name, 0) + weights.get(name, 0) for name in {*self.weights, *weights}}
        means = {}
        for name, weight in weights.items():
            before = (getattr(self, name) or 0.0) * self.weights.get(name, 0)
            means[name] = round((before + getattr(other, name) * weight) / summed[name], 3)
        worst = max(self.limited_by, other.limited_by, key=_WORSE.index)
        rest = {"counted": self.counted + counted, "freezes": self.freezes + other.freezes, "limited_by": worst}
        return self.model_copy(update={**means, **rest, "weights": summed})


class Quality(Record):
    """The line of one member of a call. `set_up_ms` is from their answer to the first sound or picture; `began_at` when
    the call began. Times by the devices' clocks are taken as far as they can be true."""

    call_id: str
    person_id: str
    began_at: datetime
    set_up_ms: int | None = None
    seconds: int = BUCKET_SECONDS
    buckets: Annotated[tuple[KeptBucket, ...], SEALED] = ()

    def taking(self, samples: Sequence[Sample], set_up_ms: int | None) -> Self:
        """The line with these samples too. The first set-up time that is told stays."""
        line = self if self.set_up_ms is not None else self.having(set_up_ms=set_up_ms)
        for sample in samples:
            line = line._with(sample)
        return line

    def _with(self, sample: Sample) -> Self:
        after = (sample.at - self.began_at).total_seconds()
        if not -BUCKET_SECONDS <= after <= LONGEST_SECONDS:
            return self
        number = int(max(0.0, after) // self.seconds)
        buckets = {one.number: one for one in self.buckets}
        buckets[number] = buckets.get(number, KeptBucket(number=number)).with_(sample, 1, _weights(sample))
        line = self.having(buckets=tuple(buckets[one] for one in sorted(buckets)))
        while len(line.buckets) > MOST_BUCKETS:
            line = line._halved()
        return line

    def _halved(self) -> Self:
        joined: dict[int, KeptBucket] = {}
        for one in self.buckets:
            number = one.number // 2
            before = joined.get(number, KeptBucket(number=number))
            joined[number] = before.with_(one, one.counted, one.weights)
        return self.having(seconds=self.seconds * 2, buckets=tuple(joined.values()))


def _weights(sample: Sample) -> dict[str, int]:
    return {name: 1 for name in _MEANS if getattr(sample, name) is not None}
