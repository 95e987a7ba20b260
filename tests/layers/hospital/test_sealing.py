"""Sealed fields: what opens, where, and what it costs."""

from __future__ import annotations

import base64

import pytest

from hospital import aws
from hospital.sealing import Keyring, SealBroken
from hospital.table import Table, WrappedKeys
from hospital.work import Work
from tests.builders.cloud import Cloud, together
from tests.builders.moments import Time
from tests.builders.notes import Note, doctor, note_key, notes

pytestmark = pytest.mark.store

PLACE = "NOTE#not_1/NOTE/secret"


@pytest.fixture(params=["AES-256-GCM", "SM4-GCM"])
def algorithm(request: pytest.FixtureRequest, cloud: Cloud) -> str:
    """Each algorithm in turn."""
    cloud.turn(FIELD_ALGORITHM=request.param)
    return str(request.param)


@pytest.fixture
def keyring(cloud: Cloud) -> Keyring:
    """The keyring of a table."""
    return Keyring("test-clinical", WrappedKeys(Table("clinical")))


@pytest.fixture
def kms_calls(cloud: Cloud) -> list[str]:
    """The names of the calls to KMS from here on."""
    calls: list[str] = []
    events = aws.client("kms").meta.events

    def note(params: object, model: object, **_: object) -> None:
        calls.append(model.name)  # type: ignore[attr-defined]

    events.register("before-call.kms", note)
    yield calls
    events.unregister("before-call.kms", note)


@pytest.mark.parametrize("text", ["", "a", "过敏：青霉素 😷", "x" * 100_000])
def test_a_text_opens_where_it_was_sealed(keyring, algorithm, text):
    sealed = keyring.seal(text, PLACE)
    assert sealed.startswith(f"{algorithm}:2026-11:")
    assert keyring.open(sealed, PLACE) == text


def test_the_same_text_is_never_sealed_twice_alike(keyring, algorithm):
    assert len({keyring.seal("same", PLACE) for _ in range(20)}) == 20


def test_a_text_opens_at_no_other_place(keyring, algorithm):
    sealed = keyring.seal("hers", PLACE)
    for other in ("NOTE#not_2/NOTE/secret", "NOTE#not_1/NOTE/text", ""):
        with pytest.raises(SealBroken):
            keyring.open(sealed, other)


def test_a_text_opens_in_no_other_table(keyring, algorithm):
    sealed = keyring.seal("hers", PLACE)
    other = Keyring("test-people", WrappedKeys(Table("people")))
    with pytest.raises(SealBroken):
        other.open(sealed, PLACE)
    other.seal("so that this table has a key too", PLACE)
    with pytest.raises(SealBroken):
        other.open(sealed, PLACE)


def test_a_sealed_field_copied_to_another_record_does_not_open_there(cloud):
    with Work(by=doctor(), doing="test.write") as work:
        work.add(notes, Note(id="not_1", secret="hers"))
        work.add(notes, Note(id="not_2", secret="his"))
    item = notes.table.read(note_key("not_1"))
    other = notes.table.read(note_key("not_2"))
    notes.table.put(note_key("not_2"), other | {"secret": item["secret"]})
    with pytest.raises(SealBroken):
        notes.need(note_key("not_2"))


