"""Lists with nothing, with one and with two thousand rows."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import desk, phone
from tests.browser.windows import Windows
from tests.builders.crowd_names import name_of, question_of
from tests.journeys.hospital import HospitalProcess
from tests.journeys.journal import nothing_failed
from tests.journeys.people import Clinic, Doctor, Patient, Staff, a_key, in_progress
from tests.journeys.sockets import online

pytestmark = pytest.mark.browser
TAKES = 95

ROWS = 2000
MESSAGES = 10_000
TALKS, STEP = 300, 10
DRAWN_AT_MOST = 80  # rows on the page at a time, whatever the list's length

ROLL = """async ({ row, by, times }) => {
    let at = document.querySelector(row)
    while (!/auto|scroll/.test(getComputedStyle(at).overflowY)) at = at.parentElement
    const blank = []
    for (let n = 0; n < times; n += 1) {
        at.scrollTop += by
        await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
        const box = at.getBoundingClientRect()
        for (const share of [0.25, 0.5, 0.75]) {
            const y = box.top + box.height * share
            const is_there = [...at.querySelectorAll(row)].some((one) => {
                const { top, bottom } = one.getBoundingClientRect()
                return top <= y && bottom >= y
            })
            if (!is_there) blank.push(`${Math.round(at.scrollTop)} of ${at.scrollHeight} at ${share}`)
        }
    }
    return blank
}"""


@dataclass(frozen=True)
class Crowd:
    """A hospital with two thousand doctors and questions and ten thousand messages, and three people in it."""

    hospital: HospitalProcess
    windows: Windows
    patient: Patient
    doctor: Doctor
    admin: Staff
    visit: str
    talk: str
    talks: list[str]


@pytest.fixture(scope="module")
def crowded(hospital: HospitalProcess, browser: Browser) -> Iterator[Crowd]:
    """Founded while it is open, filled while it is closed."""
    clinic = Clinic.founded(hospital, "江州两千医院")
    patient, doctor, admin = Patient.new(hospital, "谢广坤"), clinic.doctor(), clinic.one("org_admin")
    visit, talk = in_progress(patient, doctor)
    hospital.stop()
    told = ["--state", str(hospital.state), "--organisation", clinic.organisation_id, "--conversation", talk]
    module = [sys.executable, "-m", "tests.browser.crowd", *told, "--rows", str(ROWS), "--messages", str(MESSAGES)]
    module += ["--talks", str(TALKS)]
    done = subprocess.run(module, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    hospital.start()
    windows = Windows(browser, hospital)
    yield Crowd(hospital, windows, patient, doctor, admin, visit, talk, done.stdout.split())
    windows.close()
    assert windows.complaints() == []
    nothing_failed(hospital)


def roll(page: Page, by: int, times: int, row: str = ".yz-windowed-row") -> list[str]:
    """Scrolls on by so many px, so many times, and looks after each whether the view is filled; where it was not."""
    blank: list[str] = page.evaluate(ROLL, {"row": row, "by": by, "times": times})
    return blank


def test_two_thousand_doctors(crowded: Crowd) -> None:
    """Scrolled through to the last one, of which only those in view are drawn; and one of them is found by name."""
    page = crowded.windows.phone(crowded.patient)
    page.goto("/patient/doctors")
    expect(page.get_by_role("listitem").first).to_be_visible()
    # Some of the last were taken on in one millisecond: which of them stands last is not known.
    last = page.get_by_role("link").filter(has_text=re.compile("|".join(name_of(ROWS - back) for back in range(1, 9))))
    end = page.get_by_text("没有更多了")
    assert roll(page, 600, 20) == []
    while not end.count():
        assert roll(page, 5000, 4) == []
        assert page.get_by_role("listitem").count() <= DRAWN_AT_MOST
    assert roll(page, 5000, 4) == []  # that there are no more is known before one has come there
    expect(last.last).to_be_visible()
    page.get_by_role("searchbox", name="搜索医生").fill(name_of(1234))
    expect(page.get_by_role("link").filter(has_text=name_of(1234))).to_be_visible()
    expect(page.locator(".doctor-row")).to_have_count(1)


def test_ten_thousand_messages(crowded: Crowd) -> None:
    """The newest is there first; older ones come as one scrolls up, without a gap and without a jump."""
    page = crowded.windows.phone(crowded.patient.on_another_device())
    page.goto(f"/patient/messages/{crowded.talk}")
    expect(phone.bubble(page, f"第 {MESSAGES} 条")).to_be_in_viewport()
    rounds, oldest = 0, MESSAGES
    while oldest >= MESSAGES - 150:
        rounds += 1
        assert rounds <= 60, f"no older ones come than {oldest}"
        assert roll(page, -650, 10) == []
        assert page.locator(".yz-windowed-row").count() <= DRAWN_AT_MOST
        oldest = int(page.locator(".yz-said").first.inner_text().split("第 ")[1].split(" 条")[0])
    page.get_by_role("button", name="回到最新").click()
    expect(phone.bubble(page, f"第 {MESSAGES} 条")).to_be_in_viewport()
    phone.say(page, "最后一句")
    expect(phone.bubble(page, "最后一句")).to_be_in_viewport()


def test_two_thousand_rows_at_the_desk(crowded: Crowd) -> None:
    """Reference data: read on to the last row, and one is found by a word. The doctor's conversation likewise."""
    page = crowded.windows.desk(crowded.admin)
    page.goto("/staff/reference/faqs")
    rows = page.locator("tbody tr")
    expect(rows.first).to_be_visible()
    page.get_by_role("textbox", name="查找常见问题").fill("第 1777 个")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(question_of(1777))
    page.get_by_role("textbox", name="查找常见问题").fill("")
    expect(rows).not_to_have_count(1)
    page.mouse.move(900, 500)
    while (shown := rows.count()) < ROWS + 4:
        page.mouse.wheel(0, 50_000)
        expect(rows).not_to_have_count(shown)
    page.mouse.wheel(0, 500_000)
    expect(page.get_by_text(f"共 {ROWS + 4} 条")).to_be_in_viewport()
    expect(rows.last).to_be_in_viewport()

    at_doctor = crowded.windows.desk(crowded.doctor)
    at_doctor.goto(f"/staff/work/{crowded.visit}")
    expect(desk.bubble(at_doctor, f"第 {MESSAGES} 条")).to_be_in_viewport()
    assert roll(at_doctor, -700, 30, row=".talk-messages .yz-windowed-row") == []


