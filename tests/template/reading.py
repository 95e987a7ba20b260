"""Templates as plain values: the short forms (`!Ref`) are read as their long forms, nothing is resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT_OF_ROOT = {"AWS::Partition", "AWS::Region", "AWS::AccountId", "AWS::URLSuffix", "AWS::StackName"}


class _Loader(yaml.CSafeLoader):
    """Knows CloudFormation's tags."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = "Ref" if tag == "Ref" else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return {name: text.split(".", 1) if tag == "GetAtt" else text}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _long_form)


@dataclass(frozen=True)
class Stack:
    """One template file."""

    path: Path

    @cached_property
    def document(self) -> dict[str, Any]:
        read: dict[str, Any] = yaml.load(self.text, _Loader)
        return read

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def resources(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document["Resources"]
        return found

    @property
    def names(self) -> set[str]:
        """What a reference in this template may name."""
        return {*self.resources, *self.document.get("Parameters", {}), *ENVIRONMENT_OF_ROOT, "AWS::NoValue"}

    def of_type(self, kind: str) -> dict[str, Any]:
        """Logical id -> properties of the resources of one type."""
        return {name: found.get("Properties", {}) for name, found in self.resources.items() if found["Type"] == kind}

    def setting(self, function: str, key: str) -> Any:
        """A property of a function, from the function itself or from Globals."""
        own = self.resources[function]["Properties"]
        return own.get(key, self.document.get("Globals", {}).get("Function", {}).get(key))


@cache
def stacks() -> tuple[Stack, ...]:
    """The root first, then all that it nests. Read once: nothing here changes them."""
    nested = [*sorted(ROOT.glob("infra/*.yaml")), *sorted(ROOT.glob("infra/areas/*.yaml"))]
    return tuple(Stack(path) for path in [ROOT / "template.yaml", *nested])


def functions() -> list[tuple[Stack, str, dict[str, Any]]]:
    """Every function with its stack."""
    return [
        (stack, name, properties)
        for stack in stacks()
        for name, properties in stack.of_type("AWS::Serverless::Function").items()
    ]


def statements(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """The policy statements of a function."""
    return [statement for policy in properties.get("Policies", []) for statement in policy["Statement"]]


def as_list(value: Any) -> list[Any]:
    """CloudFormation lets one thing stand for a list of one."""
    return value if isinstance(value, list) else [value]


def walk(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every value inside, with its path."""
    yield at, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, f"{at}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from walk(inner, f"{at}[{number}]")


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Path and name of each resource or parameter that is referred to."""
    for at, found in walk(value):
        if not isinstance(found, dict):
            continue
        if "Ref" in found:
            yield at, found["Ref"].split(".")[0]  # a function's alias is `Name.Alias`
        if "Fn::GetAtt" in found:
            yield at, found["Fn::GetAtt"][0]
        if isinstance(found.get("Fn::Sub"), str):
            for name in re.findall(r"\${([^!}][^}]*)}", found["Fn::Sub"]):
                yield at, name.split(".")[0]
