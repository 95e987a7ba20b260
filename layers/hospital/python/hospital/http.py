"""The HTTP edge: routes written once, requests parsed, answers and refusals written. Only this module knows Chalice.

    app = App("identity")

    @app.route("POST", "/codes", allow=anyone, body=AskForCode, returns=CodeSent, status=202)
    def post_code(who, body):
        return ask_for_code(body, by=who, now=clock.now())

A view takes what it names: `who` (`Caller`), `body`, `query`, `cookies`, `sent` (the request as it came), and path
parameters by their names. It answers a pydantic model, None (204), or a `Reply`.
"""

from __future__ import annotations

import inspect
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalice.app import Chalice, Request, Response
from pydantic import BaseModel, ConfigDict, ValidationError

from hospital import idempotency, ids, settings
from hospital.caller import Asked, Caller, Intent
from hospital.errors import DomainError, Invalid, NotFound, TooLarge
from hospital.observability import count, say
from hospital.policy import Allow, permissions_of

JSON = "application/json"
MAX_BODY = 256 * 1024  # no form is larger, and files go to the bucket: only what must never lie there says so itself
_MAX_DEPTH = 32
_CHALICE_REFUSALS: Mapping[int, str] = {405: "request.method_unknown", 415: "request.media_type"}
_PATH_NAME = re.compile(r"{(\w+)}")
_SLUG = r"^[a-z][a-z0-9_]{1,40}$"
_NUMBER = r"^[1-9][0-9]{0,9}$"


class Command(BaseModel):
    """What a client orders: unknown fields and other types than the document says are refused, texts are stripped."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, str_strip_whitespace=True)


class Problem(BaseModel):
    """Every refusal's body. Clients translate `code`; `facts` are for programs; `request_id` is for support."""

    code: str
    facts: dict[str, Any]
    request_id: str


class SchemaBroken(Invalid):
    """The body or the query breaks its schema; `fields` names paths, never values."""

    code = "request.schema_broken"


@dataclass(frozen=True)
class Cookie:
    """A cookie only the edge reads: HttpOnly, first-party. `seconds` 0 forgets it."""

    name: str
    value: str
    seconds: int
    secure: bool

    def header(self) -> str:
        """As a `Set-Cookie` value."""
        secure = "; Secure" if self.secure else ""
        return f"{self.name}={self.value}; Path=/; Max-Age={self.seconds}; HttpOnly; SameSite=Strict{secure}"


