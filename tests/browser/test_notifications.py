"""How somebody is reminded: chosen on the page, kept for the account; the browser is asked nothing before a tap."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Patient

pytestmark = pytest.mark.browser

SETTINGS = re.compile("/api/messaging/notification-settings$")
ASKED = """
    let may = 'default'  // a browser without a window lets nothing notify from the start
    Object.defineProperty(Notification, 'permission', { get: () => may })
    window.asked = 0
    Notification.requestPermission = async () => { window.asked += 1; return (may = 'denied') }
"""
KEY = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"


def chosen(page: Page, name: str) -> None:
    """A switch is turned, and the hospital took it."""
    with page.expect_response(
        lambda answer: bool(SETTINGS.search(answer.url)) and answer.request.method == "PUT"
    ) as told:
        page.get_by_role("switch", name=re.compile(name)).click()
    assert told.value.status == 200


def test_what_a_patient_chooses_is_kept(hospital: HospitalProcess, windows: Windows) -> None:
    """From “mine”: texts on, the night from 23:00, no names; there again after a reload, and on another phone."""
    patient = Patient.new(hospital)
    page = windows.phone(patient)
    page.goto("/patient/me")
    page.get_by_role("link", name="消息通知").click()
    expect(page.get_by_role("switch", name=re.compile("^应用通知"))).to_be_checked()
    expect(page.get_by_text(patient.me["phone_masked"])).to_be_visible()
    chosen(page, "^短信提醒")
    begins = page.get_by_label("开始")
    with page.expect_response(SETTINGS):
        begins.fill("23:00")
        begins.blur()
    page.get_by_label("结束").fill("23:00")
    page.get_by_label("结束").blur()
    expect(page.get_by_role("alert").filter(has_text="不能是同一时间")).to_be_visible()
    another = windows.phone(patient)
    another.goto("/patient/me/notifications")
    for seen in (page, another):
        seen.reload()
        expect(seen.get_by_role("switch", name=re.compile("^短信提醒"))).to_be_checked()
        expect(seen.get_by_label("开始")).to_have_value("23:00")
        expect(seen.get_by_label("结束")).to_have_value("07:00")
        expect(seen.get_by_role("switch", name=re.compile("显示发消息的人"))).not_to_be_checked()


def test_a_browser_is_asked_only_after_a_tap(hospital: HospitalProcess, windows: Windows) -> None:
    """Where the hospital sends pushes to browsers, the page offers this one; a refusal is said, and what to do."""
    page = windows.phone(Patient.new(hospital))
    page.add_init_script(ASKED)

    def with_key(route) -> None:  # type: ignore[no-untyped-def]
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"push_key": KEY})

    page.route(SETTINGS, with_key)
    page.goto("/patient/me/notifications")
    here = page.get_by_role("switch", name=re.compile("在这台设备上提醒"))
    expect(here).not_to_be_checked()
    assert page.evaluate("window.asked") == 0
    here.click()
    expect(page.get_by_text("浏览器里已禁止通知")).to_be_visible()
    assert page.evaluate("window.asked") == 1


def test_staff_choose_beside_their_account(clinic: Clinic, windows: Windows) -> None:
    """No phone, so no texts; what is chosen is kept."""
    page = windows.desk(clinic.doctor())
    page.goto("/staff/account")
    expect(page.get_by_text("账号没有手机号，不能用短信提醒")).to_be_visible()
    chosen(page, "显示发消息的人")
    page.reload()
    expect(page.get_by_role("switch", name=re.compile("显示发消息的人"))).to_be_checked()
