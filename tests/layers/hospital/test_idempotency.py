"""A client-chosen key: the same wish is done once, however often it is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hospital.idempotency import answer_key, intent_of
from hospital.table import Table
from tests.builders.cloud import Cloud, together
from tests.builders.desk import app
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.notes import doctor, note_key, notes

pytestmark = pytest.mark.store

KEY = "a-key-of-the-client"
WHO = doctor()
OTHER = doctor(person_id="per_other")


def write(text: str = "words", *, note_id: str = "not_1", key: str | None = KEY, who=WHO) -> Answer:
    return call(app, "POST", "/notes", {"id": note_id, "text": text}, who=who, key=key)


def append(note_id: str, *, key: str | None = KEY, text: str = "{}") -> Answer:
    return call(app, "POST", f"/notes/{note_id}/append", text=text, who=WHO, key=key)


def answers_in(cloud: Cloud) -> list[dict]:
    return cloud.rows("requests", "answer")


def test_the_same_request_again_gets_the_same_answer_and_does_nothing(cloud):
    first = write()
    again = write()
    assert first.ok(201) == again.ok(201) == {"id": "not_1", "text": "words"}
    assert notes.need(note_key("not_1")).version == 1
    assert len(answers_in(cloud)) == 1


def test_an_answer_is_given_again_after_the_thing_has_changed(cloud):
    write()
    append("not_1", key=None).ok()
    assert write().ok(201)["text"] == "words"


def test_without_a_key_every_request_is_a_wish_of_its_own(cloud):
    write(key=None).ok(201)
    write(key=None).refused(409, "note.taken")
    assert answers_in(cloud) == []


def test_the_key_with_another_body_is_refused(cloud):
    write().ok(201)
    write("other words").refused(409, "request.idempotency_key_reused")
    assert notes.need(note_key("not_1")).text == "words"


def test_the_key_on_another_route_is_refused(cloud):
    write().ok(201)
    append("not_1").refused(409, "request.idempotency_key_reused")


def test_the_key_on_another_thing_of_the_same_route_is_refused(cloud):
    """The body of an act is often empty; what it acts on stands in the path."""
    write(note_id="not_1", key=None), write(note_id="not_2", key=None)
    assert append("not_1").ok()["id"] == "not_1"
    append("not_2").refused(409, "request.idempotency_key_reused")
    assert notes.need(note_key("not_2")).version == 1


def test_the_key_of_one_person_is_nothing_to_another(cloud):
    write().ok(201)
    write(note_id="not_2", who=OTHER).ok(201)
    assert len(answers_in(cloud)) == 2


def test_a_refused_wish_may_be_tried_again_under_its_key(cloud):
    append("not_1").refused(404, "request.not_found")
    assert answers_in(cloud) == []
    write(key=None).ok(201)
    assert append("not_1").ok()["text"] == "words!"


def test_the_key_is_forgotten_after_a_day(cloud, time: Time):
    write().ok(201)
    time.passes(seconds=timedelta(days=1).total_seconds() - 1)
    write("other words").refused(409, "request.idempotency_key_reused")
    time.passes(seconds=2)
    # The row may still lie there: DynamoDB tidies when it likes.
    write("other words", note_id="not_2").ok(201)
    assert write("other words", note_id="not_2").ok(201)["id"] == "not_2"


def test_the_same_request_eight_times_at_once_is_done_once(cloud):
    answers = together(8, lambda _: write())
    assert [answer.status for answer in answers] == [201] * 8, [answer.text for answer in answers]
    assert {tuple(answer.json.items()) for answer in answers} == {(("id", "not_1"), ("text", "words"))}
    assert len(cloud.rows("clinical", "audit")) == 1


def test_a_change_eight_times_at_once_is_done_once(cloud):
    write(key=None).ok(201)
    answers = together(8, lambda _: append("not_1"))
    assert [answer.status for answer in answers] == [200] * 8, [answer.text for answer in answers]
    assert {answer.json["text"] for answer in answers} == {"words!"}
    assert notes.need(note_key("not_1")).version == 2


def test_two_wishes_under_one_key_at_once_one_is_done(cloud):
    answers = together(8, lambda number: write(f"words {number % 2}", note_id=f"not_{number % 2}"))
    done = {answer.json["id"] for answer in answers if answer.status == 201}
    refused = {answer.json["code"] for answer in answers if answer.status != 201}
    assert len(done) == 1
    assert refused == {"request.idempotency_key_reused"}
    assert len(cloud.rows("clinical", "record")) == 1


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "with space", "schlüssel-1", "a;b;c;d;e;f"])
def test_a_malformed_key_is_refused(cloud, key):
    write(key=key).refused(400, "request.idempotency_key_malformed")


@pytest.mark.parametrize("key", ["x" * 8, "x" * 64, "AZaz09_-"])
def test_a_wellformed_key_is_taken(cloud, key):
    write(key=key).ok(201)


def test_a_key_means_nothing_where_nothing_is_changed_or_nobody_asks(cloud):
    write(key=None).ok(201)
    assert call(app, "GET", "/notes/not_1", who=WHO, key=KEY).ok()["id"] == "not_1"
    call(app, "POST", "/anything", {"content": 1}, key=KEY).ok()
    assert answers_in(cloud) == []


def test_a_key_means_nothing_where_there_is_no_answer_to_keep(cloud):
    """What answers nothing is harmless twice by its nature."""
    write(key=None).ok(201)
    call(app, "DELETE", "/notes/not_1", who=WHO, key=KEY).ok(204)
    call(app, "DELETE", "/notes/not_1", who=WHO, key=KEY).ok(204)
    assert notes.get(note_key("not_1")) is None


def test_kept_answers_and_requests_cannot_be_read_in_the_table(cloud):
    write("words of a patient").ok(201)
    (row,) = answers_in(cloud)
    assert "patient" not in str(row)
    assert row["answer"].startswith("AES-256-GCM:")
    assert row["body_hash"].startswith("AES-256-GCM:"), "a short body is guessed from a bare hash"


def test_a_stored_answer_moved_to_another_person_does_not_open(cloud):
    write().ok(201)
    intent, requests = intent_of(KEY, "any", "any"), Table("requests")
    row = requests.read(answer_key(WHO, intent))
    moved = {name: value for name, value in row.items() if name not in ("pk", "sk")}
    requests.put(answer_key(OTHER, intent), moved)
    write(who=OTHER).refused(500, "edge.unexpected")
