"""Lost listings come back from the tables, with the same rows and totals as the events made."""

from __future__ import annotations

import pytest

from hospital.listings import day_totals
from infra.rebuild_listings.__main__ import main
from infra.rebuild_listings.rebuilding import rebuild
from tests.builders.cloud import REGION, Cloud, client
from tests.builders.delivery import Delivery
from tests.builders.people import Clinic
from tests.builders.sign_in import staff_device
from tests.builders.visits import applied

pytestmark = pytest.mark.store


def test_rows_and_totals_are_the_same_again(clinic: Clinic, patient, deliver: Delivery, cloud: Cloud, capsys):
    applied(clinic, patient)
    staff_device(clinic.doctor)
    deliver()
    rows = sorted(cloud.rows("listings", "record"), key=lambda row: (row["pk"], row["sk"]))
    totals = [day_totals(clinic.id, name, "2026-11") for name in ("operations", "sign_ins")]
    assert all(totals)
    assert rebuild() == (len(rows), 0), "what is there stays"
    for item in cloud.items("listings"):
        client("dynamodb").delete_item(TableName="test-listings", Key={"pk": item["pk"], "sk": item["sk"]})
    assert main(["--prefix", "test", "--region", REGION]) == 0
    assert f"{len(rows)} rows written" in capsys.readouterr().out
    assert sorted(cloud.rows("listings", "record"), key=lambda row: (row["pk"], row["sk"])) == rows
    assert [day_totals(clinic.id, name, "2026-11") for name in ("operations", "sign_ins")] == totals
