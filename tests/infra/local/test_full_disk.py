"""A full disk: one sentence at the start; while the hospital runs, changes are refused and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.infra.local.clinic import TEMPLATE
from tests.infra.local.full_disk import small_disk
from tests.infra.local.test_opening import free_port
from tests.journeys.hospital import HospitalProcess, eventually, running_hospital

pytestmark = pytest.mark.journey


def write(clinic: HospitalProcess, names: range) -> set[str]:
    """Rows of tens of kilobytes; those that were acknowledged, as `full/3`."""
    taken = set()
    for name in names:
        row = {"pk": "full", "sk": f"{name}", "row": "event", "text": "x" * 30_000}
        if clinic.post("/api/clinic/rows", [row]).status_code == 201:
            taken.add(f"full/{name}")
    return taken


def noted(clinic: HospitalProcess) -> set[str]:
    """The rows that have gone through the change list, the bus and a queue."""
    rows = clinic.get("/api/clinic/rows").json()
    return {row["sk"].split("#")[0] for row in rows if row["pk"] == "NOTE"}


def test_while_the_disk_is_full_changes_are_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "disk") as disk,
        running_hospital(disk.place, "--template", str(TEMPLATE)) as clinic,
    ):
        taken = write(clinic, range(3))
        assert len(taken) == 3 and eventually(lambda: noted(clinic) >= taken, 30)
        disk.fill(clinic.pid)
        more = write(clinic, range(3, 9))
        assert len(more) < 6, "the disk was not full"
        assert noted(clinic) >= taken, "what is there can be read"
        disk.free(clinic.pid)
        assert eventually(lambda: write(clinic, range(9, 10)), 30)
        said = clinic.output.read_text()
        # A function's own failure stands behind two spaces. What is small enough may fit in between.
        told = [line for line in said.splitlines() if not line.startswith("  ")]
        assert sum("every change is refused" in line or "could not be written" in line for line in told) >= 1, said
        assert sum("is written again." in line for line in told) >= 1, said
        assert "Traceback" not in said and "--- Logging error ---" not in said
        clinic.restart()
        wanted = taken | more | {"full/9"}
        assert eventually(lambda: noted(clinic) >= wanted, 30), f"lost: {wanted - noted(clinic)}"


def test_a_disk_that_is_full_at_the_start_is_one_sentence(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        code, text = disk.runs_full("--port", free_port(), "--state", disk.place, "--template", TEMPLATE)
        assert code == 1 and str(disk.place) in text
        assert text.removeprefix("Opening the local hospital ...\n").count("\n") == 1, text
