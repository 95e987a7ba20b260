"""What can be said of a request's expressions before its items are looked at: words, placeholders, sizes, functions.

Source: Amazon DynamoDB Developer Guide, "Expressions in DynamoDB", "Reserved words in DynamoDB" and, for the numbers,
"Service, account, and table quotas in DynamoDB". The grammar itself is judged by moto.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

MOST_BYTES = 4096
MOST_OPERATORS = 300
MOST_IN_OPERANDS = 100

KINDS = (
    "KeyConditionExpression", "FilterExpression", "ProjectionExpression", "ConditionExpression", "UpdateExpression",
)  # fmt: skip

TOKEN = re.compile(r"\s+|(?P<word>[#:]?[A-Za-z0-9_]+|<>|<=|>=|[=<>().,\[\]+-])")
SYNTAX = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN"})
CLAUSES = frozenset({"SET", "REMOVE", "ADD", "DELETE"})
FUNCTIONS = {
    "KeyConditionExpression": frozenset({"begins_with"}),
    "ProjectionExpression": frozenset(),
    "UpdateExpression": frozenset({"if_not_exists", "list_append"}),
}
CONDITION_FUNCTIONS = frozenset(
    {"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"}
)
COUNTED = CONDITION_FUNCTIONS | {"if_not_exists", "list_append"}
RESERVED = frozenset(ReservedKeywords.get_reserved_keywords())
OPERATORS = frozenset({"=", "<>", "<", "<=", ">", ">=", "+", "-"})

Body = dict[str, Any]


@dataclass
class Found:
    """What the expressions of one operation use; `roots` are the top-level attributes that each kind names."""

    names: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    roots: dict[str, set[str]] = field(default_factory=dict)


def check_expressions(body: Body) -> Found:
    """All expressions of a request, or of one part of a transaction or batch. Raises ValidationException."""
    names, values = body.get("ExpressionAttributeNames"), body.get("ExpressionAttributeValues")
    found, present = Found(), [kind for kind in KINDS if body.get(kind) is not None]
    _check_placeholders("ExpressionAttributeNames", "#", names, present)
    _check_placeholders("ExpressionAttributeValues", ":", values, [k for k in present if k != "ProjectionExpression"])
    for kind in present:
        _check_one(kind, body[kind], names or {}, values or {}, found)
    for title, given, used in (("Names", names, found.names), ("Values", values, found.values)):
        if unused := sorted(set(given or ()) - used):
            raise MockValidationException(
                f"Value provided in ExpressionAttribute{title} unused in expressions: keys: {{{', '.join(unused)}}}"
            )
    return found


def _check_placeholders(title: str, mark: str, given: dict[str, Any] | None, present: list[str]) -> None:
    if given is None:
        return
    if not present:
        raise MockValidationException(f"{title} can only be specified when using expressions")
    if not given:
        raise MockValidationException(f"{title} must not be empty")
    for key in given:
        if not re.fullmatch(mark + "[A-Za-z0-9_]+", key):
            raise MockValidationException(f'{title} contains invalid key: Syntax error; key: "{key}"')


def _check_one(kind: str, text: str, names: dict[str, str], values: dict[str, Any], found: Found) -> None:
    def refuse(why: str) -> MockValidationException:
        return MockValidationException(f"Invalid {kind}: {why}")

    if not text.strip():
        raise refuse("The expression can not be empty;")
    if (size := len(text.encode())) > MOST_BYTES:
        raise refuse(f"Expression size has exceeded the maximum allowed size; expression size: {size}")
    words = [match["word"] for match in TOKEN.finditer(text) if match["word"]]
    roots = found.roots.setdefault(kind, set())
    for place, word in enumerate(words):
        before, after = words[place - 1] if place else "", words[place + 1] if place + 1 < len(words) else ""
        if word[0] == ":":
            found.values.add(word)
            if word not in values:
                raise refuse(
                    f"An expression attribute value used in expression is not defined; attribute value: {word}"
                )
        elif word[0] == "#":
            found.names.add(word)
            if word not in names:
                raise refuse(
                    f"An expression attribute name used in the document path is not defined; attribute name: {word}"
                )
            if before != ".":
                roots.add(names[word])
        elif word[0].isalpha() or word[0] == "_":
            if after == "(" and before != "." and word.upper() not in SYNTAX:
                if word not in FUNCTIONS.get(kind, CONDITION_FUNCTIONS):
                    raise refuse(f"Invalid function name; function: {word}")
            elif not _is_syntax(kind, word):
                if word.upper() in RESERVED:
                    raise refuse(f"Attribute name is a reserved keyword; reserved keyword: {word}")
                if before != ".":
                    roots.add(word)
    _check_counts(words, refuse)


def _is_syntax(kind: str, word: str) -> bool:
    upper = word.upper()
    return upper in CLAUSES if kind == "UpdateExpression" else kind != "ProjectionExpression" and upper in SYNTAX


def _check_counts(words: list[str], refuse: Any) -> None:
    operators = sum(word in OPERATORS or word in COUNTED or word.upper() in SYNTAX for word in words)
    if operators > MOST_OPERATORS:
        raise refuse(
            f"The expression contains too many operators; operator count: {operators}, maximum: {MOST_OPERATORS}"
        )
    for place, word in enumerate(words):
        if word.upper() == "IN" and words[place + 1 : place + 2] == ["("]:
            depth, commas = 0, 0
            for each in words[place + 1 :]:
                depth += (each == "(") - (each == ")")
                commas += each == "," and depth == 1
                if not depth:
                    break
            if commas + 1 > MOST_IN_OPERANDS:
                raise refuse(
                    "The IN operator is provided with too many operands; "
                    f"number of operands: {commas + 1}, maximum: {MOST_IN_OPERANDS}"
                )
