"""The thin visit as two people see it: a patient's phone and a doctor's desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import desk, phone
from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, a_phone

pytestmark = pytest.mark.browser
TAKES = 50

COMPLAINT = "头晕两天，早上起床时明显。"
CONCLUSION = "考虑血压波动，暂无危险征象"
ADVICE = "每天早晚测血压并记录，三天后复诊。"
SAID = ("您好，医生 👋", "您好，量过血压吗？", "早上 150/95。")


def consult(at_patient: Page, at_doctor: Page, name: str) -> None:
    """From the application in the queue to the summary that the patient reads. Nobody reloads anything."""
    expect(desk.waiting(at_doctor, name)).to_contain_text(COMPLAINT)
    desk.accept(at_doctor, name)
    at_patient.bring_to_front()  # two tabs of one window: a browser takes its time with the one behind
    at_patient.get_by_role("button", name="进入对话").click()
    phone.say(at_patient, SAID[0])
    expect(desk.bubble(at_doctor, SAID[0])).to_be_visible()
    desk.say(at_doctor, name, SAID[1])
    expect(phone.bubble(at_patient, SAID[1])).to_be_visible()
    phone.say(at_patient, SAID[2])
    expect(desk.bubble(at_doctor, SAID[2])).to_be_visible()
    desk.finish(at_doctor, CONCLUSION, ADVICE)
    at_patient.bring_to_front()
    at_patient.get_by_role("button", name="看小结").click()
    expect(at_patient.get_by_text(CONCLUSION)).to_be_visible()
    expect(at_patient.get_by_text(ADVICE)).to_be_visible()


def test_the_whole_thin_visit_in_two_windows_survives_a_killed_hospital(
    hospital: HospitalProcess, windows: Windows
) -> None:
    """A stranger's phone and a doctor's desk; after `kill -9` everything is there, and both are still signed in."""
    clinic = Clinic.founded(hospital, "江州两窗医院")
    doctor = clinic.accounts("doctor")[0]
    at_patient, at_doctor = windows.phone(), windows.desk()
    at_doctor.goto("/staff/")
    desk.sign_in(at_doctor, doctor)
    expect(at_doctor.get_by_text("现在没有患者等待")).to_be_visible()
    at_patient.goto("/patient/")
    phone.sign_in(at_patient, hospital, a_phone())
    phone.find_doctor(at_patient, doctor["name"], "江州两窗医院")
    phone.apply(at_patient, "李秀英", COMPLAINT, hospital)
    consult(at_patient, at_doctor, "李秀英")

    windows.may_complain("ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|WebSocket connection")
    hospital.restart()
    at_patient.reload()
    expect(at_patient.get_by_text(CONCLUSION)).to_be_visible()
    at_patient.get_by_role("button", name="查看对话").click()
    for text in SAID:
        expect(phone.bubble(at_patient, text)).to_be_visible()
    at_doctor.reload()
    for text in (*SAID, CONCLUSION, ADVICE):
        expect(at_doctor.get_by_text(text, exact=True).first).to_be_visible()


@pytest.mark.req("PLAT-05", at=("/sandbox", "/patient", "/staff"))
def test_a_visitor_plays_both_sides_of_the_demo(hospital: HospitalProcess, windows: Windows) -> None:
    """The hospital was started by one command and brought its sample data. A visitor begins at the sandbox, opens
    both sides in one browser, reads the code in the inbox, and goes through a whole consultation. The two sign-ins do
    not touch each other."""
    sandbox = windows.desk()
    sandbox.goto("/sandbox/")
    at_patient = opened(sandbox.get_by_role("link", name=re.compile("打开患者端 *张伟")))
    expect(at_patient.get_by_label("手机号", exact=True)).to_have_value("13800138001")
    at_patient.get_by_role("button", name="获取验证码").click()
    code = sandbox.get_by_role("listitem").filter(has_text="13800138001").get_by_role("status").first
    expect(code).to_have_text(re.compile(r"^\d{6}$"))
    at_patient.get_by_label("验证码", exact=True).fill(code.inner_text())
    at_patient.get_by_role("button", name="登录", exact=True).click()

    door = sandbox.get_by_role("listitem").filter(has_text="doctor1@hq").get_by_role("link")
    at_doctor = opened(door)
    expect(at_doctor.get_by_label("账号", exact=True)).to_have_value("doctor1@hq")
    at_doctor.get_by_role("button", name="登录", exact=True).click()
    desk.second_step(at_doctor)
    expect(at_doctor.get_by_text("现在没有患者等待")).to_be_visible()
    phone.find_doctor(at_patient, "李文静", "云诊第一医院")
    phone.apply(at_patient, "张伟", COMPLAINT)
    consult(at_patient, at_doctor, "张伟")

    windows.may_complain("401")
    at_patient.goto("/patient/me")
    at_patient.get_by_role("button", name="退出登录").click()
    at_patient.get_by_role("dialog").get_by_role("button", name="退出登录").click()
    expect(at_patient.get_by_label("手机号", exact=True)).to_be_visible()
    at_doctor.reload()
    expect(at_doctor.get_by_role("heading", name="张伟")).to_be_visible()


def opened(link: Locator) -> Page:
    """The page that a link opens in a new tab."""
    with link.page.context.expect_page() as page:
        link.click()
    return page.value
