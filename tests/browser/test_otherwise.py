"""A visit that does not go as hoped: refused, or answered by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import desk, phone
from tests.browser.windows import Windows
from tests.journeys.hospital import HospitalProcess, running_hospital
from tests.journeys.journal import nothing_failed
from tests.journeys.people import Clinic, Doctor, Patient

pytestmark = pytest.mark.browser
TAKES = 60

COMPLAINT = "左膝盖疼了一周，上下楼梯时明显。"


def test_refused_and_asked_another_doctor(hospital: HospitalProcess, clinic: Clinic, windows: Windows) -> None:
    """The patient reads why, without a reload, and takes the same words to another doctor."""
    patient, doctor = Patient.new(hospital, "周大海"), clinic.doctor()
    colleague = clinic.accounts("doctor")[1]
    visit_id = patient.applies_to(doctor, COMPLAINT)["id"]
    at_patient, at_doctor = windows.phone(patient), windows.desk(doctor)
    at_patient.goto(f"/patient/visits/{visit_id}")
    expect(at_patient.get_by_text("您是下一位")).to_be_visible()

    at_doctor.goto("/staff/")
    desk.waiting(at_doctor, "周大海").click()
    at_doctor.get_by_role("button", name="不接诊").click()
    asked = at_doctor.get_by_role("dialog", name="不接诊 周大海 的申请")
    asked.get_by_role("button", name="确认不接诊").click()
    expect(asked.get_by_text("请选一个原因")).to_be_visible()
    asked.get_by_role("radio", name=clinic.reasons[1]["words"]).check()
    asked.get_by_label("补充说明（选填）").fill("请找骨科医生。")
    asked.get_by_role("button", name="确认不接诊").click()
    expect(asked).to_be_hidden()
    expect(desk.waiting(at_doctor, "周大海")).to_have_count(0)

    expect(at_patient.get_by_text("医生没有接诊")).to_be_visible()
    expect(at_patient.get_by_text(clinic.reasons[1]["words"])).to_be_visible()
    expect(at_patient.get_by_text("请找骨科医生。")).to_be_visible()
    at_patient.get_by_role("button", name="找别的医生").click()
    expect(at_patient.get_by_role("searchbox", name="搜索医生")).to_be_visible()
    at_patient.goto(f"/patient/doctors/{colleague['practitioner_role_id']}")
    at_patient.get_by_role("button", name="向医生问诊").click()
    expect(at_patient.get_by_text("周大海", exact=True)).to_be_visible()
    phone.forward(at_patient)
    expect(at_patient.get_by_label("病情描述")).to_have_value(COMPLAINT)


def test_expired(browser: Browser, tmp_path: Path) -> None:
    """Nobody answered in time: both sides can see it, and the patient may ask again with the same words."""
    with hurried(browser, tmp_path, minutes=0) as (windows, patient, doctor):
        at_patient, at_doctor = windows.phone(patient), windows.desk(doctor)
        visit_id = patient.applies_to(doctor, COMPLAINT)["id"]
        at_doctor.goto("/staff/work")
        expect(at_doctor.get_by_text("现在没有患者等待")).to_be_visible()
        at_doctor.goto(f"/staff/work/{visit_id}")
        expect(at_doctor.get_by_text("在答复期限内没有接诊")).to_be_visible()
        expect(at_doctor.get_by_role("button", name="接诊", exact=True)).to_have_count(0)

        at_patient.goto("/patient/")
        at_patient.get_by_role("button", name="看详情").click()
        expect(at_patient.get_by_text("申请已过期")).to_be_visible()
        at_patient.get_by_role("button", name="再次问诊").click()
        expect(at_patient.get_by_text("吴晓梅", exact=True)).to_be_visible()
        phone.forward(at_patient)
        expect(at_patient.get_by_label("病情描述")).to_have_value(COMPLAINT)


@pytest.mark.nightly
def test_expired_while_both_look_at_it(browser: Browser, tmp_path: Path) -> None:
    """A minute in real time: the phone and the desk change by themselves."""
    with hurried(browser, tmp_path, minutes=1) as (windows, patient, doctor):
        at_patient, at_doctor = windows.phone(patient), windows.desk(doctor)
        visit_id = patient.applies_to(doctor, COMPLAINT)["id"]
        at_patient.goto(f"/patient/visits/{visit_id}")
        at_doctor.goto("/staff/work")
        desk.waiting(at_doctor, "吴晓梅").click()
        expect(at_patient.get_by_text("您是下一位")).to_be_visible()
        expect(at_patient.get_by_text("申请已过期")).to_be_visible(timeout=130_000)
        expect(at_doctor.get_by_text("在答复期限内没有接诊")).to_be_visible(timeout=75_000)  # the next sweep
        expect(at_doctor.get_by_role("button", name="接诊", exact=True)).to_have_count(0)


@contextmanager
def hurried(browser: Browser, state: Path, minutes: int) -> Iterator[tuple[Windows, Patient, Doctor]]:
    """Windows, a patient and a doctor of a hospital whose doctors have so long to answer."""
    with running_hospital(state / "state", "--parameter", f"VisitAnswerWithinMinutes={minutes}") as hospital:
        windows = Windows(browser, hospital)
        yield windows, Patient.new(hospital, "吴晓梅"), Clinic.founded(hospital).doctor()
        windows.close()
        assert windows.complaints() == []
        nothing_failed(hospital)
