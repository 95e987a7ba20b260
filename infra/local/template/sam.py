"""What SAM adds to a template before CloudFormation sees it: globals, included documents, generated resources."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .kinds import function_name, iam_arn
from .reading import TemplateError, read_mapping

if TYPE_CHECKING:
    from .stack import Stack

_GLOBAL_TYPES = {
    "Api": "AWS::Serverless::Api",
    "Function": "AWS::Serverless::Function",
    "LayerVersion": "AWS::Serverless::LayerVersion",
    "StateMachine": "AWS::Serverless::StateMachine",
}


def with_globals(file: Path, written: dict[str, Any], resources: dict[str, Any]) -> dict[str, Any]:
    """The resources with `Globals` merged in and `AWS::Include` documents put in place."""
    for section in written:
        if section not in _GLOBAL_TYPES:
            raise TemplateError(file, f"Globals.{section}", "is not known here")
    defaults = {_GLOBAL_TYPES[section]: values for section, values in written.items()}
    merged: dict[str, Any] = {}
    for name, raw in resources.items():
        if isinstance(raw, dict) and "Properties" in raw | {"Properties": 0}:
            properties = raw.get("Properties") or {}
            if raw.get("Type") in defaults:
                properties = merge(defaults[raw["Type"]], properties)
            raw = {**raw, "Properties": expand_includes(file, name, properties)}
        merged[name] = raw
    return merged


def merge(general: Any, own: Any) -> Any:
    """SAM's merge: mappings by key, lists one after the other, anything else by the resource's own value."""
    if isinstance(general, dict) and isinstance(own, dict):
        joined = {key: copy.deepcopy(value) for key, value in general.items()}
        for key, value in own.items():
            joined[key] = merge(general[key], value) if key in general else value
        return joined
    if isinstance(general, list) and isinstance(own, list):
        return [*copy.deepcopy(general), *own]
    return own


def expand_includes(file: Path, at: str, value: Any) -> Any:
    """The value with each `Fn::Transform` of `AWS::Include` replaced by the document it names."""
    if isinstance(value, list):
        return [expand_includes(file, f"{at}[{n}]", entry) for n, entry in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if "Fn::Transform" in value:
        rest = {key: expand_includes(file, at, entry) for key, entry in value.items() if key != "Fn::Transform"}
        return {**_included(file, at, value["Fn::Transform"]), **rest}
    return {key: expand_includes(file, f"{at}.{key}", entry) for key, entry in value.items()}


def _included(file: Path, at: str, call: Any) -> dict[str, Any]:
    if not isinstance(call, dict) or call.get("Name") != "AWS::Include":
        raise TemplateError(file, at, "the only transform known here is AWS::Include")
    location = (call.get("Parameters") or {}).get("Location")
    if not isinstance(location, str):
        raise TemplateError(file, at, "AWS::Include wants a Location")
    document = (file.parent / location).resolve()
    if not document.is_file():
        raise TemplateError(file, at, f"there is no file {location}")
    return read_mapping(document)


def made_reference(stack: Stack, name: str, at: str) -> str | None:
    """What `Ref` answers for a resource that SAM makes: a function's role, an API's stage, an alias."""
    for function in _of(stack, "AWS::Serverless::Function"):
        if name == f"{function}Role" and "Role" not in stack.resources[function]["Properties"]:
            return f"{stack.reference(function, at)}Role"
        alias = stack.resources[function]["Properties"].get("AutoPublishAlias")
        if alias and name == f"{function}.Alias":
            return f"{stack.attribute(function, 'Arn', at)}:{alias}"
    for api in _of(stack, "AWS::Serverless::Api"):
        stage = str(stack.resource(api).get("StageName") or "live") if name.startswith(api) else ""
        if stage and name in (f"{api}.Stage", f"{api}{stage}Stage"):
            return stage
    return None


def made_attribute(stack: Stack, name: str, attribute: str, at: str) -> str | None:
    """What `GetAtt` answers for a resource that SAM makes."""
    if attribute == "Arn" and name.endswith("Role"):
        function = name.removesuffix("Role")
        if function in _of(stack, "AWS::Serverless::Function") and made_reference(stack, name, at):
            resource = stack.resource(function)
            return iam_arn(resource, f"role/{function_name(resource)}Role")
    return None


def _of(stack: Stack, kind: str) -> list[str]:
    return [name for name, raw in stack.resources.items() if raw["Type"] == kind]
