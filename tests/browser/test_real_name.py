"""Who somebody is, on a phone and at a counter."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import desk, phone
from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Patient, a_phone, an_id_number

pytestmark = pytest.mark.browser


def test_a_wrong_number_is_said_and_the_counter_is_the_other_way(hospital: HospitalProcess, windows: Windows) -> None:
    """A digit too many is seen by the page, a stranger's name by the authority; card and code at a counter do too."""
    patient, clinic = Patient.new(hospital, "𠮷野美", verified=False), Clinic.founded(hospital)
    page, at_counter = windows.phone(patient), windows.desk()
    number = an_id_number()
    hospital.knows_person("别人", number)
    page.goto("/patient/me/real-name")
    page.get_by_label("姓名", exact=True).fill("𠮷野美")
    page.get_by_label("身份证号", exact=True).fill("110105491231002")
    page.get_by_role("button", name="提交认证").click()
    expect(page.get_by_text("15 位的旧号码已经停用")).to_be_visible()
    page.get_by_label("身份证号", exact=True).fill(number)
    windows.may_complain("422")
    page.get_by_role("button", name="提交认证").click()
    expect(page.get_by_text("姓名和身份证号对不上")).to_be_visible()
    page.get_by_role("link", name="到医院窗口认证").click()
    code = page.locator(".counter-code strong")
    expect(code).to_be_visible()
    shown = code.inner_text()

    at_counter.goto("/staff/")
    desk.sign_in(at_counter, clinic.accounts("org_admin")[0])
    at_counter.get_by_role("link", name="窗口核验").click()
    at_counter.get_by_label("患者出示的认证码").fill(shown)
    at_counter.get_by_role("button", name="查找").click()
    expect(at_counter.get_by_text(f"{patient.phone[:3]}****{patient.phone[-4:]}")).to_be_visible()
    at_counter.get_by_label("证件上的姓名").fill("𠮷野美")
    at_counter.get_by_label("证件上的身份证号").fill(an_id_number())
    at_counter.get_by_role("button", name="确认核验").click()
    expect(at_counter.get_by_text("请先核对证件和本人")).to_be_visible()
    at_counter.get_by_text("我看过证件原件").click()
    at_counter.get_by_role("button", name="确认核验").click()
    expect(at_counter.get_by_text("𠮷野美 已通过实名认证").first).to_be_visible()

    page.get_by_role("button", name="已经办好").click()
    expect(page.get_by_text("窗口人工核验")).to_be_visible()


def test_wechat_is_enough_once_the_phone_was_shown(hospital: HospitalProcess, windows: Windows) -> None:
    """Somebody new comes by WeChat with their phone, goes, comes by WeChat alone, and takes that way away again."""
    page, number, nick = windows.phone(), a_phone(), "山间清风"
    _through_wechat(page, nick)
    expect(page.get_by_text(f"{nick}，您好")).to_be_visible()
    page.get_by_label("手机号", exact=True).fill(number)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("验证码", exact=True).fill(_code(page, hospital, number))
    page.get_by_role("button", name="验证并登录").click()
    page.get_by_role("link", name="我的", exact=True).click()
    windows.may_complain("401")  # what a page asks for while its reader signs out
    page.get_by_role("button", name="退出登录").click()
    page.get_by_role("dialog").get_by_role("button", name="退出登录").click()

    expect(page.get_by_role("button", name="微信登录")).to_be_visible()
    _through_wechat(page, nick)
    page.get_by_role("link", name="我的", exact=True).click()
    expect(page.get_by_text(f"{number[:3]}****{number[-4:]}").first).to_be_visible()
    page.get_by_role("link", name="登录方式").click()
    page.get_by_role("button", name="解除绑定").click()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text(f"解除“{nick}”的绑定？")).to_be_visible()
    sheet.get_by_role("button", name="获取验证码").click()
    sheet.get_by_label("验证码", exact=True).fill(_code(page, hospital, number))
    sheet.get_by_role("button", name="解除绑定").click()
    expect(page.get_by_role("button", name="解除绑定")).to_have_count(0)
    expect(page.get_by_role("button", name="绑定微信")).to_be_visible()


def _through_wechat(page: Page, nick: str) -> None:
    page.goto("/patient/sign-in")
    page.get_by_role("button", name="微信登录").click()
    page.get_by_role("button", name=nick, exact=True).click()


def _code(page: Page, hospital: HospitalProcess, number: str) -> str:
    """The one that has just been asked for."""
    expect(page.get_by_role("button", name=re.compile("秒后可重发"))).to_be_visible()
    return phone.code_on(hospital, number)
