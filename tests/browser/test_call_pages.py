"""What stands beside a call: a report that one shows the other, and afterwards how its lines were."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.appearance import axe_findings
from tests.browser.calling import a_visit, both_see_and_hear, control, in_call, opened, talking
from tests.browser.waiting import wait_until
from tests.browser.windows import Windows
from tests.journeys.founded import copied
from tests.journeys.hospital import HospitalProcess, running_hospital
from tests.journeys.journal import nothing_failed
from tests.journeys.measured import measured_call
from tests.journeys.people import Clinic, Doctor, Patient, a_key

pytestmark = pytest.mark.browser
TAKES = 30

SMALL_PRINT = 12
"""px of 1600 across the page, as a laboratory prints its reference ranges."""
EVERY_DOT = "(img) => img.getBoundingClientRect().width >= img.naturalWidth && img.naturalWidth >= 1400"
LOADED = "(img) => img.complete && img.naturalWidth > 0"


MINI_PROGRAM = """
window.heardOutside = [];
window.wentBack = 0;
window.wx = { miniProgram: {
  postMessage: ({ data }) => window.heardOutside.push(data),
  navigateBack: () => { window.wentBack += 1 },
} };
"""
"""What WeChat's JS-SDK lays into a page that a mini program holds, as far as the page asks for it."""


@pytest.fixture(scope="module")
def hospital(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HospitalProcess]:
    """A hospital with a relay beside it."""
    state = copied(founded, tmp_path_factory.mktemp("hospital") / "state")
    with running_hospital(state, "--relays", "1") as process:
        yield process
        nothing_failed(process)


@pytest.fixture
def visit(clinic: Clinic) -> tuple[Patient, Doctor, str, str]:
    """A consultation in progress: patient, doctor, the visit's id and its conversation's."""
    return a_visit(clinic)


def report() -> bytes:
    """A page of a blood count, 1600 across, in small print."""
    page = Image.new("RGB", (1600, 2000), "white")
    pen = ImageDraw.Draw(page)
    for row in range(60):
        for across in range(60, 1500, 240):
            line = f"{row:02}  WBC 7.2  10^9/L   3.5 - 9.5"
            pen.text((across, 60 + row * 30), line, fill="black", font_size=SMALL_PRINT)
    stream = io.BytesIO()
    page.save(stream, "PNG")
    return stream.getvalue()


def shown(page: Page, title: str) -> Locator:
    """The report, as it stands in the call."""
    return in_call(page).get_by_role("region", name=title, exact=True)


def wait_for_picture(of: Locator, holds: str) -> None:
    """Until what is asked of the picture is true."""
    picture = of.locator("img")
    expect(picture).to_be_visible()
    element = picture.element_handle()
    frame = element.owner_frame()
    assert frame is not None
    wait_until(frame.page, f"(img) => ({holds})(img)", element)


