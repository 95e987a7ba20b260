"""The gateway's documents fit the templates that include them: nothing else looks inside."""

from __future__ import annotations

import json
import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from infra.documents.documents import documents
from infra.documents.operations import read_operations
from tests.template.reading import ROOT, Stack, references, walk

pytestmark = pytest.mark.unit

AREAS = {path.stem: Stack(path) for path in sorted((ROOT / "infra/areas").glob("*.yaml"))}
each_area = pytest.mark.parametrize("area", AREAS)


def document(area: str) -> dict:
    return json.loads((ROOT / f"infra/openapi/{area}.json").read_text(encoding="utf-8"))


def test_what_is_generated_is_what_is_committed():
    stale = [
        path for path, text in documents(ROOT).items() if (ROOT / path).read_text(encoding="utf-8") != text
    ]  # fmt: skip
    assert not stale, "run `python -m infra.documents`"


def test_the_api_document_is_valid_openapi():
    OpenAPIV31SpecValidator(json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))).validate()


def test_every_area_with_routes_has_a_template():
    assert {operation.area for operation in read_operations(ROOT / "functions")} == set(AREAS)
    assert {path.stem for path in (ROOT / "infra/openapi").glob("*.json")} == set(AREAS)


@each_area
def test_the_area_includes_its_own_document(area):
    body = AREAS[area].resources["Api"]["Properties"]["DefinitionBody"]
    location = body["Fn::Transform"]["Parameters"]["Location"]
    assert (AREAS[area].path.parent / location).resolve() == ROOT / f"infra/openapi/{area}.json"
    assert AREAS[area].resources["Api"]["Properties"]["EndpointConfiguration"] == {"Type": "REGIONAL"}


@each_area
def test_every_name_in_the_document_is_a_resource_or_parameter_of_the_area(area):
    named = {name for _, name in references(document(area))}
    assert named, "a document without integrations"
    assert named <= AREAS[area].names


@each_area
def test_api_gateway_may_call_each_function_of_the_document_and_no_other(area):
    integrated = {
        name
        for at, value in walk(document(area)["paths"])
        if at.endswith(".uri")
        for name in re.findall(r"\${(\w+)\.Arn}:live/invocations$", value["Fn::Sub"])
    }
    permitted = {
        permission["FunctionName"]["Ref"]
        for permission in AREAS[area].of_type("AWS::Lambda::Permission").values()
    }  # fmt: skip
    assert permitted == {f"{name}.Alias" for name in integrated} | {"AuthorizerArn"}


@each_area
def test_only_long_forms_stand_in_an_included_document(area):
    assert "!Sub" not in json.dumps(document(area))
    assert all("Fn::Transform" not in value for _, value in walk(document(area)) if isinstance(value, dict))
