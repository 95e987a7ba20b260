"""A call between a doctor's desk and a patient's phone, in real browsers, through the hospital and a relay."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import desk
from tests.browser.appearance import axe_findings
from tests.browser.calling import (
    ONLY_HEARD,
    PICTURES_OF,
    SEEN_AND_HEARD,
    a_visit,
    both_see_and_hear,
    control,
    in_call,
    opened,
    talking,
)
from tests.browser.waiting import wait_until
from tests.browser.windows import Windows
from tests.journeys.founded import copied
from tests.journeys.hospital import HospitalProcess, running_hospital
from tests.journeys.journal import nothing_failed
from tests.journeys.people import Clinic, Doctor, Patient, a_key, in_progress

pytestmark = pytest.mark.browser
TAKES = 80

NO_CAMERA = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wanted) =>
  wanted.video ? Promise.reject(new DOMException('no', 'NotAllowedError')) : open(wanted);
"""
"""Somebody who did not allow the camera."""

SCREEN = """
navigator.mediaDevices.getDisplayMedia = async ({ video }) => {
  const screen = document.createElement('canvas');
  [screen.width, screen.height] = [video.width.ideal, video.height.ideal];
  const on = screen.getContext('2d');
  setInterval(() => {
    on.fillStyle = '#fff';
    on.fillRect(0, 0, screen.width, screen.height);
    on.fillStyle = '#000';
    on.fillText(String(performance.now()), 40, 40);
  }, 200);
  return screen.captureStream(5);
};
"""
"""A screen of the size that is asked for: a browser without a window has none to choose."""


@pytest.fixture(scope="module")
def hospital(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HospitalProcess]:
    """A hospital with two relays beside it."""
    state = copied(founded, tmp_path_factory.mktemp("hospital") / "state")
    with running_hospital(state, "--relays", "2") as process:
        yield process
        # The last story kills a relay: its door leads nowhere, and the hospital may know of no other for a moment.
        nothing_failed(process, "/joins -> 503", "/v1/control -> 503")


@pytest.fixture
def visit(clinic: Clinic) -> tuple[Patient, Doctor, str, str]:
    """A consultation in progress."""
    return a_visit(clinic)


def test_the_doctor_calls_the_patient_answers_and_both_see_and_hear(
    visit: tuple[Patient, Doctor, str, str], windows: Windows
) -> None:
    """One button in the consultation; the phone rings over whatever page is open; one tap. The camera goes off and on,
    the phone's page is loaded anew in mid-call, and after hanging up the line of the call is in the conversation.
    """
    patient, doctor, visit_id, _ = visit
    at_patient = opened(windows.phone(patient), "/patient/doctors")
    at_doctor = opened(windows.desk(doctor), f"/staff/work/{visit_id}")
    at_doctor.get_by_role("button", name="呼叫 张秀英，视频通话").click()

    ringing = at_patient.get_by_role("alertdialog")
    expect(ringing).to_contain_text(doctor.me["name"])
    expect(ringing).to_contain_text("邀请您视频通话")
    assert axe_findings(at_patient) == []
    expect(at_doctor.get_by_text("正在响铃…")).to_be_visible()
    ringing.get_by_role("button", name="接听", exact=True).click()
    both_see_and_hear(at_patient, at_doctor)
    talking(at_patient, at_doctor)
    for page in (at_patient, at_doctor):
        assert axe_findings(page) == []
    expect(desk.field(at_doctor, "张秀英")).to_be_visible()  # the conversation stays beside the call

    control(at_doctor, "关摄像头")
    expect(at_patient.locator(".yz-tile:not(.yz-stage-me) video")).to_have_count(0)
    control(at_doctor, "开摄像头")
    expect(at_patient.locator(".yz-tile:not(.yz-stage-me) video")).to_have_count(1)
    both_see_and_hear(at_patient, at_doctor)

    at_patient.evaluate("window.before = true")
    at_patient.reload()
    wait_until(at_patient, "!window.before && window.connections?.length > 0")
    talking(at_patient, at_doctor)
    both_see_and_hear(at_patient, at_doctor)
    expect(at_patient.get_by_role("alertdialog")).to_have_count(0)

    control(at_doctor, "挂断")
    for page in (at_patient, at_doctor):
        expect(page.get_by_text(re.compile(r"通话时长 \d+:\d\d"))).to_be_visible()
        page.get_by_role("button", name="知道了").click()
    history = at_doctor.get_by_role("list", name="聊天记录")
    expect(history.get_by_text(re.compile(r"^视频通话 \d+:\d\d$"))).to_be_visible()


