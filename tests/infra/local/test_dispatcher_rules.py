"""Which records pass a mapping's filters, and when schedules are due."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.local.dispatcher.cron import Schedule
from infra.local.dispatcher.filters import passes, read_filters
from infra.local.template import Resource, TemplateError
from infra.local.template.model import Place

pytestmark = pytest.mark.unit

RECORD = {
    "eventName": "INSERT",
    "dynamodb": {"NewImage": {"row": {"S": "event"}, "n": {"N": "5"}, "flag": {"BOOL": True}}, "size": 5},
    "tags": ["red", "blue"],
}


def mapping_of(*patterns: str) -> Resource:
    """An event source mapping with these filters."""
    criteria = {"Filters": [{"Pattern": pattern} for pattern in patterns]}
    place = Place("cn-northwest-1", "123456789012", "s")
    return Resource("M", "M", "AWS::Lambda::EventSourceMapping", {"FilterCriteria": criteria}, Path("t.yaml"), place)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"eventName": ["INSERT"]}, True),
        ({"eventName": ["MODIFY", "INSERT"]}, True),
        ({"eventName": ["REMOVE"]}, False),
        ({"eventName": ["INSERT"], "dynamodb": {"NewImage": {"row": {"S": ["event"]}}}}, True),
        ({"dynamodb": {"NewImage": {"row": {"S": ["audit"]}}}}, False),
        ({"dynamodb": {"OldImage": {"row": {"S": ["event"]}}}}, False),
        ({"dynamodb": {"NewImage": {"row": {"S": [{"prefix": "ev"}]}}}}, True),
        ({"dynamodb": {"NewImage": {"row": {"S": [{"suffix": "nt"}]}}}}, True),
        ({"dynamodb": {"NewImage": {"row": {"S": [{"anything-but": ["event"]}]}}}}, False),
        ({"dynamodb": {"NewImage": {"row": {"S": [{"equals-ignore-case": "EVENT"}]}}}}, True),
        ({"dynamodb": {"NewImage": {"gone": {"S": [{"exists": False}]}}}}, True),
        ({"dynamodb": {"NewImage": {"flag": {"BOOL": [True]}}}}, True),
        ({"dynamodb": {"NewImage": {"flag": {"BOOL": [1]}}}}, False),
        ({"dynamodb": {"size": [{"numeric": [">", 4, "<=", 5]}]}}, True),
        ({"dynamodb": {"size": [{"numeric": [">", 5]}]}}, False),
        ({"dynamodb": {"NewImage": {"n": {"N": [{"numeric": [">", 4]}]}}}}, False),
        ({"dynamodb": {"other": [{"exists": False}]}}, True),
        ({"dynamodb": {"size": [{"exists": True}]}}, True),
        ({"tags": ["blue"]}, True),
        ({"$or": [{"eventName": ["REMOVE"]}, {"tags": ["red"]}]}, True),
        ({"$or": [{"eventName": ["REMOVE"]}, {"tags": ["green"]}]}, False),
    ],
)
def test_a_record_passes_when_it_fits(pattern: dict[str, Any], expected: bool) -> None:
    assert passes(read_filters(mapping_of(json.dumps(pattern))), RECORD) is expected


def test_without_filters_all_pass_and_with_several_one_is_enough() -> None:
    assert passes([], RECORD)
    assert passes(read_filters(mapping_of('{"eventName": ["REMOVE"]}', '{"eventName": ["INSERT"]}')), RECORD)


@pytest.mark.parametrize(
    "pattern",
    [
        "{", "[]", "{}", '{"a": "b"}', '{"a": []}', '{"a": [{"wildcard": "x*"}]}', '{"a": [{"cidr": "10.0.0.0/8"}]}',
        '{"a": {"b": [{"anything-but": {"prefix": "x"}}]}}', '{"$or": [{"a": [1]}, {"a": [{"wildcard": "x*"}]}]}',
    ],
)  # fmt: skip
def test_a_pattern_that_lambda_would_refuse_is_an_error(pattern: str) -> None:
    with pytest.raises(TemplateError, match=r"M\.FilterCriteria"):
        read_filters(mapping_of(pattern))


def moment(text: str) -> float:
    """Epoch seconds of a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("expression", "after", "due"),
    [
        ("rate(1 minute)", "2026-11-21T10:00:30", "2026-11-21T10:01:30"),
        ("rate(2 hours)", "2026-11-21T10:00:00", "2026-11-21T12:00:00"),
        ("cron(0 18 ? * MON-FRI *)", "2026-11-20T18:00:00", "2026-11-23T18:00:00"),
        ("cron(*/15 * * * ? *)", "2026-11-21T10:16:00", "2026-11-21T10:30:00"),
        ("cron(30 1 1 JAN,JUL ? *)", "2026-11-21T00:00:00", "2027-01-01T01:30:00"),
        ("cron(0 0 29 2 ? *)", "2026-11-21T00:00:00", "2028-02-29T00:00:00"),
        ("cron(0 0 ? * 1 *)", "2026-11-21T00:00:00", "2026-11-22T00:00:00"),
    ],
)
def test_schedules_are_due(expression: str, after: str, due: str) -> None:
    assert Schedule(expression).next_after(moment(after)) == moment(due)


def test_a_year_that_is_past_never_comes() -> None:
    assert Schedule("cron(0 0 1 1 ? 2020)").next_after(moment("2026-11-21T00:00:00")) is None


@pytest.mark.parametrize(
    "expression",
    ["", "rate(0 minutes)", "rate(1 week)", "cron(0 18 * * * *)", "cron(60 1 ? * * *)", "cron(0 0 L * ? *)", "at(x)"],
)
def test_schedules_that_are_not_known_are_errors(expression: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Schedule(expression)