@pytest.mark.req("IM-22", at="/staff")
def test_three_hundred_patients_at_once(crowded: Crowd) -> None:
    """One doctor's open conversations: thirty patients write at the same moment and nobody is refused. The page counts
    every message, draws the rows in view alone, finds each patient by name, and answers one while the others wait."""
    page = crowded.windows.desk(crowded.doctor)
    page.goto("/staff/talks")
    talks = page.get_by_role("region", name="对话列表")
    rows = talks.locator(".card")
    expect(rows.first).to_be_visible(timeout=60_000)
    assert len(crowded.talks) == TALKS
    with online(crowded.patient) as (at_patient,):
        said = {a_key(): talk for talk in crowded.talks[::STEP]}
        for key, talk in said.items():
            at_patient.puts(talk, "现在呢？", key)
        answered = [at_patient.hears_answer(key, seconds=60) for key in said]
    assert {(one["type"], one.get("seq")) for one in answered} == {("ack", 3)}
    expect(talks.get_by_role("button").filter(has_text="3 条未读").filter(has_text="现在呢？").first).to_be_visible()
    talks.get_by_role("button", name="未读", exact=True).click()
    for number in (0, TALKS // 2, TALKS - STEP):
        page.get_by_role("textbox", name="搜索姓名或最近一句话").fill(name_of(number))
        expect(rows).to_have_count(1)
        expect(rows.first).to_contain_text("现在呢？")
        expect(rows.first).to_contain_text("3 条未读")
    talks.get_by_role("button", name="全部", exact=True).click()
    rows.first.click()
    desk.say(page, name_of(TALKS - STEP), "请稍等，马上回复您。")
    expect(desk.bubble(page, "请稍等，马上回复您。")).not_to_contain_text("发送")
    expect(rows.first).to_contain_text("我：请稍等，马上回复您。")
    page.get_by_role("textbox", name="搜索姓名或最近一句话").fill("")
    expect(rows).not_to_have_count(1)
    assert rows.count() <= DRAWN_AT_MOST
    assert roll(page, 700, 20, row=".talks .yz-windowed-row") == []
    assert rows.count() <= DRAWN_AT_MOST


def test_nothing_and_one(hospital: HospitalProcess, windows: Windows) -> None:
    """Empty lists say what will be here and offer the first step; a list of one is a list."""
    clinic = Clinic.founded(hospital)
    patient, doctor, admin = Patient.new(hospital, "邓一"), clinic.doctor(), clinic.one("org_admin")
    at_patient, at_doctor, at_admin = windows.phone(patient), windows.desk(doctor), windows.desk(admin)
    for path, words in (("/patient/visits", "还没有就诊"), ("/patient/messages", "还没有消息")):
        at_patient.goto(path)
        expect(at_patient.get_by_text(words)).to_be_visible()
        expect(at_patient.get_by_role("button", name="看医生")).to_be_visible()
    at_doctor.goto("/staff/work")
    expect(at_doctor.get_by_text("现在没有患者等待")).to_be_visible()
    at_doctor.goto("/staff/visits")
    expect(at_doctor.get_by_text("还没有就诊记录")).to_be_visible()
    at_admin.goto("/staff/reference/faqs?q=没有这个词")
    expect(at_admin.get_by_text("没有符合条件的记录")).to_be_visible()

    in_progress(patient, doctor)
    expect(at_doctor.get_by_role("row").filter(has_text="邓一")).to_have_count(1)
    at_patient.goto("/patient/visits")
    expect(at_patient.get_by_role("listitem")).to_have_count(1)
    at_patient.goto("/patient/messages")
    expect(at_patient.get_by_role("listitem")).to_have_count(1)
    at_admin.goto("/staff/reference/consultation_notices")
    expect(at_admin.locator("tbody tr")).to_have_count(1)
