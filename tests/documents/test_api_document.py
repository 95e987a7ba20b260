"""The OpenAPI document says what the routes are."""

from __future__ import annotations

import json
from typing import Annotated

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel, Field

from hospital.errors import Conflict, TooMany
from hospital.http import App, Command
from hospital.paging import Page, Paging
from hospital.policy import anyone, can, signed_in
from infra.documents.openapi import api_document
from infra.documents.operations import Operation, RoutedTwice, in_order, logical_id

pytestmark = pytest.mark.unit


class Bed(BaseModel):
    id: str
    taken: bool = False


class TakeBed(Command):
    bed_id: str
    nights: Annotated[int, Field(ge=1, le=30)] = 1


class BedsAsked(Paging):
    ward: str | None = None
    floor: Annotated[int, Field(ge=0, description="Counted from the street")]


class BedTaken(Conflict):
    code = "bed.taken"


class BedsHeldTooLong(Conflict):
    code = "bed.held_too_long"


class TooManyBeds(TooMany):
    code = "bed.too_many"


def some_operations() -> list[Operation]:
    app = App("beds")

    @app.route("GET", "/beds", allow=anyone, query=BedsAsked, returns=Page[Bed])
    def get_beds(query):
        """The beds of a ward.

        More words, for maintainers only.
        """

    @app.route("POST", "/beds", allow=can("visit:apply"), body=TakeBed, returns=Bed, status=201,
               errors=(BedTaken, TooManyBeds, BedsHeldTooLong))  # fmt: skip
    def post_bed(body):
        """Take a bed."""

    @app.route("DELETE", "/wards/{kind}/beds/{bed_id}", allow=signed_in, status=204)
    def delete_bed(kind, bed_id):
        """Leave a bed."""

    return in_order(Operation("lodging", "take_bed", route) for route in app.routes)


@pytest.fixture(scope="module")
def document():
    return api_document(some_operations())


def parameter(operation, name):
    return next(found for found in operation["parameters"] if found.get("name") == name)


def test_it_is_a_valid_openapi_document_and_always_the_same_text(document):
    OpenAPIV31SpecValidator(document).validate()
    assert json.dumps(document) == json.dumps(api_document(some_operations()))


def test_operations_carry_their_names_and_policies(document):
    taking = document["paths"]["/api/lodging/beds"]["post"]
    assert taking["operationId"] == "lodging_post_bed"
    assert taking["summary"] == "Take a bed."
    assert taking["tags"] == ["lodging"]
    assert taking["x-allow"] == "visit:apply"
    assert taking["x-function"] == "LodgingTakeBed"
    assert taking["security"] == [{"session": []}]


def test_anonymous_routes_need_no_session(document):
    assert document["paths"]["/api/lodging/beds"]["get"]["security"] == []


def test_a_query_is_flattened_and_knows_no_null(document):
    asking = document["paths"]["/api/lodging/beds"]["get"]
    assert parameter(asking, "ward") == {"name": "ward", "in": "query", "required": False, "schema": {"type": "string"}}
    floor = parameter(asking, "floor")
    assert floor["required"]
    assert floor["description"] == "Counted from the street"
    assert floor["schema"] == {"type": "integer", "minimum": 0}
    assert parameter(asking, "limit")["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}


def test_path_parameters_carry_the_pattern_that_the_edge_checks(document):
    from hospital import http, ids

    leaving = document["paths"]["/api/lodging/wards/{kind}/beds/{bed_id}"]["delete"]
    assert parameter(leaving, "bed_id")["schema"]["pattern"] == ids.PATTERN
    assert parameter(leaving, "kind")["schema"]["pattern"] == http.path_pattern("kind")


def test_the_idempotency_header_is_offered_where_something_is_created(document):
    taking = document["paths"]["/api/lodging/beds"]["post"]
    assert {"$ref": "#/components/parameters/IdempotencyKey"} in taking["parameters"]
    from hospital import idempotency

    header = document["components"]["parameters"]["IdempotencyKey"]
    assert header["schema"]["pattern"] == idempotency._KEY.pattern


def test_answers_and_refusals_are_listed_by_status(document):
    answers = document["paths"]["/api/lodging/beds"]["post"]["responses"]
    assert list(answers) == ["201", "409", "429", "default"]
    assert answers["201"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Bed"}
    assert answers["409"]["description"] == "`bed.held_too_long`, `bed.taken`"
    assert answers["409"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert answers["default"] == {"$ref": "#/components/responses/Problem"}


def test_an_answer_always_has_its_fields_and_a_command_may_leave_out_defaults(document):
    schemas = document["components"]["schemas"]
    assert schemas["Bed"]["required"] == ["id", "taken"]
    assert schemas["TakeBed"]["required"] == ["bed_id"]
    assert schemas["TakeBed"]["additionalProperties"] is False


def test_generic_models_are_named_as_one_says_them(document):
    assert "PageOfBed" in document["components"]["schemas"]


def test_two_views_of_one_route_are_refused():
    operations = some_operations()
    with pytest.raises(RoutedTwice):
        in_order(operations + operations[:1])


def test_a_query_of_nested_values_is_refused():
    class Nested(BaseModel):
        bed: Bed

    app = App("beds")
    app.route("GET", "/beds", allow=anyone, query=Nested)(lambda query: None)
    with pytest.raises(TypeError, match="plain values"):
        api_document([Operation("lodging", "take_bed", app.routes[0])])


def test_logical_ids_are_made_from_folders():
    assert logical_id("consultation", "apply_for_visit") == "ConsultationApplyForVisit"