@pytest.mark.req("CALL-36")
def test_a_patient_shows_a_report_the_doctor_reads_its_small_print_and_it_is_gone_when_closed(
    visit: tuple[Patient, Doctor, str, str], clinic: Clinic, windows: Windows
) -> None:
    """Chosen on the phone, it goes into the conversation and stands large in both calls, with who shows it; the doctor
    zooms until each of its dots is one of the screen's, and finds it again after a reload. Closed, it is gone on both
    sides. The doctor shows it back, and it ends with the call. Nobody else may show or see anything: 404."""
    patient, doctor, visit_id, conversation_id = visit
    at_patient = opened(windows.phone(patient), "/patient/")
    at_doctor = opened(windows.desk(doctor), f"/staff/work/{visit_id}")
    at_doctor.get_by_role("button", name="呼叫 张秀英，视频通话").click()
    at_patient.get_by_role("button", name="接听", exact=True).click()
    talking(at_patient, at_doctor)

    control(at_patient, "展示报告")
    picker = at_patient.get_by_role("region", name="选择要展示的报告")
    expect(picker.get_by_text("这次对话里还没有图片和文件")).to_be_visible()
    file: FilePayload = {"name": "血常规.png", "mimeType": "image/png", "buffer": report()}
    picker.get_by_label("从本机选一张图片或文件").set_input_files(file)
    theirs = shown(at_doctor, "张秀英正在展示报告")
    wait_for_picture(theirs, LOADED)
    mine = shown(at_patient, "您正在展示报告")
    wait_for_picture(mine, LOADED)
    for page in (at_patient, at_doctor):
        assert axe_findings(page) == []
    control(at_doctor, "大画面")
    for _ in range(4):
        theirs.get_by_role("button", name="放大").click()
    wait_for_picture(theirs, EVERY_DOT)

    at_doctor.reload()
    wait_for_picture(theirs, LOADED)
    control(at_patient, "停止展示")
    for gone in (theirs, mine):
        expect(gone).to_have_count(0)
    talking(at_patient, at_doctor)

    control(at_doctor, "展示报告")
    at_doctor.get_by_role("region", name="选择要展示的报告").get_by_role("button", name=re.compile("血常规")).click()
    wait_for_picture(shown(at_patient, f"{doctor.me['name']}正在展示报告"), LOADED)
    (call,) = patient.ok("GET", "/calling/calls/current")["items"]
    showing = call["showing"]
    assert showing["by"] == doctor.person_id
    outsider, path = clinic.doctor(1), f"/calling/calls/{call['id']}/showing"
    assert outsider.ask("PUT", path, {"seq": showing["seq"]}).status == 404
    link = f"/messaging/conversations/{conversation_id}/files/{showing['seq']}"
    assert outsider.ask("GET", link).status == 404
    assert patient.ask("PUT", path, {"seq": 1}).status == 404, "the hospital's first line is no report"
    patient.ok("PUT", path, {"seq": None})
    expect(shown(at_patient, f"{doctor.me['name']}正在展示报告")).to_be_visible()
    control(at_doctor, "挂断")
    expect(at_patient.get_by_text(re.compile("通话时长"))).to_be_visible()
    expect(at_patient.locator(".yz-shown")).to_have_count(0)
    assert patient.ask("PUT", path, {"seq": showing["seq"]}).status == 409


@pytest.mark.req("CALL-03")
def test_a_web_view_of_a_mini_program_answers_starts_and_hangs_up_and_tells_its_container(
    visit: tuple[Patient, Doctor, str, str], windows: Windows
) -> None:
    """The page that a web-view opens: it rings there, is answered, hung up, started again and taken back, each with the
    states that the hospital keeps of every other client; the container hears each, and is gone back to. Before the
    doctor has called nobody rings from there (403). The container is a stand-in for WeChat's, which was not at hand."""
    patient, doctor, visit_id, conversation_id = visit
    phone = {"user_agent": "Mozilla/5.0 (iPhone) MicroMessenger/8.0.50 miniProgram/wx1"}
    address = f"/patient/calls/{conversation_id}?terminal=wechat_mini_program"
    inside = opened(windows.phone(patient, **phone), address, MINI_PROGRAM)
    at_doctor = opened(windows.desk(doctor), f"/staff/work/{visit_id}")
    windows.may_complain("status of 403")
    inside.get_by_role("button", name="视频通话", exact=True).click()
    expect(inside.get_by_text("请等医生先呼叫您")).to_be_visible()
    assert inside.evaluate("window.heardOutside") == []

    at_doctor.get_by_role("button", name="呼叫 张秀英，视频通话").click()
    inside.get_by_role("alertdialog").get_by_role("button", name="接听", exact=True).click()
    both_see_and_hear(inside, at_doctor)
    talking(inside, at_doctor)
    (call,) = doctor.ok("GET", "/calling/calls/current")["items"]
    assert (call["state"], [one["state"] for one in call["members"]]) == ("connected", ["connected", "connected"])
    control(inside, "挂断")
    inside.get_by_role("button", name="知道了").click()
    ended = doctor.ok("GET", f"/calling/calls/{call['id']}")
    assert (ended["state"], ended["outcome"]) == ("ended", "completed")
    phases = inside.evaluate("window.heardOutside.map(({ phase }) => phase)")
    assert list(dict.fromkeys(phases)) == ["incoming", "answering", "in_call", "over"]
    last = inside.evaluate("window.heardOutside.at(-1)")
    assert last == {
        "type": "yunzhen.call",
        "call_id": call["id"],
        "phase": "over",
        "outcome": "completed",
        "seconds": ended["seconds"],
    }
    assert inside.evaluate("window.wentBack") == 1

    at_doctor.get_by_role("button", name="知道了").click()
    inside.get_by_role("button", name="语音通话", exact=True).click()
    expect(at_doctor.get_by_role("alertdialog")).to_contain_text("邀请您语音通话")
    (call,) = doctor.ok("GET", "/calling/calls/current")["items"]
    assert (call["state"], call["caller_id"]) == ("ringing", patient.person_id)
    control(inside, "取消呼叫")
    expect(at_doctor.get_by_role("alertdialog")).to_have_count(0)
    assert doctor.ok("GET", f"/calling/calls/{call['id']}")["outcome"] == "cancelled"
    wait_until(inside, "window.heardOutside.at(-1).outcome === 'cancelled'")


