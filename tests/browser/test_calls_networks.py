"""Calls over networks that are closed, change or fail for a moment: whole pages, through the hospital and a relay whose
media has one way only, a port of the test's.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.calling import a_visit, both_see_and_hear, control, in_call, opened, talking
from tests.browser.waiting import wait_until
from tests.browser.windows import Windows
from tests.builders.impaired_port import ImpairedPort, impaired
from tests.builders.line import CLEAN, LineShape
from tests.builders.turn import RELAYS_FROM, Turn, turn_running
from tests.journeys.founded import copied
from tests.journeys.hospital import HospitalProcess, eventually, running_hospital
from tests.journeys.journal import SAID, nothing_failed
from tests.journeys.people import Clinic, Doctor, Patient

pytestmark = pytest.mark.browser
TAKES = 55

WAY_OF_MEDIA = """async () => {
  const all = [...(await window.connections.at(-1).getStats()).values()];
  const transport = all.find((one) => one.type === 'transport');
  const pair = all.find((one) => one.id === transport.selectedCandidatePairId);
  return all.find((one) => one.id === pair.localCandidateId).relayProtocol ?? 'straight';
}"""
"""How the browser itself says that it reaches the relay: by which protocol to a TURN server, or straight."""

OWN_REGION, OTHER_REGION = "cn-northwest-1", "cn-north-1"
"""Where the hospital is, and another one."""


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@pytest.fixture(scope="module")
def way() -> Iterator[ImpairedPort]:
    """The only way to the relay's media."""
    with impaired(("127.0.0.1", _free_port(socket.SOCK_DGRAM))) as port:
        yield port


@pytest.fixture(autouse=True)
def as_it_was(way: ImpairedPort) -> Iterator[None]:
    """Each story finds an open network."""
    yield
    way.only_from = ""
    way.reshape(up=CLEAN, down=CLEAN)


@pytest.fixture(scope="module")
def hospital(founded: Path, tmp_path_factory: pytest.TempPathFactory, way: ImpairedPort) -> Iterator[HospitalProcess]:
    """A hospital with coturn, and with a relay that names that way to its media."""
    folder = tmp_path_factory.mktemp("hospital")
    port = _free_port(socket.SOCK_STREAM)
    named = ("--parameter", f"TurnUrls={Turn(port, '').over_tcp}")
    with ExitStack() as until:
        process = until.enter_context(running_hospital(copied(founded, folder / "state"), "--relays", "1", *named))
        until.enter_context(turn_running(folder, Turn(port, process.turn_key)))
        _has_its_relay_behind(process, way)
        yield process
        # The last story kills a relay: its door leads nowhere, and the hospital may know of no other for a moment.
        nothing_failed(process, "/joins -> 503", "/v1/control -> 503")


def relays_of(hospital: HospitalProcess) -> dict[str, int]:
    """Id to process id, of those that listen."""
    found = hospital.get("/sandbox/api/relays").json()["relays"]
    return {one["id"]: one["pid"] for one in found if one["control_url"]}


def asks_for_relays(hospital: HospitalProcess, **asked: Any) -> None:
    assert hospital.request("PUT", "/sandbox/api/relays", body=asked).status_code == 200


def _has_its_relay_behind(hospital: HospitalProcess, way: ImpairedPort) -> None:
    """Another relay in place of the one that began with the hospital."""

    def known() -> int:
        return (hospital.state / "logs/access.jsonl").read_text(encoding="utf-8").count("/relay/reports")

    assert eventually(lambda: relays_of(hospital) and known(), 20)
    ((first, pid),) = relays_of(hospital).items()
    announced = f"127.0.0.1:{way.address[1]}"
    settings = {"MEDIA_PORT": str(way.target[1]), "ANNOUNCED": announced, "REGION": OWN_REGION}
    asks_for_relays(hospital, wanted=1, settings=settings)
    os.kill(pid, signal.SIGTERM)
    assert eventually(lambda: (found := relays_of(hospital)) and first not in found, 20)
    heard = known()
    assert eventually(lambda: known() > heard, 20)


@pytest.fixture
def visit(clinic: Clinic) -> tuple[Patient, Doctor, str, str]:
    """A consultation in progress."""
    return a_visit(clinic)


def ringing(visit: tuple[Patient, Doctor, str, str], windows: Windows) -> tuple[Page, Page]:
    """The doctor calls, the patient answers: their pages."""
    patient, doctor, visit_id, _ = visit
    at_patient = opened(windows.phone(patient), "/patient/")
    at_doctor = opened(windows.desk(doctor), f"/staff/work/{visit_id}")
    at_doctor.get_by_role("button", name="呼叫 张秀英，视频通话").click()
    at_patient.get_by_role("button", name="接听", exact=True).click()
    return at_patient, at_doctor


