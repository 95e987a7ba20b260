"""The gateway's document holds only what API Gateway takes."""

from __future__ import annotations

import json

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from hospital.http import App
from hospital.policy import anyone, signed_in
from infra.documents.gateway import GATEWAY_ANSWERS, gateway_document
from infra.documents.operations import Operation, in_order
from tests.error_codes import product_codes

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def document():
    app = App("beds")
    app.route("GET", "/beds", allow=anyone)(lambda: None)
    app.route("DELETE", "/beds/{bed_id}", allow=signed_in, status=204)(lambda bed_id: None)
    for number, route in enumerate(app.routes):
        route.view.__name__ = f"view_{number}"
    return gateway_document("lodging", in_order(Operation("lodging", "take_bed", route) for route in app.routes))


def test_it_is_openapi_3_0(document):
    assert document["openapi"] == "3.0.1"
    with_answers = json.loads(
        json.dumps(document).replace('"responses": {}', '"responses": {"200": {"description": ""}}')
    )
    OpenAPIV30SpecValidator(with_answers).validate()


def test_it_holds_no_schema_of_ours(document):
    assert "schemas" not in document["components"]
    assert "requestBody" not in json.dumps(document)


def test_routes_call_their_function_through_the_partition(document):
    uri = document["paths"]["/beds"]["get"]["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
    assert uri == (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
        "${LodgingTakeBed.Arn}:live/invocations"
    )


def test_all_but_anonymous_routes_ask_the_authorizer_every_time(document):
    assert "security" not in document["paths"]["/beds"]["get"]
    assert document["paths"]["/beds/{bed_id}"]["delete"]["security"] == [{"session": []}]
    authorizer = document["components"]["securitySchemes"]["session"]["x-amazon-apigateway-authorizer"]
    assert authorizer["authorizerResultTtlInSeconds"] == 0
    assert authorizer["identitySource"] == "method.request.header.Authorization"


def test_path_parameters_are_declared(document):
    assert [found["name"] for found in document["paths"]["/beds/{bed_id}"]["delete"]["parameters"]] == ["bed_id"]


def test_refusals_of_the_gateway_itself_have_our_body_and_known_codes(document):
    answers = document["x-amazon-apigateway-gateway-responses"]
    body = json.loads(answers["UNAUTHORIZED"]["responseTemplates"]["application/json"])
    assert body == {"code": "identity.missing", "facts": {}, "request_id": "$context.requestId"}
    assert answers["MISSING_AUTHENTICATION_TOKEN"]["statusCode"] == 404
    ours = product_codes() | {"edge.unexpected"}
    assert {code for _, code in GATEWAY_ANSWERS.values()} <= ours
