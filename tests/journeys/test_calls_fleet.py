"""Real relays beside the hospital, and the loop that keeps them: the fleet shrinks, a relay drains, one is killed. The
call goes on through all of it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.journeys.founded import copied
from tests.journeys.hospital import HospitalProcess, eventually, running_hospital
from tests.journeys.journal import SAID, nothing_failed
from tests.journeys.people import Clinic, Doctor, Patient, a_key, in_progress

pytestmark = pytest.mark.journey

DEVICES = {Doctor: "device-desk1", Patient: "device-phone"}
Who = Doctor | Patient


@pytest.fixture(scope="module")
def hospital(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HospitalProcess]:
    """A hospital with two relays."""
    state = copied(founded, tmp_path_factory.mktemp("hospital") / "state")
    with running_hospital(state, "--relays", "2") as process:
        yield process
        # A relay that just started is not known for a moment: whoever joins meanwhile asks again.
        nothing_failed(process, "/joins -> 503")


class Fleet:
    """What the sandbox shows of the relays."""

    def __init__(self, hospital: HospitalProcess) -> None:
        self.hospital = hospital

    def running(self) -> dict[str, int]:
        """Id to process id, of those that listen."""
        found = self.hospital.get("/sandbox/api/relays").json()["relays"]
        return {one["id"]: one["pid"] for one in found if one["control_url"]}

    def wanted(self) -> int:
        return int(self.hospital.get("/sandbox/api/relays").json()["wanted"])

    def reports(self) -> int:
        """How many reports of relays were taken so far."""
        return (self.hospital.state / "logs/access.jsonl").read_text(encoding="utf-8").count("/relay/reports")

    def asks_for(self, count: int) -> None:
        assert self.hospital.request("PUT", "/sandbox/api/relays", body={"wanted": count}).status_code == 200

    def is_looked_after(self) -> None:
        """What happens each minute."""
        asked = {"function": "CallingKeepFleet"}
        assert self.hospital.post("/sandbox/api/schedules/run", asked).status_code == 202


class Seat:
    """Somebody in the room: their grant, and the control socket of the relay that it names."""

    def __init__(self, who: Who, call: str, until: ExitStack) -> None:
        self.who, self.call, self.moved, self._until = who, call, False, until
        self.socket: ClientConnection
        self.comes()

    def comes(self, lost: str = "") -> None:
        """Joins, and says hello to whichever relay the hospital names."""
        body = {"device": DEVICES[type(self.who)]} | ({"lost_node": lost} if lost else {})

        def joined() -> Any:
            answer = self.who.ask("POST", f"/calling/calls/{self.call}/joins", body, key=a_key())
            return answer.json if answer.status == 200 else None

        told = eventually(joined, 20)
        assert told, "no relay took them in"
        opening = connect(told["control_url"], compression=None, open_timeout=20)
        self.socket = self._until.enter_context(opening)
        self.says({"type": "hello", "v": 1, "grant": told["grant"]})
        self.node = self.hears("welcome")["node"]
        self.moved = False

    def says(self, message: dict[str, Any]) -> None:
        self.socket.send(json.dumps(message))

    def hears(self, kind: str) -> dict[str, Any]:
        """The next message of that kind; that one is to move is remembered, any other end fails the test."""
        while True:
            found: dict[str, Any] = json.loads(self.socket.recv(timeout=30))
            self.moved |= found["type"] == "move"
            if found["type"] == kind:
                return found
            assert found["type"] not in ("bye", "refused"), found

    def is_heard(self) -> bool:
        """Whether the relay answers, and asked nobody to move."""
        self.says({"type": "ping"})
        self.hears("pong")
        return not self.moved


@pytest.fixture
def seats(hospital: HospitalProcess) -> Iterator[list[Seat]]:
    """A doctor and a patient, both in the room of their call."""
    patient, doctor = Patient.new(hospital), Clinic.founded(hospital).doctor()
    _, conversation = in_progress(patient, doctor)
    body = {"conversation_id": conversation, "media": "video"}
    call = doctor.ok("POST", "/calling/calls", body, key=a_key())["id"]
    patient.ok("POST", f"/calling/calls/{call}/answer", {"device": DEVICES[Patient], "media": "video"}, key=a_key())
    with ExitStack() as until:
        yield [Seat(who, call, until) for who in (doctor, patient)]


def test_a_call_goes_on_while_the_fleet_shrinks_drains_and_loses_a_relay(
    hospital: HospitalProcess, seats: list[Seat], pytestconfig: pytest.Config
) -> None:
    """Who is too many drains before fewer are asked for, who is told to end asks people to move first, and who lost a
    relay is let in at another one, all of a room at the same one."""
    fleet = Fleet(hospital)
    first = seats[0].node
    assert seats[1].node == first, "a room has one relay"
    assert eventually(lambda: len(fleet.running()) == 2, 20)

    # Who just got a room tells of it with its next report; until then it looks as empty as the other.
    heard = fleet.reports()
    assert eventually(lambda: fleet.reports() >= heard + 4, 40)

    # Fewer would do: the empty one drains and ends, the one with people is not touched.
    def alone() -> bool:
        fleet.is_looked_after()
        time.sleep(0.3)
        return fleet.wanted() == 1 and list(fleet.running()) == [first]

    assert eventually(alone, 30), fleet.running()
    assert all(seat.is_heard() for seat in seats)

    # The one with people is told to end: they are asked to move, do, and it ends by itself.
    fleet.asks_for(2)
    assert eventually(lambda: len(fleet.running()) == 2, 20)
    process = fleet.running()[first]
    os.kill(process, signal.SIGTERM)
    for seat in seats:
        old = seat.socket
        seat.hears("move")
        assert eventually(lambda seat=seat: comes_elsewhere(seat, first), 20)
        old.send(json.dumps({"type": "bye"}))
        old.close()
    second = seats[0].node
    assert [seat.node for seat in seats] == [second, second]
    assert second != first
    assert eventually(lambda: first not in fleet.running(), 20)

    # A relay dies: whoever lost it is let in elsewhere, both at the same one.
    assert eventually(lambda: len(fleet.running()) == 2, 20)
    os.kill(fleet.running()[second], signal.SIGKILL)
    died = time.monotonic()
    for seat in seats:
        with pytest.raises(ConnectionClosed):
            seat.hears("never")
        seat.comes(lost=second)
    said = f"a relay was killed: two were back in their room after {time.monotonic() - died:.1f} s (aim: 5)"
    pytestconfig.stash.setdefault(SAID, []).append(said)
    assert seats[0].node == seats[1].node
    assert seats[0].node not in (first, second)
    call = seats[0].who.ok("GET", f"/calling/calls/{seats[0].call}")
    assert call["state"] != "ended"
    assert call["node"] == seats[0].node


def comes_elsewhere(seat: Seat, before: str) -> bool:
    """The hospital may not have heard yet that the relay drains: then it is the same one, which says so."""
    try:
        seat.comes()
    except AssertionError:
        return False
    return seat.node != before
