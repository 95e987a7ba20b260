"""What FHIR servers of other makers do differently, as Medplum's in-memory one was seen to do."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.his import HisUnavailable, Presented
from adapters.his.fhir import FhirHis

pytestmark = pytest.mark.unit

ROLE = {
    "resourceType": "PractitionerRole",
    "id": "role-S0",
    "practitioner": {"reference": "Practitioner/pr-S0"},
    "organization": {"identifier": {"value": "H1"}},
    "code": [{"coding": [{"code": "doctor"}]}],
}
PRACTITIONER = {
    "resourceType": "Practitioner", "id": "pr-S0", "identifier": [{"value": "S0"}], "name": [{"text": "赵一"}],
}  # fmt: skip


def bundle(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What a search answers."""
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in resources], **more}


@pytest.fixture
def server(monkeypatch) -> dict[str, Any]:
    """Answers by the kind that is asked for; `asked` keeps the queries."""
    answers: dict[str, Any] = {"asked": []}

    def call(url: str, **_: Any) -> Any:
        place = urlsplit(url)
        answers["asked"].append({name: values[0] for name, values in parse_qs(place.query).items()})
        return answers[place.path.rpartition("/")[2]]

    monkeypatch.setattr("adapters.his.fhir.call", call)
    return answers


@pytest.fixture
def his() -> FhirHis:
    return FhirHis("http://his.test/fhir", "key", {"visit"})


def test_practitioners_that_do_not_come_with_their_roles_are_asked_for(server, his):
    server |= {"PractitionerRole": bundle(ROLE, total=1), "Practitioner": bundle(PRACTITIONER)}
    (member,) = his.staff().items
    assert (member.code, member.name) == ("S0", "赵一")
    assert server["asked"][1] == {"_id": "pr-S0", "_count": "1"}
    server |= {"PractitionerRole": bundle(ROLE, PRACTITIONER, total=1), "asked": server["asked"][:0]}
    assert his.staff().items == (member,)


def test_a_list_that_is_cut_off_without_a_next_page_is_no_list(server, his):
    server |= {"PractitionerRole": bundle(ROLE, PRACTITIONER, total=60)}
    with pytest.raises(HisUnavailable) as refusal:
        his.staff()
    assert refusal.value.facts["reason"] == "next_page_missing"


def an_encounter(number: str, start: str) -> dict[str, Any]:
    provider = {"display": "内科", "identifier": {"value": "D01"}}
    told = {"resourceType": "Encounter", "id": number, "identifier": [{"value": number}], "period": {"start": start}}
    return told | {"subject": {"reference": "Patient/p-7"}, "serviceProvider": provider}


def test_encounters_are_asked_for_by_the_whole_reference_and_older_ones_left_out(server, his):
    old, new = an_encounter("V0", "2025-12-31T15:59:00Z"), an_encounter("V1", "2025-12-31T16:00:00Z")
    server |= {"Patient": bundle({"resourceType": "Patient", "id": "p-7"}), "Encounter": bundle(old, new)}
    assert [one.number for one in his.past_visits(Presented("p-7"), date(2026, 1, 1)).visits] == ["V1"]
    assert server["asked"][1]["patient"] == "Patient/p-7"
