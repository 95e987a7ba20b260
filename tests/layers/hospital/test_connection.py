"""What a busy or unreachable DynamoDB means for who asks it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from hospital import connection
from hospital.errors import Unavailable
from hospital.records import Key
from hospital.table import Table
from tests.builders.cloud import Cloud

pytestmark = pytest.mark.store
PLACE = Key("COUNTER#1", "COUNTER")


def answers(monkeypatch: pytest.MonkeyPatch, operation: str, *failures: Exception) -> list[str]:
    """Lets the next calls of an operation fail so, one after the other; tells which calls were made."""
    waiting, made = list(failures), []
    real = connection.TableConnection._make_api_call

    def call(self: Any, name: str, arguments: Any) -> Any:
        if name == operation:
            made.append(name)
            if waiting:
                raise waiting.pop(0)
        return real(self, name, arguments)

    monkeypatch.setattr(connection.TableConnection, "_make_api_call", call)
    monkeypatch.setattr(connection.time, "sleep", lambda _: None)
    return made


def refusal(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, operation)


@pytest.mark.parametrize(
    "failure",
    [
        *(refusal(code, "GetItem") for code in sorted(connection.PASSING)),
        ReadTimeoutError(endpoint_url="https://dynamodb.test"),
    ],
    ids=str,
)
def test_what_passes_is_unavailable(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    """Botocore tried again already; the client is told to come back, and nothing is judged."""
    answers(monkeypatch, "GetItem", failure)
    with pytest.raises(Unavailable):
        Table("requests").read(PLACE)


def test_the_requests_own_fault_comes_through(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is gained by sending it again."""
    made = answers(monkeypatch, "GetItem", refusal("ValidationException", "GetItem"))
    with pytest.raises(Exception, match="ValidationException"):
        Table("requests").read(PLACE)
    assert made == ["GetItem"]


def test_a_write_that_meets_a_transaction_is_tried_again(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its condition was not judged, so it is no business error."""
    made = answers(monkeypatch, "PutItem", *[refusal("TransactionConflictException", "PutItem")] * 2)
    assert Table("requests").put(PLACE, {"row": {"S": "record"}})
    assert made == ["PutItem"] * 3


def test_a_write_that_meets_one_transaction_after_the_other_gives_up(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an answer that invites to come back."""
    failures = [refusal("TransactionConflictException", "PutItem")] * connection.TRIES
    made = answers(monkeypatch, "PutItem", *failures)
    with pytest.raises(Unavailable):
        Table("requests").put(PLACE, {"row": {"S": "record"}})
    assert made == ["PutItem"] * connection.TRIES


def test_keys_that_dynamodb_leaves_over_are_asked_for_again(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """And when it never comes to them, the reader is told so instead of waiting for ever."""
    table = Table("requests")
    wanted = {table.physical: {"Keys": [{"pk": {"S": PLACE.pk}, "sk": {"S": PLACE.sk}}]}}
    rounds: list[int] = []

    def call(self: Any, name: str, arguments: Any) -> Any:
        rounds.append(1)
        return {"Responses": {}, "UnprocessedKeys": wanted}

    monkeypatch.setattr(connection.TableConnection, "_make_api_call", call)
    monkeypatch.setattr(connection.time, "sleep", lambda _: None)
    with pytest.raises(Unavailable):
        table.read_all([PLACE])
    assert len(rounds) == connection.TRIES
