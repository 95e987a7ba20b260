"""Who may what, at the desk of an organisation's head: duties, a disabled account, a second factor reset by two."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.windows import Windows
from tests.journeys.people import Clinic, a_key, of_the_platform

pytestmark = pytest.mark.browser


@pytest.mark.req("DIR-13", at="/staff/access")
def test_a_duty_given_on_the_page_opens_a_page_for_a_clerk(windows: Windows, clinic: Clinic) -> None:
    """Composed of what may be granted, given to an account, and seen by its owner as one page more; then as none."""
    admin, clerk = clinic.one("org_admin"), clinic.one("clerk")
    at_clerk = windows.desk(clerk)
    at_clerk.goto("/staff/operations")
    rail = at_clerk.get_by_role("navigation", name="主导航")
    expect(rail).to_be_visible()
    expect(at_clerk).to_have_url(re.compile("/staff/account$"))
    expect(rail.get_by_role("link", name="操作日志")).to_have_count(0)
    page = windows.desk(admin)
    page.goto("/staff/access")
    page.get_by_label("代码", exact=True).fill("log_reader")
    page.get_by_label("名称", exact=True).fill("日志查询员")
    page.get_by_text("查看操作日志、登录日志和审计封存").click()
    page.get_by_role("button", name="保存职责").click()
    expect(page.get_by_role("button", name="日志查询员")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("textbox", name="账号").fill(clerk.account["account"])
    page.get_by_role("button", name="查看账号").click()
    card = page.get_by_role("region", name=clerk.me["name"])
    card.get_by_text("日志查询员").click()
    card.get_by_role("button", name="保存授权").click()
    expect(page.get_by_text("授权已保存")).to_be_visible()
    at_clerk.goto("/staff/operations")
    expect(rail.get_by_role("link", name="操作日志")).to_be_visible()
    expect(at_clerk).to_have_url(re.compile("/staff/operations$"))
    expect(rail.get_by_role("link", name="基础资料")).to_have_count(0)


@pytest.mark.req("DIR-12", at="/staff/access")
def test_an_account_is_disabled_on_the_page_and_a_lost_phone_replaced_by_two(windows: Windows, clinic: Clinic) -> None:
    """Disabled: out at once. Enabled, and its second factor reset by two: the owner enrols a new app, once."""
    admin, clerk = clinic.one("org_admin"), clinic.one("clerk")
    account = clerk.account
    page = windows.desk(admin)
    page.goto(f"/staff/access/{account['account']}")
    card = page.get_by_role("region", name=clerk.me["name"])
    card.get_by_role("button", name="停用账号").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(card.get_by_text("已停用")).to_be_visible()
    assert clerk.ask("GET", "/identity/me").status == 401
    assert clerk.refreshes("staff").status == 401
    card.get_by_role("button", name="恢复账号").click()
    expect(card.get_by_text("使用中")).to_be_visible()
    card.get_by_role("button", name="提出重置第二步验证").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(card.get_by_text("等待另一位管理员确认")).to_be_visible()
    path = f"/identity/access/staff/{account['practitioner_role_id']}/second-factor-reset"
    of_the_platform(clinic.hospital, "operator").ok("POST", path, key=a_key())

    at_clerk = windows.desk()
    at_clerk.goto("/staff/sign-in")
    at_clerk.get_by_label("账号", exact=True).fill(account["account"])
    at_clerk.get_by_label("密码", exact=True).fill(account["password"])
    at_clerk.get_by_role("button", name="登录", exact=True).click()
    expect(at_clerk.get_by_role("img", name="验证器二维码")).to_be_visible()
    at_clerk.get_by_role("button", name="填入演示账号现在的验证码").click()
    expect(at_clerk.get_by_label("验证码", exact=True)).to_have_value(re.compile(r"\d{6}"))
    at_clerk.get_by_role("button", name="登录", exact=True).click()
    papers = at_clerk.get_by_role("region", name="请保存好恢复码")
    expect(papers.get_by_role("listitem")).to_have_count(10)
    papers.get_by_text("我已经保存好了").click()
    papers.get_by_role("button", name="进入工作台").click()
    expect(at_clerk.get_by_role("navigation", name="主导航")).to_be_visible()
