"""The values of a template's parameters: what was given, else the default, checked as CloudFormation checks them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .intrinsics import text_of

Wrong = Callable[[str, str], Exception]


def parameter_values(written: Mapping[str, Any], given: Mapping[str, str], wrong: Wrong) -> dict[str, Any]:
    """Each parameter's value: text, a number for `Number`, a list for the list types."""
    for name in given:
        if name not in written:
            raise wrong(f"Parameters.{name}", "is given but the template has no such parameter")
    return {name: _value(name, rule, given, wrong) for name, rule in written.items()}


def _value(name: str, rule: Mapping[str, Any], given: Mapping[str, str], wrong: Wrong) -> Any:
    at = f"Parameters.{name}"
    kind = rule.get("Type")
    if not isinstance(kind, str):
        raise wrong(at, "has no Type")
    if kind.startswith("AWS::SSM::"):
        raise wrong(at, "takes its value from the parameter store, which the local hospital does not have")
    if name not in given and "Default" not in rule:
        raise wrong(at, "has no default and was not given")
    text = text_of(given[name] if name in given else rule["Default"])
    entries = [part.strip() for part in text.split(",")] if "List" in kind else [text]
    for entry in entries:
        _check(at, entry, rule, wrong)
    if "List" in kind:
        return [entry for entry in entries if entry]
    return _number(at, text, wrong) if kind == "Number" else text


def _check(at: str, text: str, rule: Mapping[str, Any], wrong: Wrong) -> None:
    allowed = [text_of(value) for value in rule.get("AllowedValues") or []]
    if allowed and text not in allowed:
        raise wrong(at, f"{text!r} is not one of {', '.join(allowed)}")
    pattern = rule.get("AllowedPattern")
    if pattern and not re.fullmatch(pattern, text):
        raise wrong(at, f"{text!r} does not match {pattern}")
    if len(text) < int(rule.get("MinLength", 0)) or len(text) > int(rule.get("MaxLength", 4096)):
        raise wrong(at, f"{text!r} is shorter or longer than allowed")


def _number(at: str, text: str, wrong: Wrong) -> int | float:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        raise wrong(at, f"{text!r} is not a number") from None
