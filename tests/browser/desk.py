"""What members of staff do at their desk, by the words that stand on it."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect


def sign_in(page: Page, account: dict[str, Any]) -> None:
    """From the sign-in page to where it leads."""
    page.bring_to_front()
    page.get_by_label("账号", exact=True).fill(account["account"])
    page.get_by_label("密码", exact=True).fill(account["password"])
    page.get_by_role("button", name="登录", exact=True).click()
    second_step(page)
    expect(page.get_by_role("navigation", name="主导航")).to_be_visible()


def second_step(page: Page) -> None:
    """The code that the authenticator would show, which the local build fills in."""
    page.get_by_role("button", name="填入演示账号现在的验证码").click()
    expect(page.get_by_label("验证码", exact=True)).to_have_value(re.compile(r"\S{6,}"))
    page.get_by_role("button", name="登录", exact=True).click()


def waiting(page: Page, name: str) -> Locator:
    """A patient's card in the queue."""
    return page.get_by_role("region", name="患者队列").get_by_role("button").filter(has_text=name)


def accept(page: Page, name: str) -> None:
    """Chooses the patient and takes the application; the conversation opens."""
    page.bring_to_front()
    waiting(page, name).click()
    page.get_by_role("button", name="接诊", exact=True).click()
    expect(field(page, name)).to_be_focused()


def field(page: Page, name: str) -> Locator:
    """Where the doctor writes to the patient."""
    return page.get_by_role("textbox", name=f"写给 {name}")


def say(page: Page, name: str, text: str) -> None:
    """Writes into the conversation."""
    page.bring_to_front()
    field(page, name).fill(text)
    page.get_by_role("button", name="发送", exact=True).click()


def finish(page: Page, conclusion: str, advice: str) -> None:
    """Ends the consultation with a summary."""
    page.bring_to_front()
    page.get_by_role("button", name="结束问诊").click()
    page.get_by_label("结论").fill(conclusion)
    page.get_by_label("建议").fill(advice)
    page.get_by_role("complementary").get_by_role("button", name="结束问诊").click()
    page.get_by_role("dialog").get_by_role("button", name="确认结束").click()
    expect(page.get_by_text(re.compile("对话只能查看"))).to_be_visible()


def bubble(page: Page, text: str) -> Locator:
    """A message on the page, the patient's or the doctor's."""
    return page.locator(".yz-said").filter(has_text=text)
