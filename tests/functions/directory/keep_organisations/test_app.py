"""Organisations: founded, changed, closed; what each of them opens."""

from __future__ import annotations

from typing import Any

import pytest

from consultation.apply_for_visit.app import app as apply_for_visit
from directory.keep_departments.app import app as keep_departments
from directory.keep_organisations.app import app
from hospital.caller import Caller
from hospital.organisations.errors import BusinessOff
from hospital.organisations.store import require_business
from tests.builders.cloud import together
from tests.builders.gateway import Answer, call
from tests.builders.people import Clinic, found_clinic, hire, new_patient
from tests.builders.visits import application

pytestmark = pytest.mark.store

CONTENT = {"code": "A01", "name": "海天医院", "introduction": "综合医院", "address": "海天路 2 号", "phone": "021"}


@pytest.fixture
def operator(cloud: object) -> Caller:
    return hire("operator").caller


def found(who: Caller, **more: Any) -> Answer:
    return call(app, "POST", "/organisations", CONTENT | more, who=who)


def changed(who: Caller, organisation: dict, **more: Any) -> Answer:
    body = CONTENT | {"version": organisation["version"]} | more
    return call(app, "PUT", f"/organisations/{organisation['id']}", body, who=who)


def removed(who: Caller, organisation_id: str) -> Answer:
    return call(app, "DELETE", f"/organisations/{organisation_id}", who=who)


def listed() -> list[str]:
    return [one["id"] for one in call(app, "GET", "/organisations").ok()["items"]]


@pytest.mark.req("DIR-01")
def test_an_organisation_from_founding_to_removal(operator: Caller):
    made = found(operator).ok(201)
    assert made == {**CONTENT, "id": made["id"], "version": 1, "parent_id": None, "businesses_off": []}
    assert call(app, "GET", f"/organisations/{made['id']}").ok() == made
    found(operator, name="另一家").refused(409, "organisation.code_taken")
    moved = changed(operator, made, code="A02", phone="022").ok()
    assert (moved["version"], moved["code"], moved["phone"]) == (2, "A02", "022")
    second = found(operator).ok(201)
    assert sorted(listed()) == sorted([made["id"], second["id"]])  # two of one millisecond have no order
    body = {"organisation_id": made["id"], "code": "d1", "name": "心内科"}
    department = call(keep_departments, "POST", "/departments", body, who=operator).ok(201)
    facts = removed(operator, made["id"]).refused(409, "organisation.not_empty")
    assert facts == {"departments": 1, "staff": 0, "organisations": 0}
    call(keep_departments, "DELETE", f"/departments/{department['id']}", who=operator).ok(204)
    removed(operator, made["id"]).ok(204)
    assert listed() == [second["id"]]
    call(app, "GET", f"/organisations/{made['id']}").refused(404, "organisation.not_found")
    removed(operator, made["id"]).refused(404, "organisation.not_found")
    changed(operator, moved).refused(404, "organisation.not_found")
    found(operator, code="A02").ok(201)


def test_who_keeps_an_organisation_keeps_those_below_it(operator: Caller, clinic: Clinic):
    admin, stranger = clinic.admin.caller, found_clinic().admin.caller
    below = found(admin, parent_id=clinic.id).ok(201)
    assert below["parent_id"] == clinic.id
    deeper = found(admin, parent_id=below["id"], code="A03").ok(201)
    below = changed(admin, below, name="海天分院").ok()
    found(admin, code="A04").refused(403, "organisation.parent_needed")
    found(admin, code="A04", parent_id="org_unknown").refused(404, "organisation.not_found")
    found(stranger, code="A04", parent_id=clinic.id).refused(404, "organisation.not_found")
    changed(stranger, below).refused(404, "organisation.not_found")
    removed(stranger, below["id"]).refused(404, "organisation.not_found")
    facts = removed(admin, below["id"]).refused(409, "organisation.not_empty")
    assert facts["organisations"] == 1
    removed(admin, deeper["id"]).ok(204)
    removed(admin, below["id"]).ok(204)


