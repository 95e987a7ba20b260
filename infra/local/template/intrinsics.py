"""CloudFormation's intrinsic functions over plain values.

`resolve` walks a value and replaces each function by its answer; what names mean is asked of a `Scope` (one stack).
`at` is the path of the value for error sentences, such as `OpenVisits.Environment.Variables.TABLE`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from .reading import TemplateError

_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
_CONDITIONS = ("Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals", "Condition")


class _NoValue:
    """The answer of `AWS::NoValue`: the key or entry that holds it disappears."""


NO_VALUE = _NoValue()


class Scope(Protocol):
    """What one stack knows."""

    def reference(self, name: str, at: str) -> Any: ...

    def attribute(self, name: str, attribute: str, at: str) -> Any: ...

    def condition(self, name: str, at: str) -> bool: ...

    def mapping(self, name: str, first: str, second: str, at: str) -> Any: ...

    def wrong(self, at: str, sentence: str) -> TemplateError: ...


def text_of(value: Any) -> str:
    """A scalar as CloudFormation writes it into text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def resolve(value: Any, scope: Scope, at: str) -> Any:
    """The value with every intrinsic answered; keys and entries that are `AWS::NoValue` are left out."""
    if isinstance(value, list):
        answers = [resolve(entry, scope, f"{at}[{n}]") for n, entry in enumerate(value)]
        return [answer for answer in answers if answer is not NO_VALUE]
    if not isinstance(value, dict):
        return value
    name = intrinsic_name(value)
    if name is not None:
        return _answer(name, value[name], scope, at)
    answered = {key: resolve(entry, scope, f"{at}.{key}") for key, entry in value.items()}
    return {key: answer for key, answer in answered.items() if answer is not NO_VALUE}


def intrinsic_name(value: dict[Any, Any]) -> str | None:
    """The function that this mapping calls, if it calls one. `Condition` alone also names a policy's conditions."""
    if len(value) != 1:
        return None
    name = next(iter(value))
    if name == "Ref" or (isinstance(name, str) and name.startswith("Fn::")):
        return str(name)
    return None


def _answer(name: str, argument: Any, scope: Scope, at: str) -> Any:
    function = _FUNCTIONS.get(name)
    if function is None:
        raise scope.wrong(at, f"the function {name} is not known here")
    return function(argument, scope, at)


def _ref(argument: Any, scope: Scope, at: str) -> Any:
    if not isinstance(argument, str):
        raise scope.wrong(at, "Ref wants a name")
    return NO_VALUE if argument == "AWS::NoValue" else scope.reference(argument, at)


def _get_att(argument: Any, scope: Scope, at: str) -> Any:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if not (isinstance(parts, list) and len(parts) == 2 and isinstance(parts[0], str)):
        raise scope.wrong(at, "Fn::GetAtt wants a resource and an attribute")
    return scope.attribute(parts[0], text_of(resolve(parts[1], scope, at)), at)


def _sub(argument: Any, scope: Scope, at: str) -> str:
    template, given = (argument, {}) if isinstance(argument, str) else _pair(argument, scope, at, "Fn::Sub")
    if not isinstance(template, str) or not isinstance(given, dict):
        raise scope.wrong(at, "Fn::Sub wants a text, or a text and a mapping")
    values = {key: resolve(value, scope, f"{at}.{key}") for key, value in given.items()}

    def replaced(match: re.Match[str]) -> str:
        literal, name = match.group(1), match.group(2).strip()
        if literal:
            return "${" + match.group(2) + "}"
        if name in values:
            found = values[name]
        elif "." in name:
            resource, _, attribute = name.partition(".")
            found = scope.attribute(resource, attribute, at)
        else:
            found = scope.reference(name, at)
        if isinstance(found, list | dict):
            raise scope.wrong(at, f"${{{name}}} is not a text and cannot stand in Fn::Sub")
        return text_of(found)

    return _VARIABLE.sub(replaced, template)


