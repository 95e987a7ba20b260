"""Event patterns, as EventBridge's rules and Lambda's filters write them.

Source: "Comparison operators for use in event patterns" (EventBridge User Guide) and "Filter rule syntax" (Lambda
Developer Guide). Operators look at leaves only; an array in the event fits when one of its entries does.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Pattern = Mapping[str, Any]

_LONGEST = 4096
"""Characters of a pattern."""

_ABSENT = object()
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "=": lambda value, other: value == other,
    "<": lambda value, other: value < other,
    "<=": lambda value, other: value <= other,
    ">": lambda value, other: value > other,
    ">=": lambda value, other: value >= other,
}
_LARGEST_NUMBER = 5_000_000_000


def check(pattern: Any, *, of_lambda: bool = False) -> None:
    """ValueError for what EventBridge would not take as a pattern; `of_lambda`: what a function's filter would not."""
    if len(json.dumps(pattern)) > _LONGEST:
        raise ValueError(f"a pattern has at most {_LONGEST} characters")
    _check_level(pattern)
    if of_lambda:
        _check_for_lambda(pattern)


def fits(pattern: Pattern, event: Any) -> bool:
    """Whether an event fits a checked pattern."""
    if isinstance(event, list):
        return any(fits(pattern, entry) for entry in event)
    if not isinstance(event, Mapping):
        event = {}  # below a leaf everything is absent, which `exists: false` may ask for
    return all(_key_fits(key, rule, event) for key, rule in pattern.items())


def _key_fits(key: str, rule: Any, event: Mapping[str, Any]) -> bool:
    if key == "$or":
        return any(fits(alternative, event) for alternative in rule)
    value = event.get(key, _ABSENT)
    if isinstance(rule, dict):
        return fits(rule, None if value is _ABSENT else value)
    leaves = list(_leaves(value))
    return any(_one_fits(one, leaves) for one in rule)


def _leaves(value: Any) -> Iterable[Any]:
    """What operators look at: nothing for a missing key or a mapping."""
    if isinstance(value, list):
        for entry in value:
            yield from _leaves(entry)
    elif value is not _ABSENT and not isinstance(value, Mapping):
        yield value


def _one_fits(rule: Any, leaves: list[Any]) -> bool:
    if isinstance(rule, dict):
        name, argument = next(iter(rule.items()))
        if name == "exists":
            return bool(leaves) is argument
        return any(_OPERATORS[name][1](argument, leaf) for leaf in leaves)
    # True equals 1 in Python and 300 equals 300.0, not so in a pattern.
    return any(leaf == rule and type(leaf) is type(rule) for leaf in leaves)


# ---- what may be written ----
def _check_level(pattern: Any) -> None:
    if not isinstance(pattern, dict) or not pattern:
        raise ValueError("a pattern is a mapping with at least one key")
    for key, rule in pattern.items():
        if key == "$or":
            if not isinstance(rule, list) or len(rule) < 2:
                raise ValueError("$or wants a list of at least two patterns")
            for alternative in rule:
                _check_level(alternative)
        elif isinstance(rule, dict):
            _check_level(rule)
        elif isinstance(rule, list) and rule:
            for one in rule:
                _check_rule(one)
        else:
            raise ValueError(f"{key} wants a list of values")


def _check_for_lambda(pattern: Any) -> None:
    """Lambda's filters know fewer operators than rules of the bus."""
    if isinstance(pattern, dict):
        if "wildcard" in pattern or "cidr" in pattern or isinstance(pattern.get("anything-but"), dict):
            raise ValueError(f"the rule {pattern} is not known to Lambda")
        for rule in pattern.values():
            _check_for_lambda(rule)
    elif isinstance(pattern, list):
        for one in pattern:
            _check_for_lambda(one)


def _check_rule(rule: Any) -> None:
    if isinstance(rule, list):
        raise ValueError("a list of values holds no lists")
    if isinstance(rule, dict):
        if len(rule) != 1 or next(iter(rule)) not in _OPERATORS:
            raise ValueError(f"the rule {rule} is not known")
        name, argument = next(iter(rule.items()))
        _OPERATORS[name][0](argument)


