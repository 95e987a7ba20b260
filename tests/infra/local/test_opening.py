"""Opening and closing the local hospital: one clear sentence for what cannot be, and nothing lost by kill -9."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from infra.local.__main__ import main
from infra.local.store import Store
from tests.infra.local.clinic import TEMPLATE
from tests.journeys.hospital import ROOT, HospitalProcess, eventually, running_hospital

pytestmark = pytest.mark.journey


def said(*arguments: str) -> tuple[int, str]:
    """Exit code and output of a hospital that does not open."""
    command = [sys.executable, "-m", "infra.local", *arguments]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def free_port() -> str:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


def test_a_busy_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        code, text = said("--port", port, "--state", str(tmp_path / "s"))
    assert code == 1
    assert text == f"Port 127.0.0.1:{port} is in use by another program; choose another with --port.\n"


def test_a_second_hospital_on_a_folder_is_one_sentence(tmp_path: Path) -> None:
    with running_hospital(tmp_path / "s", "--template", str(TEMPLATE)):
        code, text = said("--port", free_port(), "--state", str(tmp_path / "s"), "--template", str(TEMPLATE))
    assert code == 1 and text.count("\n") == 1
    assert text.startswith("Another hospital runs on the state folder")


def tear(file: Path) -> None:
    """Fills a store with items and spoils everything behind its first pages."""
    with closing(sqlite3.connect(file)) as database:
        rows = [("small-rows", f"S{n}", "Sx", json.dumps({"pk": {"S": f"{n}"}, "text": "x" * 500})) for n in range(500)]
        database.executemany("INSERT INTO items VALUES(?,?,?,?)", rows)
        database.commit()
    with file.open("r+b") as torn:
        torn.seek(100_000)
        torn.write(b"\xff" * (file.stat().st_size - 100_000))


@pytest.mark.parametrize("kind", ["a file", "below a file", "newer", "not ours", "torn", "a store that is a folder"])
def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "s"
    if kind == "torn":
        Store.open(folder).close()
        tear(folder / "hospital.db")
    elif kind == "a store that is a folder":
        (folder / "hospital.db").mkdir(parents=True)
    elif kind == "a file":
        folder.write_text("")
    elif kind == "below a file":
        folder.write_text("")
        folder = folder / "inner"
    else:
        folder.mkdir()
        with sqlite3.connect(folder / "hospital.db") as database:
            database.execute("PRAGMA user_version=99" if kind == "newer" else "CREATE TABLE t(x)")
        if kind == "not ours":
            (folder / "hospital.db").write_bytes(b"no database at all" * 100)
    code, text = said("--port", free_port(), "--state", str(folder), "--template", str(TEMPLATE))
    assert code == 1
    assert str(tmp_path) in text and "Traceback" not in text
    assert text.removeprefix("Opening the local hospital ...\n").count("\n") == 1


def test_a_place_that_may_not_be_written_is_one_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    """Nobody makes folders there, whoever runs this."""
    assert main(["--port", free_port(), "--state", "/proc/hospital/state"]) == 1
    said_ = capfd.readouterr().err
    assert said_.startswith("The state folder /proc/hospital/state cannot be used: ") and said_.count("\n") == 1


def test_a_wrong_template_is_one_sentence(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text("Resources: {Rows: {Type: AWS::DynamoDB::Tabel}}")
    code, text = said("--port", free_port(), "--state", str(tmp_path / "s"), "--template", str(template))
    assert code == 1 and "Traceback" not in text
    assert f"{template}: Rows.Type: the type 'AWS::DynamoDB::Tabel' is not known" in text


def test_term_closes_cleanly_and_quickly_even_with_open_sockets_and_a_hung_function(tmp_path: Path) -> None:
    with running_hospital(tmp_path / "s", "--template", str(TEMPLATE)) as clinic:
        threading.Thread(target=clinic.get, args=("/api/clinic/misbehave?how=never",)).start()
        with clinic.socket() as client:
            client.send("{}")
            client.recv(timeout=5)
            began = time.monotonic()
            assert clinic.stop() == 0
        assert time.monotonic() - began < 10
        assert clinic.output.read_text().endswith("The local hospital is closed.\n")


def test_reset_begins_anew_and_touches_nothing_of_others(tmp_path: Path) -> None:
    arguments = ("--template", str(TEMPLATE))
    with running_hospital(tmp_path / "s", *arguments) as clinic:
        assert clinic.post("/api/clinic/rows", [{"pk": "a", "sk": "1", "row": "event"}]).status_code == 201
        assert eventually(lambda: any(row["pk"] == "NOTE" for row in clinic.get("/api/clinic/rows").json()))
        clinic.post("/sandbox/api/sms", {"phone": "1", "text": "x"})
    with running_hospital(tmp_path / "s", *arguments, "--reset") as clinic:
        assert {row["pk"] for row in clinic.get("/api/clinic/rows").json()} <= {"TICK"}
        assert clinic.messages_to("1") == []
    (tmp_path / "s" / "thesis.txt").write_text("")
    code, text = said("--port", free_port(), "--state", str(tmp_path / "s"), *arguments, "--reset")
    assert code == 1 and "thesis.txt" in text
    assert (tmp_path / "s" / "hospital.db").is_file()


def test_a_schedule_is_run_on_demand_and_parameters_can_be_chosen(tmp_path: Path) -> None:
    chosen = ("--parameter", "Prefix=other", "--deliveries", "steady")
    with running_hospital(tmp_path / "s", "--template", str(TEMPLATE), *chosen) as clinic:
        assert clinic.get("/api/clinic/echo").json()["environment"]["ROWS"] == "other-rows"

        def ticks() -> int:
            return sum(row["pk"] == "TICK" for row in clinic.get("/api/clinic/rows").json())

        assert eventually(lambda: ticks() == 1)
        assert clinic.post("/sandbox/api/schedules/run", {"function": "Tick"}).status_code == 202
        assert eventually(lambda: ticks() == 2, 3)
        assert clinic.post("/sandbox/api/schedules/run", {"function": "Echo"}).status_code == 404
        assert clinic.post("/sandbox/api/schedules/run", ["Tick"]).status_code == 400
    code, text = said("--parameter", "Prefx=x", "--template", str(TEMPLATE), "--state", str(tmp_path / "t"))
    assert code == 1 and "Parameters.Prefx: is given but the template has no such parameter" in text


def test_the_developers_own_aws_setup_is_never_used(tmp_path: Path) -> None:
    clinic = HospitalProcess(tmp_path / "s", "--template", str(TEMPLATE))
    before = dict(os.environ)
    os.environ.update(AWS_PROFILE="production", AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_REGION="us-east-1")
    try:
        clinic.start()
        assert clinic.post("/api/clinic/rows", [{"pk": "a", "sk": "1"}]).status_code == 201
    finally:
        os.environ.clear()
        os.environ.update(before)
        clinic.kill()


def test_after_kill_9_everything_acknowledged_is_there_and_delivered(tmp_path: Path) -> None:
    with running_hospital(tmp_path / "s", "--template", str(TEMPLATE)) as clinic:
        acknowledged: list[str] = []
        secret = clinic.get("/api/clinic/echo").json()["environment"]["SECRET"]
        for round_ in range(3):
            writer = threading.Thread(target=write_until_refused, args=(clinic, round_, acknowledged))
            writer.start()
            time.sleep(1.0)
            clinic.kill()
            writer.join()
            clinic.start()
        assert len(acknowledged) > 5

        def missing() -> set[str]:
            rows = clinic.get("/api/clinic/rows").json()
            return set(acknowledged) - {row["sk"].split("#")[0] for row in rows if row["pk"] == "NOTE"}

        assert eventually(lambda: not missing(), 30), f"never delivered: {missing()}"
        rows = clinic.get("/api/clinic/rows").json()
        notes = Counter(row["sk"].split("#")[0] for row in rows if row["pk"] == "NOTE")
        in_order = [row["of"] for row in sorted(rows, key=lambda row: row["sk"]) if row["pk"] == "ROW"]
        # Each round's rows were written one after the other: first sights are in that order.
        for round_ in range(3):
            mine = [of for of in dict.fromkeys(in_order) if of.startswith(f"round{round_}/") and of in acknowledged]
            assert mine == sorted(mine)
        assert set(notes) >= set(acknowledged)
        assert clinic.get("/api/clinic/echo").json()["environment"]["SECRET"] == secret


def test_a_hospital_killed_before_it_first_opened_begins_anew(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "infra.local", "--port", free_port(), "--state", str(tmp_path / "s")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as first:
        assert eventually((tmp_path / "s" / "founding").exists, 60)
        first.kill()
    with running_hospital(tmp_path / "s") as hospital:
        said_ = hospital.output.read_text()
        assert "cut off before it first opened" in said_
        staff = hospital.accounts()["staff"]
        assert {"doctor", "org_admin", "operator"} <= {member["role"] for member in staff}
        assert f"account {staff[0]['account']}, password {staff[0]['password']}" in said_
        names = [doctor["name"] for doctor in hospital.get("/api/directory/doctors").json()["items"]]
        assert len(names) == len(set(names)) > 1


def write_until_refused(clinic: HospitalProcess, round_: int, acknowledged: list[str]) -> None:
    """Writes rows one after the other until the hospital is gone; notes what it acknowledged."""
    for n in range(10_000):
        row = {"pk": f"round{round_}", "sk": f"{n:05d}", "row": "event"}
        try:
            if clinic.post("/api/clinic/rows", [row], timeout=5).status_code == 201:
                acknowledged.append(f"round{round_}/{n:05d}")
        except OSError:
            return


def test_the_access_log_is_json_and_never_holds_queries(tmp_path: Path) -> None:
    with running_hospital(tmp_path / "s", "--template", str(TEMPLATE)) as clinic:
        clinic.get("/api/clinic/echo?ticket=secret-ticket")
        log = (clinic.state / "logs" / "access.jsonl").read_text()
        line = json.loads(log.splitlines()[-1])
        assert (line["method"], line["path"], line["status"]) == ("GET", "/api/clinic/echo", 200)
        assert line["milliseconds"] > 0 and line["request_id"]
        assert "secret-ticket" not in log and "secret-ticket" not in clinic.output.read_text()
