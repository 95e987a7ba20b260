"""The register of reference data: every kind is whole, and its schema draws a form."""

from __future__ import annotations

from dataclasses import fields

import pytest
from pydantic import ValidationError

from hospital.policy import Allow, signed_in
from hospital.reference.errors import ItemChangedMeanwhile, KindUnknown
from hospital.reference.kinds import KINDS, Faq, Kind, Registry, Title
from hospital.reference.model import Item
from tests.builders.moments import START
from tests.builders.reference import CONTENTS

pytestmark = pytest.mark.unit

each_kind = pytest.mark.parametrize("kind", list(KINDS), ids=[kind.name for kind in KINDS])


def test_every_kind_has_a_sample_here():
    assert set(CONTENTS) == {kind.name for kind in KINDS}
    assert len(list(KINDS)) >= 6


def test_a_kind_without_a_policy_cannot_be_made():
    required = {field.name for field in fields(Kind) if field.default is field.default_factory}
    assert {"read", "write"} <= required
    with pytest.raises(TypeError, match="write"):
        Kind("x", "甲", "X", Title, read=signed_in, per_organisation=True, sort_by="order")  # type: ignore[call-arg]


def test_an_unknown_kind():
    with pytest.raises(KindUnknown):
        KINDS["prescriptions"]


def test_a_registry_of_ones_own():
    kind = Kind("faqs", "问", "Q", Faq, read=signed_in, write=signed_in, per_organisation=True, sort_by="order")
    assert list(Registry(kind)) == [kind]
    assert Registry(kind)["faqs"] is kind


@each_kind
def test_policies_name_a_right_and_nobody_writes_what_he_cannot_read(kind: Kind):
    assert not kind.read.anonymous
    assert isinstance(kind.write, Allow) and kind.write.permission


@each_kind
def test_its_fields_exist(kind: Kind):
    assert kind.sort_by in kind.schema.model_fields
    assert kind.unique is None or kind.unique in kind.schema.model_fields
    assert kind.zh and kind.en and kind.zh != kind.en


@each_kind
def test_its_schema_draws_a_form_in_both_languages(kind: Kind):
    schema = kind.schema.model_json_schema()
    assert schema["additionalProperties"] is False
    assert schema["properties"]
    for name, drawn in schema["properties"].items():
        assert drawn["title"] and any(letter >= "\u4e00" for letter in drawn["title"]), name
        assert drawn["x-title-en"].isascii()
        assert drawn["x-widget"] in ("text", "textarea", "number", "select", "switch")
        if drawn["x-widget"] == "select":
            assert drawn.get("enum") or "const" in drawn, name
        if drawn["x-widget"] in ("text", "textarea"):
            assert drawn["maxLength"] <= 5000
        if drawn["x-widget"] == "number":
            assert {"minimum", "maximum"} <= drawn.keys()


@each_kind
def test_its_sample_is_content_and_what_is_missing_or_unknown_is_not(kind: Kind):
    content = CONTENTS[kind.name]
    kind.schema.model_validate(content)
    with pytest.raises(ValidationError):
        kind.schema.model_validate(content | {"unknown": 1})
    for name in kind.schema.model_json_schema().get("required", []):
        with pytest.raises(ValidationError):
            kind.schema.model_validate({key: value for key, value in content.items() if key != name})


@each_kind
def test_an_item_stands_where_its_kind_sorts_it(kind: Kind):
    item = Item.create(kind, "org_1", kind.schema.model_validate(CONTENTS[kind.name]), START)
    assert item.id.startswith(f"{kind.id_prefix}_")
    value = item.content[kind.sort_by]
    assert item.position == (f"{value:06d}" if isinstance(value, int) else value)


def test_numbers_sort_as_numbers():
    kind = KINDS["titles"]
    positions = [kind.position({"order": order}) for order in (0, 2, 10, 100, 999_999)]
    assert positions == sorted(positions)


def test_every_word_of_an_item_is_found():
    kind = KINDS["consultation_notices"]
    content = {"title": "Notice", "text": "开头" + "字" * 4900 + "结尾"}
    item = Item.create(kind, "org_1", kind.schema.model_validate(content), START)
    for word in ("notice", "开头", "结尾"):
        assert word in item.words


def test_an_item_is_changed_and_turned_without_losing_the_rest():
    kind = KINDS["faqs"]
    item = Item.create(kind, "org_1", Faq(question="问题一", answer="回答一"), START)
    later = item.written(kind, Faq(question="问题二", answer="回答二", order=5), START)
    assert (later.id, later.content["question"], later.position, later.retired) == (item.id, "问题二", "000005", False)
    retired = later.turned(retired=True, now=START)
    assert (retired.retired, retired.content) == (True, later.content)


def test_an_editor_who_read_another_version_is_told_the_present_one():
    item = Item.create(KINDS["faqs"], "org_1", Faq(question="问题", answer="回答"), START).having(version=4)
    assert item.read_as(4) is item
    with pytest.raises(ItemChangedMeanwhile) as refusal:
        item.read_as(3)
    assert refusal.value.facts == {"version": 4}
