"""An operator has a hospital inspected in which a service is stopped, a setting was changed, and something failed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.journeys.hospital import HospitalProcess, eventually, running_hospital
from tests.journeys.people import Clinic, Json, Staff, a_key, a_phone, of_the_platform

pytestmark = pytest.mark.journey

NOWHERE = "http://127.0.0.1:9/stopped"
CHANGED = "VisitAnswerWithinMinutes=5"


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HospitalProcess]:
    """One whose SMS service is stopped, and with a setting that somebody changed."""
    state = tmp_path_factory.mktemp("inspected") / "state"
    with running_hospital(state, "--parameter", f"SmsInboxUrl={NOWHERE}", "--parameter", CHANGED) as process:
        yield process


@pytest.fixture(scope="module")
def operator(hospital: HospitalProcess) -> Staff:
    return of_the_platform(hospital, "operator")


def inspected(operator: Staff, hours: int = 24) -> Json:
    """The report of a run; it begins at once and is asked after until it is there."""
    begun = operator.ok("POST", "/house/inspections", {"hours": hours}, key=a_key())
    assert (begun["state"], begun["step"], begun["steps"]) == ("asked", 0, 5)

    def ended() -> Json | None:
        found: Json = operator.ok("GET", f"/house/inspections/{begun['id']}")
        assert found["state"] in ("asked", "running", "done")
        return found if found["state"] == "done" else None

    report = eventually(ended, 60)
    assert report, "the inspection did not end"
    return report


@pytest.fixture(scope="module")
def first(hospital: HospitalProcess, operator: Staff) -> Json:
    """The first report, after somebody could not get a code."""
    answer = operator.ask("POST", "/identity/codes", {"phone": a_phone()}, Authorization="")
    assert answer.status == 503
    return inspected(operator)


def finding(report: Json, problem: str, name: str = "") -> Json:
    """The one finding of that problem, at that thing if it is named."""
    found = [one for one in report["findings"] if one["problem"] == problem and name in one["name"]]
    assert len(found) == 1, (problem, name, report["findings"])
    one: Json = found[0]
    return one


@pytest.mark.req("PLAT-20")
def test_each_thing_is_healthy_or_faulty_and_a_stopped_service_is_found(first):
    verdicts = {(one["group"], one["name"]): one["verdict"] for one in first["checks"]}
    assert verdicts["parties", "sms"] == "faulty"
    for name in ("table clinical", "queues", "functions", "key of fields", "secret token", "event bus", "archive"):
        assert verdicts["resources", name] == "healthy", [one for one in first["findings"] if one["name"] == name]
    assert verdicts["parties", "site"] == "healthy"
    assert finding(first, "unreachable")["facts"]["port"] == 9


@pytest.mark.req("PLAT-22")
def test_a_changed_setting_and_a_planted_error_are_reported(first):
    changed = finding(first, "deviates", "VISIT_ANSWER_WITHIN_MINUTES")
    assert changed["facts"] == {"expected": "1440", "found": "5"}
    logged = [one for one in first["findings"] if one["group"] == "logs" and "SignInPatient" in one["name"]]
    assert logged, first["findings"]
    assert logged[0]["facts"]["times"] >= 1


@pytest.mark.req("PLAT-23")
def test_every_finding_has_cause_and_advice_in_both_languages(first):
    assert first["findings"]
    for one in first["findings"]:
        for text in (one["title"], one["cause"], one["advice"]):
            assert text["zh"]
            assert text["en"]
    order = ["urgent", "soon", "note"]
    assert [one["severity"] for one in first["findings"]] == sorted(
        (one["severity"] for one in first["findings"]), key=order.index
    )


@pytest.mark.req("PLAT-21")
def test_the_report_tells_how_the_hospital_served(first, operator, hospital):
    identity = next(one for one in first["apis"] if one["name"].endswith("-identity"))
    assert identity["calls"] >= 2
    assert identity["failed"] >= 1
    assert identity["availability"] < 100
    assert first["availability"] < 100
    assert identity["p50"] <= identity["p95"] <= identity["p99"]
    slowest = [one["p95"] for one in first["functions"]]
    assert slowest == sorted(slowest, reverse=True)
    assert {one["kind"] for one in first["capacity"]} == {"table", "queue"}
    assert first["faults"] == len(first["findings"])


@pytest.mark.req("PLAT-23")
def test_the_next_report_is_compared_with_this_one(first, operator):
    second = inspected(operator, hours=1)
    assert first["compared"] is None or first["compared"]["earlier_id"] != second["id"]
    assert second["compared"]["earlier_id"] == first["id"]
    assert any("parties/sms/unreachable" in mark for mark in second["compared"]["still"])
    assert finding(second, "unreachable")["since"] == "still"
    kept = operator.ok("GET", "/house/inspections?limit=1")
    assert [one["id"] for one in kept["items"]] == [second["id"]]
    older = operator.ok("GET", f"/house/inspections?limit=1&cursor={kept['cursor']}")
    assert [one["id"] for one in older["items"]] == [first["id"]]


@pytest.mark.req("PLAT-21")
def test_only_an_operator_takes_the_report_away(first, operator, hospital):
    path = f"/house/inspections/{first['id']}/file"
    page = operator.ok("GET", f"{path}?form=html&language=zh")
    assert page["name"].endswith(".html")
    assert page["media_type"] == "text/html"
    assert "运行健康与诊断报告" in page["text"]
    assert "不可达" in page["text"]
    assert "Cannot be reached" in operator.ok("GET", f"{path}?language=en")["text"]
    data = operator.ok("GET", f"{path}?form=json")
    assert json.loads(data["text"])["id"] == first["id"]
    clinic = Clinic.founded(hospital)
    for staff in (clinic.doctor(), clinic.one("org_admin"), of_the_platform(hospital, "partner")):
        staff.refused(403, "policy.refused", "GET", path)
        staff.refused(403, "policy.refused", "GET", f"/house/inspections/{first['id']}")
        staff.refused(403, "policy.refused", "POST", "/house/inspections", {"hours": 1}, key=a_key())
    nobody = operator.ask("GET", path, Authorization="")
    assert nobody.status == 401
    operator.refused(404, "inspection.not_found", "GET", f"/house/inspections/ins_{'0' * 26}/file")
    operator.refused(400, "request.schema_broken", "POST", "/house/inspections", {"hours": 0}, key=a_key())
