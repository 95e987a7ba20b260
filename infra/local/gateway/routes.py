"""The REST APIs of the template, read from the OpenAPI documents that API Gateway would import."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..invoker import Function, Invoker
from ..template import Resource, Template
from ..template.kinds import api_id
from .fixed_answers import FixedAnswer, fixed_answer
from .refusals import Refusals
from .throttle import Account, StageThrottle, method_limits

_INVOKED = re.compile(r":lambda:path/2015-03-31/functions/(?P<arn>.+)/invocations$")
_PLACEHOLDER = re.compile(r"\{(\w+)(\+?)\}")
_METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
_ANY = "x-amazon-apigateway-any-method"
# Properties that SAM turns into parts of the API that are not read here.
_NOT_KNOWN = ("Auth", "CacheClusterEnabled", "CanarySetting", "Domain", "MergeDefinitions")
LONGEST_INTEGRATION = 29.0
"""Seconds after which API Gateway answers 504 itself."""


@dataclass(frozen=True)
class Authorizer:
    """A REQUEST authorizer: the function asked, and the headers without which it is not even asked."""

    function: Function
    identity_headers: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """One method of one resource."""

    method: str
    target: Function | FixedAnswer
    authorizer: Authorizer | None
    seconds: float
    wants_key: bool = False


@dataclass(frozen=True)
class Path:
    """One resource of an API, such as `/visits/{visit_id}`."""

    resource: str
    pattern: re.Pattern[str]
    operations: Mapping[str, Operation]

    @property
    def rank(self) -> tuple[tuple[int, str], ...]:
        """Orders literal parts before placeholders, and those before greedy ones, part by part."""
        return tuple((0, part) if "{" not in part else (2 if "+" in part else 1, "") for part in _parts(self.resource))


@dataclass(frozen=True)
class Api:
    """One REST API with its stage."""

    area: str
    id: str
    stage: str
    paths: tuple[Path, ...]
    refusals: Refusals
    binary_types: tuple[str, ...]
    throttle: StageThrottle
    variables: Mapping[str, str] | None = None

    def match(self, path: str) -> tuple[Path, dict[str, str]] | None:
        """The most specific resource for a path, and what its placeholders hold."""
        for candidate in self.paths:
            found = candidate.pattern.fullmatch(path)
            if found:
                return candidate, found.groupdict()
        return None


def read_apis(template: Template, invoker: Invoker, account: Account) -> dict[str, Api]:
    """The APIs by area, which is the name of the template file that holds the API: `infra/areas/<area>.yaml`."""
    apis: dict[str, Api] = {}
    for resource in template.of("AWS::Serverless::Api"):
        api = _Reader(resource, invoker).api(account)
        if api.area in apis:
            raise resource.wrong("", f"a second API in {resource.file.name}; both would answer under /api/{api.area}")
        apis[api.area] = api
    return apis


class _Reader:
    """Reads one API's document and names what is wrong in it."""

    def __init__(self, resource: Resource, invoker: Invoker) -> None:
        self.resource, self.invoker = resource, invoker
        body = resource.get("DefinitionBody")
        if not isinstance(body, dict) or not isinstance(body.get("paths"), dict):
            raise resource.wrong("DefinitionBody", "wants an OpenAPI document with paths")
        for prop in _NOT_KNOWN:
            if resource.get(prop):
                raise resource.wrong(prop, "is not known here; say it in the OpenAPI document, or leave it out")
        self.document: dict[str, Any] = body
        schemes = (body.get("components") or {}).get("securitySchemes") or {}
        self.keys = {name for name, scheme in schemes.items() if _is_key(scheme)}
        self.authorizers = {
            name: self._authorizer(name, scheme) for name, scheme in schemes.items() if name not in self.keys
        }

    def api(self, account: Account) -> Api:
        paths = [self._path(pattern, written) for pattern, written in self.document["paths"].items()]
        return Api(
            area=self.resource.file.stem,
            id=api_id(self.resource),
            stage=str(self.resource.get("StageName", "live")),
            paths=tuple(sorted(paths, key=lambda path: path.rank)),
            refusals=Refusals(self.document.get("x-amazon-apigateway-gateway-responses") or {}),
            binary_types=self._binary_types(),
            throttle=StageThrottle(method_limits(self.resource), account),
            variables=self.resource.get("Variables"),
        )

    def _binary_types(self) -> tuple[str, ...]:
        """Those of the document and those of the template, where SAM wants `~1` for a slash."""
        written = self.document.get("x-amazon-apigateway-binary-media-types") or ()
        return (*written, *(kind.replace("~1", "/") for kind in self.resource.get("BinaryMediaTypes") or ()))

    def _path(self, resource: str, written: Mapping[str, Any]) -> Path:
        operations: dict[str, Operation] = {}
        for method, operation in written.items():
            if method in _METHODS or method == _ANY:
                name = "ANY" if method == _ANY else method.upper()
                operations[name] = self._operation(f"{name} {resource}", name, operation)
        return Path(resource, _pattern(resource), operations)

    def _operation(self, place: str, method: str, written: Mapping[str, Any]) -> Operation:
        integration = written.get("x-amazon-apigateway-integration") or {}
        authorizer, wants_key = self._asked(place, written)
        seconds = integration_seconds(self.resource, "DefinitionBody", integration.get("timeoutInMillis", 29000))
        if integration.get("type") == "mock":
            answer = fixed_answer(self.resource, place, integration)
            return Operation(method, answer, authorizer, seconds, wants_key)
        if integration.get("type") != "aws_proxy":
            raise self.resource.wrong("DefinitionBody", f"{place}: only aws_proxy and mock integrations are known")
        return Operation(method, self._function(place, integration.get("uri")), authorizer, seconds, wants_key)

    def _asked(self, place: str, written: Mapping[str, Any]) -> tuple[Authorizer | None, bool]:
        """Who is asked before the integration, and whether a key is wanted."""
        security = written.get("security", self.document.get("security")) or []
        entries = {name for entry in security for name in entry}
        names, wants_key = sorted(entries - self.keys), bool(entries & self.keys)
        if not names:
            return None, wants_key
        if len(names) > 1 or names[0] not in self.authorizers:
            raise self.resource.wrong(
                "DefinitionBody", f"{place}: the security {names} is no authorizer of the document"
            )
        return self.authorizers[names[0]], wants_key

    def _authorizer(self, name: str, scheme: Mapping[str, Any]) -> Authorizer:
        written = scheme.get("x-amazon-apigateway-authorizer") or {}
        place = f"authorizer {name}"
        if written.get("type") != "request":
            raise self.resource.wrong("DefinitionBody", f"{place}: only authorizers of type request are known")
        if int(written.get("authorizerResultTtlInSeconds", 300)) != 0:
            raise self.resource.wrong("DefinitionBody", f"{place}: its answers would be kept; set the TTL to 0")
        sources = [part.strip() for part in str(written.get("identitySource", "")).split(",") if part.strip()]
        for source in sources:
            if not source.startswith("method.request.header."):
                raise self.resource.wrong("DefinitionBody", f"{place}: the identity source {source} is not known")
        headers = tuple(source.removeprefix("method.request.header.") for source in sources)
        return Authorizer(self._function(place, written.get("authorizerUri")), headers)

    def _function(self, place: str, uri: Any) -> Function:
        found = _INVOKED.search(str(uri))
        function = self.invoker.find(found.group("arn")) if found else None
        if function is None:
            raise self.resource.wrong("DefinitionBody", f"{place}: {uri} names no function of the template")
        return function


