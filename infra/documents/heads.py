"""The beginnings of the templates: what a stack takes, what all its functions share, and who hands it down.

`head.yaml` is written once. A stack that holds functions begins with the part of it that it uses, after its own
description; parameters that only its resources name follow by themselves. `template.yaml` hands each nested stack what
that declares: a parameter or layer of its own, or the output of another stack. What nothing gives, or several stacks
do, is an error here and not in the cloud.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.local.template.intrinsics import names_in
from infra.local.template.reading import read_mapping, read_text

HEAD = "infra/documents/head.yaml"
ROOT_STACK_NAME = "RootStackName"
"""The parameter by which a nested stack asks for the name that all others begin with."""
NESTED = "AWS::Serverless::Application"
_NOTE = (
    "# From here to Resources: written by `make documents`, from infra/documents/head.yaml and what is used below.\n"
)
_SECTION = re.compile(r"^(\w+):.*\n(?:(?:[ #].*)?\n)*", re.M)
_ENTRY = re.compile(r"^((?:  #.*\n)*)  (\w+):.*\n(?:(?:    .*)?\n)*", re.M)

Json = dict[str, Any]


class NothingGivesIt(Exception):
    """A nested stack takes a parameter that no part of the deployment gives, or that several do."""


def headed_templates(root: Path) -> dict[str, str]:
    """Path below `root` -> text, of each template that has a part which is written here."""
    head = Head((root / HEAD).read_text(encoding="utf-8"))
    texts = {}
    for file in [*sorted(root.glob("infra/*.yaml")), *sorted(root.glob("infra/areas/*.yaml"))]:
        stack = read_mapping(file)
        if _of(stack, "AWS::Serverless::Function"):
            texts[file.relative_to(root).as_posix()] = head.put_on(file.read_text(encoding="utf-8"), stack)
    return texts | {"template.yaml": handed_down(root, texts)}


class Head:
    """`head.yaml`: its text by section and entry."""

    def __init__(self, text: str) -> None:
        sections = {found.group(1): found.group(0) for found in _SECTION.finditer(text)}
        self.parameters, self.conditions, self.globals = (
            _entries(sections[name]) for name in ("Parameters", "Conditions", "Globals")
        )
        self.written = read_text(text)

    def put_on(self, text: str, stack: Json) -> str:
        """The template's text under its head."""
        begin, resources = (_place(pattern, text) for pattern in (f"{re.escape(_NOTE)}|Parameters:", "Resources:"))
        own = _outputs(text)
        shared = {
            name: _replaced(entry, own)
            for name, entry in self.globals.items()
            if _of(stack, f"AWS::Serverless::{name}")
        }
        used = [*names_in([read_text(entry) for entry in shared.values()]), *_names(stack)]
        asked = set(_conditions([[read_text(entry) for entry in shared.values()], stack["Resources"]]))
        conditions = {name: entry for name, entry in self.conditions.items() if name in asked}
        used += names_in([read_text(entry) for entry in conditions.values()])
        parts = {"Parameters": self._taken(used, stack), "Conditions": conditions, "Globals": shared}
        sections = [f"{name}:\n{''.join(entries.values())}\n" for name, entries in parts.items() if entries]
        return text[:begin] + _NOTE + "".join(sections) + text[resources:]

    def _taken(self, used: list[str], stack: Json) -> dict[str, str]:
        """The shared parameters that are used, then those of the resources alone, by alphabet."""
        names = dict.fromkeys(name.split(".")[0] for name in used if "::" not in name)
        own = [name for name in names if name not in self.parameters and name not in stack["Resources"]]
        shared = {name: entry for name, entry in self.parameters.items() if name in names}
        return shared | {name: f"  {name}: {{Type: String}}\n" for name in sorted(own)}


def handed_down(root: Path, texts: dict[str, str]) -> str:
    """`template.yaml` with the parameters of every nested stack, as `texts` or the files declare them."""
    text = (root / "template.yaml").read_text(encoding="utf-8")
    document = read_text(text)
    nested = _of(document, NESTED)
    declared, given = {}, {}
    for name, properties in nested.items():
        location = properties["Location"]
        stack = read_text(texts[location]) if location in texts else read_mapping(root / location)
        declared[name] = list(stack.get("Parameters") or {})
        given[name] = set(stack.get("Outputs") or {})
    makes = {*document["Parameters"], *document["Resources"]}
    for name, parameters in declared.items():
        lines = [f"        {parameter}: {_giver(name, parameter, makes, given)}\n" for parameter in parameters]
        text = re.sub(
            rf"^(  {name}:\n(?:    .*\n)*?      Parameters:\n)(?:        .*\n)*",
            lambda found, lines=lines: found.group(1) + "".join(lines),  # type: ignore[misc]
            text,
            flags=re.M,
        )
    return text


def _giver(nested: str, parameter: str, makes: set[str], given: dict[str, set[str]]) -> str:
    """What the root hands down for a parameter: its own, an output of that name, or `ApiId` of `Identity`."""
    if parameter == ROOT_STACK_NAME:
        return '!Ref "AWS::StackName"'
    if parameter in makes:
        return f"!Ref {parameter}"
    stacks = [name for name, outputs in given.items() if parameter in outputs and name != nested]
    found = [f"{name}.Outputs.{parameter}" for name in stacks] or [
        f"{name}.Outputs.{parameter.removeprefix(name)}"
        for name, outputs in given.items()
        if parameter.startswith(name) and parameter.removeprefix(name) in outputs
    ]
    if len(found) != 1:
        raise NothingGivesIt(f"template.yaml: {nested} takes {parameter}, given by {', '.join(found) or 'nothing'}")
    return f"!GetAtt {found[0]}"


def _of(document: Json, kind: str) -> dict[str, Json]:
    """Logical id -> properties of the resources of one type."""
    return {
        name: resource.get("Properties") or {}
        for name, resource in document["Resources"].items()
        if resource["Type"] == kind
    }


def _entries(section: str) -> dict[str, str]:
    """Name -> lines of each entry of a section."""
    return {found.group(2): found.group(0).rstrip() + "\n" for found in _ENTRY.finditer(section)}


def _place(pattern: str, text: str) -> int:
    found = re.search(f"^(?:{pattern})", text, re.M)
    if found is None:
        raise NothingGivesIt(f"a template with functions has no {pattern}")
    return found.start()


def _outputs(text: str) -> dict[str, str]:
    """Name -> value, as written, of the outputs of a template."""
    found = re.search(r"^Outputs:\n((?:  .*\n)*)", text, re.M)
    return dict(re.findall(r"^  (\w+): \{Value: (.*)\}$", found.group(1) if found else "", re.M))


def _replaced(entry: str, own: dict[str, str]) -> str:
    """A stack that makes what the others are told of says it itself: its output stands for the parameter."""
    return re.sub(r"!Ref (\w+)", lambda found: own.get(found.group(1), found.group(0)), entry)


def _names(stack: Json) -> Iterator[str]:
    yield from names_in(stack["Resources"])
    yield from names_in(stack.get("Outputs") or {})


def _conditions(value: Any) -> Iterator[str]:
    """The conditions that `Fn::If` and resources ask for."""
    if isinstance(value, list):
        for entry in value:
            yield from _conditions(entry)
    elif isinstance(value, dict):
        if "Fn::If" in value:
            yield str(value["Fn::If"][0])
        if isinstance(value.get("Condition"), str):
            yield value["Condition"]
        for entry in value.values():
            yield from _conditions(entry)
