"""Where relays report; see `hospital.relays.grants` for how reports are signed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from calling.take_relay_reports.use_case import Taken, take_report
from hospital import clock
from hospital.caller import Caller, system
from hospital.errors import Unauthenticated
from hospital.http import App, Sent
from hospital.policy import anyone
from hospital.relays.grants import signed_by
from hospital.relays.retirements import is_to_drain

app = App("take_relay_reports")

MOST_FACTS = 500
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
Number = Annotated[int, Field(ge=0, le=2**53)]
Measure = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]


class Told(BaseModel):
    """What a relay tells. A newer one may tell more: what is not known here is left aside."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Load(Told):
    """How busy a relay is: `processor` from 0 to 1."""

    rooms: Number
    participants: Number
    packets_per_second: Measure
    processor: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]

    def whole(self) -> dict[str, int]:
        """In whole numbers; the processor in hundredths."""
        return {
            "rooms": self.rooms,
            "participants": self.participants,
            "packets_per_second": round(self.packets_per_second),
            "processor": round(self.processor * 100),
        }


class Fact(Told):
    """What happened in a room, numbered from 1 in each process. `at` is in seconds since 1970, by the relay's clock."""

    number: Annotated[int, Field(ge=1, le=2**53)]
    at: Measure
    kind: Literal["joined", "flowing", "left", "closed"]
    room: Annotated[str, Field(max_length=64)]
    person_id: Annotated[str, Field(max_length=64)] = ""
    session: Annotated[str, Field(max_length=64)] = ""
    reason: Annotated[str, Field(max_length=64)] = ""


class RelayReport(Told):
    """A relay's report, version 1. Facts that were not acknowledged are told again. `control_at` is where the door
    before several relays finds this one."""

    v: Literal[1]
    node: Name
    boot: Name
    region: Annotated[str, Field(max_length=40)]
    control_url: Annotated[str, Field(pattern=r"^wss?://[^\s]{1,200}$")]
    control_at: Annotated[str, Field(max_length=200)] = ""
    draining: bool
    load: Load
    facts: Annotated[list[Fact], Field(max_length=MOST_FACTS)]


class Removal(BaseModel):
    """Somebody who has no business in a room any more."""

    room: str
    person_id: str


class ReportTaken(BaseModel):
    """Facts up to `acknowledged` are known. Rooms to `close` are over or elsewhere; `remove` are people who left.
    `drain`: take no more rooms, and end when those that are there have gone. `address`: where it came from."""

    acknowledged: int
    drain: bool
    close: list[str]
    remove: list[Removal]
    address: str

    @classmethod
    def of(cls, taken: Taken, *, drain: bool, address: str) -> ReportTaken:
        """The answer to a report."""
        removed = [Removal(room=room, person_id=person_id) for room, person_id in sorted(taken.remove)]
        return cls(
            acknowledged=taken.acknowledged,
            drain=drain,
            close=sorted(taken.close),
            remove=removed,
            address=address,
        )


@app.route("POST", "/relay/reports", allow=anyone, body=RelayReport, returns=ReportTaken, errors=(Unauthenticated,))
def post_report(who: Caller, sent: Sent, body: RelayReport) -> ReportTaken:
    """Take a relay's report, signed by the key that it shares with the hospital."""
    node_id, key_id = signed_by(sent.headers, sent.body)
    if node_id != body.node:
        raise Unauthenticated
    told = body.model_dump(include={"boot", "region", "control_url", "control_at", "draining"}) | body.load.whole()
    by = system("take_relay_reports")
    taken = take_report(node_id, key_id, told, body.facts, by=by, now=clock.now())
    return ReportTaken.of(taken, drain=is_to_drain(node_id, body.boot), address=who.asked.ip)
