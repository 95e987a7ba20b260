"""Condition blocks: operators with their modifiers, over the values that a call gives its condition keys.

A key that a call has no value for is absent: a plain operator then fails, a negated one and one with `IfExists` hold,
as IAM's "Condition operators" says.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .patterns import arn_matches, matches

Values = Callable[[str], Sequence[str] | None]
"""Condition key -> what the call says about it; None when it is absent."""

Test = Callable[[str, str], bool]
"""(value of the policy, value of the call) -> whether they agree."""


def _number(text: str) -> float:
    return float(text)


def _moment(text: str) -> float:
    """ISO 8601 or seconds since 1970, as IAM takes both."""
    try:
        return float(text)
    except ValueError:
        read = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def _ordered(read: Callable[[str], float], agrees: Callable[[float, float], bool]) -> Test:
    return lambda wanted, given: agrees(read(given), read(wanted))


def _in_network(wanted: str, given: str) -> bool:
    return ipaddress.ip_address(given) in ipaddress.ip_network(wanted, strict=False)


def _same(wanted: str, given: str) -> bool:
    return wanted == given


def _same_letters(wanted: str, given: str) -> bool:
    return wanted.casefold() == given.casefold()


TESTS: dict[str, Test] = {
    "StringEquals": _same,
    "StringEqualsIgnoreCase": _same_letters,
    "StringLike": matches,
    "BinaryEquals": _same,
    "Bool": _same_letters,
    "ArnEquals": arn_matches,
    "ArnLike": arn_matches,
    "IpAddress": _in_network,
    **{
        f"{kind}{name}": _ordered(read, agrees)
        for kind, read in (("Numeric", _number), ("Date", _moment))
        for name, agrees in (
            ("Equals", lambda a, b: a == b),
            ("LessThan", lambda a, b: a < b),
            ("LessThanEquals", lambda a, b: a <= b),
            ("GreaterThan", lambda a, b: a > b),
            ("GreaterThanEquals", lambda a, b: a >= b),
        )
    },
}
NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
SETS = ("ForAllValues", "ForAnyValue")


@dataclass(frozen=True)
class Condition:
    """One operator on one key. `wanted` are the policy's values, of which one is enough."""

    operator: str
    key: str
    wanted: tuple[str, ...]
    over: str | None
    if_exists: bool

    def holds(self, values: Values) -> bool:
        """Whether the call meets it."""
        given = values(self.key)
        if self.operator == "Null":
            return (given is None) == (self.wanted[0].lower() == "true")
        is_negated = self.operator in NEGATED
        if given is None or (not given and self.over):
            return self.over == "ForAllValues" or (self.over is None and (self.if_exists or is_negated))
        test = TESTS[NEGATED.get(self.operator, self.operator)]

        def agrees(value: str) -> bool:
            return any(test(wanted, value) for wanted in self.wanted) != is_negated

        return any(map(agrees, given)) if self.over == "ForAnyValue" else all(map(agrees, given))


class UnknownCondition(ValueError):
    """An operator or key that is not known here; the sentence says which."""


def read_conditions(written: Any, known_key: Callable[[str], bool]) -> tuple[Condition, ...]:
    """The conditions of a statement; all of them must hold. UnknownCondition."""
    if not isinstance(written, Mapping):
        raise UnknownCondition("wants operators, each with its keys")
    return tuple(
        _condition(operator, key, wanted, known_key)
        for operator, keys in written.items()
        for key, wanted in _keys(operator, keys)
    )


def _keys(operator: str, keys: Any) -> list[tuple[str, Any]]:
    if not isinstance(keys, Mapping):
        raise UnknownCondition(f"{operator} wants keys with values")
    return list(keys.items())


def _condition(written: str, key: str, wanted: Any, known_key: Callable[[str], bool]) -> Condition:
    over, is_over, operator = written.rpartition(":")
    if_exists = operator.endswith("IfExists")
    operator = operator.removesuffix("IfExists")
    if (is_over and over not in SETS) or not (operator in TESTS or operator in NEGATED or written == "Null"):
        raise UnknownCondition(f"the operator {written!r} is not known")
    if not known_key(key):
        raise UnknownCondition(f"the condition key {key!r} is not known")
    values = tuple(_text(value) for value in (wanted if isinstance(wanted, list) else [wanted]))
    if any("${" in value for value in values):
        raise UnknownCondition(f"policy variables such as {values} are not known")
    condition = Condition(operator, key, values, over or None, if_exists)
    _try(condition)
    return condition


def _try(condition: Condition) -> None:
    """A value that the operator cannot read would only be found out when a call comes."""
    test = TESTS.get(NEGATED.get(condition.operator, condition.operator))
    if test is None or condition.operator in ("IpAddress", "NotIpAddress"):
        return
    for value in condition.wanted:
        try:
            test(value, value)
        except ValueError:
            raise UnknownCondition(f"{condition.operator} cannot read {value!r}") from None


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
