"""What a rule's target is told: the event, a part of it (`InputPath`), a fixed text (`Input`), or a text made from it
(`InputTransformer`). Source: "Amazon EventBridge input transformation" (EventBridge User Guide)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\['([^']+)'\]|\[(\d+)\]")
_PLACE = re.compile(r"<([A-Za-z0-9_.-]+)>")
_LARGEST_TEMPLATE = 8192
_MOST_VARIABLES = 100
_PREDEFINED = (
    "aws.events.event",
    "aws.events.event.ingestion-time",
    "aws.events.event.json",
    "aws.events.rule-arn",
    "aws.events.rule-name",
)
_NOTHING = object()


class InputNotMade(Exception):
    """The event has not what the transformer's text needs, so that no JSON comes out."""


class Shape:
    """How one target's input is made from an event; `made` answers JSON as text."""

    def __init__(self, target: Mapping[str, Any]) -> None:
        """ValueError for what PutTargets would refuse."""
        written = [name for name in ("Input", "InputPath", "InputTransformer") if target.get(name)]
        if len(written) > 1:
            raise ValueError(f"{written[0]} and {written[1]} exclude each other")
        self._fixed, self._path = target.get("Input"), target.get("InputPath")
        if self._fixed is not None:
            json.loads(self._fixed)
        if self._path is not None:
            _steps(self._path)
        transformer = target.get("InputTransformer") or {}
        self._paths: Mapping[str, str] = transformer.get("InputPathsMap") or {}
        self._template = transformer.get("InputTemplate")
        if transformer:
            self._check_transformer()

    def made(self, event: Mapping[str, Any], rule_arn: str) -> str:
        """InputNotMade."""
        if self._fixed is not None:
            return str(self._fixed)
        if self._path is not None:
            found = _at(event, self._path)
            return json.dumps(None if found is _NOTHING else found, ensure_ascii=False)
        if self._template is None:
            return json.dumps(event, ensure_ascii=False)
        text = _filled(self._template, self._variables(event, rule_arn))
        try:
            json.loads(text)
        except ValueError as error:
            raise InputNotMade(f"the transformer's text is no JSON with this event: {error}") from None
        return text

    def _variables(self, event: Mapping[str, Any], rule_arn: str) -> dict[str, Any]:
        values = {name: _at(event, path) for name, path in self._paths.items()}
        return values | {
            "aws.events.rule-arn": rule_arn,
            "aws.events.rule-name": rule_arn.rsplit("/", 1)[-1],
            "aws.events.event.ingestion-time": event["time"],
            "aws.events.event.json": dict(event),
            "aws.events.event": {name: value for name, value in event.items() if name != "detail"},
        }

    def _check_transformer(self) -> None:
        if not isinstance(self._template, str) or not 0 < len(self._template) <= _LARGEST_TEMPLATE:
            raise ValueError(f"InputTransformer wants an InputTemplate of at most {_LARGEST_TEMPLATE} characters")
        if len(self._paths) > _MOST_VARIABLES:
            raise ValueError(f"InputPathsMap has more than {_MOST_VARIABLES} entries")
        for name, path in self._paths.items():
            if name.startswith("AWS"):
                raise ValueError(f"InputPathsMap: {name} begins with AWS, which is reserved")
            _steps(path)
        for name in _PLACE.findall(self._template):
            if name not in self._paths and name not in _PREDEFINED:
                raise ValueError(f"InputTemplate: <{name}> is not in InputPathsMap")


def _filled(template: str, values: Mapping[str, Any]) -> str:
    """The template with its places filled: as JSON where they stand alone, as plain text within a JSON string."""
    made, last, quoted = [], 0, False
    for match in _PLACE.finditer(template):
        before = template[last : match.start()]
        quoted = _ends_quoted(before, quoted)
        made += [before, _written(values[match.group(1)], quoted)]
        last = match.end()
    return "".join([*made, template[last:]])


def _ends_quoted(text: str, quoted: bool) -> bool:
    for mark in re.finditer(r'\\.|"', text):
        quoted = quoted != (mark.group() == '"')
    return quoted


def _written(value: Any, quoted: bool) -> str:
    if value is _NOTHING:
        return ""
    text = json.dumps(value, ensure_ascii=False)
    if not quoted:
        return text
    return text[1:-1] if isinstance(value, str) else json.dumps(text, ensure_ascii=False)[1:-1]


def _at(event: Any, path: str) -> Any:
    found = event
    for step in _steps(path):
        if isinstance(step, int):
            found = found[step] if isinstance(found, list) and step < len(found) else _NOTHING
        else:
            found = found.get(step, _NOTHING) if isinstance(found, Mapping) else _NOTHING
        if found is _NOTHING:
            break
    return found


def _steps(path: str) -> list[str | int]:
    """`$.detail.items[0]['a b']`: the part of JSONPath that EventBridge takes. ValueError."""
    rest = path[1:]
    steps: list[str | int] = []
    while path.startswith("$") and rest:
        match = _STEP.match(rest)
        if not match:
            break
        steps.append(int(match.group(3)) if match.group(3) else match.group(1) or match.group(2))
        rest = rest[match.end() :]
    if not path.startswith("$") or rest:
        raise ValueError(f"{path!r} is no path that EventBridge takes")
    return steps
