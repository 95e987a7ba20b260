"""An operator inspects the hospital from the desk: begun, followed, read, taken away; nobody else has the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, of_the_platform

pytestmark = pytest.mark.browser


@pytest.mark.req("PLAT-21", at="/staff/inspections")
def test_an_operator_inspects_and_takes_the_report_away(
    windows: Windows, hospital: HospitalProcess, clinic: Clinic
) -> None:
    """The report opens by itself when it is done; an administrator of an organisation has no such page."""
    page = windows.desk(of_the_platform(hospital, "operator"))
    page.goto("/staff/inspections")
    expect(page.get_by_text("还没有巡检过")).to_be_visible()
    page.get_by_role("button", name="开始巡检").click()
    expect(page.get_by_role("status").filter(has_text="正在巡检")).to_be_visible()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("问题、原因与建议")).to_be_visible(timeout=60_000)
    expect(sheet.get_by_text("可用率")).to_be_visible()
    with page.expect_download() as downloaded:
        sheet.get_by_role("button", name="下载报告").click()
    assert downloaded.value.suggested_filename.endswith(".html")
    page.keyboard.press("Escape")
    expect(page.get_by_role("table").get_by_text("已完成")).to_be_visible()
    window = windows.desk(clinic.one("org_admin"))
    window.goto("/staff/inspections")
    expect(window).not_to_have_url(f"{hospital.origin}/staff/inspections")
    expect(window.get_by_role("link", name="运行巡检")).to_have_count(0)
