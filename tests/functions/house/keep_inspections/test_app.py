"""Asking for inspections, reading them, taking the reports away."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from hospital.caller import system
from hospital.inspections.model import Checked, Found, Held, Inspection, Served
from hospital.inspections.store import get_inspection, inspections
from hospital.work import Work
from house.keep_inspections.app import app
from tests.builders.gateway import call
from tests.builders.people import caller

pytestmark = pytest.mark.store

OPERATOR = caller("per_operator", "operator")
DOCTOR = caller("per_doctor", "doctor", "org_1", "prr_1")
FAULT = Checked(group="parties", name="<sms>", verdict="faulty", problem="unreachable", facts={"port": 9})


@pytest.fixture
def report(cloud, time) -> Inspection:
    """One that has ended, with a fault."""
    begun = call(app, "POST", "/inspections", {"hours": 24}, who=OPERATOR).ok(202)
    asked = get_inspection(begun["id"])
    found = Found(
        checked=(FAULT, Checked(group="resources", name="table people", verdict="healthy")),
        served=(
            Served(name="test-identity", kind="api", calls=1000, failed=3, refused=20, p50=20, p95=80, p99=200),
            Served(name="quick", kind="function", calls=5, failed=0, p50=1, p95=2, p99=3),
            Served(name="slow", kind="function", calls=5, failed=0, p50=1, p95=900, p99=3000),
        ),
        held=(Held(name="people", kind="table", count=7, size=2048),),
        compared=None,
    )
    with Work(by=system("test"), doing="inspection.end") as work:
        return work.change(inspections, asked, asked.end(found, time.now))


def test_the_report_has_the_numbers_worked_out(report):
    shown = call(app, "GET", f"/inspections/{report.id}", who=OPERATOR).ok()
    assert shown["availability"] == 99.7
    assert [one["name"] for one in shown["functions"]] == ["slow", "quick"]
    assert shown["faults"] == 1
    assert shown["findings"][0]["title"]["zh"] == "不可达"


def test_the_file_is_a_page_that_shows_names_as_they_are(report):
    page = call(app, "GET", f"/inspections/{report.id}/file", who=OPERATOR).ok()
    assert page["text"].startswith("<!doctype html>")
    assert "&lt;sms&gt;" in page["text"]
    assert "<sms>" not in page["text"]
    for text in ("运行健康与诊断报告", "99.7 %", "可能原因", "port=9", "3000", "2048"):
        assert text in page["text"]
    data = call(app, "GET", f"/inspections/{report.id}/file?form=json", who=OPERATOR).ok()
    assert json.loads(data["text"])["availability"] == 99.7


def test_nobody_but_an_operator_comes_near(report):
    for method, path, body in (
        ("POST", "/inspections", {"hours": 1}),
        ("GET", "/inspections", None),
        ("GET", f"/inspections/{report.id}", None),
        ("GET", f"/inspections/{report.id}/file", None),
    ):
        call(app, method, path, body, who=DOCTOR).refused(403, "policy.refused")


def test_an_unfinished_one_has_no_file_and_a_cut_off_one_has_failed(cloud, time):
    begun = call(app, "POST", "/inspections", {"hours": 1}, who=OPERATOR).ok(202)
    path = f"/inspections/{begun['id']}"
    assert call(app, "GET", f"{path}/file", who=OPERATOR).refused(409, "inspection.unfinished") == {"state": "asked"}
    time.now += timedelta(minutes=16)
    assert call(app, "GET", path, who=OPERATOR).ok()["state"] == "failed"


def test_the_list_is_paged_newest_first(cloud, time):
    ids = []
    for _ in range(3):
        time.now += timedelta(minutes=1)
        ids.append(call(app, "POST", "/inspections", {"hours": 1}, who=OPERATOR).ok(202)["id"])
    first = call(app, "GET", "/inspections?limit=2", who=OPERATOR).ok()
    second = call(app, "GET", f"/inspections?limit=2&cursor={first['cursor']}", who=OPERATOR).ok()
    assert [one["id"] for one in first["items"] + second["items"]] == ids[::-1]


@pytest.mark.parametrize("hours", [0, 745, "24"])
def test_a_period_that_is_none_is_refused(cloud, hours):
    call(app, "POST", "/inspections", {"hours": hours}, who=OPERATOR).refused(400, "request.schema_broken")


def test_there_is_none_of_an_unknown_name(cloud):
    call(app, "GET", f"/inspections/ins_{'0' * 26}", who=OPERATOR).refused(404, "inspection.not_found")
