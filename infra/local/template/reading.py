"""A template file as plain Python: YAML with CloudFormation's short forms, or JSON."""

from __future__ import annotations

import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any, ClassVar

import yaml


class TemplateError(Exception):
    """What is wrong, as one sentence that begins with the file, the resource and the property."""

    def __init__(self, file: Path | str, place: str, sentence: str) -> None:
        self.file, self.place, self.sentence = str(file), place, sentence
        super().__init__(f"{file}: {place}: {sentence}" if place else f"{file}: {sentence}")


class _Loader(yaml.CSafeLoader):
    """Short forms become long ones; dates stay text; a key written twice is an error.

    Read by libyaml, which comes with PyYAML: four times as fast, and every hospital reads them all.
    """

    yaml_implicit_resolvers: ClassVar = {  # type: ignore[misc]
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is written twice", key_node.start_mark
                )
            seen.add(key)
        made: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return made


def _long_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _long_form)


def read_mapping(path: Path) -> dict[str, Any]:
    """The file's top mapping; TemplateError when it is missing, broken or something else."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise TemplateError(path, "", "there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(path, "", f"cannot be read ({error})") from None
    try:
        found = json.loads(text) if path.suffix == ".json" else yaml.load(text, _Loader)
    except (yaml.YAMLError, json.JSONDecodeError) as error:
        raise TemplateError(path, "", f"is not readable: {' '.join(str(error).split())}") from None
    if not isinstance(found, dict):
        raise TemplateError(path, "", "holds no mapping at its top")
    return found


def read_text(text: str) -> Any:
    """A piece of a template, in YAML. YAMLError."""
    return yaml.load(text, _Loader)
