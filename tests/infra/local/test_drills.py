"""What docs/operate.md says about restoring and rotating, done as it stands there."""

from __future__ import annotations

import re

import boto3
import pytest

from infra.local.drills.clinic import clinic
from infra.local.drills.commands import CommandFailed, blocks, run_block
from infra.local.drills.drills import DRILLS, Book
from infra.local.store.testing import REGION, memory_cloud
from infra.put_back import PutBack
from infra.put_back import main as put_back

pytestmark = pytest.mark.store


def test_the_document_and_the_drills_name_the_same():
    assert Book().names == list(DRILLS)


@pytest.mark.parametrize("name", DRILLS)
def test_the_documents_commands_do_what_it_promises(name):
    book = Book()
    with clinic() as opened:
        DRILLS[name](opened, book)
    assert name in book.done


# -- the commands themselves --------------------------------------------------------------------------------------


def test_a_value_that_is_given_wins_over_the_documents_example():
    commands = ["NAME=yunzhen  # yours", 'BUCKET="$NAME-archive"']
    assert run_block(commands, {})["BUCKET"] == "yunzhen-archive"
    assert run_block(commands, {"NAME": "other"})["BUCKET"] == "other-archive"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("rm -rf /", "runs `aws` and the project's own commands only"),
        ("aws kms turn-the-key --key-id x", "aws kms has no turn-the-key"),
        ("aws kms describe-key --key x", "--key is no option"),
        ('aws kms describe-key --key-id "$KEY"', "nothing gives 'KEY'"),
        ("aws kms list-keys --query Keys[0].KeyId --output text", "finds nothing"),
    ],
)
def test_a_command_that_is_wrong_in_the_document_is_named(command, said):
    with memory_cloud(), pytest.raises(CommandFailed, match=re.escape(said)):
        run_block([command], {})


def test_long_commands_and_comments(tmp_path):
    document = tmp_path / "operate.md"
    document.write_text("<!-- drill: one -->\n```sh\n# first\nA=1\naws kms \\\n  list-keys\n```\n```sh\nB=2\n```\n")
    assert blocks(document) == {"one": ["A=1", "aws kms    list-keys"]}


# -- putting items back -------------------------------------------------------------------------------------------


@pytest.fixture
def tables():
    """A restored table and one in use, both with the hospital's keys."""
    with memory_cloud():
        client = boto3.client("dynamodb", region_name=REGION)
        for name in ("restored", "live"):
            client.create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            )
        yield client


def put(client, table: str, owner: str, **fields: str) -> None:
    item = {"pk": owner, "sk": "ROW"} | fields
    client.put_item(TableName=table, Item={name: {"S": value} for name, value in item.items()})


def got(client, owner: str) -> dict[str, str] | None:
    item = client.get_item(TableName="live", Key={"pk": {"S": owner}, "sk": {"S": "ROW"}}).get("Item")
    return item and {name: value["S"] for name, value in item.items()}


def test_without_yes_nothing_is_written(tables, capsys):
    put(tables, "restored", "A")
    assert put_back(["--from", "restored", "--into", "live"]) == 0
    assert "1 missing and 0 changed items would be put back:\n  A\n" in capsys.readouterr().out
    assert got(tables, "A") is None


def test_more_than_a_page_comes_back_and_what_is_new_stays(tables, capsys):
    for number in range(130):
        put(tables, "restored", f"OLD{number}")
    put(tables, "live", "OLD7", word="later")
    put(tables, "live", "NEW", word="since")
    assert put_back(["--from", "restored", "--into", "live", "--yes"]) == 0
    assert "0 items are the same; 1 differ and stay" in capsys.readouterr().out
    assert tables.scan(TableName="live", Select="COUNT")["Count"] == 131
    assert (got(tables, "OLD7") or {})["word"] == "later"
    assert put_back(["--from", "restored", "--into", "live", "--yes"]) == 0
    assert "130" not in capsys.readouterr().out.splitlines()[1], "what is back is not put back twice"


def test_what_somebody_writes_meanwhile_is_left_to_them(tables):
    put(tables, "restored", "A", word="before")
    put(tables, "live", "A", word="wrong")
    tool = PutBack(tables, "restored", "live", frozenset({"A"}), yes=True)
    read = tool._found

    def found_then_written(keys):
        found = read(keys)
        put(tables, "live", "A", word="right")
        return found

    tool._found = found_then_written
    assert tool.run().moved == ["A"]
    assert (got(tables, "A") or {})["word"] == "right"
