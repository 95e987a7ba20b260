"""Records: which fields are sealed, and how values are written."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import pytest

from hospital.conversations.model import Conversation, Message, Sent
from hospital.people.model import Person
from hospital.records import SEALED, Record, Sealed, from_attributes, sealed_fields, to_attributes
from hospital.visits.model import Visit

pytestmark = pytest.mark.unit


class Several(Record):
    """A field sealed in each way, and one that is not."""

    always: Sealed
    perhaps: Sealed | None = None
    structure: Annotated[dict[str, str] | None, SEALED] = None
    many: tuple[Sealed, ...] = ()
    plain: str = ""


def test_a_field_is_sealed_however_the_mark_is_written():
    assert sealed_fields(Several) == {"always", "perhaps", "structure", "many"}


@pytest.mark.parametrize(
    ("record", "fields"),
    [
        (Person, {"phone", "name"}),
        (Visit, {"patient", "acting_for", "complaint", "refusal", "summary"}),
        (Message, {"sender", "content"}),
        (Conversation, {"members", "former", "name", "notice"}),
        (Sent, {"content_hash"}),
    ],
)
def test_what_patients_say_and_who_they_are_is_sealed(record, fields):
    assert sealed_fields(record) == fields


@pytest.mark.parametrize(
    "values",
    [
        {"text": "", "number": 0, "flag": False, "list": [1, "a", {"b": None}], "map": {"x": []}},
        {"large": 10**37, "negative": -1, "fraction": Decimal("1.5")},
        {"text": "医生 😷 \u3000"},
    ],
)
def test_values_come_back_as_they_were_written(values):
    assert from_attributes(to_attributes(values)) == values


def test_what_is_none_is_left_out():
    assert to_attributes({"here": 1, "gone": None}) == {"here": {"N": "1"}}


def test_whole_numbers_come_back_as_int():
    assert type(from_attributes({"n": {"N": "3"}})["n"]) is int
