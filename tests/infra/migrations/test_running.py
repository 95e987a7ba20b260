"""A data migration can be stopped, started again, and run while people write."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from infra.local.store.testing import REGION, memory_cloud
from infra.migrations.__main__ import main, names
from infra.migrations.running import MigrationWrong, Run
from tests.infra.migrations import m0001_split_names as split_names

pytestmark = pytest.mark.store

HERE = Path(__file__).parent


@pytest.fixture
def people():
    """A table of 25 persons and one thing that is none."""
    with memory_cloud():
        client = boto3.client("dynamodb", region_name=REGION)
        client.create_table(
            TableName="test-people",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )
        for number in range(25):
            write(client, number, name=f"王{number}")
        client.put_item(TableName="test-people", Item={"pk": {"S": "PHONE#1"}, "sk": {"S": "UNIQUE"}})
        yield client


def write(client: Any, number: int, **fields: str) -> None:
    item = {"pk": f"PERSON#{number}", "sk": "PERSON", "kind": "Person", **fields}
    values = {name: {"S": value} for name, value in item.items()}
    client.put_item(TableName="test-people", Item=values | {"version": {"N": "1"}, "sealed": {"B": b"\x00\xff"}})


def person(client: Any, number: int) -> dict[str, Any]:
    item = client.get_item(TableName="test-people", Key={"pk": {"S": f"PERSON#{number}"}, "sk": {"S": "PERSON"}})[
        "Item"
    ]
    return {name: next(iter(value.values())) for name, value in item.items()}


def test_every_item_it_concerns_is_changed_and_the_rest_stays(people):
    *_, last = Run(people, "test", split_names, page=10).pages()
    assert last.changed == 25
    assert person(people, 7) == {
        "pk": "PERSON#7",
        "sk": "PERSON",
        "kind": "Person",
        "name": "王7",
        "family_name": "王",
        "given_name": "7",
        "version": "1",
        "sealed": b"\x00\xff",
    }
    phone = people.get_item(TableName="test-people", Key={"pk": {"S": "PHONE#1"}, "sk": {"S": "UNIQUE"}})["Item"]
    assert set(phone) == {"pk", "sk"}


def test_a_second_run_changes_nothing(people):
    list(Run(people, "test", split_names).pages())
    *_, last = Run(people, "test", split_names).pages()
    assert last.changed == 0


def test_one_that_was_stopped_goes_on_where_it_was(people):
    first = Run(people, "test", split_names, page=10)
    page = next(first.pages())
    assert 0 < page.seen <= 10
    again = Run(people, "test", split_names, page=10)
    assert again.progress() == page
    *_, last = again.pages()
    assert last.changed == 25, "counted over both runs, none twice"
    assert last.finished_at


def test_what_somebody_writes_meanwhile_is_kept_and_changed_too(people):
    """The name changes between reading and writing: the new one is split."""
    waiting = [3]

    def changed(item: dict[str, Any]) -> dict[str, Any]:
        if item["pk"] == "PERSON#3" and waiting:
            waiting.pop()
            write(people, 3, name="李四")
        return split_names.changed(item)

    moving = SimpleNamespace(__name__="m0001_moving", TABLE="people", concerns=split_names.concerns, changed=changed)
    list(Run(people, "test", moving).pages())
    assert (person(people, 3)["family_name"], person(people, 3)["given_name"]) == ("李", "四")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda item: item | {"version": 2}, "may not change pk, sk, version"),
        (lambda item: item | {"name": item["name"] + "!"}, "changes an item again"),
    ],
)
def test_a_migration_that_would_spoil_something_is_refused(people, changed, said):
    spoiling = SimpleNamespace(__name__="m0002_spoil", TABLE="people", concerns=split_names.concerns, changed=changed)
    with pytest.raises(MigrationWrong, match=said):
        list(Run(people, "test", spoiling).pages())
    assert person(people, 1)["name"] == "王1"


def test_on_the_command_line(people, capsys):
    package = "tests.infra.migrations"
    assert main(["--prefix", "test"], package, HERE) == 0
    assert "m0001_split_names: not begun" in capsys.readouterr().out
    assert main(["--prefix", "test", "--run", "m0001_split_names"], package, HERE) == 0
    assert "25 changed" in capsys.readouterr().out
    assert main(["--prefix", "test", "--run", "m0009_none"], package, HERE) == 1
    assert "there are: m0001_split_names" in capsys.readouterr().err


def test_the_house_has_no_migration_that_is_half_written():
    for name in names():
        assert (HERE / f"test_{name}.py").exists(), "a migration has a test of its own"
