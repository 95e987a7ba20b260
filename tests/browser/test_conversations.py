"""A conversation as two people see it: everything that can be sent, marks, recall, an upload that fails, colleagues."""

from __future__ import annotations

import base64
import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import desk, phone
from tests.browser.windows import Windows
from tests.builders import files
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Patient, in_progress

pytestmark = pytest.mark.browser
TAKES = 50

PASTE = """([type, name, content]) => {
    const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0))
    const held = new DataTransfer()
    held.items.add(new File([bytes], name, { type }))
    const event = new ClipboardEvent('paste', { clipboardData: held, bubbles: true, cancelable: true })
    document.activeElement.dispatchEvent(event)
}"""
REFUSE_MICROPHONE = """navigator.mediaDevices.getUserMedia = () =>
    Promise.reject(new DOMException('no', 'NotAllowedError'))"""


def hold_to_talk(page: Page, until_seconds: int) -> None:
    """Presses, waits until so many seconds are shown, and lets go."""
    page.bring_to_front()
    page.get_by_role("button", name="语音", exact=True).click()
    button = page.get_by_role("button", name="按住 说话")
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    expect(page.get_by_text(re.compile(rf"^{until_seconds} 秒$"))).to_be_visible()
    page.mouse.up()


@pytest.mark.req("IM-02", at=("/patient", "/staff"))
def test_everything_that_can_be_sent_arrives(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """Picture, file, video and voice from the phone; a picture pasted at the desk, looked at before it is sent; a value
    that was measured. What is empty is refused with a word."""
    patient, doctor = Patient.new(hospital, "唐诗"), clinic.doctor()
    visit, talk = in_progress(patient, doctor)
    at_patient, at_doctor = windows.phone(patient), windows.desk(doctor)
    at_patient.goto(f"/patient/messages/{talk}")
    at_doctor.goto(f"/staff/work/{visit}")

    phone.attach(at_patient, "album", "脚踝.jpg", "image/jpeg", files.picture())
    expect(at_doctor.locator(".yz-picture img")).to_be_visible()
    phone.attach(at_patient, "file", "检查报告.txt", "text/plain", "白细胞 5.4".encode())
    expect(at_doctor.locator(".yz-file").filter(has_text="检查报告.txt")).to_be_visible()
    phone.attach(at_patient, "video", "走路.webm", "video/webm", files.video("webm"))
    expect(at_doctor.get_by_role("button", name=re.compile("播放视频"))).to_be_visible()
    hold_to_talk(at_patient, 1)
    heard = at_doctor.get_by_role("button", name=re.compile("播放语音"))
    expect(heard).to_be_visible()
    expect(at_doctor.get_by_text("未听")).to_have_count(1)
    heard.click()
    expect(at_doctor.get_by_text("未听")).to_have_count(0)
    phone.attach(at_patient, "album", "空.png", "image/png", b"")
    expect(at_patient.get_by_role("alert").filter(has_text="“空.png”是空文件")).to_be_visible()

    at_doctor.bring_to_front()
    desk.field(at_doctor, "唐诗").focus()
    at_doctor.evaluate(PASTE, ["image/png", "冰敷.png", base64.b64encode(files.picture("PNG")).decode()])
    before = at_doctor.get_by_role("dialog", name="发送前看一下")
    expect(before.get_by_role("img", name="冰敷.png")).to_be_visible()
    before.get_by_role("button", name="发送", exact=True).click()
    pictures = at_patient.get_by_role("button", name=re.compile("^图片，点开看大图"))
    expect(pictures).to_have_count(2)
    at_patient.bring_to_front()
    pictures.last.click()
    viewer = at_patient.get_by_role("dialog", name="查看图片和视频")
    expect(viewer.get_by_role("img", name="冰敷.png")).to_be_visible()
    at_patient.keyboard.press("ArrowLeft")
    expect(viewer.locator("video")).to_be_visible()
    at_patient.keyboard.press("Escape")
    expect(viewer).to_have_count(0)


@pytest.mark.req("IM-08", "IM-09", at=("/patient", "/staff"))
def test_read_marks_and_taking_back(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """Unread until the other looks; what is taken back is gone on both sides and can be written again by its author;
    another's words cannot be taken back."""
    patient, doctor = Patient.new(hospital, "宋词"), clinic.doctor()
    visit, _ = in_progress(patient, doctor)
    at_patient, at_doctor = windows.phone(patient), windows.desk(doctor)
    at_patient.goto("/patient/messages")
    at_doctor.goto(f"/staff/work/{visit}")
    desk.say(at_doctor, "宋词", "请把报告发给我。")
    expect(desk.bubble(at_doctor, "请把报告发给我。")).to_contain_text("未读")
    at_patient.bring_to_front()
    at_patient.get_by_role("link").filter(has_text="请把报告发给我。").click()
    expect(phone.bubble(at_patient, "请把报告发给我。")).to_be_visible()
    expect(desk.bubble(at_doctor, "请把报告发给我。")).to_contain_text("已读")

    phone.say(at_patient, "写错了的话")
    expect(desk.bubble(at_doctor, "写错了的话")).to_be_visible()
    desk_menu = desk.bubble(at_doctor, "写错了的话").locator(".yz-said-what")
    at_doctor.bring_to_front()
    desk_menu.click(button="right")
    menu = at_doctor.get_by_role("dialog", name="这条消息")
    expect(menu.get_by_role("button", name="复制")).to_be_visible()
    expect(menu.get_by_role("button", name="撤回")).to_have_count(0)
    at_doctor.keyboard.press("Escape")
    phone.ask_about(at_patient, phone.bubble(at_patient, "写错了的话"), "撤回")
    expect(at_patient.get_by_text("你撤回了一条消息")).to_be_visible()
    expect(at_doctor.get_by_text("宋词撤回了一条消息")).to_be_visible()
    expect(desk.bubble(at_doctor, "写错了的话")).to_have_count(0)
    at_patient.get_by_role("button", name="重新编辑").click()
    expect(at_patient.get_by_role("textbox", name="写消息给医生")).to_have_value("写错了的话")
    at_patient.reload()
    expect(at_patient.get_by_text("你撤回了一条消息")).to_be_visible()
    expect(phone.bubble(at_patient, "写错了的话")).to_have_count(0)


def test_an_upload_that_failed_is_sent_again(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """The page says that it was not sent and why; one press sends it, and it arrives once. Without a microphone the
    page says what to do."""
    patient, doctor = Patient.new(hospital, "元曲"), clinic.doctor()
    _, talk = in_progress(patient, doctor)
    page = windows.phone(patient)
    page.add_init_script(REFUSE_MICROPHONE)
    windows.may_complain("409")
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if refused or route.request.method != "POST":
            return route.fallback()
        refused.append(route.request.url)
        code = {"code": "upload.too_many_open", "facts": {"most": 20}, "request_id": "req_test"}
        return route.fulfill(status=409, content_type="application/json", body=json.dumps({"error": code}))

    page.route(re.compile(r"/api/messaging/uploads$"), refuse_once)
    page.goto(f"/patient/messages/{talk}")
    phone.attach(page, "album", "舌苔.jpg", "image/jpeg", files.picture())
    page.get_by_role("button", name="重新发送").click()
    expect(page.get_by_role("button", name="重新发送")).to_have_count(0)
    expect(page.locator(".yz-said-state")).to_have_count(0)
    kinds = [one["type"] for one in doctor.reads_messages(talk)["items"] if one["sender"]]
    assert (len(refused), kinds) == (1, ["image"])

    page.get_by_role("button", name="语音", exact=True).click()
    page.get_by_role("button", name="按住 说话").press("Enter")
    expect(page.get_by_role("alert").filter(has_text="没有麦克风权限")).to_be_visible()


@pytest.mark.req("IM-13", at="/staff")
def test_colleagues_talk_and_quick_replies(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """A doctor begins a conversation with a colleague, takes a quick reply by “/”, and the colleague reads it and finds
    it by a word; a patient's conversation is none of the colleague's. A reply of one's own is there on every computer.
    """
    doctor, colleague = clinic.doctor(), clinic.doctor(1)
    patient = Patient.new(hospital, "曹雪")
    in_progress(patient, doctor)
    page = windows.desk(doctor)
    page.goto("/staff/talks")
    expect(page.get_by_role("button").filter(has_text="曹雪")).to_be_visible()
    page.get_by_role("button", name="和同事对话").last.click()
    begin = page.get_by_role("dialog", name="和同事对话")
    begin.get_by_label("按姓名查找同事").fill(colleague.me["name"])
    begin.get_by_role("button").filter(has_text=doctor.me["organisation_name"]).filter(
        has_text=colleague.me["name"]
    ).click()
    begin.get_by_role("button", name="开始对话").click()
    field = desk.field(page, colleague.me["name"])
    expect(field).to_be_visible()
    field.fill("/按时服药")
    expect(page.get_by_role("group", name="常用回复").get_by_role("button").first).to_contain_text("按时服药")
    field.press("Enter")
    expect(field).to_have_value(re.compile("请按时服药"))
    field.press("Enter")
    expect(desk.bubble(page, "请按时服药")).to_be_visible()
    field.fill("先看急诊，回头再说。")
    page.get_by_role("button", name="常用回复", exact=True).click()
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
        page.get_by_role("button", name="把正在写的存为我的常用回复").click()
    another = windows.desk(clinic.doctor())
    another.goto(page.url)
    desk.field(another, colleague.me["name"]).fill("/急诊")
    expect(another.get_by_role("group", name="常用回复").get_by_role("button").first).to_contain_text("先看急诊")

    other = windows.desk(colleague)
    other.goto("/staff/talks")
    expect(other.get_by_role("button").filter(has_text="曹雪")).to_have_count(0)
    other.get_by_role("button").filter(has_text=doctor.me["name"]).filter(has_text="请按时服药").click()
    expect(desk.bubble(other, "请按时服药")).to_be_visible()
    expect(desk.bubble(page, "请按时服药")).to_contain_text("已读")
    other.get_by_role("button", name="查找聊天内容").click()
    sheet = other.get_by_role("dialog", name="查找聊天内容")
    sheet.get_by_role("textbox").fill("自行停药")
    sheet.get_by_role("textbox").press("Enter")
    expect(sheet.get_by_role("listitem").filter(has_text="自行停药")).to_be_visible()