@pytest.mark.req("CALL-02", at=("/patient", "/staff"))
def test_a_call_is_declined_and_another_goes_on_without_a_camera(
    visit: tuple[Patient, Doctor, str, str], windows: Windows
) -> None:
    """Declining ends it on both sides with its own words. Who refuses the camera is told what to do, is heard all the
    same, and can ring back."""
    patient, doctor, visit_id, conversation_id = visit
    at_patient = opened(windows.phone(patient), f"/patient/messages/{conversation_id}", NO_CAMERA)
    at_doctor = opened(windows.desk(doctor), f"/staff/work/{visit_id}")
    at_doctor.get_by_role("button", name="呼叫 张秀英，视频通话").click()
    at_patient.get_by_role("button", name="拒绝", exact=True).click()
    expect(at_doctor.get_by_text("对方拒绝了通话")).to_be_visible()
    expect(at_patient.get_by_role("alertdialog")).to_have_count(0)
    at_doctor.get_by_role("button", name="知道了").click()
    expect(at_patient.get_by_role("list", name="聊天记录").get_by_text("视频通话 已拒绝")).to_be_visible()

    at_patient.get_by_role("button", name=re.compile("呼叫 .*视频通话")).click()
    expect(in_call(at_patient).get_by_text("没有摄像头权限，通话继续")).to_be_visible()
    at_doctor.get_by_role("button", name="接听", exact=True).click()
    wait_until(at_doctor, ONLY_HEARD)
    wait_until(at_patient, SEEN_AND_HEARD, {"pictures": 0, "sound": 0})
    talking(at_patient, at_doctor)
    control(at_patient, "挂断")
    expect(at_doctor.get_by_text(re.compile("通话时长"))).to_be_visible()


@pytest.mark.req("CALL-02", at=("/patient", "/staff"))
def test_unanswered_and_in_another_call_have_their_own_words_on_both_sides(
    visit: tuple[Patient, Doctor, str, str], clinic: Clinic, windows: Windows
) -> None:
    """Nobody answers: the doctor is told so, the phone that a call was missed, and one tap there rings back. In a call
    with a colleague the patient is busy for the doctor, and talks on."""
    patient, doctor, visit_id, conversation_id = visit
    colleague = clinic.doctor(1)
    in_progress(patient, colleague)
    at_patient = opened(windows.phone(patient), f"/patient/messages/{conversation_id}")
    at_doctor = opened(windows.desk(doctor), f"/staff/work/{visit_id}")
    history = at_patient.get_by_role("list", name="聊天记录")
    calling = at_doctor.get_by_role("button", name="呼叫 张秀英，视频通话")
    calling.click()
    expect(at_patient.get_by_role("alertdialog")).to_be_visible()
    windows.may_complain("/joins")  # after such a leap relays are not known until they report
    assert clinic.hospital.post("/sandbox/api/clock", {"by_seconds": 46}).status_code == 200
    expect(at_doctor.get_by_text("对方没有接听")).to_be_visible()
    expect(in_call(at_patient).get_by_text(f"您有一个{doctor.me['name']}的未接来电")).to_be_visible()
    assert axe_findings(at_patient) == []
    at_doctor.get_by_role("button", name="知道了").click()
    at_patient.get_by_role("button", name="回拨").click()
    at_doctor.get_by_role("button", name="拒绝", exact=True).click()
    expect(at_patient.get_by_text("对方拒绝了通话")).to_be_visible()
    at_patient.get_by_role("button", name="知道了").click()
    for words in ("视频通话 未接听", "视频通话 已拒绝"):
        expect(history.get_by_text(words)).to_be_visible()

    at_colleague = opened(windows.desk(colleague), "/staff/")
    (other,) = [one for one in patient.ok("GET", "/messaging/conversations")["items"] if one["id"] != conversation_id]
    colleague.ok("POST", "/calling/calls", {"conversation_id": other["id"], "media": "video"}, key=a_key())
    at_patient.get_by_role("button", name="接听", exact=True).click()
    calling.click()
    expect(at_doctor.get_by_text("对方正在另一个通话中")).to_be_visible()
    expect(at_doctor.get_by_role("list", name="聊天记录").get_by_text("视频通话 对方正忙")).to_be_visible()
    expect(in_call(at_patient)).to_be_visible()
    control(at_patient, "挂断")
    expect(history.get_by_text("视频通话 对方正忙")).to_be_visible()
    at_colleague.close()


