"""What a read template consists of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .reading import TemplateError

_LONGEST_NAME = 64
"""Functions have the shortest limit of the names that are made here."""


def words(text: str) -> frozenset[str]:
    """The words of a text, for long lists of names."""
    return frozenset(text.split())


@dataclass(frozen=True)
class Place:
    """Where the stack lives: what pseudo parameters answer."""

    region: str
    account: str
    stack_name: str

    @property
    def partition(self) -> str:
        """`aws-cn` in China's regions, `aws` elsewhere."""
        return "aws-cn" if self.region.startswith("cn-") else "aws"

    @property
    def url_suffix(self) -> str:
        """The domain under which the services answer."""
        return "amazonaws.com.cn" if self.region.startswith("cn-") else "amazonaws.com"

    def arn(self, service: str, rest: str) -> str:
        """An ARN of this account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{rest}"


@dataclass(frozen=True)
class Resource:
    """One resource with everything resolved. `address` is unique over all stacks: `Consultation/ApplyForVisit`."""

    address: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]
    file: Path
    place: Place
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        """A property, or the default."""
        return self.properties.get(name, default)

    def name(self, prop: str) -> str:
        """The name in that property, or the one CloudFormation would make from stack and logical id."""
        given = self.properties.get(prop)
        if given:
            return str(given)
        made = f"{self.place.stack_name}-{self.logical_id}"
        return made if len(made) <= _LONGEST_NAME else f"{made[: _LONGEST_NAME - 9]}-{self.mark(8)}"

    def mark(self, length: int) -> str:
        """Letters and digits that stay the same for this resource from start to start."""
        return hashlib.sha256(f"{self.place.stack_name}/{self.address}".encode()).hexdigest()[:length]

    def wrong(self, prop: str, sentence: str) -> TemplateError:
        """The error that names this resource and one of its properties."""
        return TemplateError(self.file, f"{self.logical_id}.{prop}" if prop else self.logical_id, sentence)


class Template:
    """All resources of the root and its nested stacks, and the root's outputs."""

    def __init__(self, resources: list[Resource], outputs: Mapping[str, Any], place: Place) -> None:
        self.resources, self.outputs, self.place = resources, outputs, place

    def of(self, *types: str) -> Iterator[Resource]:
        """The resources of these types, in the order of the files."""
        return (resource for resource in self.resources if resource.type in types)

    def at(self, address: str) -> Resource:
        """The resource with this address; KeyError when there is none."""
        for resource in self.resources:
            if resource.address == address:
                return resource
        raise KeyError(address)
