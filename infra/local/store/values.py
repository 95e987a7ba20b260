"""Attribute values of a request, judged and brought into the form in which DynamoDB keeps them.

Source: Amazon DynamoDB API Reference, "AttributeValue"; Developer Guide, "Supported data types and naming rules" and
"Service, account, and table quotas" (nesting, number precision).
"""

from collections.abc import Iterable
from typing import Any

from moto.dynamodb.exceptions import MockValidationException

from .sizes import BadNumber, canonical_number

MOST_LEVELS = 32

SETS = {"SS": "string", "NS": "number", "BS": "binary"}

Value = dict[str, Any]
"""{type: value}"""


def settle_values(values: Iterable[Value]) -> None:
    """Checks each value and, in place, writes its numbers as DynamoDB does: `1.50` as `1.5`, `1E2` as `100`."""
    for value in values:
        _settle(value, 1)


def _settle(value: Value, level: int) -> None:
    if len(value) != 1:
        few = "is empty" if not value else "has more than one datatypes set"
        raise MockValidationException(
            f"Supplied AttributeValue {few}, must contain exactly one of the supported datatypes"
        )
    ((kind, content),) = value.items()
    if kind == "S" or kind == "B" or kind == "BOOL":
        return
    if kind == "N":
        value["N"] = _number(content)
    elif kind in SETS:
        value[kind] = _settled_set(kind, content)
    elif kind == "NULL":
        if content is not True:
            raise MockValidationException(
                "One or more parameter values were invalid: Null attribute value types must have the value of true"
            )
    elif kind in ("L", "M"):
        if level > MOST_LEVELS:
            raise MockValidationException("Nesting Levels have exceeded supported limits")
        for inner in content if kind == "L" else content.values():
            _settle(inner, level + 1)


def _settled_set(kind: str, content: list[Any]) -> list[Any]:
    if not content:
        raise MockValidationException(
            f"One or more parameter values were invalid: An {SETS[kind]} set  may not be empty"
        )
    members = [_number(one) for one in content] if kind == "NS" else list(content)
    if len(set(members)) < len(members):
        shown = ", ".join(str(one) for one in content)
        raise MockValidationException(
            f"One or more parameter values were invalid: Input collection [{shown}] contains duplicates."
        )
    return members


def _number(text: Any) -> str:
    if not isinstance(text, str):
        raise MockValidationException(f"The parameter cannot be converted to a numeric value: {text}")
    try:
        return canonical_number(text)
    except BadNumber as error:
        raise MockValidationException(str(error)) from error
