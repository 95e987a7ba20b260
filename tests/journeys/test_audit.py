"""Who did what, who signed in, and how the log is sealed: found by those who run the hospital, hidden from others,
whole though deliveries come doubled, late and out of order, and told apart from a copy that somebody changed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.hospital import ROOT, HospitalProcess, eventually
from tests.journeys.people import Clinic, Doctor, Patient, Staff, a_key, of_the_platform

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def clinic(hospital: HospitalProcess) -> Clinic:
    """The organisation whose log it is."""
    return Clinic.founded(hospital)


@pytest.fixture(scope="module")
def admin(clinic: Clinic) -> Staff:
    """Who runs it."""
    return clinic.one("org_admin")


@pytest.fixture(scope="module")
def doctor(clinic: Clinic) -> Doctor:
    """A doctor who signs in, and once with a wrong password, and refuses a patient."""
    doctor = clinic.doctor()
    wrong = {"account": doctor.account["account"], "password": "wrong"}
    assert doctor.ask("POST", "/identity/staff-sessions", wrong, Authorization="").status == 401
    visit = Patient.new(clinic.hospital).applies_to(doctor)["id"]
    body = {"reason_id": clinic.reasons[0]["id"]}
    doctor.ok("POST", f"/consultation/visits/{visit}/refuse", body, key=a_key())
    return doctor


def found(who: Staff, path: str, enough: int = 1) -> list[dict]:
    """The lines that a search shows, once there are as many."""
    return eventually(lambda: items if len(items := who.ok("GET", path)["items"]) >= enough else [], 60)


@pytest.mark.req("DIR-15")
def test_an_admins_write_and_a_doctors_act_are_in_the_log_and_stay_there(
    clinic: Clinic, admin: Staff, doctor: Doctor
) -> None:
    """Who, what, when, from where; searched by person and time; no route changes it; others do not see it."""
    content = {"question": "几点开门？", "answer": "八点。"}
    faq = admin.ok("POST", "/directory/reference/faqs", {"content": content}, key=a_key())
    (line,) = found(admin, f"/house/operations?record={faq['id']}")
    assert line["who"]["name"] == admin.me["name"]
    assert (line["acts"], line["kind"]) == (["reference.changed.v1"], "Item")
    assert line["ip"] == "127.0.0.1" and line["device"] and line["at"]
    acts = [one["acts"] for one in found(admin, f"/house/operations?who={doctor.role_id}")]
    assert ["visit.refused.v1"] in acts
    day = line["at"][:10]
    assert admin.ok("GET", f"/house/operations?record={faq['id']}&until={day}T00:00:00Z")["items"] == []
    assert admin.ok("GET", f"/house/operations?record={faq['id']}&since={day}T00:00:00Z")["items"] == [line]
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert admin.ask(method, "/house/operations", {}).status in (403, 404, 405)
    assert admin.ok("GET", f"/house/operations?record={faq['id']}")["items"] == [line]
    assert doctor.ask("GET", "/house/operations").status == 403
    stranger = Clinic.founded(clinic.hospital).one("org_admin")
    assert stranger.ok("GET", f"/house/operations?record={faq['id']}")["items"] == []
    assert stranger.ask("GET", f"/house/operations?organisation_id={clinic.organisation_id}").status == 404


@pytest.mark.req("DIR-16")
def test_a_doctors_sign_ins_are_found_failed_ones_too(admin: Staff, doctor: Doctor) -> None:
    """With time, device and address; by doctor and by date."""
    path = f"/house/sign-ins?who={doctor.role_id}"
    lines = found(admin, path, 2)
    assert [one["outcome"] for one in lines] == ["refused", "succeeded"]
    assert {(one["who"]["name"], one["ip"]) for one in lines} == {(doctor.me["name"], "127.0.0.1")}
    assert all(one["device"] and one["at"] for one in lines)
    failed, succeeded = lines
    assert admin.ok("GET", f"{path}&since={failed['at']}")["items"] == [failed]
    assert admin.ok("GET", f"{path}&until={succeeded['at']}")["items"] == [succeeded]
    assert admin.ok("GET", f"{path}&until=2020-01-02T00:00:00Z")["items"] == []
    assert doctor.ask("GET", path).status == 403


def test_the_log_is_sealed_and_a_changed_copy_is_told_apart(
    hospital: HospitalProcess, clinic: Clinic, admin: Staff, doctor: Doctor, tmp_path: Path
) -> None:
    """Sealed under whatever the deliveries do; the verifier of the folder is content, and names what a forger did."""
    chain = clinic.organisation_id
    hospital.post("/sandbox/api/schedules/run", {"function": "HouseAskForSeals"})
    assert eventually(lambda: [one for one in admin.ok("GET", "/house/seals")["items"] if one["blocks"]], 60)
    hospital.post("/sandbox/api/schedules/run", {"function": "HouseAnchorHeads"})
    assert eventually(lambda: admin.ok("GET", f"/house/seals/{chain}")["anchors"], 60)
    operator = of_the_platform(hospital, "operator")
    checked = operator.ok("POST", f"/house/seals/{chain}/verifications", key=a_key())
    assert (checked["findings"], checked["complete"]) == ([], True)
    assert admin.ask("POST", f"/house/seals/{chain}/verifications", key=a_key()).status == 403
    copy, export = tmp_path / "copy", tmp_path / "export"
    assert run("infra.local", "backup", str(copy), "--state", str(hospital.state)).returncode == 0
    clean = run("infra.verify_audit", "--state", str(copy), "--write-export", str(export))
    assert clean.returncode == 0, clean.stdout + clean.stderr
    lines = (export / "clinical.jsonl").read_text().splitlines()
    number, item = next(
        (n, found) for n, line in enumerate(lines) if "acts" in (found := json.loads(line)["Item"])
    )  # fmt: skip
    item["acts"] = {"L": [{"S": "visit.accepted.v1"}]}
    lines[number] = json.dumps({"Item": item})
    (export / "clinical.jsonl").write_text("\n".join(lines) + "\n")
    forged = run("infra.verify_audit", "--export", str(export))
    assert forged.returncode == 1
    assert f"altered: {item['line_subject']['S']} number {item['line_number']['N']}" in forged.stdout


def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One of our programs, beside the hospital."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
