"""The delivery proof on the real pages: nothing that was written on one is lost, doubled or reordered.

What every client has to do is proven over thousands of messages in `tests/delivery`; here the same checker judges what
a browser really keeps, opens, closes and draws.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.browser import phone
from tests.browser.proof import Proof
from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Doctor, Patient, in_progress
from tests.journeys.sockets import online

pytestmark = pytest.mark.browser

CUT_OFF = "ERR_INTERNET_DISCONNECTED|WebSocket connection|ERR_FAILED"
OFFLINE = ("断网第一句", "<img src=x onerror=alert(1)>&amp;", "\u202e倒过来\u202c a\u200bb 👨\u200d👩\u200d👧")
"""Markup, marks of direction and joiners stand on both pages as they were written."""
PART = 5 * 1024 * 1024
ASKED_FOR = """(end) => performance.getEntriesByType('resource').find(({ name }) => name.endsWith(end))?.startTime"""


def talking(hospital: HospitalProcess, clinic: Clinic) -> tuple[Patient, Doctor, Proof]:
    """A patient and a doctor in a conversation that is to be proven."""
    patient, doctor = Patient.new(hospital, "顾城"), clinic.doctor()
    return patient, doctor, Proof(in_progress(patient, doctor)[1])


def opened(page: Page, proof: Proof) -> Page:
    """The page of the conversation, its line open."""
    page.goto(f"/patient/messages/{proof.conversation_id}")
    expect(page.get_by_role("textbox", name="写消息给医生")).to_be_visible()
    return page


def said(doctor: Doctor, proof: Proof) -> list[str]:
    """What people said, in the order in which it stands."""
    items = doctor.reads_messages(proof.conversation_id)["items"]
    return [one["content"].get("text") or one["content"]["name"] for one in items if one["sender"]]


def test_written_offline_and_loaded_anew(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """Without a network everything is written down; the page is loaded anew in vain; with the network it is sent."""
    patient, doctor, proof = talking(hospital, clinic)
    windows.may_complain(CUT_OFF)
    page = opened(proof.watches("phone", patient, windows.phone(patient)), proof)
    at_doctor = proof.watches("desk", doctor, windows.desk(doctor))
    at_doctor.goto(f"/staff/talks/{proof.conversation_id}")
    proof.says(page, "还连着网")
    page.context.set_offline(True)
    for text in OFFLINE:
        proof.says(page, text)
        expect(phone.bubble(page, text)).to_contain_text("等待发送")
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.reload()
    page.context.set_offline(False)
    opened(page, proof)
    proof.says(page, "又连上了")
    assert proof.faults() == []
    assert said(doctor, proof) == ["还连着网", *OFFLINE, "又连上了"]


def test_two_tabs_have_one_socket(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """Both tabs write and show everything over the socket of the first; when that is closed the other opens one."""
    patient, doctor, proof = talking(hospital, clinic)
    first = opened(proof.watches("first tab", patient, windows.phone(patient)), proof)
    proof.says(first, "第一页写的")
    second = opened(proof.watches("second tab", patient, first.context.new_page()), proof)
    for number in range(2):
        proof.says(second, f"第二页写的 {number}")
        proof.says(first, f"第一页又写的 {number}")
    expect(second.locator(".yz-said-state")).to_have_count(0)
    assert proof.sockets == ["first tab"]
    first.close()
    proof.ends(first)
    proof.says(second, "只剩第二页")
    assert proof.faults() == []
    assert set(proof.sockets[1:]) == {"second tab"}
    assert sorted(said(doctor, proof)[1:-1]) == sorted(
        [f"第{which}写的 {number}" for which in ("一页又", "二页") for number in range(2)]
    )


def test_loaded_anew_in_the_middle_of_an_upload(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """The first of two parts is there when the page is loaded anew: only the second is put, and it arrives once."""
    patient, doctor, proof = talking(hospital, clinic)
    windows.may_complain(CUT_OFF)
    page = opened(proof.watches("phone", patient, windows.phone(patient)), proof)
    put: list[int] = []

    def hold_the_second(route: Route) -> None:
        put.append(int(route.request.url.partition("partNumber=")[2].partition("&")[0]))
        if put != [1, 2]:
            route.fallback()

    page.route(re.compile("partNumber="), hold_the_second)
    with page.expect_request(re.compile("partNumber=2")):
        proof.sends(page, "心电记录.txt", b"0.1 0.2 0.1\n" * (PART // 12 + 10_000))
    proof.says(page, "边传边写")
    page.reload()
    assert proof.faults() == []
    assert put == [1, 2, 2]
    assert said(doctor, proof) == ["边传边写", "心电记录.txt"]


def test_closed_with_messages_to_send(
    hospital: HospitalProcess, clinic: Clinic, windows: Windows, tmp_path: Path
) -> None:
    """The whole browser is closed while nothing could be sent; opened again it sends, in order and once."""
    patient, doctor, proof = talking(hospital, clinic)
    windows.may_complain(CUT_OFF)
    page = opened(proof.watches("phone", patient, windows.kept_phone(tmp_path, patient)), proof)
    proof.says(page, "关之前")
    expect(page.locator(".yz-said-state")).to_have_count(0)
    page.context.set_offline(True)
    for text in ("没发出去的一", "没发出去的二"):
        proof.says(page, text)
        expect(phone.bubble(page, text)).to_contain_text("等待发送")
    page.context.close()
    assert said(doctor, proof) == ["关之前"]
    opened(proof.watches("phone", patient, windows.kept_phone(tmp_path)), proof)
    assert proof.faults() == []
    assert said(doctor, proof) == ["关之前", "没发出去的一", "没发出去的二"]


@pytest.mark.req("IM-19", at="/patient")
def test_where_no_socket_comes_through(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """A gateway that swallows sockets without a word: within five seconds the page polls, and messages flow."""
    patient, doctor, proof = talking(hospital, clinic)
    page = proof.watches("phone", patient, windows.phone(patient))
    page.route_web_socket("**/socket?*", lambda socket: None)
    opened(page, proof)
    with page.expect_response(re.compile("/api/messaging/polls$")), online(doctor) as (at_doctor,):
        proof.says(page, "走轮询")
        at_doctor.hears_message(text="走轮询", seconds=20)
        proof.answers(at_doctor, "收到")
        expect(phone.bubble(page, "收到")).to_be_visible()
    waited = page.evaluate(ASKED_FOR, "/polls") - page.evaluate(ASKED_FOR, "/tickets")
    assert 0 < waited < 5000 + 5000, "five seconds from the first try, and what a busy machine adds"
    assert proof.faults() == []
    assert said(doctor, proof) == ["走轮询", "收到"]
