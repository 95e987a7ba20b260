"""`FilterCriteria` of an event source mapping: which records a function is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ..template import Resource

Pattern = Mapping[str, Any]


def read_filters(mapping: Resource) -> list[Pattern]:
    """The patterns of a mapping; none means that every record passes. TemplateError when one cannot be read."""
    written = (mapping.get("FilterCriteria") or {}).get("Filters") or []
    patterns = []
    for entry in written:
        try:
            pattern = json.loads(entry.get("Pattern", ""))
            _check(pattern)
        except ValueError as error:
            raise mapping.wrong("FilterCriteria", f"has a pattern that cannot be read: {error}") from None
        patterns.append(pattern)
    return patterns


def passes(patterns: list[Pattern], record: Mapping[str, Any]) -> bool:
    """Whether a record fits one of the patterns."""
    return not patterns or any(_fits(pattern, record) for pattern in patterns)


def _check(pattern: Any) -> None:
    """ValueError for anything that Lambda's filter rules do not know."""
    if not isinstance(pattern, dict) or not pattern:
        raise ValueError("a pattern is a mapping with at least one key")
    for key, rule in pattern.items():
        if key == "$or":
            if not isinstance(rule, list):
                raise ValueError("$or wants a list")
            for alternative in rule:
                _check(alternative)
        elif isinstance(rule, dict):
            _check(rule)
        elif isinstance(rule, list) and rule:
            for one in rule:
                if isinstance(one, dict) and (len(one) != 1 or next(iter(one)) not in _RULES):
                    raise ValueError(f"the rule {one} is not known")
        else:
            raise ValueError(f"{key} wants a list of values")


def _fits(pattern: Pattern, record: Any) -> bool:
    if not isinstance(record, Mapping):
        return False
    for key, rule in pattern.items():
        if key == "$or":
            if not any(_fits(alternative, record) for alternative in rule):
                return False
        elif isinstance(rule, dict):
            if not _fits(rule, record.get(key)):
                return False
        elif not _one_fits(rule, key in record, record.get(key)):
            return False
    return True


def _one_fits(rules: list[Any], is_there: bool, value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return any(_matches(rule, is_there, one) for rule in rules for one in values)


def _matches(rule: Any, is_there: bool, value: Any) -> bool:
    if isinstance(rule, dict):
        name, argument = next(iter(rule.items()))
        return _RULES[name](argument, is_there, value)
    # True equals 1 in Python, not in JSON.
    return is_there and value == rule and isinstance(value, bool) == isinstance(rule, bool)


def _anything_but(argument: Any, is_there: bool, value: Any) -> bool:
    if isinstance(argument, dict):
        return is_there and not _matches(argument, is_there, value)
    return is_there and value not in (argument if isinstance(argument, list) else [argument])


def _numeric(argument: list[Any], _is_there: bool, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    compared: dict[str, Callable[[Any], bool]] = {
        "=": lambda other: value == other,
        "<": lambda other: value < other,
        "<=": lambda other: value <= other,
        ">": lambda other: value > other,
        ">=": lambda other: value >= other,
    }
    return all(compared[argument[n]](argument[n + 1]) for n in range(0, len(argument), 2))


def _is_text(value: Any, test: Callable[[str], bool]) -> bool:
    return isinstance(value, str) and test(value)


_RULES: dict[str, Callable[[Any, bool, Any], bool]] = {
    "anything-but": _anything_but,
    "equals-ignore-case": lambda wanted, _, value: _is_text(value, lambda text: text.lower() == wanted.lower()),
    "exists": lambda wanted, is_there, _: is_there is bool(wanted),
    "numeric": _numeric,
    "prefix": lambda wanted, _, value: _is_text(value, lambda text: text.startswith(wanted)),
    "suffix": lambda wanted, _, value: _is_text(value, lambda text: text.endswith(wanted)),
}