def test_it_rings_on_both_phones_the_first_answer_takes_it_and_the_other_says_so(
    visit: tuple[Patient, Doctor, str, str], windows: Windows
) -> None:
    """Both are pressed at once: one of them has the call, the other one says that it was answered elsewhere."""
    patient, doctor, visit_id, _ = visit
    windows.may_complain("status of 409")  # who was second is refused
    phones = [opened(windows.phone(one), "/patient/") for one in (patient, patient.on_another_device())]
    at_doctor = opened(windows.desk(doctor), f"/staff/work/{visit_id}")
    at_doctor.get_by_role("button", name="呼叫 张秀英，视频通话").click()
    answering = [phone.get_by_role("alertdialog").get_by_role("button", name="接听", exact=True) for phone in phones]
    for button in answering:
        expect(button).to_be_enabled()
    for button in answering:
        button.dispatch_event("click")
    for phone in phones:
        expect(phone.get_by_role("alertdialog")).to_have_count(0)
    talking(at_doctor)
    second = phones[1] if phones[1].get_by_text("已在其他设备上接听").count() else phones[0]
    (first,) = [phone for phone in phones if phone is not second]
    expect(in_call(second).get_by_text("已在其他设备上接听")).to_be_visible()
    assert axe_findings(second) == []
    second.get_by_role("button", name="知道了").click()
    expect(in_call(second)).to_have_count(0)
    both_see_and_hear(first, at_doctor)
    assert second.evaluate("window.connections.length") == 0
    control(at_doctor, "挂断")
    expect(first.get_by_text(re.compile("通话时长"))).to_be_visible()


@pytest.mark.req("CALL-01")
def test_a_call_by_voice_alone_turns_into_one_with_pictures_and_lets_nobody_else_in(
    visit: tuple[Patient, Doctor, str, str], windows: Windows
) -> None:
    """Sound both ways, then pictures too. For somebody outside the visit there is no such call: 404, as `rules.md` has
    it for what one may not know of."""
    patient, doctor, visit_id, _ = visit
    at_patient = opened(windows.phone(patient), "/patient/")
    at_doctor = opened(windows.desk(doctor), f"/staff/work/{visit_id}")
    at_doctor.get_by_role("button", name="呼叫 张秀英，语音通话").click()
    expect(at_patient.get_by_role("alertdialog")).to_contain_text("邀请您语音通话")
    at_patient.get_by_role("button", name="接听", exact=True).click()
    talking(at_patient, at_doctor)
    for page in (at_patient, at_doctor):
        wait_until(page, ONLY_HEARD)

    (call,) = patient.ok("GET", "/calling/calls/current")["items"]
    outsider = Patient.new(patient.hospital)
    joining = {"device": "device-outside"}
    assert outsider.ask("POST", f"/calling/calls/{call['id']}/joins", joining, key=a_key()).status == 404
    assert outsider.ask("GET", f"/calling/calls/{call['id']}").status == 404

    for page in (at_doctor, at_patient):
        control(page, "开摄像头")
    both_see_and_hear(at_patient, at_doctor)
    control(at_patient, "挂断")
    expect(at_doctor.get_by_text(re.compile("通话时长"))).to_be_visible()


