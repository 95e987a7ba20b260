"""What the functions really call is what the template allows them, and little more is allowed.

A day in which every route is called, in the local hospital; each call is held against the policy of its function.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest

from infra.local.template import read_template
from tests.benchmarks.day import recorded_day
from tests.template.reading import ROOT, as_list

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def day() -> dict[str, Any]:
    return recorded_day()


@pytest.fixture(scope="module")
def calls(day) -> list[dict[str, Any]]:
    return [call for step in day["steps"] for call in step["calls"]] + day["background"] + day["uses"]


@pytest.fixture(scope="module")
def allowed() -> dict[str, list[tuple[str, str]]]:
    """Function -> (action, ARN pattern) of all its statements, resolved."""
    template = read_template(ROOT / "template.yaml", {"SiteOrigin": "http://127.0.0.1"}, region="cn-northwest-1")
    return {
        function.logical_id: [
            (action, resource)
            for policy in function.get("Policies") or []
            for statement in policy["Statement"]
            for action in as_list(statement["Action"])
            for resource in as_list(statement["Resource"])
        ]
        for function in template.of("AWS::Serverless::Function")
    }


def is_about(pattern: str, resource: str) -> bool:
    """Whether an ARN pattern covers what a call named: a whole ARN, or the ARN's own end."""
    return fnmatchcase(resource, pattern) or fnmatchcase(f"x/{resource}", f"*/{pattern.partition('/')[2]}")


def test_every_route_was_called(day):
    assert {step["route"] for step in day["steps"]} >= set(day["routes"])


def test_every_function_was_called(calls, allowed):
    assert {call["function"] for call in calls} == set(allowed)


def test_every_call_is_allowed(calls, allowed):
    refused = {
        (call["function"], action, resource)
        for call in calls
        for action, resource in call["needs"]
        if not any(
            action == may and (action.startswith("kms:") or is_about(pattern, resource))
            for may, pattern in allowed[call["function"]]
        )
    }
    assert not refused


def test_no_function_may_touch_a_table_that_it_never_touches(calls, allowed):
    """Verbs are granted by reading and writing, tables one by one."""
    touched = {
        (call["function"], resource.partition("/")[0])
        for call in calls
        for action, resource in call["needs"]
        if action.startswith("dynamodb:")
    }
    idle = {
        (function, pattern.partition("/")[2].partition("/")[0])
        for function, grants in allowed.items()
        for action, pattern in grants
        if action.startswith("dynamodb:") and "/stream/" not in pattern
    } - touched
    assert not idle


# Granted, yet not needed on such a day: function -> why.
RARELY_DELETES = {
    "MessagingOnMessageStoredPush": "forgets a socket that went without a word",
    "MessagingOnVisitChangedNotify": "forgets a socket that went without a word",
    "MessagingViewConversations": "forgets a socket that went without a word",
    "MessagingWsMessage": "forgets a socket whose session is over",
}


@pytest.mark.parametrize("action", ["secretsmanager:GetSecretValue", "kms:GenerateDataKey", "kms:Decrypt"])
def test_keys_are_granted_to_those_who_use_them(calls, allowed, action):
    assert who_may(allowed, action) == who_does(calls, action)


def test_only_those_who_delete_may_delete(calls, allowed):
    deletes = "dynamodb:DeleteItem"
    assert who_may(allowed, deletes) - set(RARELY_DELETES) == who_does(calls, deletes) - set(RARELY_DELETES)


def who_may(allowed, action) -> set[str]:
    return {function for function, grants in allowed.items() for may, _ in grants if may == action}


def who_does(calls, action) -> set[str]:
    return {call["function"] for call in calls for needed, _ in call["needs"] if needed == action}
