"""`mock` integrations: answers that the document itself holds, such as the one to a browser's question before a
request from another origin (CORS)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..template import Resource

_HEADER = "method.response.header."


@dataclass(frozen=True)
class FixedAnswer:
    """Always the same answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str


def fixed_answer(api: Resource, place: str, integration: Mapping[str, Any]) -> FixedAnswer:
    """The answer that a mock integration chooses. TemplateError when it would not be known before the request."""
    templates = integration.get("requestTemplates") or {}
    try:
        chosen = str(json.loads(templates.get("application/json", "{}")).get("statusCode", 200))
    except (ValueError, AttributeError):
        raise api.wrong("DefinitionBody", f"{place}: only a mock with a fixed statusCode is known") from None
    responses = integration.get("responses") or {}
    fitting = [response for pattern, response in responses.items() if pattern != "default" and _fits(pattern, chosen)]
    response = (fitting or [responses.get("default")])[0]
    if not isinstance(response, dict) or not str(response.get("statusCode", "")).isdigit():
        raise api.wrong("DefinitionBody", f"{place}: the mock has no response for {chosen}")
    headers = []
    for name, value in (response.get("responseParameters") or {}).items():
        if not name.startswith(_HEADER) or not (value.startswith("'") and value.endswith("'")):
            raise api.wrong("DefinitionBody", f"{place}: {name} wants a fixed text in quotes")
        headers.append((name.removeprefix(_HEADER), value[1:-1]))
    body = (response.get("responseTemplates") or {}).get("application/json", "")
    if "$" in body:
        raise api.wrong("DefinitionBody", f"{place}: only a mock with a fixed body is known")
    return FixedAnswer(int(response["statusCode"]), tuple(headers), body)


def _fits(pattern: str, status: str) -> bool:
    return re.fullmatch(pattern, status) is not None
