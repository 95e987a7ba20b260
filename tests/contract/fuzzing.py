"""Requests made up from the OpenAPI document, sent as somebody of a role, and judged: no failure of ours, nothing that
the document does not say, nothing answered without a right.

Half of what is made up keeps to the document and half breaks it; ids, versions, cursors and keys are often real ones,
so that requests come through to where something can go wrong.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import quote

import hypothesis
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CheckContext, not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from hospital.reference.kinds import KINDS
from tests.access.matrix import ROLES
from tests.access.reading import GROUPS, answer_for
from tests.journeys.people import Device, Json

ROOT = Path(__file__).resolve().parents[2]


def _document() -> Json:
    """The document without its security: who is asking is ours to say, not to be made up."""
    text: Json = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    text["components"].pop("securitySchemes", None)
    for operations in text["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)
    return text


SCHEMA = schemathesis.openapi.from_dict(_document())
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}


def refused_or_too_large(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """What breaks the schema is refused; what is too large is refused before anybody reads it."""
    if response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return None
    refused: bool | None = negative_data_rejection(ctx, response, case)
    return refused


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    refused_or_too_large,
]
_FRESH = 240.0
"""Seconds after which a device asks for a new access token: one lives for ten minutes."""


def seed_of_today() -> int:
    """`FUZZ_SEED`, else the commit's, else the day's: the same for everybody who looks at the same code."""
    if given := os.environ.get("FUZZ_SEED"):
        return int(given)
    try:
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return int(head[:8], 16)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return int(time.time() // 86400)


def roles_of(seed: int) -> tuple[str, str]:
    """Two roles of the eight, by rotation."""
    half = len(ROLES) // 2
    return ROLES[seed % half], ROLES[half + seed // half % half]


@dataclass
class Tally:
    """What was asked and answered."""

    seed: int
    answers: dict[str, Counter[int]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def count(self, role: str, status: int) -> None:
        """One answer."""
        self.answers.setdefault(role, Counter())[status] += 1

    def lines(self) -> list[str]:
        """One line a role: how many requests, and how they were answered."""
        return [
            f"{role:10} {sum(found.values()):6} requests: "
            + ", ".join(f"{status} {count}" for status, count in sorted(found.items()))
            for role, found in self.answers.items()
        ]


class Actor:
    """Somebody of a role, with the real things that their requests may name."""

    def __init__(self, role: str, device: Device, real: Json, tally: Tally) -> None:
        self.role, self.device, self.real, self.tally = role, device, real, tally
        self.cursors: list[str] = []
        self._refreshed = time.monotonic()
        self._line = requests.Session()
        self._line.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def fuzz(self, label: str, examples: int) -> None:
        """Make up that many requests of one operation."""
        self._stay_signed_in()
        operation = OPERATIONS[label]

        @hypothesis.seed(self.tally.seed)
        @hypothesis.settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        )
        @hypothesis.given(data=st.data())
        def run(data: st.DataObject) -> None:
            mode = data.draw(st.sampled_from(list(GenerationMode)))
            case = data.draw(operation.as_strategy(generation_mode=mode))
            if mode is GenerationMode.POSITIVE:
                self._make_real(case, data.draw)
            self._ask(case)

        try:
            run()
        except BaseException:
            self.tally.failed.append(f"{self.role}: {label}")
            raise

    def _ask(self, case: Case) -> None:
        hypothesis.assume(_line_is_short(case))
        if self.device.token is not None:
            case.headers["Authorization"] = f"Bearer {self.device.token}"
        answer = case.call(base_url=self.device.hospital.origin, session=self._line, timeout=40)
        self.tally.count(self.role, answer.status_code)
        case.validate_response(answer, checks=CHECKS)
        self._judge(case, answer)
        if answer.status_code != 200 or "json" not in answer.headers["content-type"][0]:
            return
        if isinstance(told := answer.json(), dict) and told.get("cursor"):
            self.cursors = [*self.cursors[-9:], told["cursor"]]

    def _judge(self, case: Case, answer: Response) -> None:
        """By the table of who may do what."""
        route, kind = case.operation.path.removeprefix("/api"), str(case.path_parameters.get("kind", ""))
        known = not kind or any(kind in group for group in GROUPS.values())
        expected = answer_for(case.method.upper(), route, kind or None, self.role) if known else "404"
        said = f"the table says {expected}, the hospital {answer.status_code} {answer.text[:200]}"
        if expected == "yes":
            assert answer.status_code != 403 or answer.json()["code"] != "policy.refused", said
        elif self.role == "nobody" or expected == "401":  # other systems sign what they ask; no session counts there
            assert answer.status_code in (401, 404, 413), said
        elif answer.status_code == 409:
            assert answer.json()["code"] == "request.idempotency_key_reused", said  # their own key, of another wish
        else:
            # Being refused for the form or the size of a request may come before being refused for the role.
            assert answer.status_code in (400, 403, 404, 413), said

    def _make_real(self, case: Case, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        """Put things that exist in the place of some that are made up."""
        parameters = case.path_parameters
        for name in parameters:
            if draw(st.integers(0, 3)):
                parameters[name] = draw(st.sampled_from(self.real[name]))
        if isinstance(case.body, dict):
            for name in case.body.keys() & self.real.keys():
                if draw(st.integers(0, 3)):
                    case.body[name] = draw(st.sampled_from(self.real[name]))
            kind = parameters.get("kind")
            if "content" in case.body and kind in {one.name for one in KINDS} and draw(st.integers(0, 3)):
                case.body["content"] = draw(content_of(str(kind)))
        if "cursor" in (case.query or {}):
            # Which one is drawn without looking at what there is: the same seed has to draw the same.
            number = draw(st.integers(0, 9))
            case.query["cursor"] = self.cursors[number % len(self.cursors)] if self.cursors else "none"
        if "Idempotency-Key" in case.headers and draw(st.booleans()):
            case.headers["Idempotency-Key"] = draw(st.sampled_from(["one-wish", "another-wish"]))

    def _stay_signed_in(self) -> None:
        if self.device.token is not None and time.monotonic() > self._refreshed + _FRESH:
            assert self.device.refreshes(self.device.me["audience"]).status == 200
            self._refreshed = time.monotonic()


def _line_is_short(case: Case) -> bool:
    """Whether the server in front would read the request's first line at all (8 KB, escaped)."""
    values = [*case.path_parameters.values(), *(case.query or {}).keys(), *(case.query or {}).values()]
    return sum(len(quote(str(value))) for value in values) < 6000


def content_of(kind: str) -> st.SearchStrategy[Json]:
    """Contents that the form of a kind accepts, or nearly."""
    properties = KINDS[kind].schema.model_json_schema()["properties"]
    return st.fixed_dictionaries({name: _value_of(rule) for name, rule in properties.items()})


def _value_of(rule: Json) -> st.SearchStrategy[Any]:
    if "enum" in rule or "const" in rule:
        return st.sampled_from(rule.get("enum") or [rule["const"]])
    if rule["type"] == "integer":
        return st.integers(rule.get("minimum", 0), rule.get("maximum", 999))
    if "pattern" in rule:
        return st.from_regex(rule["pattern"], fullmatch=True).filter(lambda text: len(text) <= 40)
    return st.text(min_size=rule.get("minLength", 0), max_size=min(rule["maxLength"], 60))
