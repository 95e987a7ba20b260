"""The blacklist, on the admin's desk and on the patient's phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.windows import Windows
from tests.journeys.people import Clinic, Patient

pytestmark = pytest.mark.browser


@pytest.mark.req("ID-19")
def test_a_patient_is_listed_reads_why_appeals_and_is_served_again(windows: Windows, clinic: Clinic) -> None:
    """Found by phone, listed with a reason; the phone says why and takes the appeal; the desk reads it and lifts it."""
    admin, doctor = clinic.one("org_admin"), clinic.doctor()
    patient = Patient.new(clinic.hospital, "陶然")
    patient.applies_to(doctor)
    page = windows.desk(admin)
    page.goto("/staff/patients")
    page.get_by_role("textbox", name="手机号").fill(patient.phone)
    page.get_by_role("button", name="查找", exact=True).click()
    row = page.locator("tbody").get_by_role("row").filter(has_text="陶然")
    row.get_by_role("button").click()
    sheet = page.get_by_role("dialog", name="陶然")
    expect(sheet.get_by_role("button", name="加入黑名单")).to_be_disabled()
    sheet.get_by_role("textbox", name="说明（患者可见）").fill("三次约了不来")
    sheet.get_by_role("button", name="加入黑名单").click()
    expect(row.get_by_text("已限制服务")).to_be_visible()
    told = patient.refused(
        403, "patient.blacklisted", "POST", "/consultation/visits", patient.application(clinic.doctor(1))
    )
    assert told["reason"] == "no_shows"

    phone = windows.phone(patient)
    phone.goto("/patient/me/restrictions")
    expect(phone.get_by_text("三次约了不来")).to_be_visible()
    phone.get_by_label("您的申诉").fill("那几天我在住院，有病历")
    phone.get_by_role("button", name="提交申诉").click()
    expect(phone.get_by_text("申诉处理中")).to_be_visible()

    page.goto("/staff/blacklist?state=appealed")
    page.locator("tbody").get_by_role("row").filter(has_text="陶然").get_by_role("button").click()
    sheet = page.get_by_role("dialog", name="陶然")
    expect(sheet.get_by_text("那几天我在住院，有病历")).to_be_visible()
    expect(sheet.get_by_role("button", name="维持限制")).to_have_count(0)
    sheet.get_by_role("textbox", name="答复（患者可见）").fill("已经谈过，恢复服务")
    sheet.get_by_role("button", name="解除限制").click()
    expect(page.get_by_text("已更新：陶然 · 已解除")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text("没有服务限制")).to_be_visible()
    patient.applies_to(clinic.doctor(1))
