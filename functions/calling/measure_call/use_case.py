"""How a call went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from calling.whom import own_call, readable_call
from hospital.caller import Caller
from hospital.calls.keys import quality_key
from hospital.calls.model import Call
from hospital.calls.quality import Quality, Sample
from hospital.calls.store import lines_of, qualities
from hospital.work import Work, decided_again


class SamplesCounted(BaseModel):
    """So many samples of the caller's line are kept."""

    counted: int


def keep_samples(call_id: str, samples: Sequence[Mapping[str, Any]], *, by: Caller) -> SamplesCounted:
    """What the caller's device measured; after the call too, for the last seconds come late."""
    call = own_call(call_id, by)
    set_up_ms = next((one["set_up_ms"] for one in samples if "set_up_ms" in one), None)

    def decide() -> SamplesCounted:
        before = qualities.get(quality_key(call_id, by.person_id))
        line = before or Quality(
            id=f"{call_id}#{by.person_id}", call_id=call_id, person_id=by.person_id, began_at=call.created_at
        )
        line = line.taking([Sample(**one) for one in samples], set_up_ms)
        with Work(by=by) as work:
            if before is None:
                work.add(qualities, line)
            elif line != before:
                work.change(qualities, before, line)
            return work.answer(SamplesCounted(counted=sum(one.counted for one in line.buckets)))

    return decided_again(decide)


def view_lines(call_id: str, *, by: Caller) -> tuple[Call, list[Quality]]:
    """The call and the lines of its members."""
    return readable_call(call_id, by), lines_of(call_id)