@dataclass(frozen=True)
class Reply:
    """An answer with more than a body. `text` is that of a route that speaks something else than JSON, with a `status`
    of its own if it needs one."""

    body: BaseModel | None = None
    cookies: tuple[Cookie, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    status: int = 0


@dataclass(frozen=True)
class Sent:
    """A request as it came, for views that verify who signed it: path as the document of this API has it, headers by
    their names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class Route:
    """One operation. The OpenAPI documents and the gateway's configuration are generated from these."""

    method: str
    path: str
    view: Callable[..., Any]
    allow: Allow
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    returns: type[BaseModel] | None
    status: int
    summary: str
    errors: tuple[type[DomainError], ...]
    longest_body: int = MAX_BODY
    speaks: str = JSON

    @property
    def takes(self) -> frozenset[str]:
        """The names of the view's parameters."""
        return frozenset(inspect.signature(self.view).parameters)

    @property
    def keeps_answers(self) -> bool:
        """Whether an idempotency key means something here: somebody changes something and is told how it is now.

        What answers nothing (signing out) may be asked again anyway.
        """
        return self.method != "GET" and not self.allow.anonymous and self.returns is not None

    @property
    def path_names(self) -> list[str]:
        """The parameters in the path."""
        return _PATH_NAME.findall(self.path)


class App:
    """The routes of one use case, callable as its Lambda handler. Chalice is not thread-safe: one object a thread."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.routes: list[Route] = []
        self._mine = threading.local()

    def route(
        self,
        method: str,
        path: str,
        *,
        allow: Allow,
        body: type[BaseModel] | None = None,
        query: type[BaseModel] | None = None,
        returns: type[BaseModel] | None = None,
        status: int = 200,
        errors: tuple[type[DomainError], ...] = (),
        longest_body: int = MAX_BODY,
        speaks: str = JSON,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a view. `allow` has no default: nothing is open by forgetting. `longest_body` is in bytes, `speaks`
        the media type of bodies and answers."""

        def register(view: Callable[..., Any]) -> Callable[..., Any]:
            summary = inspect.cleandoc(view.__doc__ or "").split("\n")[0]
            how = (method, path, view, allow, body, query, returns, status, summary, errors, longest_body, speaks)
            self.routes.append(Route(*how))
            return view

        return register

    def __call__(self, event: dict[str, Any], context: object) -> dict[str, Any]:
        answer: dict[str, Any] = self._chalice()(event, context)
        if "X-Request-Id" not in answer["headers"]:  # Chalice refused it before a view was reached
            request_id = event.get("requestContext", {}).get("requestId", "")
            code = _CHALICE_REFUSALS.get(answer["statusCode"], "edge.unexpected")
            answer["body"] = Problem(code=code, facts={}, request_id=request_id).model_dump_json()
            answer["headers"] = _headers(request_id)
            answer["multiValueHeaders"] = {}
        return answer

    def _chalice(self) -> Chalice:
        chalice: Chalice | None = getattr(self._mine, "chalice", None)
        if chalice is None:
            chalice = Chalice(self.name)
            for route in self.routes:
                told = {} if route.method == "GET" else {"content_types": [route.speaks]}
                register = chalice.route(route.path, methods=[route.method], name=route.view.__name__, **told)
                register(_bound(chalice, route))
            self._mine.chalice = chalice
        return chalice


def _bound(chalice: Chalice, route: Route) -> Callable[..., Response]:
    def answer_request(**path: str) -> Response:
        return _answered(route, chalice.current_request, path)

    return answer_request


def _answered(route: Route, request: Request, path: dict[str, str]) -> Response:
    started = time.perf_counter()
    request_id = request.context.get("requestId", "")
    name = f"{route.method} {route.path}"
    try:
        response = _handled(route, name, request, path)
        code = ""
    except DomainError as error:
        code = error.code
        problem = Problem(code=error.code, facts=error.facts, request_id=request_id)
        response = Response(problem.model_dump_json(), _headers(request_id), error.status)
    except Exception as error:  # the edge: whatever it was, the client gets our body and the log its place
        code = "edge.unexpected"
        say("a request failed", level="error", failure=error, route=name, request_id=request_id)
        problem = Problem(code=code, facts={}, request_id=request_id)
        response = Response(problem.model_dump_json(), _headers(request_id), 500)
    took = round((time.perf_counter() - started) * 1000)
    say("answered", route=name, status=response.status_code, code=code, request_id=request_id, milliseconds=took)
    if code:
        count("refused", code=code)
    return response


def _handled(route: Route, name: str, request: Request, path: dict[str, str]) -> Response:
    headers = {key.lower(): value for key, value in request.headers.items()}
    text = _body_text(request, route.longest_body)
    key = headers.get("idempotency-key") if route.keeps_answers else None
    intent = idempotency.intent_of(key, f"{name} {json.dumps(path)}", text) if key is not None else None
    who = _caller(request, name, headers, intent)
    route.allow.check(who)
    given = _given(route, request, path, headers, text) | {"who": who}
    arguments = {key: value for key, value in given.items() if key in route.takes}
    reply = _once(who, lambda: route.view(**arguments))
    return _response(route, reply, who.asked.request_id)


def _once(who: Caller, view: Callable[[], Any]) -> Any:
    """The view's answer, or the one given before under the same idempotency key."""
    intent = who.asked.intent
    if intent is None:
        return view()
    earlier = idempotency.earlier_answer(who, intent)
    if earlier is not None:
        return earlier
    try:
        return view()
    except DomainError:
        # The same wish, sent twice at once: the other one may have won meanwhile, and its answer is this one's too.
        earlier = idempotency.earlier_answer(who, intent)
        if earlier is None:
            raise
        return earlier


def _body_text(request: Request, longest: int) -> str:
    try:
        raw: bytes = request.raw_body
        text = raw.decode()
    except UnicodeError:
        raise Invalid(reason="not_utf8") from None
    if len(raw) > longest:
        raise TooLarge(limit_bytes=longest)
    return text


def _address(request: Request, headers: dict[str, str]) -> str:
    """The person's address: the gateway's peer, or what our own site in front of it heard the request from.

    Each proxy writes its peer behind what it was given, so a caller's own `X-Forwarded-For` stands further left.
    """
    if "x-forwarded-for" in headers and (proxies := settings.current().proxies):
        heard = [part.strip() for part in headers["x-forwarded-for"].split(",")]
        if len(heard) > proxies:
            return heard[-1 - proxies]
    return request.context.get("identity", {}).get("sourceIp") or ""


def _caller(request: Request, name: str, headers: dict[str, str], intent: Intent | None) -> Caller:
    asked = Asked(
        request_id=request.context.get("requestId", ""),
        route=name,
        ip=_address(request, headers),
        device=headers.get("user-agent", "")[:200],
        intent=intent,
        origin=headers.get("origin", ""),
    )
    known = request.context.get("authorizer") or {}
    role = known.get("role")
    return Caller(
        person_id=known.get("person_id", ""),
        role=role,
        asked=asked,
        session_id=known.get("session_id", ""),
        organisation_id=known.get("organisation_id", ""),
        practitioner_role_id=known.get("practitioner_role_id", ""),
        permissions=permissions_of(role, known.get("granted", "").split()) if role else frozenset(),
        department_id=known.get("department_id", ""),
        scope=known.get("scope") or "own",
        password_due=known.get("password_due") == "yes",
    )


def path_pattern(name: str) -> str:
    """What a parameter in a path looks like, by its name: an id, the number of a message (`seq`), or a slug. Anything
    else is not found."""
    if name.endswith("_id"):
        return ids.PATTERN
    return _NUMBER if name == "seq" else _SLUG


def _given(route: Route, request: Request, path: dict[str, str], headers: dict[str, str], text: str) -> dict[str, Any]:
    for name, value in path.items():
        if not re.fullmatch(path_pattern(name), value):
            raise NotFound
    given: dict[str, Any] = dict(path)
    if route.query is not None:
        asked = dict((request.query_params or {}).items())
        _inspect_value(asked, 0)
        given["query"] = parsed(route.query, asked)
    if route.body is not None:
        given["body"] = parsed(route.body, decoded(text))
    given["cookies"] = _cookies(headers.get("cookie", ""))
    asked_path = _PATH_NAME.sub(lambda found: path[found.group(1)], route.path)
    given["sent"] = Sent(route.method, asked_path, headers, text)
    return given


def decoded(text: str) -> Any:
    """JSON text as Python values; refuses what is no JSON, too deep, or holds what is no text."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Invalid(reason="not_json") from None
    _inspect_value(value, 0)
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are Python's, not JSON's


def _inspect_value(value: Any, depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise Invalid(reason="too_deep")
    if isinstance(value, str):
        # Half of a surrogate pair is valid JSON, but no text that could be stored; NUL ends strings in other systems.
        if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise Invalid(reason="not_text")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _inspect_value(key, depth + 1)
            _inspect_value(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _inspect_value(inner, depth + 1)


def parsed(model: type[BaseModel], value: Any) -> Any:
    """`value` as a `model`; raises `SchemaBroken` with the paths and kinds of what is wrong, never the values."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems = [
            {"field": ".".join(str(step) for step in found["loc"]), "problem": found["type"]}
            for found in error.errors(include_url=False, include_context=False, include_input=False)[:20]
        ]
        raise SchemaBroken(fields=problems) from None


def _cookies(header: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, separator, value in pairs if separator}


def _response(route: Route, reply: Any, request_id: str) -> Response:
    headers = _headers(request_id)
    if not isinstance(reply, Reply):
        return _written(route, reply, headers)
    headers |= reply.headers
    if reply.cookies:
        headers["Set-Cookie"] = [cookie.header() for cookie in reply.cookies]
    if reply.text:
        return Response(
            reply.text, headers | {"Content-Type": f"{route.speaks}; charset=utf-8"}, reply.status or route.status
        )
    return _written(route, reply.body, headers)


def _written(route: Route, body: BaseModel | dict[str, Any] | None, headers: dict[str, Any]) -> Response:
    if body is None:
        return Response("", headers, 204)
    text = body.model_dump_json() if isinstance(body, BaseModel) else json.dumps(body, ensure_ascii=False)
    return Response(text, headers, route.status)


def _headers(request_id: str) -> dict[str, Any]:
    return {"Content-Type": JSON, "Cache-Control": "no-store", "X-Request-Id": request_id}
