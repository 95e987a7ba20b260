"""One stack, read from one file, and the stacks nested in it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from . import sam
from .intrinsics import holds, names_in, resolve, text_of
from .kinds import KINDS, NESTED, NESTED_PROPERTIES
from .model import Place, Resource, Template, words
from .parameters import parameter_values
from .reading import TemplateError, read_mapping
from .rules import refuse_broken

_SECTIONS = words(
    """AWSTemplateFormatVersion Conditions Description Globals Mappings Metadata Outputs Parameters Resources Rules
    Transform"""
)
_RESOURCE_PARTS = words(
    "Condition CreationPolicy DeletionPolicy DependsOn Metadata Properties Type UpdatePolicy UpdateReplacePolicy"
)


def read_template(
    file: Path,
    parameters: Mapping[str, str] | None = None,
    *,
    region: str = "cn-northwest-1",
    account: str = "123456789012",
    stack_name: str = "yunzhen",
) -> Template:
    """The root template with all nested ones. `parameters` win over the file's defaults; unknown names are errors."""
    place = Place(region, account, stack_name)
    root = Stack(file.resolve(), place, parameters or {}, above="")
    return Template(root.all_resources(), root.outputs, place)


class Stack:
    """The names of one file: parameters, conditions, mappings, resources. Answers the intrinsics of that file."""

    def __init__(self, file: Path, place: Place, parameters: Mapping[str, Any], above: str) -> None:
        self.file, self.place, self.above = file, place, above
        self.raw = read_mapping(file)
        for section in self.raw:
            if section not in _SECTIONS:
                raise self.wrong("", f"the section {section!r} is not known{_meant(section, _SECTIONS)}")
        self.resources: dict[str, dict[str, Any]] = self._checked_resources()
        self.parameters = parameter_values(self.raw.get("Parameters") or {}, parameters, self.wrong)
        self._resolved: dict[str, Resource] = {}
        self._conditions: dict[str, bool | None] = {}
        self._refuse_circles()
        refuse_broken(self.raw.get("Rules") or {}, self)

    def wrong(self, at: str, sentence: str) -> TemplateError:
        """The error for a place of this file."""
        return TemplateError(self.file, at, sentence)

    # What the intrinsics ask.

    def reference(self, name: str, at: str) -> Any:
        """What `Ref` answers: a pseudo parameter, a parameter or a resource."""
        if name.startswith("AWS::"):
            return self._pseudo(name, at)
        if name in self.parameters:
            return self.parameters[name]
        if name in self.resources:
            return self._ref_of_resource(name, at)
        made = sam.made_reference(self, name, at)
        if made is not None:
            return made
        raise self._unknown(name, at)

    def attribute(self, name: str, attribute: str, at: str) -> Any:
        """What `GetAtt` answers."""
        if name not in self.resources:
            made = sam.made_attribute(self, name, attribute, at)
            if made is not None:
                return made
            raise self._unknown(name, at)
        self._demand_present(name, at)
        if self.resources[name]["Type"] == NESTED:
            return self._output_of(name, attribute, at)
        resource = self.resource(name)
        answers = KINDS[resource.type].attributes
        if attribute not in answers:
            raise self.wrong(at, f"{name} ({resource.type}) has no attribute {attribute!r}{_meant(attribute, answers)}")
        return answers[attribute](resource)

    def condition(self, name: str, at: str) -> bool:
        """Whether a condition of this file holds."""
        written = self.raw.get("Conditions") or {}
        if name not in written:
            raise self.wrong(at, f"there is no condition {name!r}{_meant(name, written)}")
        if name in self._conditions and self._conditions[name] is None:
            raise self.wrong(f"Conditions.{name}", "the condition depends on itself")
        if name not in self._conditions:
            self._conditions[name] = None
            self._conditions[name] = holds(written[name], self, f"Conditions.{name}")
        return bool(self._conditions[name])

    def mapping(self, name: str, first: str, second: str, at: str) -> Any:
        """What `FindInMap` answers."""
        found: Any = self.raw.get("Mappings") or {}
        for key in (name, first, second):
            if not isinstance(found, dict) or key not in found:
                raise self.wrong(at, f"the mapping {name}.{first}.{second} has no {key!r}")
            found = found[key]
        return found

    # What the reader asks.

    def resource(self, name: str) -> Resource:
        """One resource of this file, resolved."""
        if name not in self._resolved:
            raw = self.resources[name]
            self._resolved[name] = Resource(
                address=f"{self.above}{name}",
                logical_id=name,
                type=raw["Type"],
                properties=resolve(raw.get("Properties") or {}, self, name),
                file=self.file,
                place=self.place,
                metadata=raw.get("Metadata") or {},
            )
        return self._resolved[name]

    def all_resources(self) -> list[Resource]:
        """Resources of this stack and those nested in it, as far as their conditions hold."""
        found: list[Resource] = []
        for name, raw in self.resources.items():
            if not self._present(name):
                continue
            if raw["Type"] == NESTED:
                found.extend(self.children[name].all_resources())
            else:
                found.append(self.resource(name))
        _ = self.outputs
        return found

    @cached_property
    def children(self) -> Mapping[str, Stack]:
        """The nested stacks by logical id, each opened when first asked for."""
        return _Children(self)

    @cached_property
    def outputs(self) -> dict[str, Any]:
        """The outputs of this file whose condition holds."""
        found = {}
        for name, output in (self.raw.get("Outputs") or {}).items():
            if "Condition" not in output or self.condition(output["Condition"], f"Outputs.{name}"):
                found[name] = resolve(output.get("Value"), self, f"Outputs.{name}.Value")
        return found

    def _checked_resources(self) -> dict[str, dict[str, Any]]:
        written = self.raw.get("Resources")
        if not isinstance(written, dict) or not written:
            raise self.wrong("Resources", "there are none")
        merged = sam.with_globals(self.file, self.raw.get("Globals") or {}, written)
        for name, raw in merged.items():
            self._check(name, raw)
        return merged

    def _check(self, name: str, raw: Any) -> None:
        if not isinstance(raw, dict) or not isinstance(raw.get("Type"), str):
            raise self.wrong(name, "has no Type")
        for part in raw:
            if part not in _RESOURCE_PARTS:
                raise self.wrong(name, f"the part {part!r} is not known{_meant(part, _RESOURCE_PARTS)}")
        kind = raw["Type"]
        if kind != NESTED and kind not in KINDS:
            raise self.wrong(f"{name}.Type", f"the type {kind!r} is not known{_meant(kind, KINDS)}")
        allowed = NESTED_PROPERTIES if kind == NESTED else KINDS[kind].properties
        for prop in raw.get("Properties") or {}:
            if prop not in allowed:
                raise self.wrong(f"{name}.{prop}", f"is no known property of {kind}{_meant(prop, allowed)}")

    def _refuse_circles(self) -> None:
        """TemplateError when resources need each other in a circle, as CloudFormation refuses them."""
        needs = {name: self._needed_by(name) for name in self.resources}
        done: set[str] = set()

        def visit(name: str, way: list[str]) -> None:
            if name in way:
                circle = [*way[way.index(name) :], name]
                raise self.wrong(name, f"the resources need each other in a circle: {' -> '.join(circle)}")
            if name not in done:
                for needed in needs[name]:
                    visit(needed, [*way, name])
                done.add(name)

        for name in self.resources:
            visit(name, [])

    def _needed_by(self, name: str) -> list[str]:
        raw = self.resources[name]
        after = raw.get("DependsOn") or []
        named = [
            *(name.split(".")[0] for name in names_in(raw.get("Properties") or {})),
            *([after] if isinstance(after, str) else after),
        ]
        for other in [after] if isinstance(after, str) else after:
            if other not in self.resources:
                raise self._unknown(other, f"{name}.DependsOn")
        return [other for other in dict.fromkeys(named) if other in self.resources]

    def _ref_of_resource(self, name: str, at: str) -> str:
        self._demand_present(name, at)
        if self.resources[name]["Type"] == NESTED:
            return self.place.arn("cloudformation", f"stack/{self.place.stack_name}-{name}")
        resource = self.resource(name)
        return KINDS[resource.type].ref(resource)

    def _output_of(self, name: str, attribute: str, at: str) -> Any:
        outputs = self.children[name].outputs
        wanted = attribute.removeprefix("Outputs.")
        if not attribute.startswith("Outputs.") or wanted not in outputs:
            raise self.wrong(at, f"the nested stack {name} has no output {wanted!r}{_meant(wanted, outputs)}")
        return outputs[wanted]

    def _present(self, name: str) -> bool:
        condition = self.resources[name].get("Condition")
        return condition is None or self.condition(condition, f"{name}.Condition")

    def _demand_present(self, name: str, at: str) -> None:
        if not self._present(name):
            raise self.wrong(at, f"refers to {name}, which does not exist since its condition does not hold")

    def _pseudo(self, name: str, at: str) -> str:
        place = self.place
        answers = {
            "AWS::AccountId": place.account,
            "AWS::Partition": place.partition,
            "AWS::Region": place.region,
            "AWS::StackId": place.arn("cloudformation", f"stack/{place.stack_name}"),
            "AWS::StackName": place.stack_name,
            "AWS::URLSuffix": place.url_suffix,
        }
        if name not in answers:
            raise self.wrong(at, f"the pseudo parameter {name!r} is not known{_meant(name, answers)}")
        return answers[name]

    def _unknown(self, name: str, at: str) -> TemplateError:
        known = [*self.parameters, *self.resources]
        return self.wrong(at, f"nothing in this file is called {name!r}{_meant(name, known)}")


class _Children(dict[str, Stack]):
    """Nested stacks, opened on first use with the parameters that their resource gives them."""

    def __init__(self, parent: Stack) -> None:
        super().__init__()
        self.parent = parent

    def __missing__(self, name: str) -> Stack:
        parent = self.parent
        properties = parent.resources[name].get("Properties") or {}
        location = properties.get("Location")
        if not isinstance(location, str) or "://" in location:
            raise parent.wrong(f"{name}.Location", "wants the path of a local template")
        given = resolve(properties.get("Parameters") or {}, parent, f"{name}.Parameters")
        file = (parent.file.parent / location).resolve()
        if not file.is_file():
            raise parent.wrong(f"{name}.Location", f"there is no file {location}")
        place = Place(parent.place.region, parent.place.account, f"{parent.place.stack_name}-{name}")
        texts = {key: ",".join(value) if isinstance(value, list) else text_of(value) for key, value in given.items()}
        self[name] = Stack(file, place, texts, above=f"{parent.above}{name}/")
        return self[name]


def _meant(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(word), list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