def _join(argument: Any, scope: Scope, at: str) -> str:
    separator, entries = _pair(argument, scope, at, "Fn::Join")
    answers = resolve(entries, scope, at)
    if not isinstance(separator, str) or not isinstance(answers, list):
        raise scope.wrong(at, "Fn::Join wants a separator and a list")
    return separator.join(text_of(answer) for answer in answers)


def _split(argument: Any, scope: Scope, at: str) -> list[str]:
    separator, source = _pair(argument, scope, at, "Fn::Split")
    return text_of(resolve(source, scope, at)).split(text_of(separator))


def _select(argument: Any, scope: Scope, at: str) -> Any:
    index, entries = _pair(argument, scope, at, "Fn::Select")
    number, answers = text_of(resolve(index, scope, at)), resolve(entries, scope, at)
    if not isinstance(answers, list) or not number.isdigit() or int(number) >= len(answers):
        raise scope.wrong(at, f"Fn::Select has no entry {number}")
    return answers[int(number)]


def _if(argument: Any, scope: Scope, at: str) -> Any:
    if not (isinstance(argument, list) and len(argument) == 3 and isinstance(argument[0], str)):
        raise scope.wrong(at, "Fn::If wants a condition's name and two values")
    return resolve(argument[1] if scope.condition(argument[0], at) else argument[2], scope, at)


def _find_in_map(argument: Any, scope: Scope, at: str) -> Any:
    if not (isinstance(argument, list) and len(argument) == 3):
        raise scope.wrong(at, "Fn::FindInMap wants a mapping and two keys")
    name, first, second = (text_of(resolve(part, scope, at)) for part in argument)
    return scope.mapping(name, first, second, at)


def _base64(argument: Any, scope: Scope, at: str) -> str:
    return base64.b64encode(text_of(resolve(argument, scope, at)).encode()).decode()


def _pair(argument: Any, scope: Scope, at: str, name: str) -> tuple[Any, Any]:
    if not (isinstance(argument, list) and len(argument) == 2):
        raise scope.wrong(at, f"{name} wants a list of two")
    return argument[0], argument[1]


def holds(value: Any, scope: Scope, at: str) -> bool:
    """Whether a condition holds: `Equals`, `And`, `Or`, `Not`, or the name of another one."""
    if not (isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _CONDITIONS):
        raise scope.wrong(at, f"wants one of {', '.join(_CONDITIONS)}")
    name, argument = next(iter(value.items()))
    if name == "Condition":
        return scope.condition(text_of(argument), at)
    if not isinstance(argument, list):
        raise scope.wrong(at, f"{name} wants a list")
    if name == "Fn::Equals":
        left, right = _pair(argument, scope, at, name)
        return text_of(resolve(left, scope, at)) == text_of(resolve(right, scope, at))
    answers = [holds(part, scope, at) for part in argument]
    if name == "Fn::Not":
        return not answers[0]
    return all(answers) if name == "Fn::And" else any(answers)


def names_in(value: Any) -> Iterator[str]:
    """Every name that a value refers to by `Ref`, `GetAtt` or `Sub`, resources or not."""
    if isinstance(value, list):
        for entry in value:
            yield from names_in(entry)
    elif isinstance(value, dict):
        name = intrinsic_name(value)
        argument = value[name] if name else None
        if name == "Ref" and isinstance(argument, str):
            yield argument
        elif name == "Fn::GetAtt" and argument:
            yield argument.split(".", 1)[0] if isinstance(argument, str) else str(argument[0])
        elif name == "Fn::Sub":
            yield from _names_in_sub(argument)
        else:
            for entry in value.values():
                yield from names_in(entry)


def _names_in_sub(argument: Any) -> Iterator[str]:
    template, given = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})
    for literal, variable in _VARIABLE.findall(template if isinstance(template, str) else ""):
        if not literal and variable.strip() not in given:
            yield variable.strip().split(".", 1)[0]
    yield from names_in(given)


_FUNCTIONS: dict[str, Callable[[Any, Scope, str], Any]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_att,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Select": _select,
    "Fn::If": _if,
    "Fn::FindInMap": _find_in_map,
    "Fn::Base64": _base64,
}
