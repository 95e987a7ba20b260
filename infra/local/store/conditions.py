"""How operands of conditions and filters compare: by type, as DynamoDB does.

moto compares Python's values, so that `1` equals `true`, a missing attribute equals NULL, and a text compared with a
number ends in a TypeError. In DynamoDB values of different types are never equal nor in order, and a condition on an
attribute that is not there is false, except `<>`.

Source: Amazon DynamoDB Developer Guide, "Condition and filter expressions, operators, and functions".
"""

import base64
import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from moto.dynamodb import comparisons
from moto.dynamodb.models.dynamo_type import DynamoType

from .seams import Seam

Typed = tuple[str, Any]
"""(type letter, value that compares as DynamoDB's does)."""

ORDERED = frozenset({"S", "N", "B"})
MEMBERS = {"SS": "S", "NS": "N", "BS": "B"}
MEASURED = frozenset({"S", "SS", "NS", "B", "BS", "L", "M"})

Evaluate = Callable[[Any, Any], bool]


def seams() -> list[Seam]:
    """The evaluation of every comparison and function; moto goes on parsing and joining them."""
    orders = {
        comparisons.OpLessThan: operator.lt,
        comparisons.OpLessThanOrEqual: operator.le,
        comparisons.OpGreaterThan: operator.gt,
        comparisons.OpGreaterThanOrEqual: operator.ge,
    }
    evaluations: dict[Any, Evaluate] = {kind: _ordered(compare) for kind, compare in orders.items()}
    evaluations |= {
        comparisons.OpEqual: lambda op, item: _equal(typed(op.lhs, item), typed(op.rhs, item)),
        comparisons.OpNotEqual: lambda op, item: not _equal(typed(op.lhs, item), typed(op.rhs, item)),
        comparisons.FuncBetween: _between,
        comparisons.FuncIn: _in,
        comparisons.FuncBeginsWith: _begins_with,
        comparisons.FuncContains: _contains,
    }
    return [
        Seam(kind, "expr", ("self", "item"), lambda original, evaluate=evaluate: evaluate)  # type: ignore[misc]
        for kind, evaluate in evaluations.items()
    ]


def typed(operand: Any, item: Any) -> Typed | None:
    """What an operand stands for in an item; None when it is not there."""
    if isinstance(operand, comparisons.AttributePath):
        found = operand._get_attr(item)
        return None if found is None else typed_value(found)
    if isinstance(operand, comparisons.AttributeValue):
        return typed_value({operand.type: operand.value})
    if isinstance(operand, comparisons.FuncSize):
        measured = typed(operand.attr, item)
        if measured is None or measured[0] not in MEASURED:
            return None
        return "N", Decimal(len(measured[1]))
    return "BOOL", operand.expr(item)


def typed_value(value: Any) -> Typed:
    """moto's DynamoType or {type: value}, comparable."""
    if isinstance(value, DynamoType):
        kind, content = value.type, value.value
    else:
        ((kind, content),) = value.items()
    match kind:
        case "N":
            return kind, Decimal(content)
        case "B":
            return kind, _bytes(content)
        case "SS" | "NS" | "BS":
            return kind, frozenset(typed_value({kind[0]: member})[1] for member in content)
        case "L":
            return kind, [typed_value(one) for one in content]
        case "M":
            return kind, {name: typed_value(one) for name, one in content.items()}
    return kind, content


def _bytes(content: Any) -> bytes:
    return base64.b64decode(content) if isinstance(content, str) else bytes(content)


def _equal(one: Typed | None, other: Typed | None) -> bool:
    return one is not None and one == other


def _ordered(compare: Callable[[Any, Any], bool]) -> Evaluate:
    def evaluate(op: Any, item: Any) -> bool:
        return _in_order(compare, typed(op.lhs, item), typed(op.rhs, item))

    return evaluate


def _in_order(compare: Callable[[Any, Any], bool], one: Typed | None, other: Typed | None) -> bool:
    if one is None or other is None or one[0] != other[0] or one[0] not in ORDERED:
        return False
    return compare(one[1], other[1])


def _between(function: Any, item: Any) -> bool:
    value = typed(function.attr, item)
    low, high = typed(function.start, item), typed(function.end, item)
    return _in_order(operator.le, low, value) and _in_order(operator.le, value, high)


def _in(function: Any, item: Any) -> bool:
    value = typed(function.attr, item)
    return any(_equal(value, typed(possible, item)) for possible in function.possible_values)


def _begins_with(function: Any, item: Any) -> bool:
    value, prefix = typed(function.attr, item), typed(function.substr, item)
    if value is None or prefix is None or value[0] != prefix[0] or value[0] not in ("S", "B"):
        return False
    return bool(value[1].startswith(prefix[1]))


def _contains(function: Any, item: Any) -> bool:
    value, part = typed(function.attr, item), typed(function.operand, item)
    if value is None or part is None:
        return False
    kind, content = value
    if kind in ("S", "B"):
        return part[0] == kind and part[1] in content
    if kind in MEMBERS:
        return part[0] == MEMBERS[kind] and part[1] in content
    return kind == "L" and part in content
