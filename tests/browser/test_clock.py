"""The hospital's clock on the sandbox: whoever shows the hospital moves it, and every open page follows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.windows import Windows
from tests.journeys.hospital import running_hospital
from tests.journeys.journal import nothing_failed
from tests.journeys.people import Clinic, Patient

pytestmark = pytest.mark.browser
TAKES = 40


@pytest.fixture
def windows(browser: Browser, tmp_path: Path) -> Iterator[Windows]:
    """Windows of a hospital of their own, whose clock nobody else goes by."""
    with running_hospital(tmp_path / "state", "--clock", "2026-03-02T08:00") as hospital:
        opened = Windows(browser, hospital)
        yield opened
        opened.close()
        assert opened.complaints() == []
        nothing_failed(hospital)


@pytest.mark.req("CONS-08", at=("/sandbox", "/patient"))
def test_a_day_passes_at_the_press_of_a_button(windows: Windows) -> None:
    """The phone that waits counts by the hospital's clock and learns by itself that nobody came; the clock cannot be
    put back, and stands when it is told to."""
    patient, doctor = Patient.new(windows.hospital, "周大海"), Clinic.founded(windows.hospital).doctor()
    visit_id = patient.applies_to(doctor)["id"]
    windows.may_complain("401")  # the token of the page is over after a day: it takes a new one
    at_patient, sandbox = windows.phone(patient), windows.desk()
    at_patient.goto(f"/patient/visits/{visit_id}")
    expect(at_patient.get_by_text("您是下一位")).to_be_visible()
    expect(at_patient.get_by_text("明天 08:0").first).to_be_visible()

    sandbox.goto("/sandbox/")
    expect(sandbox.get_by_text("3月2日 星期一 08:0")).to_be_visible()
    sandbox.get_by_role("button", name="调时钟").click()
    sheet = sandbox.get_by_role("dialog", name="医院的时钟")
    sheet.get_by_role("button", name="1 天", exact=True).click()
    expect(sheet.get_by_role("status")).to_contain_text("时钟调到了 3月3日 星期二 08:0")
    sheet.get_by_role("button", name="1 小时").click()
    expect(sheet.get_by_role("status")).to_contain_text("09:0")
    at_patient.bring_to_front()
    expect(at_patient.get_by_text("申请已过期")).to_be_visible(timeout=20_000)

    sandbox.bring_to_front()
    windows.may_complain("409")
    sheet.get_by_label("调到（北京时间）").fill("2026-03-01T08:00")
    sheet.get_by_role("button", name="调到这个时间").click()
    expect(sheet.get_by_role("status")).to_contain_text("时钟不能往回调")
    sheet.get_by_role("button", name="停住").click()
    expect(sheet.get_by_role("status")).to_contain_text("时钟停在 3月3日")
    sandbox.keyboard.press("Escape")
    expect(sandbox.get_by_text("已停住")).to_be_visible()
