"""The report on faces: an operator brings in the runner's, reads it again, and nobody else does. ID-08 in part: what it
says of the models takes a hospital's own labelled pictures."""

from __future__ import annotations

import pytest

from house.keep_face_report.app import app
from tests.builders.cloud import Cloud
from tests.builders.face_figures import face_figures
from tests.builders.gateway import Answer, call
from tests.builders.people import Clinic, Staff, hire

pytestmark = pytest.mark.store

NOTHING = {"figures": None, "brought_at": None}


@pytest.fixture
def operator(cloud: Cloud) -> Staff:
    return hire("operator")


def brought(by: Staff, **changes: object) -> Answer:
    return call(app, "PUT", "/face-report", {"figures": face_figures(**changes)}, who=by.caller)


def test_the_last_report_is_read_again_without_names_of_files(cloud: Cloud, operator: Staff):
    assert call(app, "GET", "/face-report", who=operator.caller).ok() == NOTHING
    brought(operator, right=998, wrong=1, accuracy=0.998, at_least=0.993).ok()
    brought(operator).ok()
    shown = call(app, "GET", "/face-report", who=operator.caller).ok()
    assert (shown["figures"]["right"], shown["figures"]["accuracy"], shown["brought_at"]) == (
        999,
        0.999,
        "2026-11-21T06:30:00Z",
    )
    assert "unused" not in shown["figures"] and "王芳" not in str(cloud.rows("reference"))
    lines = [row for row in cloud.rows("reference", "audit") if row["kind"] == "FaceReport"]
    assert [line["acts"] for line in lines] == [["face_report.keep"]] * 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"right": 1000}, "pairs"),
        ({"genuine": 401}, "pairs"),
        ({"accuracy": 0.9999}, "accuracy"),
        ({"at_least": 1.0}, "at_least"),
        ({"at_least": 0.98}, "shown"),
    ],
)
def test_a_report_that_contradicts_itself_is_refused(operator: Staff, changes: dict, field: str):
    assert brought(operator, **changes).refused(400, "face_report.contradicts") == {"field": field}
    assert call(app, "GET", "/face-report", who=operator.caller).ok() == NOTHING


def test_nobody_else_sees_or_brings_one(clinic: Clinic):
    for staff in (clinic.admin, clinic.doctor, clinic.auditor, clinic.clerk):
        brought(staff).refused(403, "policy.refused")
        call(app, "GET", "/face-report", who=staff.caller).refused(403, "policy.refused")
    call(app, "GET", "/face-report").refused(401, "identity.missing")
