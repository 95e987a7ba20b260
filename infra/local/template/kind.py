"""What is known of a resource type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .model import Resource

Answer = Callable[[Resource], str]


@dataclass(frozen=True)
class Kind:
    """`properties` are the names that may be used, `ref` and `attributes` what the intrinsics answer."""

    properties: frozenset[str]
    ref: Answer
    attributes: Mapping[str, Answer] = field(default_factory=dict)
