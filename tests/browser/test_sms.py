"""Texts that left the house, on the admin's desk."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.windows import Windows
from tests.journeys.hospital import eventually
from tests.journeys.people import Clinic, Staff
from tests.journeys.sending import NOBODYS, SendingSystem

pytestmark = pytest.mark.browser


def all_is_told(admin: Staff) -> bool:
    """The list and its sums, which follow the texts, know what became of each."""
    listed = admin.ok("GET", "/messaging/sms")["items"]
    counts = admin.ok("GET", "/messaging/sms/report")["counts"]
    told = sorted((one["outcome"], one["count"]) for one in counts)
    return len(listed) == 3 and told == [("blocked", 1), ("delivered", 1), ("failed", 1)]


@pytest.mark.req("NOTE-03")
def test_what_a_system_sent_is_listed_charted_and_sent_again(windows: Windows, clinic: Clinic) -> None:
    """A system is let in; of its texts one arrives, one is nobody's and one is blocked. Chart and list agree by day,
    week and month and for each terminal; what failed is sent again; the system is turned off."""
    admin = clinic.one("org_admin")
    page = windows.desk(admin)
    page.goto("/staff/sms")
    expect(page.get_by_text("这段时间没有发出短信")).to_be_visible()
    page.get_by_role("button", name="接入系统").click()
    sheet = page.get_by_role("dialog", name="接入系统")
    sheet.get_by_role("textbox", name="系统名称").fill("检验系统")
    sheet.get_by_role("button", name="添加系统").click()
    key = sheet.get_by_role("status").locator("code").inner_text()
    (made,) = admin.ok("GET", "/messaging/sms-systems")["items"]
    system = SendingSystem(clinic.hospital, made["id"], key)
    for phone, text, state in (
        ("13912345678", "报告已出", "delivered"),
        (NOBODYS, "请来取药", "failed"),
        ("13912345678", "含屏蔽词", "blocked"),
    ):
        system.sees(system.sends(phone, text), state)
    page.keyboard.press("Escape")
    eventually(lambda: all_is_told(admin), 40)

    rows = page.locator("tbody").get_by_role("row")
    report = page.get_by_role("region", name="发送统计")
    for by in ("按天", "按周", "按月"):
        page.reload()
        expect(rows).to_have_count(3)
        page.get_by_role("combobox", name="统计方式").press("Enter")
        page.get_by_role("option", name=by).click()
        expect(rows).to_have_count(3)
        expect(report.get_by_text("共 3 条，到达 1 条")).to_be_visible()
        spoken = report.get_by_role("listitem").filter(has_text="到达 1，超时到达 0，发送中 0，未到达 2")
        expect(spoken).to_have_count(1)
    for terminal, count in (("网页", 0), ("其他系统", 3)):
        page.get_by_role("combobox", name="终端").press("Enter")
        page.get_by_role("option", name=terminal, exact=True).click()
        expect(report.get_by_text(f"共 {count} 条")).to_be_visible()
        expect(rows).to_have_count(count)

    failed = rows.filter(has_text="请来取药")
    expect(failed.get_by_text("199****0000")).to_be_visible()
    failed.get_by_role("button").click()
    sheet = page.get_by_role("dialog", name="一条短信")
    expect(sheet.get_by_text("no_such_number")).to_be_hidden()
    expect(sheet.get_by_text("空号")).to_be_visible()
    sheet.get_by_role("button", name="重新发送").click()
    expect(page.get_by_text("已重新排队发送")).to_be_visible()

    page.get_by_role("button", name="接入系统").click()
    sheet = page.get_by_role("dialog", name="接入系统")
    sheet.get_by_role("button", name="停用").click()
    expect(sheet.get_by_text("已停用")).to_be_visible()
    assert system.asks("POST", "/system-sms", {"reference": "r", "phone": NOBODYS, "text": "x"}).status == 401
