"""The policies of the template allow what the functions do, and nothing beside it.

A day in which every route is called, in the local hospital, which refuses what no policy allows and notes what each
call needed. What is granted and was not needed must be named below, with the reason why it is needed all the same.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest

from infra.local.permissions.report import Grant, unused
from infra.local.permissions.used import Use, parsed
from infra.local.template import Template, read_template
from tests.benchmarks.day import recorded_day
from tests.template.reading import ROOT

pytestmark = pytest.mark.journey

# (function, action, end of the resource) -> why it is granted though such a day does not need it.
RARELY = {
    ("*", "kms:GenerateDataKey", "*"): "the first seal of a month makes the table's data key",
}


@pytest.fixture(scope="module")
def template() -> Template:
    return read_template(ROOT / "template.yaml", {"SiteOrigin": "http://127.0.0.1"}, region="cn-northwest-1")


@pytest.fixture(scope="module")
def day() -> dict[str, Any]:
    return recorded_day()


@pytest.fixture(scope="module")
def uses(day) -> list[Use]:
    return [use for line in day["used"] if (use := parsed(line)) is not None]


@pytest.fixture(scope="module")
def idle(template, uses) -> list[Grant]:
    return unused(template, uses)


def reason(grant: Grant) -> tuple[str, str, str] | None:
    """The exception that a grant falls under."""
    return next(
        (
            rare
            for rare in RARELY
            if fnmatchcase(grant.function, rare[0])
            and fnmatchcase(grant.action, rare[1])
            and fnmatchcase(grant.resource, f"*{rare[2]}")
        ),
        None,
    )


def test_every_route_was_called(day):
    assert {step["route"] for step in day["steps"]} >= set(day["routes"])


def test_every_function_was_called(day, template):
    calls = [call for step in day["steps"] for call in step["calls"]] + day["background"]
    functions = {function.logical_id for function in template.of("AWS::Serverless::Function")}
    assert {call["function"] for call in calls} == functions


def test_no_policy_is_wider_than_what_is_done(idle):
    """Take these out of the template, or say in RARELY when they are needed."""
    assert [str(grant) for grant in idle if reason(grant) is None] == []


def test_every_exception_excuses_something(idle):
    assert set(RARELY) - {reason(grant) for grant in idle} == set()
