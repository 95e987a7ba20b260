"""Rule BREAK-GLASS on the pages: a doctor opens a record, a privacy officer judges it, the patient sees both."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.benchmarks.day_of_emergencies import gives_duty
from tests.browser.windows import Windows
from tests.journeys.people import Clinic, Patient, in_progress
from tests.journeys.sockets import online

pytestmark = pytest.mark.browser
ALLERGY = "我对青霉素过敏。"
WHY = "患者昏迷由 120 送来，家属不在场，需要过敏史。"


def test_a_record_is_opened_in_an_emergency_judged_and_seen_by_its_patient(windows: Windows, clinic: Clinic) -> None:
    """From the refusal at the workstation to the reason, the record, the verdict, and the patient's own page."""
    patient, treating, doctor = Patient.new(clinic.hospital), clinic.doctor(), clinic.doctor(1)
    admin, officer = clinic.one("org_admin"), clinic.one("clerk")
    visit, talk = in_progress(patient, treating)
    with online(patient) as (at_patient,):
        at_patient.sends(talk, ALLERGY)
    gives_duty(admin, "emergency", "emergency:read", doctor)
    gives_duty(admin, "privacy", "emergency:review", officer)
    windows.may_complain("404")  # the visit of somebody else
    page = windows.desk(doctor)
    page.goto(f"/staff/work/{visit}")
    page.get_by_role("main").get_by_role("link", name="紧急查阅").click()
    page.get_by_role("button", name="打开病历（一小时）").click()
    expect(page.get_by_text("至少 10 个字")).to_be_visible()
    page.get_by_label("患者", exact=True).fill(patient.phone)
    page.get_by_text("请选择", exact=True).click()
    page.get_by_role("option", name="患者无法回答").click()
    page.get_by_label("具体情况").fill(WHY)
    page.get_by_text("我知道这次查阅").click()
    page.get_by_role("button", name="打开病历（一小时）").click()
    expect(page.get_by_text(re.compile(r"还剩 (59|60) 分钟"))).to_be_visible()
    page.get_by_role("button", name="看对话").click()
    expect(page.get_by_text(ALLERGY)).to_be_visible()

    desk = windows.desk(officer)
    desk.goto("/staff/")
    expect(desk).to_have_url(re.compile("/staff/break-glass"))
    desk.get_by_role("row").filter(has_text=doctor.me["name"]).click()
    sheet = desk.get_by_role("dialog")
    expect(sheet.get_by_text(WHY)).to_be_visible()
    expect(sheet.get_by_text("一次就诊的对话")).to_be_visible()
    sheet.get_by_label("复核意见").fill("急诊抢救记录可查")
    sheet.get_by_role("button", name="理由成立", exact=True).click()
    expect(desk.get_by_text("没有等待复核的紧急查阅")).to_be_visible()

    phone = windows.phone(patient)
    phone.goto("/patient/me")
    phone.get_by_text("谁查阅过我的记录").click()
    expect(phone.get_by_text("当时您无法回答医生的询问")).to_be_visible()
    expect(phone.get_by_text("复核结果：理由成立")).to_be_visible()
