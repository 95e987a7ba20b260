"""What a message may hold: each type, and what breaks its schema."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from hospital.conversations.content import CONTENT_TYPES, Content, ContentType, content_sent
from hospital.conversations.errors import MessageTypeUnknown
from hospital.http import SchemaBroken

pytestmark = pytest.mark.unit

PRESSURE = {
    "kind": "blood_pressure",
    "value": 132,
    "second": 84.5,
    "unit": "mmHg",
    "measured_at": "2026-11-21T08:00:00+08:00",
}
UPLOAD = {"upload_id": "upl_1"}


@pytest.mark.parametrize(
    ("type_", "sent", "stored"),
    [
        ("text", {"text": " 好 👨‍👩‍👧\n "}, {"text": "好 👨‍👩‍👧"}),
        ("text", {"text": "<b>&amp;</b> \u202etxt.exe\u202c"}, {"text": "<b>&amp;</b> \u202etxt.exe\u202c"}),
        ("text", {"text": "长" * 5000}, {"text": "长" * 5000}),
        *[(type_, UPLOAD, UPLOAD) for type_ in ("image", "voice", "video", "file")],
        ("card", {"card": {"type": "visit", "id": "vis_1"}}, {"card": {"type": "visit", "id": "vis_1"}}),
        ("x-measurement", PRESSURE, PRESSURE | {"value": 132.0, "note": ""}),
    ],
)
def test_what_may_be_sent_is_stored_as_it_was_written(type_, sent, stored):
    assert content_sent(type_, sent) == stored


@pytest.mark.parametrize(
    ("type_", "sent", "field"),
    [
        ("text", {}, "content.text"),
        ("text", {"text": ""}, "content.text"),
        ("text", {"text": " \n "}, "content.text"),
        ("text", {"text": "\u200b\u200d\u2060\ufeff"}, "content.text"),
        ("text", {"text": "\u202e\u202c"}, "content.text"),
        ("text", {"text": "长" * 5001}, "content.text"),
        ("text", {"text": "长" * 100_000}, "content.text"),
        ("text", {"text": 1}, "content.text"),
        ("text", {"text": "好", "html": "<b>"}, "content.html"),
        ("image", {}, "content.upload_id"),
        ("image", {"upload_id": "../etc/passwd"}, "content.upload_id"),
        ("image", UPLOAD | {"name": "a.png"}, "content.name"),
        ("card", {"card": {"type": "bank", "id": "vis_1"}}, "content.card.type"),
        ("card", {"card": {"type": "visit", "id": "vis 1"}}, "content.card.id"),
        ("x-measurement", PRESSURE | {"kind": "mood"}, "content.kind"),
        ("x-measurement", PRESSURE | {"measured_at": "2026-11-21T08:00:00"}, "content.measured_at"),
        ("x-measurement", PRESSURE | {"unit": "kPa"}, "content"),
        ("x-measurement", PRESSURE | {"value": 1320}, "content"),
        ("x-measurement", PRESSURE | {"second": 140}, "content"),
        ("x-measurement", PRESSURE | {"kind": "weight", "unit": "kg", "value": 70}, "content"),
        ("x-measurement", {name: PRESSURE[name] for name in PRESSURE if name != "second"}, "content"),
        ("x-measurement", PRESSURE | {"value": float("nan")}, "content.value"),
    ],
)
def test_what_breaks_the_schema_is_refused_by_its_path(type_, sent, field):
    with pytest.raises(SchemaBroken) as refusal:
        content_sent(type_, sent)
    assert [found["field"] for found in refusal.value.facts["fields"]] == [field]
    assert all(set(found) <= {"field", "problem", "limit"} for found in refusal.value.facts["fields"])


@pytest.mark.parametrize("type_", ["", "system", "recall", "recalled", "x-unknown", "TEXT"])
def test_what_no_member_may_send(type_):
    with pytest.raises(MessageTypeUnknown):
        content_sent(type_, {"text": "好"})


def test_a_type_of_ones_own_needs_a_class_and_a_line():
    class Steps(Content):
        count: int

    types = MappingProxyType({**CONTENT_TYPES, "x-steps": ContentType("x-steps", Steps, "values")})
    assert content_sent("x-steps", {"count": 8000}, types) == {"count": 8000}
    with pytest.raises(SchemaBroken):
        content_sent("x-steps", {"count": "many"}, types)


def test_every_type_is_registered_under_its_own_name_and_names_its_words():
    for name, type_ in CONTENT_TYPES.items():
        assert name == type_.name
        assert set(type_.words) <= set(type_.schema.model_fields)
