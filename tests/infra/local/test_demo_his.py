"""What the small HIS of the demo holds, as a first run and a second one take it over."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from infra.local.demo.his_records import files_of_the_demo, rows_of_the_demo
from infra.local.his.server import HisServer
from tests.builders.delivery import Delivery
from tests.builders.people import Clinic
from tests.builders.taking_over import counts, taking_over

pytestmark = pytest.mark.store


def test_a_run_in_the_demo_adds_and_lists_what_is_bad_and_the_next_removes(
    clinic: Clinic, his: HisServer, deliver: Delivery, monkeypatch: pytest.MonkeyPatch
):
    hospital = taking_over(clinic, his, deliver, monkeypatch)
    rows = json.loads(json.dumps(rows_of_the_demo()).replace('"hq', f'"{hospital.code}'))
    for kind, those in rows.items():
        for row in those:
            hospital.tell(kind, **row)
    first = hospital.synced()
    assert counts(first) == {
        "organisations": {"added": 1, "changed": 1, "bad": 1},
        "departments": {"added": 4, "bad": 1},
        "staff": {"added": 5, "bad": 1},
    }
    assert hospital.bad(first) == {
        "lost": "parent_code is unknown",
        "k33": "name is missing",
        "8005": "role is unknown",
    }
    hospital.his.records.drop("staff", "8001")
    assert counts(hospital.synced())["staff"] == {"unchanged": 4, "removed": 1, "bad": 1}


def test_the_demos_patients_have_been_there_before(his: HisServer):
    people = [{"id_number": f"11010119900307{number:04d}", "name": "张伟", "phone": ""} for number in range(7)]
    files = list(files_of_the_demo([*people, {"name": "没有号码"}], datetime(2026, 11, 21, tzinfo=UTC)))
    assert [len(file["visits"]) for file in files] == [4, 3, 2, 1, 1, 1, 1]
    numbers = [visit["number"] for file in files for visit in file["visits"]]
    assert len(set(numbers)) == len(numbers)
