"""An admin takes over what the hospital's own system holds, reads what came of it, and finds it on the other pages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.windows import Windows
from tests.journeys.people import Clinic
from tests.journeys.taking_over import knows_the_clinic, told_to_his

pytestmark = pytest.mark.browser


def takes_over_everything(page: Page) -> None:
    """A run over all, until its report opens."""
    page.get_by_role("combobox", name="范围").press("Enter")
    page.get_by_role("option", name="全部（院内已没有的将被移除）").click()
    page.get_by_role("button", name="开始同步").click()
    expect(page.get_by_role("dialog")).to_contain_text("已完成", timeout=60_000)


@pytest.mark.req("DIR-04")
def test_a_run_is_begun_followed_and_read(clinic: Clinic, windows: Windows) -> None:
    admin = clinic.one("org_admin")
    rows = knows_the_clinic(admin)
    page = windows.desk(admin)
    page.goto("/staff/syncs")
    takes_over_everything(page)
    report = page.get_by_role("dialog")
    for said in ("吴小刚", "换药室", "名称缺失"):
        expect(report).to_contain_text(said)
    page.goto("/staff/organisations")
    expect(page.get_by_text("换药室", exact=True)).to_be_visible()

    told_to_his(admin, {"drop": {"staff": [rows["staff"][0]["code"]]}})
    page.goto("/staff/syncs")
    takes_over_everything(page)
    expect(report.get_by_role("listitem").filter(has_text="移除")).to_contain_text("吴小刚")
    expect(report.get_by_role("row", name="人员")).to_contain_text("1")