def test_an_altered_text_does_not_open(keyring, algorithm):
    name, month, body = keyring.seal("a text of some length", PLACE).split(":")
    raw = bytearray(base64.urlsafe_b64decode(body))
    for position in (0, 11, 12, len(raw) // 2, len(raw) - 16, len(raw) - 1):
        altered = bytearray(raw)
        altered[position] ^= 1
        with pytest.raises(SealBroken):
            keyring.open(f"{name}:{month}:{base64.urlsafe_b64encode(altered).decode()}", PLACE)


@pytest.mark.parametrize(
    "text", ["", "plain words", "AES-256-GCM:2026-11:", "AES-256-GCM:2026-11:AAAA", "ROT13:2026-11:AAAA", "a:b:c:d"]
)
def test_what_was_never_sealed_does_not_open(keyring, text):
    keyring.seal("so that there is a key", PLACE)
    with pytest.raises(SealBroken):
        keyring.open(text, PLACE)


def test_an_algorithm_written_over_another_does_not_open(keyring, cloud):
    sealed = keyring.seal("a text", PLACE)
    with pytest.raises(SealBroken):
        keyring.open(sealed.replace("AES-256-GCM", "SM4-GCM"), PLACE)


def test_old_texts_open_after_the_algorithm_and_the_month_have_changed(keyring, cloud: Cloud, time: Time):
    old = keyring.seal("of November", PLACE)
    cloud.turn(FIELD_ALGORITHM="SM4-GCM")
    time.passes(days=30)
    new = keyring.seal("of December", PLACE)
    assert new.startswith("SM4-GCM:2026-12:")
    afterwards = Keyring("test-clinical", WrappedKeys(Table("clinical")))
    assert afterwards.open(old, PLACE) == "of November"
    assert afterwards.open(new, PLACE) == "of December"


def test_a_text_under_the_key_of_another_month_does_not_open(keyring, time: Time):
    november = keyring.seal("a text", PLACE)
    time.passes(days=30)
    keyring.seal("so that December has a key", PLACE)
    with pytest.raises(SealBroken):
        keyring.open(november.replace("2026-11", "2026-12"), PLACE)


def test_opening_makes_no_key(keyring, cloud: Cloud):
    sealed = keyring.seal("a text", PLACE)
    for month in ("2025-01", "nonsense"):
        with pytest.raises(SealBroken):
            keyring.open(sealed.replace("2026-11", month), PLACE)
    assert len([row for row in cloud.rows("clinical") if row["sk"] == "DATAKEY"]) == 1


def test_a_key_is_asked_of_kms_once(keyring, kms_calls):
    sealed = [keyring.seal(f"text {number}", PLACE) for number in range(5)]
    assert [keyring.open(text, PLACE) for text in sealed] == [f"text {number}" for number in range(5)]
    assert kms_calls == ["GenerateDataKey"]


def test_another_function_unwraps_the_key_that_is_there(keyring, kms_calls):
    sealed = keyring.seal("a text", PLACE)
    other = Keyring("test-clinical", WrappedKeys(Table("clinical")))
    assert [other.open(sealed, PLACE), other.open(sealed, PLACE)] == ["a text", "a text"]
    assert kms_calls == ["GenerateDataKey", "Decrypt"]


def test_the_key_itself_lies_wrapped_in_the_table(keyring, cloud: Cloud):
    keyring.seal("a text", PLACE)
    (row,) = cloud.rows("clinical")
    assert row["pk"] == "DATAKEY#clinical#2026-11"
    assert bytes(row["wrapped"]) not in keyring._open_keys.values()


def test_first_writers_at_the_same_moment_agree_on_one_key(cloud: Cloud):
    def first(number: int) -> str:
        mine = Keyring("test-clinical", WrappedKeys(Table("clinical")))
        return mine.seal(f"text {number}", PLACE)

    sealed = together(8, first)
    reader = Keyring("test-clinical", WrappedKeys(Table("clinical")))
    assert [reader.open(text, PLACE) for text in sealed] == [f"text {number}" for number in range(8)]
    assert len([row for row in cloud.rows("clinical") if row["sk"] == "DATAKEY"]) == 1


def test_a_key_belongs_to_its_table_and_month(keyring, cloud: Cloud, time: Time):
    """KMS opens a wrapped key only under the context it was made under."""
    keyring.seal("a text", PLACE)
    shelf = WrappedKeys(Table("clinical"))
    wrapped = shelf.wrapped_key("2026-11")
    shelf.keep_wrapped_key("2026-12", wrapped)
    time.passes(days=30)
    with pytest.raises(aws.client("kms").exceptions.ClientError):
        Keyring("test-clinical", shelf).seal("a text", PLACE)
