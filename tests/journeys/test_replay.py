"""What functions were asked can be looked at and played again, while the hospital runs and without anything coming
of it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.journeys.hospital import ROOT, HospitalProcess, eventually
from tests.journeys.people import Clinic, Patient

pytestmark = pytest.mark.journey

COMPLAINT = "左膝盖疼了一周，上下楼梯时明显。"


def command(hospital: HospitalProcess, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """A command of the local hospital on its state folder."""
    what, *others = words
    arguments = [sys.executable, "-m", "infra.local", what, "--state", str(hospital.state), *others]
    return subprocess.run(arguments, cwd=ROOT, input=typed, capture_output=True, text=True, timeout=120, check=False)


def calls(hospital: HospitalProcess, query: str) -> list[dict[str, Any]]:
    """The newest calls that the sandbox shows."""
    found: list[dict[str, Any]] = hospital.get(f"/sandbox/api/invocations?{query}").json()["items"]
    return found


def test_an_application_is_looked_at_and_played_again(hospital: HospitalProcess) -> None:
    """Played on a copy, by the time at which it came: it is refused as it would have been, since the first is there."""
    patient, doctor = Patient.new(hospital), Clinic.founded(hospital).doctor()
    visit = patient.applies_to(doctor, COMPLAINT)
    assert eventually(lambda: calls(hospital, f"q={COMPLAINT}"))
    (asked,) = [one for one in calls(hospital, f"q={COMPLAINT}&function=") if one["about"].startswith("POST")]
    assert asked["outcome"] == "" and asked["milliseconds"] > 0
    whole = hospital.get(f"/sandbox/api/invocations/{asked['id']}").json()
    assert json.loads(json.loads(whole["event"])["body"])["complaint"] == COMPLAINT
    assert visit["id"] in whole["answer"]
    assert any("answered" in line for line in whole["lines"]) and COMPLAINT not in "".join(whole["lines"])
    shown = {one["function"]: one for one in hospital.get("/sandbox/api/functions").json()["items"]}
    assert shown[asked["function"]]["calls"] == 1 and shown[asked["function"]]["errors"] == 0
    assert hospital.get("/sandbox/api/invocations/999999999").status_code == 404

    logs = command(hospital, "logs", asked["function"])
    assert f"#{asked['id']}" in logs.stdout and COMPLAINT not in logs.stdout

    # The same key again: the first answer again. It reads the copy, not the hospital.
    again = command(hospital, "replay", str(asked["id"]))
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["statusCode"] == 201
    assert json.loads(json.loads(again.stdout)["body"])["id"] == visit["id"]
    stopped = command(hospital, "replay", str(asked["id"]), "--debug", typed="p event['httpMethod']\nc\n")
    assert "(Pdb) 'POST'" in stopped.stdout and '"statusCode": 201' in stopped.stdout
    assert len(doctor.sees_queue()) == 1