def _is_text(name: str) -> Callable[[Any], None]:
    def checked(argument: Any) -> None:
        if not isinstance(argument, str) or not argument:
            raise ValueError(f"{name} wants a text")

    return checked


def _check_edge(argument: Any) -> None:
    """`prefix` and `suffix`: a text, or one whatever its case."""
    if isinstance(argument, dict) and argument.keys() == {"equals-ignore-case"}:
        argument = argument["equals-ignore-case"]
    _is_text("prefix and suffix")(argument)


def _check_wildcard(argument: Any) -> None:
    _is_text("wildcard")(argument)
    if "**" in argument.replace(r"\*", ""):
        raise ValueError("wildcard takes no two * in a row")


def _check_exists(argument: Any) -> None:
    if not isinstance(argument, bool):
        raise ValueError("exists wants true or false")


def _check_numeric(argument: Any) -> None:
    if not isinstance(argument, list) or len(argument) not in (2, 4):
        raise ValueError("numeric wants an operator and a number, or two of each")
    for operator, number in zip(argument[::2], argument[1::2], strict=True):
        if operator not in _ORDER:
            raise ValueError(f"numeric knows no {operator!r}")
        if isinstance(number, bool) or not isinstance(number, int | float) or abs(number) > _LARGEST_NUMBER:
            raise ValueError("numeric wants numbers between -5,000,000,000 and 5,000,000,000")


def _check_anything_but(argument: Any) -> None:
    if isinstance(argument, dict):
        if len(argument) != 1 or next(iter(argument)) not in ("prefix", "suffix", "equals-ignore-case", "wildcard"):
            raise ValueError(f"anything-but does not take {argument}")
        name, inner = next(iter(argument.items()))
        for one in inner if isinstance(inner, list) else [inner]:
            _OPERATORS[name][0](one)
        return
    values = argument if isinstance(argument, list) else [argument]
    if not values or not all(isinstance(value, str | int | float) and not isinstance(value, bool) for value in values):
        raise ValueError("anything-but wants texts or numbers")


def _check_cidr(argument: Any) -> None:
    _is_text("cidr")(argument)
    ipaddress.ip_network(argument)


# ---- what fits ----
def _edge(argument: Any, value: Any, test: Callable[[str, str], bool]) -> bool:
    if not isinstance(value, str):
        return False
    if isinstance(argument, dict):
        return test(value.lower(), argument["equals-ignore-case"].lower())
    return test(value, argument)


def _wildcard(argument: str, value: Any) -> bool:
    parts = re.split(r"(?<!\\)\*", argument)
    expression = ".*".join(re.escape(part.replace(r"\*", "*").replace(r"\\", "\\")) for part in parts)
    return isinstance(value, str) and re.fullmatch(expression, value, re.DOTALL) is not None


def _numeric(argument: list[Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return all(_ORDER[argument[n]](value, argument[n + 1]) for n in range(0, len(argument), 2))


def _anything_but(argument: Any, value: Any) -> bool:
    if isinstance(argument, dict):
        name, inner = next(iter(argument.items()))
        return not any(_OPERATORS[name][1](one, value) for one in (inner if isinstance(inner, list) else [inner]))
    return value not in (argument if isinstance(argument, list) else [argument])


def _cidr(argument: str, value: Any) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(argument)
    except ValueError:
        return False


_OPERATORS: dict[str, tuple[Callable[[Any], None], Callable[[Any, Any], bool]]] = {
    "anything-but": (_check_anything_but, _anything_but),
    "cidr": (_check_cidr, _cidr),
    "equals-ignore-case": (
        _is_text("equals-ignore-case"),
        lambda wanted, value: isinstance(value, str) and value.lower() == wanted.lower(),
    ),
    "exists": (_check_exists, lambda _wanted, _value: True),
    "numeric": (_check_numeric, _numeric),
    "prefix": (_check_edge, lambda wanted, value: _edge(wanted, value, str.startswith)),
    "suffix": (_check_edge, lambda wanted, value: _edge(wanted, value, str.endswith)),
    "wildcard": (_check_wildcard, _wildcard),
}
