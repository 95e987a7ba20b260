"""Language, large font and high contrast: switched on any page, at once, and kept for the account. And pages that stand
still while they load."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import desk, phone
from tests.browser.appearance import seen_on
from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Patient, in_progress

pytestmark = pytest.mark.browser

SHIFTS = """
    window.shifted = 0
    new PerformanceObserver((list) => {
        for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value
    }).observe({ type: 'layout-shift', buffered: true })
"""
MOST_SHIFT = 0.1


@pytest.mark.req("PLAT-29")
def test_large_font_is_kept_for_the_account(hospital: HospitalProcess, windows: Windows) -> None:
    """Chosen on one phone, larger there at once, and there on the next phone from the moment of signing in."""
    patient = Patient.new(hospital)
    first, second = windows.phone(patient), windows.phone()
    first.goto("/patient/")
    expect(first.get_by_text("哪里不舒服")).to_be_visible()
    standard = seen_on(first).sizes["哪里不舒服？"]
    first.get_by_role("button", name="显示设置").click()
    with first.expect_response(re.compile("/api/identity/me$")) as answer:
        first.get_by_role("switch", name=re.compile("大字版")).click()
    assert answer.value.status == 200
    expect(first.get_by_role("switch", name=re.compile("大字版"))).to_be_checked()
    first.get_by_role("button", name="关闭").click()
    assert seen_on(first).sizes["哪里不舒服？"] > standard

    second.goto("/patient/sign-in")
    expect(second.locator("html")).not_to_have_attribute("data-size", "large")
    phone.sign_in(second, hospital, patient.phone)
    expect(second.get_by_text("哪里不舒服")).to_be_visible()
    assert seen_on(second).sizes["哪里不舒服？"] > standard


def test_language_and_contrast_are_kept_for_the_account(
    hospital: HospitalProcess, clinic: Clinic, windows: Windows
) -> None:
    """A doctor's choice at one desk holds at another desk, in words and colours."""
    doctor = clinic.doctor()
    first, second = windows.desk(doctor), windows.desk()
    first.goto("/staff/work")
    first.get_by_role("button", name="显示设置").click()
    with first.expect_response(re.compile("/api/identity/me$")):
        first.get_by_role("switch", name=re.compile("高对比度")).click()
    with first.expect_response(re.compile("/api/identity/me$")):
        first.get_by_role("radio", name="English").check(force=True)
    expect(first.get_by_role("switch", name=re.compile("High contrast"))).to_be_checked()

    second.goto("/staff/")
    second.get_by_label("账号", exact=True).fill(doctor.account["account"])
    second.get_by_label("密码", exact=True).fill(doctor.account["password"])
    second.get_by_role("button", name="登录", exact=True).click()
    desk.second_step(second)
    expect(second.get_by_role("link", name="Visits")).to_be_visible()
    expect(second.locator("html")).to_have_attribute("lang", "en")
    assert second.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_a_visit_in_english(hospital: HospitalProcess, windows: Windows) -> None:
    """Chosen before anybody signed in: from the door to the queue without a word of Chinese in the way."""
    clinic = Clinic.founded(hospital, "English Test Hospital")
    doctor = clinic.accounts("doctor")[0]
    page = windows.phone()
    page.goto("/patient/")
    page.get_by_role("button", name="显示设置").click()
    page.get_by_role("radio", name="English").check(force=True)
    page.get_by_role("button", name="Close").click()
    patient = Patient.new(hospital)
    page.get_by_label("Mobile number").fill(patient.phone)
    page.get_by_role("button", name="Send code").click()
    expect(page.get_by_role("button", name=re.compile("^Again in"))).to_be_visible()
    page.get_by_label("Code", exact=True).fill(phone.code_on(hospital, patient.phone))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("link", name="Find a doctor")).to_be_visible()
    page.goto(f"/patient/doctors/{doctor['practitioner_role_id']}")
    expect(page.get_by_text("English Test Hospital")).to_be_visible()


@pytest.mark.parametrize("path", ["/patient/", "/patient/visits/{waiting}"])
def test_pages_of_the_phone_stand_still_while_they_load(
    hospital: HospitalProcess, clinic: Clinic, windows: Windows, path: str
) -> None:
    """Nothing jumps away from under a thumb."""
    patient = Patient.new(hospital)
    waiting = patient.applies_to(clinic.doctor())["id"]
    page = windows.phone(patient)
    assert shift_of(page, path.format(waiting=waiting), "李文静") <= MOST_SHIFT


def test_the_desk_stands_still_while_it_loads(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """The queue beside a conversation."""
    patient, doctor = Patient.new(hospital, "孔令仪"), clinic.doctor()
    visit_id, _ = in_progress(patient, doctor)
    Patient.new(hospital, "曹植").applies_to(doctor)
    assert shift_of(windows.desk(doctor), f"/staff/work/{visit_id}", "对话从这里开始") <= MOST_SHIFT
    assert shift_of(windows.desk(clinic.doctor()), "/staff/work", "曹植") <= MOST_SHIFT


def shift_of(page: Page, path: str, last: str) -> float:
    """The layout shift of a page until its last part is there and nothing more comes."""
    page.add_init_script(SHIFTS)
    page.goto(path)
    expect(page.get_by_text(last).first).to_be_visible()
    expect(page.locator(".yz-loading")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    shifted: float = page.evaluate("window.shifted")
    return shifted
