"""The logs and their seals at the administrator's desk: found, looked into, narrowed down, verified."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess, eventually
from tests.journeys.people import Clinic, Patient, a_key, of_the_platform

pytestmark = pytest.mark.browser


@pytest.mark.req("DIR-15", at="/staff/operations")
def test_an_admin_looks_up_what_a_doctor_did(windows: Windows, clinic: Clinic) -> None:
    """From the whole log to one person and one record by two clicks; a doctor has no such page."""
    doctor, admin = clinic.doctor(), clinic.one("org_admin")
    visit = Patient.new(clinic.hospital).applies_to(doctor)["id"]
    doctor.ok("POST", f"/consultation/visits/{visit}/refuse", {"reason_id": clinic.reasons[0]["id"]}, key=a_key())
    path = f"/house/operations?who={doctor.role_id}&act=visit.refused.v1"
    assert eventually(lambda: admin.ok("GET", path)["items"], 60)
    page = windows.desk(admin)
    page.goto("/staff/operations")
    row = page.get_by_role("row").filter(has_text="拒绝接诊")
    expect(row).to_contain_text(doctor.me["name"])
    expect(row).to_contain_text("127.0.0.1")
    row.click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text(visit)).to_be_visible()
    sheet.get_by_role("button", name="只看这条记录").click()
    expect(page.get_by_role("row").filter(has_text="申请问诊")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="登录")).to_have_count(0)
    page.goto(f"/staff/operations?who={doctor.role_id}")
    expect(page.get_by_role("row").filter(has_text="拒绝接诊")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="申请问诊")).to_have_count(0)
    window = windows.desk(doctor)
    window.goto("/staff/operations")
    expect(window.get_by_role("region", name="患者队列")).to_be_visible()


@pytest.mark.req("DIR-16", at="/staff/sign-ins")
def test_an_admin_sees_a_failed_sign_in(windows: Windows, clinic: Clinic) -> None:
    """Time, device and address of both; the failed one alone by its result; none on another day."""
    doctor, admin = clinic.doctor(), clinic.one("org_admin")
    wrong = {"account": doctor.account["account"], "password": "wrong"}
    assert doctor.ask("POST", "/identity/staff-sessions", wrong, Authorization="").status == 401
    path = f"/house/sign-ins?who={doctor.role_id}&outcome=refused"
    assert eventually(lambda: admin.ok("GET", path)["items"], 60)
    page = windows.desk(admin)
    page.goto(f"/staff/sign-ins?who={doctor.role_id}")
    rows = page.get_by_role("table").get_by_role("row").filter(has_text=doctor.me["name"])
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="失败")).to_contain_text("127.0.0.1")
    page.get_by_label("结束日期").fill("2026-01-01")
    expect(page.get_by_text("没有符合条件的记录")).to_be_visible()
    page.get_by_role("button", name="清除筛选").click()
    page.goto("/staff/sign-ins?outcome=refused")
    expect(page.get_by_role("table").get_by_role("row").filter(has_text="成功")).to_have_count(0)
    expect(rows.filter(has_text="失败")).to_have_count(1)


def test_an_operator_verifies_the_seals_of_a_hospital(
    windows: Windows, hospital: HospitalProcess, clinic: Clinic
) -> None:
    """Blocks and anchors are there; one button holds them against the lines, and says that all is as it was sealed."""
    clinic.doctor()
    operator = of_the_platform(hospital, "operator")
    chain = clinic.organisation_id
    assert eventually(lambda: operator.ask("GET", f"/house/seals/{chain}").status == 200, 60)
    hospital.post("/sandbox/api/schedules/run", {"function": "HouseAskForSeals"})
    assert eventually(lambda: operator.ok("GET", f"/house/seals/{chain}/blocks")["items"], 60)
    page = windows.desk(operator)
    page.goto(f"/staff/seals?chain={chain}")
    expect(page.get_by_text("还没有核对过")).to_be_visible()
    page.get_by_role("button", name="现在核对").click()
    expect(page.get_by_text("全部与封存时一致")).to_be_visible(timeout=30_000)
    page.get_by_role("table").get_by_role("button", name="1", exact=True).click()
    expect(page.get_by_role("dialog").get_by_text("上一块的封存值")).to_be_visible()
