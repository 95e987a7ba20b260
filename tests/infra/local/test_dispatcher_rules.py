"""Which records pass a mapping's filters, and when schedules are due."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from inspect import signature
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock
from zoneinfo import ZoneInfo

import pytest

from infra.local.dispatcher.cron import Schedule
from infra.local.dispatcher.filters import passes, read_filters
from infra.local.dispatcher.inputs import Shape
from infra.local.dispatcher.matching import check, fits
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


@pytest.mark.parametrize(
    ("expression", "zone", "after", "expected"),
    [
        ("at(2026-11-22T08:00:00)", "Asia/Shanghai", "2026-11-21T23:59:59", "2026-11-22T00:00:00"),
        ("at(2026-11-22T08:00:00)", "UTC", "2026-11-22T08:00:00", None),
        ("cron(0 9 * * ? *)", "Asia/Shanghai", "2026-11-22T01:00:00", "2026-11-23T01:00:00"),
        ("cron(30 0 ? * MON *)", "Asia/Shanghai", "2026-11-22T12:00:00", "2026-11-22T16:30:00"),
    ],
)
def test_a_schedule_of_the_scheduler_keeps_to_its_zone(
    expression: str, zone: str, after: str, expected: str | None
) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC).timestamp()
    found = Schedule(expression, ZoneInfo(zone), of_scheduler=True).next_after(moment)
    assert expected == (found and datetime.fromtimestamp(found, UTC).strftime("%Y-%m-%dT%H:%M:%S"))


def test_at_is_for_the_scheduler_only() -> None:
    with pytest.raises(ValueError, match=r"neither rate\(...\) nor cron"):
        Schedule("at(2026-11-22T08:00:00)")


EVENT = {
    "source": "post",
    "detail": {"to": "ward 3", "kilos": 12.5, "ip": "10.1.2.3", "path": "a/lib/b.png", "none": None, "all": ["x", "y"]},
    "parts": [{"n": 1, "k": "a"}, {"n": 2, "k": "b"}],
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"detail": {"path": [{"wildcard": "a/*/*.png"}]}}, True),
        ({"detail": {"path": [{"wildcard": "*.jpg"}]}}, False),
        ({"detail": {"path": [{"wildcard": r"a\\*"}]}}, False),
        ({"detail": {"path": [{"anything-but": {"wildcard": "*/lib/*"}}]}}, False),
        ({"detail": {"to": [{"anything-but": {"prefix": ["kit", "off"]}}]}}, True),
        ({"detail": {"to": [{"anything-but": {"equals-ignore-case": ["WARD 3"]}}]}}, False),
        ({"detail": {"to": [{"prefix": {"equals-ignore-case": "WARD"}}]}}, True),
        ({"detail": {"to": [{"suffix": {"equals-ignore-case": "D 3"}}]}}, True),
        ({"detail": {"ip": [{"cidr": "10.0.0.0/8"}]}}, True),
        ({"detail": {"ip": [{"cidr": "11.0.0.0/8"}]}}, False),
        ({"detail": {"kilos": [{"numeric": [">=", 12.5, "<", 13]}]}}, True),
        ({"detail": {"kilos": [12]}}, False),
        ({"detail": {"none": [None]}}, True),
        ({"detail": {"to": [""]}}, False),
        ({"detail": {"all": ["y"]}}, True),
        ({"detail": {"all": [{"anything-but": "x"}]}}, True),
        ({"detail": {"gone": [{"exists": False}]}}, True),
        ({"detail": [{"exists": True}]}, False),
        ({"parts": {"n": [2], "k": ["b"]}}, True),
        ({"parts": {"n": [1], "k": ["b"]}}, False),
        ({"$or": [{"source": ["x"]}, {"detail": {"kilos": [{"numeric": [">", 12]}]}}]}, True),
        ({"source": ["post"], "$or": [{"detail": {"to": ["x"]}}, {"detail": {"to": ["y"]}}]}, False),
    ],
)
def test_an_event_fits_a_rules_pattern(pattern: Any, expected: bool) -> None:
    check(pattern)
    assert fits(pattern, EVENT) is expected


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ({"a": [{"wildcard": "x**"}]}, "no two"),
        ({"a": [{"numeric": [">", "5"]}]}, "wants numbers"),
        ({"a": [{"numeric": ["!", 5]}]}, "knows no"),
        ({"a": [{"exists": "yes"}]}, "true or false"),
        ({"a": [{"anything-but": []}]}, "texts or numbers"),
        ({"a": [{"anything-but": {"numeric": [">", 1]}}]}, "does not take"),
        ({"a": [{"cidr": "10.0.0.1/8"}]}, "host bits"),
        ({"$or": [{"a": [1]}]}, "at least two"),
        ({"a": [["x"]]}, "no lists"),
        ({"a": ["x" * 5000]}, "at most 4096"),
    ],
)
def test_a_pattern_that_eventbridge_would_refuse_is_an_error(pattern: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        check(pattern)


TOLD = {"id": "e1", "time": "2026-11-22T00:00:00Z", "detail": {"to": 'a "b"', "n": 3, "deep": [{"k": "v"}]}}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({}, TOLD),
        ({"Input": '{"fixed": 1}'}, {"fixed": 1}),
        ({"InputPath": "$.detail.deep[0].k"}, "v"),
        ({"InputPath": "$.detail['to']"}, 'a "b"'),
        ({"InputPath": "$.detail.gone"}, None),
        (
            {"InputTransformer": {"InputPathsMap": {"n": "$.detail.n"}, "InputTemplate": '{"n": <n>, "s": "<n>"}'}},
            {"n": 3, "s": "3"},
        ),
        (
            {"InputTransformer": {"InputPathsMap": {"d": "$.detail.deep"}, "InputTemplate": '"deep: <d>"'}},
            'deep: [{"k": "v"}]',
        ),
        (
            {"InputTransformer": {"InputTemplate": '{"rule": <aws.events.rule-name>, "all": <aws.events.event.json>}'}},
            {"rule": "r", "all": TOLD},
        ),
    ],
)
def test_a_target_is_told(target: Any, expected: Any) -> None:
    assert json.loads(Shape(target).made(TOLD, "arn:aws-cn:events:r:1:rule/b/r")) == expected


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ({"Input": "{", "Id": "t"}, "Expecting property name"),
        ({"InputPath": "detail"}, "no path"),
        ({"InputPath": "$.a..b"}, "no path"),
        ({"Input": "1", "InputPath": "$.a"}, "exclude each other"),
        ({"InputTransformer": {"InputPathsMap": {}, "InputTemplate": "<x>"}}, "<x> is not in"),
        ({"InputTransformer": {"InputPathsMap": {"AWSx": "$.a"}, "InputTemplate": "<AWSx>"}}, "reserved"),
        ({"InputTransformer": {"InputPathsMap": {}}}, "wants an InputTemplate"),
    ],
)
def test_an_input_that_put_targets_would_refuse(target: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Shape(target)


def test_moto_still_has_what_the_dispatcher_replaces_and_looks_into() -> None:
    from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule
    from moto.sqs.models import Message, Queue, SQSBackend

    from infra.local.dispatcher.bus import Bus
    from infra.local.dispatcher.lambda_calls import LambdaCalls
    from infra.local.workflows.engine import Engine

    place, nothing = Place("cn-northwest-1", "123456789012", "s"), MagicMock()
    seams = [
        *Bus([], nothing, place).seams(),
        *LambdaCalls(nothing, nothing).seams(),
        *Engine({}, place, nothing, nothing).seams(),
    ]
    assert [seam.complaint() for seam in seams] == [None] * len(seams) and len(seams) == 7
    queue, message = Queue("q", "cn-northwest-1", "123456789012"), Message("id", "body")
    in_queue = "_messages _messages_lock _pending_messages delete_message add_message"
    in_message = """_old_receipt_handles receipt_handle visible delayed visible_at delayed_until sent_timestamp
        sender_id approximate_receive_count approximate_first_receive_timestamp group_id deduplication_id
        sequence_number mark_sent message_attributes body_md5"""
    assert [name for name in in_queue.split() if not hasattr(queue, name)] == []
    assert [name for name in in_message.split() if not hasattr(message, name)] == []
    receives = list(signature(SQSBackend.receive_message).parameters)
    assert receives[1:] == [
        "queue_name", "count", "wait_seconds_timeout", "visibility_timeout", "message_attribute_names"
    ]  # fmt: skip
    assert EventBridgeSchedulerBackend("cn-northwest-1", "123456789012").schedule_groups.keys() == {"default"}
    wanted = {
        "schedule_expression",
        "schedule_expression_timezone",
        "state",
        "start_date",
        "end_date",
        "target",
        "name",
    }
    assert wanted <= set(signature(Schedule).parameters)