@pytest.mark.req("CALL-35")
def test_the_screen_is_shown_beside_the_camera_in_both_sizes(
    visit: tuple[Patient, Doctor, str, str], windows: Windows
) -> None:
    """The other sees it as large as was chosen, and the camera too; afterwards the camera alone."""
    patient, doctor, visit_id, _ = visit
    at_patient = opened(windows.phone(patient), "/patient/")
    at_doctor = opened(windows.desk(doctor), f"/staff/work/{visit_id}", SCREEN)
    at_doctor.get_by_role("button", name="呼叫 张秀英，视频通话").click()
    at_patient.get_by_role("button", name="接听", exact=True).click()
    both_see_and_hear(at_patient, at_doctor)
    of_others = at_patient.locator(".yz-tile:not(.yz-stage-me) video")
    expect(of_others).to_have_count(1)
    for mode, size in (("清晰", [1920, 1200]), ("流畅", [920, 720])):
        control(at_doctor, "共享屏幕")
        at_doctor.get_by_role("group", name="共享屏幕").get_by_role("button", name=mode).click()
        expect(of_others).to_have_count(2)
        wait_until(at_patient, PICTURES_OF, size)
        control(at_doctor, "停止共享")
        expect(of_others).to_have_count(1)
    both_see_and_hear(at_patient, at_doctor)
    control(at_doctor, "挂断")
    expect(at_patient.get_by_text(re.compile("通话时长"))).to_be_visible()


@pytest.mark.req("CALL-06", at="/sandbox")
def test_a_page_of_nothing_but_the_component_holds_a_call_in_colours_and_with_buttons_of_its_own(
    visit: tuple[Patient, Doctor, str, str], windows: Windows
) -> None:
    """It rings, is answered, goes on and ends there; colours and buttons are the page's, whose handlers are told."""
    patient, doctor, visit_id, _ = visit
    alone = opened(windows.phone(patient), "/sandbox/call")
    at_doctor = opened(windows.desk(doctor), f"/staff/work/{visit_id}")
    at_doctor.get_by_role("button", name="呼叫 张秀英，视频通话").click()
    expect(in_call(alone)).to_have_css("background-color", "rgb(46, 26, 71)")
    alone.get_by_role("button", name="接听", exact=True).click()
    both_see_and_hear(alone, at_doctor)
    talking(alone, at_doctor)
    buttons = in_call(alone).get_by_role("toolbar").get_by_role("button")
    expect(buttons).to_have_text(["静音", "关摄像头", "挂断"])
    expect(alone.get_by_text("按过：answer")).to_be_visible()
    control(alone, "挂断")
    expect(alone.get_by_text("按过：answer, hang_up")).to_be_visible()
    for page in (alone, at_doctor):
        expect(page.get_by_text(re.compile("通话时长"))).to_be_visible()


def test_a_third_joins_and_all_go_on_when_their_relay_dies(
    visit: tuple[Patient, Doctor, str, str], clinic: Clinic, windows: Windows
) -> None:
    """A colleague whom the doctor has rung sees and hears both. Then the relay is killed: the three meet at another,
    without a second ring."""
    patient, doctor, visit_id, _ = visit
    colleague = clinic.doctor(1)
    at_patient = opened(windows.phone(patient), "/patient/")
    at_doctor = opened(windows.desk(doctor), f"/staff/work/{visit_id}")
    at_colleague = opened(windows.desk(colleague), "/staff/")
    at_doctor.get_by_role("button", name="呼叫 张秀英，视频通话").click()
    at_patient.get_by_role("button", name="接听", exact=True).click()
    talking(at_patient, at_doctor)
    (call,) = doctor.ok("GET", "/calling/calls/current")["items"]
    asked = {"people": [colleague.role_id]}
    doctor.ok("POST", f"/calling/calls/{call['id']}/invitations", asked, key=a_key())
    at_colleague.get_by_role("button", name="接听", exact=True).click()
    three = (at_patient, at_doctor, at_colleague)
    for page in three:
        expect(page.locator(".yz-tile:not(.yz-stage-me) video")).to_have_count(2)
    both_see_and_hear(*three)

    windows.may_complain("/v1/control|status of 503")
    hospital = clinic.hospital
    (call,) = doctor.ok("GET", "/calling/calls/current")["items"]
    relays = hospital.get("/sandbox/api/relays").json()["relays"]
    os.kill(next(one["pid"] for one in relays if one["id"] == call["node"]), signal.SIGKILL)
    for page in three:
        wait_until(page, "async () => (await window.heard()).joins > 1")
    both_see_and_hear(*three)
    for page in three:
        expect(page.get_by_role("alertdialog")).to_have_count(0)
    control(at_doctor, "挂断")
