"""A folder of an earlier format is opened with everything in it; one of a later format is refused."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.store import Store, StoreTooNew, formats

pytestmark = pytest.mark.store

FORMAT_1 = Path(__file__).parent / "fixtures" / "format1.sql"
"""A folder that the first format's own code wrote, as text: three items, a sealed name, a secret, two messages, sent
in the year 2100 so that they never grow old."""


@pytest.fixture
def old_folder(tmp_path: Path) -> Path:
    """The folder that `run` opens, in format 1."""
    folder = tmp_path / "state"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "hospital.db")) as database:
        database.executescript(FORMAT_1.read_text(encoding="utf-8"))
    return folder


def version_of(folder: Path) -> int:
    """The format that the folder says it has."""
    with closing(sqlite3.connect(folder / "hospital.db")) as database:
        return int(database.execute("PRAGMA user_version").fetchone()[0])


def test_a_folder_of_the_first_format_is_opened_with_everything_in_it(
    old_folder: Path, run: Callable[..., Any]
) -> None:
    assert version_of(old_folder) == 1

    def look(store: Store) -> None:
        item = boto3.client("dynamodb").get_item(TableName="visits", Key={"pk": {"S": "a"}, "sk": {"S": "1"}})["Item"]
        assert (item["n"], item["words"]) == ({"N": "1.50"}, {"L": [{"S": "头痛"}, {"NULL": True}]})
        assert boto3.client("kms").decrypt(CiphertextBlob=item["name"]["B"])["Plaintext"].decode() == "王小明"
        assert boto3.client("secretsmanager").get_secret_value(SecretId="tokens")["SecretString"] == "s1"
        sqs = boto3.client("sqs")
        url = sqs.get_queue_url(QueueName="work")["QueueUrl"]
        assert [each["Body"] for each in sqs.receive_message(QueueUrl=url)["Messages"]] == ["now"]
        seen = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert seen["ApproximateNumberOfMessagesDelayed"] == "1"
        assert [change.name for change in store.changes("outbox", ["visits"])] == ["INSERT"] * 3
        assert store.executions.begin("machine", "new", "{}")

    run(look)
    assert version_of(old_folder) == formats.FORMAT
    run(lambda store: store.executions.end("machine", "new", "SUCCEEDED"))


def test_an_upgrade_that_fails_leaves_the_folder_as_it_was(old_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE items")
        raise OSError("the power went")

    monkeypatch.setattr(formats, "STEPS", (*formats.STEPS[:1], fails))
    with pytest.raises(OSError, match="the power went"):
        Store.open(old_folder)
    assert version_of(old_folder) == 1
    monkeypatch.undo()
    with Store.open(old_folder) as store:
        assert store.executions.running() == []


def test_a_newer_folder_is_refused_with_both_formats_named(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "hospital.db")) as database:
        database.execute(f"PRAGMA user_version={formats.FORMAT + 1}")
    before = (tmp_path / "hospital.db").read_bytes()
    with pytest.raises(StoreTooNew, match=f"format {formats.FORMAT + 1}, newer than format {formats.FORMAT} which"):
        Store.open(tmp_path)
    assert (tmp_path / "hospital.db").read_bytes() == before
