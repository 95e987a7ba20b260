"""`docs/openapi.json`: the whole API in OpenAPI 3.1, with the schemas of the pydantic models."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from hospital.http import JSON, Problem, path_pattern

from .operations import Operation

Json = dict[str, Any]
Schemas = dict[tuple[type[BaseModel], JsonSchemaMode], Json]

INTENT_PATTERN = r"^[A-Za-z0-9_-]{8,64}$"

_REFERENCE = "#/components/schemas/"
_GENERIC = re.compile(r"^([A-Za-z0-9]+)_([A-Za-z0-9]+)_$")

_DESCRIPTION = (
    "Every refusal has the body of `Problem`: clients translate its `code`, `facts` are for programs. "
    "An answer under 500 with a code is final; only `edge.unavailable` (503) is worth repeating unchanged. "
    "Send an `Idempotency-Key` of your own with what must happen once: sent again, it gets the first answer again."
)


class _Whole(GenerateJsonSchema):
    """An answer has all its fields, those with a default too."""

    def field_is_required(self, field: Any, total: bool) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)


def api_document(operations: list[Operation]) -> Json:
    """The document. The same routes always give the same text."""
    schemas, components = _schemas(operations)
    paths: dict[str, Json] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "云诊 Yunzhen", "version": "1", "description": _DESCRIPTION},
        "servers": [{"url": "/"}],
        "tags": [{"name": area} for area in sorted({operation.area for operation in operations})],
        "paths": paths,
        "components": {
            "schemas": components,
            "parameters": {"IdempotencyKey": _intent_header()},
            "responses": {"Problem": _problem("Any other refusal")},
            "securitySchemes": {
                "session": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The access token of a session, from `patient-sessions` or `staff-sessions`",
                }
            },
        },
    }


def _operation(operation: Operation, schemas: Schemas) -> Json:
    route = operation.route
    return {
        "operationId": f"{operation.area}_{route.view.__name__}",
        "summary": route.summary,
        "tags": [operation.area],
        "x-allow": str(route.allow),
        "x-function": operation.function,
        "security": [] if route.allow.anonymous else [{"session": []}],
        **_if_any("parameters", _parameters(operation)),
        **_if_any("requestBody", _request_body(operation, schemas)),
        "responses": _responses(operation, schemas),
    }


def _parameters(operation: Operation) -> list[Json]:
    route = operation.route
    found = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": path_pattern(name)},
        }
        for name in route.path_names
    ]
    if route.query is not None:
        found += _query_parameters(route.query)
    if route.keeps_answers:
        found.append({"$ref": "#/components/parameters/IdempotencyKey"})
    return found


def _query_parameters(model: type[BaseModel]) -> list[Json]:
    """One parameter per field, which must be a plain value: one with a schema of its own is refused."""
    schema = model.model_json_schema()
    if "$defs" in schema:
        raise TypeError(f"{model.__name__} is a query, its fields must be plain values")
    required = schema.get("required", [])
    found = []
    for name, field in schema["properties"].items():
        words = {"description": field["description"]} if "description" in field else {}
        found.append({"name": name, "in": "query", "required": name in required, **words, "schema": _present(field)})
    return found


def _present(field: Json) -> Json:
    """The schema of a field that is there: a query has no null, it leaves out."""
    kept = {word: value for word, value in field.items() if word not in ("title", "description")}
    if kept.get("default", ...) is None:
        del kept["default"]
    if "anyOf" in kept:
        others = [choice for choice in kept["anyOf"] if choice != {"type": "null"}]
        if len(others) == 1:
            del kept["anyOf"]
            kept = others[0] | kept
    return kept


def _request_body(operation: Operation, schemas: Schemas) -> Json:
    body = operation.route.body
    if operation.route.speaks != JSON and operation.method != "get":
        return {"required": True, "content": {operation.route.speaks: {"schema": {"type": "string"}}}}
    if body is None:
        return {}
    return {"required": True, "content": {"application/json": {"schema": schemas[body, "validation"]}}}


def _responses(operation: Operation, schemas: Schemas) -> Json:
    route = operation.route
    if route.speaks != JSON:
        return _responses_in_words(operation)
    success: Json = {"description": "Done"}
    if route.returns is not None:
        success["content"] = {"application/json": {"schema": schemas[route.returns, "serialization"]}}
    refusals: dict[str, list[str]] = {}
    for error in route.errors:
        refusals.setdefault(str(error.status), []).append(f"`{error.code}`")
    return {
        str(route.status): success,
        **{status: _problem(", ".join(sorted(codes))) for status, codes in sorted(refusals.items())},
        "default": {"$ref": "#/components/responses/Problem"},
    }


def _responses_in_words(operation: Operation) -> Json:
    """Of a route that speaks something else than JSON; the edge refuses in JSON all the same."""
    route, words = operation.route, {"schema": {"type": "string"}}
    codes = ", ".join(sorted(f"`{error.code}`" for error in route.errors))
    refused = _problem(f"Refused: {codes}" if codes else "Refused")
    refused["content"][route.speaks] = words
    return {str(route.status): {"description": "Done", "content": {route.speaks: words}}, "default": refused}


def _problem(description: str) -> Json:
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": f"{_REFERENCE}Problem"}}},
    }


def _intent_header() -> Json:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "The client's own name for this one wish of its user",
        "schema": {"type": "string", "pattern": INTENT_PATTERN},
    }


def _schemas(operations: Iterable[Operation]) -> tuple[Schemas, Json]:
    """The schema of each model in the part it plays, and the components they refer to."""
    wanted: set[tuple[type[BaseModel], JsonSchemaMode]] = {(Problem, "serialization")}
    for operation in operations:
        if operation.route.body is not None:
            wanted.add((operation.route.body, "validation"))
        if operation.route.returns is not None:
            wanted.add((operation.route.returns, "serialization"))
    ordered = sorted(wanted, key=lambda pair: (pair[0].__module__, pair[0].__qualname__, pair[1]))
    schemas, document = models_json_schema(ordered, ref_template=_REFERENCE + "{model}", schema_generator=_Whole)
    components = document.get("$defs", {})
    names = {name: _GENERIC.sub(r"\1Of\2", name) for name in components}
    return (
        {(model, mode): _renamed(schemas[model, mode], names) for model, mode in ordered},
        {names[name]: _renamed(components[name], names) for name in sorted(components)},
    )


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """`value` with its references under the new names: `Page_Visit_` is `PageOfVisit` to whoever reads it."""
    if isinstance(value, dict):
        return {key: _renamed(inner, names) for key, inner in value.items() if not _is_noise(key, inner)} | (
            {"$ref": _REFERENCE + names[value["$ref"].removeprefix(_REFERENCE)]}
            if isinstance(value.get("$ref"), str)
            else {}
        )
    if isinstance(value, list):
        return [_renamed(inner, names) for inner in value]
    return value


def _is_noise(key: str, inner: Any) -> bool:
    """Titles that pydantic makes up from names say nothing; those of reference data are drawn as labels elsewhere."""
    return key == "title" and isinstance(inner, str)


def _if_any(key: str, value: Any) -> Json:
    return {key: value} if value else {}