def test_where_no_udp_gets_out_they_see_and_hear_each_other_through_turn_over_tcp(
    visit: tuple[Patient, Doctor, str, str], windows: Windows, way: ImpairedPort
) -> None:
    """Datagrams of both browsers are turned away; the relay hears coturn alone, to which they speak TCP with what the
    hospital gave them."""
    way.only_from = RELAYS_FROM
    pages = ringing(visit, windows)
    both_see_and_hear(*pages)
    talking(*pages)
    for page in pages:
        assert page.evaluate(WAY_OF_MEDIA) == "tcp"
    assert way.turned_away > 0, "the browsers tried UDP"
    control(pages[0], "挂断")


def test_where_nothing_gets_through_both_are_told_so(
    visit: tuple[Patient, Doctor, str, str], windows: Windows, way: ImpairedPort
) -> None:
    way.only_from = "nobody"
    pages = ringing(visit, windows)
    for page in pages:
        expect(in_call(page).get_by_text("正在接通…").first).to_be_visible()
    assert visit[0].hospital.post("/sandbox/api/clock", {"by_seconds": 31}).status_code == 200
    for page in pages:
        expect(page.get_by_text("没有接通。请检查网络，再试一次。")).to_be_visible()


@pytest.mark.req("CALL-20")
def test_another_network_or_none_for_a_while_ends_no_call_and_rings_nobody_again(
    visit: tuple[Patient, Doctor, str, str], windows: Windows, way: ImpairedPort, pytestconfig: pytest.Config
) -> None:
    """Both come from other addresses from one moment to the next: media goes on, in the same call. Then nothing of it
    passes until both pages say so: it comes back by itself."""
    _, doctor, _, conversation_id = visit
    pages = ringing(visit, windows)
    both_see_and_hear(*pages)
    talking(*pages)
    assert [page.evaluate(WAY_OF_MEDIA) for page in pages] == ["straight", "straight"]
    (call,) = doctor.ok("GET", "/calling/calls/current")["items"]

    way.move()
    moved = time.monotonic()
    both_see_and_hear(*pages)
    said = f"both networks changed: seen and heard again after {time.monotonic() - moved:.1f} s"

    nothing = LineShape(loss=1.0)
    way.reshape(up=nothing, down=nothing)
    for page in pages:
        expect(in_call(page).get_by_text("网络断了一下，正在重新接通…").first).to_be_visible()
    way.reshape(up=CLEAN, down=CLEAN)
    back = time.monotonic()
    both_see_and_hear(*pages)
    talking(*pages)
    said += f"; a gap that both pages told was over {time.monotonic() - back:.1f} s after the network was back"
    pytestconfig.stash.setdefault(SAID, []).append(said)

    for page in pages:
        expect(page.get_by_role("alertdialog")).to_have_count(0)
    (now,) = doctor.ok("GET", f"/calling/conversations/{conversation_id}/calls")["items"]
    assert (now["id"], now["state"], now["connected_at"]) == (call["id"], "connected", call["connected_at"])
    control(pages[1], "挂断")
    lines = pages[1].get_by_role("list", name="聊天记录").get_by_text("视频通话")
    expect(lines).to_have_count(1)


@pytest.mark.req("CALL-28", at=("/patient", "/staff"))
def test_a_call_goes_through_the_nearest_region_and_through_the_next_when_its_relay_dies(
    visit: tuple[Patient, Doctor, str, str], windows: Windows
) -> None:
    """The way to the hospital's own region is long here, the one to another region is short: both pages measured so
    before they talked. Then the near relay is killed."""
    patient, doctor, _, _ = visit
    hospital = patient.hospital
    (far,) = relays_of(hospital)
    asks_for_relays(hospital, wanted=2, settings={"REGION": OTHER_REGION}, far={OWN_REGION: 400})

    def places() -> list[str]:
        told = patient.ok("GET", "/calling/calls/current")["places"]
        return [one["region"] for one in told]

    assert eventually(lambda: places() == [OTHER_REGION, OWN_REGION], 20)
    near = relays_of(hospital).keys() - {far}
    pages = ringing(visit, windows)
    both_see_and_hear(*pages)
    talking(*pages)
    (call,) = doctor.ok("GET", "/calling/calls/current")["items"]
    assert {call["node"]} == near

    windows.may_complain("/v1/control|status of 503")
    asks_for_relays(hospital, wanted=1, far={})
    os.kill(relays_of(hospital)[call["node"]], signal.SIGKILL)
    for page in pages:
        wait_until(page, "async () => (await window.heard()).joins > 1")
    both_see_and_hear(*pages)
    (now,) = doctor.ok("GET", "/calling/calls/current")["items"]
    assert (now["id"], now["node"]) == (call["id"], far)
    for page in pages:
        expect(page.get_by_role("alertdialog")).to_have_count(0)
    control(pages[1], "挂断")
