"""Expressions parsed once and not three times a request, and copied without copy's detours.

moto parses a condition when it checks a request, again for the item and again in a transaction; an update expression is
parsed twice and then copied node by node through pickle's protocol. None of it depends on the item.
"""

import copy
from functools import lru_cache
from typing import Any

from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.parsing.ast_nodes import Node
from moto.dynamodb.parsing.expressions import UpdateExpressionParser

from .seams import Seam

KEPT = 512
"""Expressions of each kind; a hospital has a few dozen, with values that are new each time."""

LONGEST = 4_096
"""Values that take more characters than this are not worth keeping."""


def seams() -> list[Seam]:
    """What is parsed is never changed: moto works on a copy of an update, and conditions have no state."""
    return [
        Seam(UpdateExpressionParser, "make", ("expression_str",), lambda make: staticmethod(lru_cache(KEPT)(make))),
        Seam(Node, "__deepcopy__", None, lambda original: _copied, is_new=True),
        Seam(ConditionExpressionParser, "parse", ("self",), _parse),
    ]


def _copied(node: Any, memo: dict[int, Any]) -> Any:
    twin = object.__new__(type(node))
    twin.__dict__.update(node.__dict__)
    twin.parent = None
    if node.children is not None:
        twin.children = [
            _copied(one, memo) if isinstance(one, Node) else copy.deepcopy(one, memo) for one in node.children
        ]
        for child in twin.children:
            if isinstance(child, Node):
                child.parent = twin
    return twin


def _parse(original: Any) -> Any:
    def judged(parser: Any) -> Any:
        try:
            return original(parser)
        except (ValueError, LookupError, AssertionError) as error:
            # moto's parser ends in these at what is no expression; DynamoDB answers.
            raise MockValidationException(f"Invalid ConditionExpression: Syntax error; {error}") from error

    @lru_cache(KEPT)
    def parsed(text: str, names: str, values: str, kept: "_Kept") -> tuple[Any, list[str], list[str]]:
        fresh = kept.parser
        found = judged(fresh)
        return found, list(fresh.expr_attr_names_found), list(fresh.expr_attr_values_found)

    def parse(parser: Any) -> Any:
        names, values = repr(parser.expression_attribute_names), repr(parser.expression_attribute_values)
        if not parser.condition_expression or len(names) + len(values) > LONGEST:
            return judged(parser)
        found, used_names, used_values = parsed(parser.condition_expression, names, values, _Kept(parser))
        if not parser.expr_attr_names_found and not parser.expr_attr_values_found:
            parser.expr_attr_names_found.extend(used_names)
            parser.expr_attr_values_found.extend(used_values)
        return found

    return parse


class _Kept:
    """Hands the parser past the cache: all of them are equal."""

    def __init__(self, parser: Any) -> None:
        self.parser = parser

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept)

    def __hash__(self) -> int:
        return 0
