"""`FilterCriteria` of an event source mapping: which records a function is given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..template import Resource
from .matching import Pattern, check, fits

_MOST = 5
"""Filters of a mapping, by Lambda's quota."""


def read_filters(mapping: Resource) -> list[Pattern]:
    """The patterns of a mapping; none means that every record passes. TemplateError when one cannot be read."""
    written = (mapping.get("FilterCriteria") or {}).get("Filters") or []
    if len(written) > _MOST:
        raise mapping.wrong("FilterCriteria", f"has more than {_MOST} filters")
    patterns = []
    for entry in written:
        try:
            pattern = json.loads(entry.get("Pattern", ""))
            check(pattern, of_lambda=True)
        except ValueError as error:
            raise mapping.wrong("FilterCriteria", f"has a pattern that cannot be read: {error}") from None
        patterns.append(pattern)
    return patterns


def read_message_filters(mapping: Resource) -> list[Pattern]:
    """The same for a queue's messages, of which only the body can be asked."""
    patterns = read_filters(mapping)
    for pattern in patterns:
        if pattern.keys() != {"body"}:
            raise mapping.wrong("FilterCriteria", "only the body of a message can be filtered")
    return patterns


def passes(patterns: list[Pattern], record: Mapping[str, Any]) -> bool:
    """Whether a record fits one of the patterns."""
    return not patterns or any(fits(pattern, record) for pattern in patterns)


def message_passes(patterns: list[Pattern], body: str) -> bool:
    """Whether a message fits one of the patterns: as JSON where the pattern goes into the body, else as text."""
    for pattern in patterns:
        content: Any = body
        if isinstance(pattern["body"], dict):
            try:
                content = json.loads(body)
            except ValueError:
                continue
        if fits(pattern, {"body": content}):
            return True
    return not patterns