def test_what_was_changed_since_it_was_read_is_not_written_over(operator: Caller):
    made = found(operator).ok(201)
    changed(operator, made, phone="022").ok()
    assert changed(operator, made).refused(409, "request.changed_meanwhile") == {"version": 2}


def test_of_eight_who_want_a_code_at_once_one_gets_it(operator: Caller):
    answers = together(8, lambda _: found(operator))
    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    assert len(listed()) == 1


def test_nothing_enters_what_closes_at_the_same_moment(operator: Caller):
    """Whoever comes second is refused: no department is left in an organisation that is gone."""
    for number in range(4):
        made = found(operator, code=f"B{number}").ok(201)
        body = {"organisation_id": made["id"], "code": "d1", "name": "心内科"}
        acts = [
            lambda made=made: removed(operator, made["id"]),
            lambda body=body: call(keep_departments, "POST", "/departments", body, who=operator),
        ]
        outcome = {answer.status for answer in together(2, lambda which, acts=acts: acts[which]())}
        assert outcome in ({204, 404}, {201, 409})


@pytest.mark.parametrize("wrong", [{"code": ""}, {"code": "a b"}, {"name": "x"}, {"unknown": 1}, {"phone": 7}])
def test_what_cannot_be_written(operator: Caller, wrong: dict[str, Any]):
    found(operator, **wrong).refused(400, "request.schema_broken")
    assert listed() == []


def test_a_business_is_switched_off_for_one_organisation_or_one_terminal(clinic: Clinic):
    other, admin = found_clinic(), clinic.admin.caller

    def switch(*off: dict[str, str], version: int) -> Answer:
        path = f"/organisations/{clinic.id}/businesses"
        return call(app, "PUT", path, {"version": version, "businesses_off": list(off)}, who=admin)

    require_business(clinic.id, "nursing", "web")
    told = switch({"business": "nursing"}, version=1).ok()
    assert told["businesses_off"] == [{"business": "nursing", "terminal": None}]
    with pytest.raises(BusinessOff):
        require_business(clinic.id, "nursing", "web")
    require_business(clinic.id, "consultation", "web")
    require_business(other.id, "nursing", "web")
    switch({"business": "nursing", "terminal": "wechat_mini_program"}, version=1).refused(
        409, "request.changed_meanwhile"
    )
    switch({"business": "nursing", "terminal": "wechat_mini_program"}, version=2).ok()
    require_business(clinic.id, "nursing", "web")
    with pytest.raises(BusinessOff):
        require_business(clinic.id, "nursing", "wechat_mini_program")
    switch({"business": "platform"}, version=3).ok()
    with pytest.raises(BusinessOff):
        require_business(clinic.id, "consultation", "web")
    switch({"business": "cooking"}, version=4).refused(400, "request.schema_broken")
    switch({"business": "nursing", "terminal": "fax"}, version=4).refused(400, "request.schema_broken")
    path = f"/organisations/{clinic.id}/businesses"
    call(app, "PUT", path, {"version": 4, "businesses_off": []}, who=other.admin.caller).refused(
        404, "organisation.not_found"
    )


@pytest.mark.req("DIR-10")
def test_patients_of_an_organisation_without_a_business_are_refused_and_others_not(clinic: Clinic):
    """With consultations: the one business that patients can ask for so far."""
    other, patient = found_clinic(), new_patient()
    places = {"here": clinic, "elsewhere": other}

    def asks() -> dict[str, Answer]:
        return {
            name: call(apply_for_visit, "POST", "/visits", application(one), who=patient.caller)
            for name, one in places.items()
        }

    def opens(*off: dict[str, str], version: int, who: Caller = clinic.admin.caller) -> Answer:
        body = {"version": version, "businesses_off": list(off)}
        return call(app, "PUT", f"/organisations/{clinic.id}/businesses", body, who=who)

    opens({"business": "consultation"}, version=1, who=other.admin.caller).refused(404, "organisation.not_found")
    opens({"business": "nursing"}, version=1).ok()
    opens({"business": "consultation"}, version=2).ok()
    answers = asks()
    answers["here"].refused(403, "organisation.business_off")
    answers["elsewhere"].ok(201)
    opens(version=3).ok()
    asks()["here"].ok(201)
