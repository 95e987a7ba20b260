"""A template's `Rules`: what CloudFormation refuses before it makes anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .intrinsics import Scope, holds, resolve


def refuse_broken(rules: Mapping[str, Any], scope: Scope) -> None:
    """TemplateError with the description of the first assertion that the parameters break."""
    for name, rule in rules.items():
        at = f"Rules.{name}"
        if "RuleCondition" in rule and not _judged(rule["RuleCondition"], scope, f"{at}.RuleCondition"):
            continue
        for number, assertion in enumerate(rule.get("Assertions") or []):
            if not _judged(assertion.get("Assert"), scope, f"{at}.Assertions[{number}]"):
                raise scope.wrong(at, str(assertion.get("AssertDescription", "the parameters break this rule")))


def _judged(value: Any, scope: Scope, at: str) -> bool:
    """As a condition, but for `Fn::Contains`, which only rules know."""
    if isinstance(value, dict) and len(value) == 1:
        name, argument = next(iter(value.items()))
        if name == "Fn::Contains":
            entries, wanted = resolve(argument, scope, at)
            return wanted in entries
        if name in ("Fn::And", "Fn::Or", "Fn::Not"):
            answers = [_judged(part, scope, at) for part in argument]
            return not answers[0] if name == "Fn::Not" else (all if name == "Fn::And" else any)(answers)
    return holds(value, scope, at)
