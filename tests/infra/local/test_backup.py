"""`backup` and `restore` as a person types them, beside a hospital that runs and after it has stopped."""

from __future__ import annotations

import shutil
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local.backup import main
from infra.local.store import Store
from infra.local.store.copying import check_copy
from tests.infra.local.clinic import TEMPLATE
from tests.infra.local.test_opening import said, write_until_refused
from tests.journeys.hospital import HospitalProcess, eventually, running_hospital

Typed = Callable[..., tuple[int, str]]


@pytest.fixture
def typed(capfd: pytest.CaptureFixture[str]) -> Typed:
    """Exit code and output of `python -m infra.local` with these words, without a process of its own."""

    def type_(*words: object) -> tuple[int, str]:
        capfd.readouterr()
        code = main([str(word) for word in words])
        output = capfd.readouterr()
        return code, output.out + output.err

    return type_


def noted(clinic: HospitalProcess, wanted: set[str]) -> bool:
    """Has a NOTE of each of these rows arrived?"""
    rows = clinic.get("/api/clinic/rows").json()
    return wanted <= {row["sk"].split("#")[0] for row in rows if row["pk"] == "NOTE"}


@pytest.mark.journey
def test_a_copy_made_while_the_hospital_is_written_to_opens_with_everything_acknowledged(
    tmp_path: Path, typed: Typed
) -> None:
    arguments = ("--template", str(TEMPLATE))
    acknowledged: list[str] = []
    state, copy, archive = tmp_path / "s", tmp_path / "copy", tmp_path / "copy.tar.gz"
    with running_hospital(state, *arguments) as clinic:
        secret = clinic.get("/api/clinic/echo").json()["environment"]["SECRET"]
        clinic.post("/sandbox/api/sms", {"phone": "13800000000", "text": "code 1"})
        writer = threading.Thread(target=write_until_refused, args=(clinic, 0, acknowledged))
        writer.start()
        assert eventually(lambda: len(acknowledged) > 5, 30)
        before = set(acknowledged)
        code, text = said("backup", str(copy), "--state", str(state))
        assert code == 0 and f"is copied to {copy} (" in text and text.count("\n") == 1
        assert typed("backup", archive, "--state", state)[0] == 0
        code, text = typed("restore", copy, "--state", state, "--reset")
        assert code == 1 and text.startswith("A hospital runs on ")
        assert clinic.request("POST", "/sandbox/api/backup", body={"to": str(tmp_path / "stolen")}).status_code == 403
        assert eventually(lambda: len(acknowledged) > len(before) + 5, 30), "the hospital went on during the copies"
        clinic.kill()
        writer.join()
    assert not (tmp_path / "stolen").exists()
    assert copy.stat().st_mode & 0o077 == 0 and archive.stat().st_mode & 0o077 == 0
    assert typed("restore", archive, "--state", tmp_path / "again")[0] == 0
    check_copy(tmp_path / "again")
    assert typed("restore", copy, "--state", tmp_path / "again", "--reset")[0] == 0
    with running_hospital(tmp_path / "again", *arguments) as again:
        assert eventually(lambda: noted(again, before), 30)
        assert again.get("/api/clinic/echo").json()["environment"]["SECRET"] == secret
        assert [message["text"] for message in again.messages_to("13800000000")] == ["code 1"]
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["again", "again.out", "copy", "copy.tar.gz", "s", "s.out"]


@pytest.mark.store
def test_what_cannot_be_copied_or_restored_is_one_sentence(tmp_path: Path, typed: Typed) -> None:
    state, copy = tmp_path / "s", tmp_path / "copy"
    Store.open(state).close()
    (state / "tls").mkdir()
    (state / "tls" / "authority.pem").write_text("trusted")
    (state / "clock.json").write_text("{}")
    assert typed("backup", copy, "--state", state)[0] == 0
    kept = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    assert kept == {"hospital.db", "clock.json", "tls/authority.pem"}
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.add(copy / "hospital.db", "../../hospital.db")
    (tmp_path / "cut.tar.gz").write_bytes(b"\x1f\x8b\x08")
    (tmp_path / "no copy").mkdir()
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.txt").write_text("")
    shutil.copytree(copy, tmp_path / "torn")
    (tmp_path / "torn" / "hospital.db").write_bytes(b"no database" * 1000)
    refused = {
        ("backup", "copy", "s"): "is there already; choose another name.",
        ("backup", "new", "no copy"): "is no hospital's state folder: it holds no hospital.db.",
        ("restore", "nothing", "new"): "There is no ",
        ("restore", "no copy", "new"): "is no backup of a hospital: it holds no hospital.db.",
        ("restore", "evil.tar", "new"): "it holds ../../hospital.db.",
        ("restore", "cut.tar.gz", "new"): "is no backup of a hospital, or is cut off: ",
        ("restore", "torn", "new"): "is damaged: file is not a database.",
        ("restore", "copy", "s"): "holds a hospital; --reset forgets it, or restore into another --state.",
        ("restore", "copy", "thesis"): "it holds thesis.txt, so it is no hospital's state folder.",
        ("backup", "thesis/thesis.txt/copy", "s"): "cannot be used: ",
    }
    for (what, copied, folder), sentence in refused.items():
        code, text = typed(what, tmp_path / copied, "--state", tmp_path / folder)
        assert (code, text.count("\n")) == (1, 1), text
        assert sentence in text
    assert not (tmp_path / "new").exists() and (tmp_path / "thesis" / "thesis.txt").exists()
    assert typed("backup", tmp_path / "packed.tar", "--state", state)[0] == 0
    assert typed("restore", tmp_path / "packed.tar", "--state", state, "--reset")[0] == 0
    assert (state / "tls" / "authority.pem").read_text() == "trusted"
