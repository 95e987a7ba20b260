"""What a patient does on the phone, by the words that stand on it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import an_id_number


def sign_in(page: Page, hospital: HospitalProcess, phone: str) -> None:
    """From the sign-in page to where it leads, with the code from the SMS inbox."""
    page.bring_to_front()
    page.get_by_label("手机号", exact=True).fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    expect(page.get_by_role("button", name=re.compile("秒后可重发"))).to_be_visible()
    page.get_by_label("验证码", exact=True).fill(code_on(hospital, phone))
    page.get_by_role("button", name="登录", exact=True).click()


def code_on(hospital: HospitalProcess, phone: str) -> str:
    """The newest code that came to the phone."""
    found = re.search(r"\b\d{6}\b", hospital.messages_to(phone)[0]["text"])
    assert found
    return found.group()


def find_doctor(page: Page, name: str, organisation: str) -> None:
    """From home by search to the doctor's page."""
    page.bring_to_front()
    page.get_by_role("link", name="找医生").click()
    page.get_by_role("searchbox", name="搜索医生").fill(name)
    page.get_by_role("link").filter(has_text=organisation).filter(has_text=name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def apply(page: Page, name: str, complaint: str, newcomer_at: HospitalProcess | None = None) -> None:
    """From the doctor's page through the three steps to the queue; a newcomer shows first who they are."""
    page.bring_to_front()
    page.get_by_role("button", name="向医生问诊").click()
    if newcomer_at is not None:
        prove(page, newcomer_at, name)
    expect(page.get_by_text(name).first).to_be_visible()
    forward(page)
    page.get_by_label("病情描述").fill(complaint)
    forward(page)
    page.get_by_role("checkbox", name=re.compile("我已阅读并同意")).check()
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("您是下一位")).to_be_visible()


def prove(page: Page, hospital: HospitalProcess, name: str) -> None:
    """From the first step of an application to the page of real names and back, as somebody the register knows."""
    number = an_id_number()
    hospital.knows_person(name, number)
    page.get_by_role("button", name="去实名认证").click()
    page.get_by_label("姓名", exact=True).fill(name)
    page.get_by_label("身份证号", exact=True).fill(number)
    page.get_by_role("button", name="提交认证").click()
    expect(page.get_by_text("已通过实名认证")).to_be_visible()
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("heading", name="谁要看医生？")).to_be_visible()


def forward(page: Page) -> None:
    """The next step of the application."""
    page.get_by_role("button", name="下一步").click()


def say(page: Page, text: str) -> None:
    """Writes into the conversation."""
    page.bring_to_front()
    page.get_by_role("textbox", name="写消息给医生").fill(text)
    page.get_by_role("button", name="发送", exact=True).click()


def bubble(page: Page, text: str) -> Locator:
    """A message on the page, the patient's or the doctor's."""
    return page.locator(".yz-said").filter(has_text=text)


def attach(page: Page, source: str, name: str, media_type: str, content: bytes) -> None:
    """Sends something from the panel behind “more”: `album`, `camera`, `video` or `file`."""
    page.bring_to_front()
    page.get_by_role("button", name="更多", exact=True).click()
    chosen = {"name": name, "mimeType": media_type, "buffer": content}
    page.locator(f"input[data-source={source}]").set_input_files(chosen)  # type: ignore[arg-type]


def ask_about(page: Page, bubble: Locator, step: str) -> None:
    """Opens the menu of a message and chooses what to do with it."""
    page.bring_to_front()
    bubble.locator(".yz-said-what").click(button="right")
    page.get_by_role("dialog", name="这条消息").get_by_role("button", name=step, exact=True).click()
