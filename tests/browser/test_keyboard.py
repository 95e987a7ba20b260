"""Both apps without a mouse and without a finger."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import desk, phone
from tests.browser.chromium import DESK
from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Patient, a_phone, an_id_number

pytestmark = pytest.mark.browser

FOCUS_SHOWS = """(element) => {
    for (let at = element, up = 0; at && up < 3; at = at.parentElement, up += 1) {
        const style = getComputedStyle(at)
        if (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) return true
        if (style.boxShadow !== 'none' && at.matches(':focus-within')) return true
    }
    return false
}"""
FARTHEST = 60
COMPUTER = {**DESK, "is_mobile": False, "has_touch": False}


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the target has the focus; it must be in sight and show that it has it."""
    expect(target).to_be_visible()
    for _ in range(FARTHEST):
        page.keyboard.press("Tab")
        if target.evaluate("(element) => element === document.activeElement"):
            break
    expect(target).to_be_focused()
    expect(target).to_be_in_viewport()
    assert target.evaluate(FOCUS_SHOWS), f"nothing shows that {target} has the focus"


def press_on(page: Page, target: Locator, key: str = "Enter") -> None:
    """Goes there and presses the key."""
    tab_to(page, target)
    page.keyboard.press(key)


def test_from_the_door_to_the_queue(hospital: HospitalProcess, windows: Windows) -> None:
    """A patient signs in, finds the doctor and applies with Tab, Enter, Space and letters."""
    clinic = Clinic.founded(hospital, "江州键盘医院")
    doctor, number = clinic.accounts("doctor")[0], a_phone()
    page = windows.phone(**COMPUTER)
    page.goto("/patient/sign-in")
    tab_to(page, page.get_by_label("手机号", exact=True))
    page.keyboard.type(number)
    press_on(page, page.get_by_role("button", name="获取验证码"))
    expect(page.get_by_label("验证码", exact=True)).to_be_focused()
    page.keyboard.type(phone.code_on(hospital, number))
    page.keyboard.press("Enter")

    press_on(page, page.get_by_role("button", name="看医生"))
    tab_to(page, page.get_by_role("searchbox", name="搜索医生"))
    page.keyboard.type(doctor["name"])
    row = page.get_by_role("link").filter(has_text="江州键盘医院").filter(has_text=doctor["name"])
    press_on(page, row)
    press_on(page, page.get_by_role("button", name="向医生问诊"))
    press_on(page, page.get_by_role("button", name="去实名认证"))
    id_number = an_id_number()
    hospital.knows_person("严守一", id_number)
    tab_to(page, page.get_by_label("姓名", exact=True))
    page.keyboard.type("严守一")
    tab_to(page, page.get_by_label("身份证号", exact=True))
    page.keyboard.type(id_number)
    page.keyboard.press("Enter")
    press_on(page, page.get_by_role("button", name="继续"))
    press_on(page, page.get_by_role("button", name="下一步"))
    tab_to(page, page.get_by_label("病情描述"))
    page.keyboard.type("鼻塞流涕三天，没有发烧。")
    press_on(page, page.get_by_role("button", name="下一步"))
    press_on(page, page.get_by_role("checkbox"), key="Space")
    expect(page.get_by_role("checkbox")).to_be_checked()
    press_on(page, page.get_by_role("button", name="提交申请"))
    expect(page.get_by_text("您是下一位")).to_be_visible()


def test_a_sheet_keeps_the_focus_and_gives_it_back(hospital: HospitalProcess, windows: Windows) -> None:
    """Escape closes it, and one is where one was."""
    page = windows.phone(Patient.new(hospital), **COMPUTER)
    page.goto("/patient/")
    opener = page.get_by_role("button", name="显示设置")
    press_on(page, opener)
    sheet = page.get_by_role("dialog")
    for _ in range(12):
        page.keyboard.press("Tab")
        assert sheet.evaluate(
            "(one) => document.activeElement === document.body || one.contains(document.activeElement)"
        )
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_doctor_works_with_single_keys(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """Next and previous patient, accept, write, send, finish, the list of keys; and letters are letters in a field."""
    doctor = clinic.doctor()
    names = ("华一", "金二", "魏三")
    for name in names:
        Patient.new(hospital, name).applies_to(doctor)
    page = windows.desk(doctor)
    page.goto("/staff/work")
    expect(desk.waiting(page, "魏三")).to_be_visible()
    heading = page.get_by_role("heading", level=1)
    for key, name in (("j", "华一"), ("j", "金二"), ("j", "魏三"), ("k", "金二")):
        page.keyboard.press(key)
        expect(heading).to_have_text(name)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(desk.field(page, "金二")).to_be_focused()
    page.keyboard.type("jkaf 您好")
    expect(desk.field(page, "金二")).to_have_value("jkaf 您好")
    page.keyboard.press("Control+Enter")
    expect(desk.bubble(page, "jkaf 您好")).to_be_visible()
    expect(heading).to_have_text("金二")
    page.keyboard.press("Escape")
    expect(desk.field(page, "金二")).not_to_be_focused()
    page.keyboard.press("m")
    expect(desk.field(page, "金二")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.get_by_label("结论")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    expect(heading).to_have_text("魏三")
    page.keyboard.press("r")
    expect(page.get_by_role("dialog", name=re.compile("不接诊"))).to_be_visible()


def test_the_first_tab_leads_past_the_frame(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """Whoever comes by keyboard need not go through the navigation on each page."""
    patient_page = windows.phone(Patient.new(hospital), **COMPUTER)
    staff_page = windows.desk(clinic.doctor())
    for page, path in ((patient_page, "/patient/"), (staff_page, "/staff/work")):
        page.goto(path)
        expect(page.locator(".yz-loading")).to_have_count(0)
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="跳到主要内容")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()
