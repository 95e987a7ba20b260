"""The thin visit as two people see it: a patient's phone and a doctor's desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import desk, phone
from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, a_phone

pytestmark = pytest.mark.browser

NAME = "李秀英"
COMPLAINT = "头晕两天，早上起床时明显。"
CONCLUSION = "考虑血压波动，暂无危险征象"
ADVICE = "每天早晚测血压并记录，三天后复诊。"


def consult(at_patient: Page, at_doctor: Page, hospital: HospitalProcess, clinic: Clinic, name: str) -> None:
    """From both sign-ins to the summary that the patient reads. Nobody reloads anything."""
    doctor = clinic.accounts("doctor")[0]
    at_doctor.goto("/staff/")
    desk.sign_in(at_doctor, doctor)
    expect(at_doctor.get_by_text("现在没有患者等待")).to_be_visible()

    at_patient.goto("/patient/")
    phone.sign_in(at_patient, hospital, a_phone())
    phone.find_doctor(at_patient, doctor["name"], name)
    phone.apply(at_patient, NAME, COMPLAINT)

    expect(desk.waiting(at_doctor, NAME)).to_contain_text(COMPLAINT)
    desk.accept(at_doctor, NAME)
    at_patient.get_by_role("button", name="进入对话").click()

    phone.say(at_patient, "您好，医生 👋")
    expect(desk.bubble(at_doctor, "您好，医生 👋")).to_be_visible()
    desk.say(at_doctor, NAME, "您好，量过血压吗？")
    expect(phone.bubble(at_patient, "您好，量过血压吗？")).to_be_visible()
    phone.say(at_patient, "早上 150/95。")
    expect(desk.bubble(at_doctor, "早上 150/95。")).to_be_visible()

    desk.finish(at_doctor, CONCLUSION, ADVICE)
    at_patient.get_by_role("button", name="看小结").click()
    expect(at_patient.get_by_text(CONCLUSION)).to_be_visible()
    expect(at_patient.get_by_text(ADVICE)).to_be_visible()


def test_the_whole_thin_visit_in_two_windows_survives_a_killed_hospital(
    hospital: HospitalProcess, windows: Windows
) -> None:
    """Everything is there after `kill -9`, and both are still signed in."""
    clinic, name = Clinic.founded(hospital, "江州两窗医院"), "江州两窗医院"
    at_patient, at_doctor = windows.phone(), windows.desk()
    consult(at_patient, at_doctor, hospital, clinic, name)

    windows.may_complain("ERR_CONNECTION_REFUSED|WebSocket connection")
    hospital.restart()
    at_patient.reload()
    expect(at_patient.get_by_text(CONCLUSION)).to_be_visible()
    at_patient.get_by_role("button", name="查看对话").click()
    for text in ("您好，医生 👋", "您好，量过血压吗？", "早上 150/95。"):
        expect(phone.bubble(at_patient, text)).to_be_visible()
    at_doctor.reload()
    for text in ("您好，医生 👋", "您好，量过血压吗？", "早上 150/95。", CONCLUSION, ADVICE):
        expect(at_doctor.get_by_text(text, exact=True).first).to_be_visible()


def test_both_sides_in_one_browser(hospital: HospitalProcess, windows: Windows) -> None:
    """Who shows the hospital alone opens both pages side by side: the two sign-ins do not touch each other."""
    clinic, name = Clinic.founded(hospital, "江州同窗医院"), "江州同窗医院"
    at_doctor = windows.desk()
    at_patient = at_doctor.context.new_page()
    consult(at_patient, at_doctor, hospital, clinic, name)
    at_patient.goto("/patient/me")
    at_patient.get_by_role("button", name="退出登录").click()
    at_patient.get_by_role("dialog").get_by_role("button", name="退出登录").click()
    expect(at_patient.get_by_label("手机号", exact=True)).to_be_visible()
    at_doctor.reload()
    expect(at_doctor.get_by_role("heading", name=NAME)).to_be_visible()