def invoked_function(resource: Resource, prop: str, invoker: Invoker) -> Function:
    """The function behind an integration's URI. TemplateError when there is none."""
    found = _INVOKED.search(str(resource.get(prop)))
    function = invoker.find(found.group("arn")) if found else None
    if function is None:
        raise resource.wrong(prop, f"{resource.get(prop)} names no function of the template")
    return function


def integration_seconds(resource: Resource, prop: str, milliseconds: Any) -> float:
    """How long API Gateway waits for the integration. TemplateError when it would refuse so long a time."""
    text = str(milliseconds)
    if not text.isdigit() or not 50 <= int(text) <= LONGEST_INTEGRATION * 1000:
        raise resource.wrong(prop, f"the time-out {text} is not between 50 and 29000 milliseconds")
    return int(text) / 1000


def _is_key(scheme: Mapping[str, Any]) -> bool:
    """An API key of a usage plan, not an authorizer's token."""
    named = (scheme.get("type"), scheme.get("in"), str(scheme.get("name", "")).lower())
    return named == ("apiKey", "header", "x-api-key") and "x-amazon-apigateway-authorizer" not in scheme


def _parts(resource: str) -> list[str]:
    return resource.strip("/").split("/")


def _pattern(resource: str) -> re.Pattern[str]:
    text, position = "", 0
    for placeholder in _PLACEHOLDER.finditer(resource):
        name, greedy = placeholder.groups()
        text += re.escape(resource[position : placeholder.start()]) + f"(?P<{name}>{'.+' if greedy else '[^/]+'})"
        position = placeholder.end()
    return re.compile(text + re.escape(resource[position:]))