def test_staff_sees_how_the_lines_of_a_call_were_and_where_the_picture_stepped_down(
    visit: tuple[Patient, Doctor, str, str], clinic: Clinic, windows: Windows
) -> None:
    """From the call's line in the conversation, and from the visit's record: whose line, its figures, its curves, the
    steps down and up again. A call of which nothing was measured says so. A patient may not read it (403), and to a
    doctor elsewhere there is no such call (404)."""
    patient, doctor, visit_id, conversation_id = visit
    call_id = measured_call(doctor, patient, conversation_id)
    path = f"/calling/calls/{call_id}/samples"
    assert patient.ask("GET", path).status == 403
    assert clinic.doctor(1).ask("GET", path).status == 404

    page = windows.desk(doctor)
    page.goto(f"/staff/work/{visit_id}")
    history = page.get_by_role("list", name="聊天记录")
    history.get_by_role("button", name="视频通话 已取消", exact=True).click()
    sheet = page.get_by_role("dialog", name="通话记录与质量")
    whose = sheet.get_by_role("group", name="看谁的网络")
    expect(whose.get_by_role("button")).to_have_text([doctor.me["name"], "张秀英"])
    expect(sheet.get_by_text("640 毫秒")).to_be_visible()
    expect(sheet.get_by_role("list", name="画面变化")).to_have_count(0)
    whose.get_by_role("button", name="张秀英").click()
    expect(sheet.get_by_role("list", name="画面变化").get_by_role("listitem")).to_have_text(
        [re.compile("从 720 行降到 180 行"), re.compile("从 180 行升到 720 行")]
    )
    expect(sheet.get_by_role("img", name=re.compile("折线图"))).to_have_count(3)
    expect(sheet.get_by_text("32 %").first).to_be_visible()
    assert axe_findings(page) == []
    sheet.get_by_text("查看每 10 秒的数值").click()
    expect(sheet.get_by_role("row")).to_have_count(25)

    begun = doctor.ok("POST", "/calling/calls", {"conversation_id": conversation_id, "media": "audio"}, key=a_key())
    doctor.ok("POST", f"/calling/calls/{begun['id']}/cancel", {}, key=a_key())
    page.goto(f"/staff/visits?visit={visit_id}")
    page.get_by_role("button", name="通话记录与质量").click()
    sheet.get_by_role("button", name="语音通话 已取消").click()
    expect(sheet.get_by_text("没有测到数据")).to_be_visible()
    sheet.get_by_role("button", name="返回通话列表").click()
    expect(sheet.get_by_role("listitem")).to_have_count(2)
