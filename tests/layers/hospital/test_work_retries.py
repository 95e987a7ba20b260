"""What Work does when DynamoDB does not answer at once: it tries again, and never calls that a business error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from pynamodb.exceptions import TransactWriteError

from hospital import work as work_module
from hospital.errors import Conflict, Unavailable
from hospital.work import Work
from tests.builders.notes import Note, doctor, note_key, notes

pytestmark = pytest.mark.store

Reply = Callable[[dict[str, Any]], Any]


class NoteTaken(Conflict):
    """There is one already."""

    code = "note.taken"


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long Work would have waited; it does not wait."""
    waited: list[float] = []
    monkeypatch.setattr(work_module.time, "sleep", waited.append)
    return waited


@contextmanager
def dynamodb_answers(*replies: Reply | None) -> Iterator[list[str]]:
    """The next transactions are answered so, in turn; None lets one through. Yields the request tokens seen."""
    left, tokens = list(replies), []
    events = notes.table.connection.client.meta.events

    def answer(params: dict[str, Any], model: Any, **_: Any) -> Any:
        tokens.append(params["body"].decode() if isinstance(params["body"], bytes) else params["body"])
        reply = left.pop(0) if left else None
        return reply(params) if reply else None

    events.register("before-call.dynamodb.TransactWriteItems", answer)
    try:
        yield tokens
    finally:
        events.unregister("before-call.dynamodb.TransactWriteItems", answer)


class _Http:
    status_code = 400
    headers: dict[str, str] = {}  # noqa: RUF012 - read only


def cancelled(*codes: str) -> Reply:
    """The transaction was cancelled for these reasons, one per write."""
    reasons = [{"Code": code, "Message": "..."} if code != "None" else {"Code": "None"} for code in codes]
    error = {"Error": {"Code": "TransactionCanceledException", "Message": "..."}, "CancellationReasons": reasons}
    return lambda params: (_Http(), error)


def refused(code: str) -> Reply:
    """The whole request was refused."""
    return lambda params: (_Http(), {"Error": {"Code": code, "Message": "..."}})


def write(note_id: str = "not_1") -> Note:
    with Work(by=doctor(), doing="test.write") as work:
        return work.add(notes, Note(id=note_id), otherwise=NoteTaken())


BUSY = [
    cancelled("TransactionConflict", "None"),
    cancelled("None", "ThrottlingError"),
    cancelled("ProvisionedThroughputExceeded", "None"),
    refused("TransactionInProgressException"),
    refused("InternalServerError"),
]


@pytest.mark.parametrize("reply", BUSY)
def test_a_busy_table_is_tried_again(cloud, pauses, reply):
    with dynamodb_answers(reply, reply):
        write()
    assert notes.get(note_key("not_1")) is not None
    assert len(pauses) == 2


@pytest.mark.parametrize("reply", BUSY)
def test_a_table_that_stays_busy_is_unavailable(cloud, pauses, reply):
    with dynamodb_answers(*[reply] * 1000), pytest.raises(Unavailable):
        write()
    assert notes.get(note_key("not_1")) is None
    assert len(pauses) >= 3
    assert sum(pauses) < 3, "a request has 29 seconds, and a patient less"


def test_a_change_comes_through_a_burst_of_others(cloud, pauses):
    """Dozens of transactions at the same item, one after another: it waits in short pauses and is written."""
    with dynamodb_answers(*[cancelled("TransactionConflict", "None")] * 45, None):
        write()
    assert notes.get(note_key("not_1")) is not None
    assert max(pauses) <= 0.05


def test_every_try_carries_the_same_token(cloud, pauses):
    with dynamodb_answers(BUSY[0], BUSY[3], None) as requests:
        write()
    assert len(requests) == 3
    assert len(set(requests)) == 1


def test_a_transaction_that_was_written_though_its_answer_was_lost_is_no_conflict(cloud, pauses):
    """The first try is carried out, the network loses the answer; the second finds it done."""
    connection = notes.table.connection
    send = connection.transact_write_items
    tries = []

    def losing(*args: Any, **named: Any) -> Any:
        answer = send(*args, **named)
        tries.append(named["client_request_token"])
        if len(tries) == 1:
            raise TransactWriteError("lost", ReadTimeoutError(endpoint_url="https://dynamodb.test"))
        return answer

    connection.transact_write_items = losing
    try:
        write()
    finally:
        del connection.transact_write_items
    assert len(tries) == 2
    assert notes.need(note_key("not_1")).version == 1


def test_a_failed_condition_beside_a_conflict_is_the_business_error(cloud, pauses):
    with dynamodb_answers(cancelled("ConditionalCheckFailed", "TransactionConflict")), pytest.raises(NoteTaken):
        write()


def test_a_conflict_is_never_the_business_error(cloud, pauses):
    write()
    with dynamodb_answers(*[cancelled("TransactionConflict", "None")] * 1000), pytest.raises(Unavailable):
        write()


def test_what_is_wrong_with_the_request_itself_is_not_tried_again(cloud, pauses):
    with dynamodb_answers(cancelled("ValidationError", "None")), pytest.raises(TransactWriteError):
        write()
    with dynamodb_answers(refused("ValidationException")), pytest.raises(TransactWriteError):
        write()
    with dynamodb_answers(refused("AccessDeniedException")), pytest.raises(TransactWriteError):
        write()
    assert pauses == []


def test_who_would_read_anew_is_told_at_once_that_it_met_another(cloud, pauses):
    """Trying the same again would only find the record changed; a busy table is still waited for."""
    with (
        dynamodb_answers(refused("ThrottlingException"), cancelled("TransactionConflict", "None")) as tokens,
        pytest.raises(NoteTaken),
        Work(by=doctor(), doing="test.write", met=NoteTaken()) as work,
    ):
        work.add(notes, Note(id="not_1"))
    assert len(tokens) == 2
