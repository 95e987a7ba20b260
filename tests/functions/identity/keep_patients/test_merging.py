"""Two files of one person: found, merged, followed, and taken apart again as they were."""

from __future__ import annotations

from typing import Any

import pytest

from consultation.answer_visit.app import app as answer_visit
from consultation.apply_for_visit.app import app as apply_for_visit
from consultation.view_earlier_visits.app import app as view_earlier_visits
from hospital.people.keys import patient_id_of, patient_key
from hospital.people.store import patients
from identity.keep_blacklist.app import app as keep_blacklist
from identity.keep_patients.app import app
from tests.builders.cloud import Cloud
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Clinic, Staff, found_clinic, new_patient
from tests.builders.register import Register
from tests.builders.two_files import TwoFiles, file_before_real_names, two_files
from tests.builders.visits import application, applied

pytestmark = pytest.mark.store


@pytest.fixture
def twice(clinic: Clinic, register: Register) -> TwoFiles:
    return two_files(clinic, register)


def seen(patient_id: str, by: Staff) -> dict[str, Any]:
    return call(app, "GET", f"/patients/{patient_id}", who=by.caller).ok()


def merged(patient_id: str, other_id: str, by: Staff, version: int | None = None) -> Answer:
    body = {"version": version or patients.need(patient_key(patient_id)).version, "other_id": other_id}
    return call(app, "POST", f"/patients/{patient_id}/merges", body, who=by.caller)


def undone(patient_id: str, other_id: str, by: Staff) -> Answer:
    body = {"version": patients.need(patient_key(patient_id)).version}
    return call(app, "POST", f"/patients/{patient_id}/merges/{other_id}/undo", body, who=by.caller)


def likely(patient_id: str, by: Staff) -> list[tuple[str, str]]:
    items = call(app, "GET", f"/patients/{patient_id}/likely-same", who=by.caller).ok()["items"]
    return [(one["patient"]["id"], one["likeness"]) for one in items]


def content(patient_id: str) -> dict[str, Any]:
    """All that a file holds, but for the count of its changes."""
    return patients.need(patient_key(patient_id)).model_dump(exclude={"version"})


def test_one_stands_for_both_and_reads_follow(clinic: Clinic, twice: TwoFiles, cloud: Cloud):
    admin = clinic.admin
    assert likely(twice.own, admin) == [(twice.other, "same_number")]
    assert likely(twice.other, admin) == [(twice.own, "same_number")]
    one = merged(twice.own, twice.other, admin).ok()
    assert (one["id"], [part["id"] for part in one["taken_in"]]) == (twice.own, [twice.other])
    assert seen(twice.other, admin)["id"] == twice.own
    named = {"by": "name", "value": "李秀英"}
    found = call(app, "POST", "/patient-searches", named, who=admin.caller).ok()["items"]
    assert [file["id"] for file in found] == [twice.own]
    assert likely(twice.own, admin) == []
    # What is written by the old id is written into the one that stands.
    note = {"version": one["version"], "note": "听力不好"}
    assert call(app, "PATCH", f"/patients/{twice.other}", note, who=admin.caller).ok()["id"] == twice.own
    told = [row["envelope"] for row in cloud.rows("people", "event") if row["type"] == "patient.merge_changed.v1"]
    assert len(told) == 1 and twice.other in told[0] and "李秀英" not in told[0]
    lines = [row["acts"] for row in cloud.rows("people", "audit") if row["kind"] == "Patient"]
    assert ["patient.merge_changed.v1"] in lines and ["patient.point_file"] in lines


def test_taking_it_back_leaves_both_as_they_were(clinic: Clinic, twice: TwoFiles):
    before = content(twice.own), content(twice.other)
    merged(twice.own, twice.other, clinic.admin).ok()
    assert (content(twice.own), content(twice.other)) != before
    assert undone(twice.own, twice.other, clinic.admin).ok()["taken_in"] == []
    assert (content(twice.own), content(twice.other)) == before
    assert seen(twice.other, clinic.admin)["id"] == twice.other
    undone(twice.own, twice.other, clinic.admin).refused(409, "patient.not_merged")
    # The other way round is as good.
    merged(twice.other, twice.own, clinic.admin).ok()
    assert seen(twice.own, clinic.admin)["id"] == twice.other


def test_the_doctor_sees_the_visits_of_both_while_they_are_one(clinic: Clinic, twice: TwoFiles, time: Time):
    time.passes(minutes=5)
    visit_id = applied_for(twice, clinic).ok(201)["id"]
    call(answer_visit, "POST", f"/visits/{visit_id}/accept", {}, who=clinic.colleague.caller).ok()
    path = f"/visits/{visit_id}/earlier"

    def earlier() -> list[str]:
        found, cursor = [], None
        while True:
            asked = f"{path}?limit=1{f'&cursor={cursor}' if cursor else ''}"
            page = call(view_earlier_visits, "GET", asked, who=clinic.colleague.caller).ok()
            found += [one["id"] for one in page["items"]]
            if (cursor := page["cursor"]) is None:
                return found

    def said() -> Answer:
        return call(view_earlier_visits, "GET", f"{path}/{twice.own_visit}/messages", who=clinic.colleague.caller)

    assert earlier() == [twice.other_visit]
    said().refused(404, "visit.not_found")
    merged(twice.own, twice.other, clinic.admin).ok()
    assert earlier() == [twice.other_visit, twice.own_visit]
    assert said().ok()["items"] == []
    for cursor in ("nonsense", "9.", "x.y"):
        asked = f"{path}?cursor={cursor}"
        call(view_earlier_visits, "GET", asked, who=clinic.colleague.caller).refused(400, "request.cursor_unknown")
    undone(twice.own, twice.other, clinic.admin).ok()
    assert earlier() == [twice.other_visit]
    said().refused(404, "visit.not_found")


def test_whom_the_house_does_not_serve_has_no_way_round_by_another_file(clinic: Clinic, twice: TwoFiles):
    body = {"patient_id": twice.own, "reason": "abuse", "words": "辱骂医生"}
    merged(twice.own, twice.other, clinic.admin).ok()
    call(keep_blacklist, "POST", "/blacklist", body, who=clinic.admin.caller).ok(201)
    applied_for(twice, clinic).refused(403, "patient.blacklisted")
    undone(twice.own, twice.other, clinic.admin).ok()
    assert seen(twice.other, clinic.admin)["blacklisted"] is None
    merged(twice.other, twice.own, clinic.admin).ok()
    assert seen(twice.other, clinic.admin)["blacklisted"]["state"] == "listed"
    applied_for(twice, clinic).refused(403, "patient.blacklisted")
    undone(twice.other, twice.own, clinic.admin).ok()
    applied_for(twice, clinic).ok(201)


def test_a_file_without_a_number_is_merged_by_who_knows_the_person(clinic: Clinic, twice: TwoFiles):
    older = file_before_real_names(clinic, "李秀英")
    assert likely(twice.own, clinic.admin) == [(twice.other, "same_number"), (older, "same_name")]
    merged(twice.own, older, clinic.admin).ok()
    assert likely(twice.own, clinic.admin) == [(twice.other, "same_number")]
    merged(twice.own, twice.other, clinic.admin).ok()
    assert {one["id"] for one in seen(older, clinic.admin)["taken_in"]} == {older, twice.other}


def test_what_is_not_one_person_is_not_merged(clinic: Clinic, twice: TwoFiles):
    namesake = new_patient("李秀英")
    applied(clinic, namesake)
    another = patient_id_of(namesake.person.id, clinic.id)
    assert another not in [one for one, _ in likely(twice.own, clinic.admin)]
    merged(twice.own, another, clinic.admin).refused(409, "patient.numbers_differ")
    merged(another, twice.other, clinic.admin).refused(409, "patient.numbers_differ")
    merged(twice.own, twice.own, clinic.admin).refused(409, "patient.same_file")
    merged(twice.own, twice.other, clinic.admin, version=99).refused(409, "request.changed_meanwhile")
    merged(twice.own, twice.other, clinic.admin).ok()
    older = file_before_real_names(clinic, "李秀英")
    for standing, other in ((older, twice.other), (older, twice.own), (twice.other, older)):
        merged(standing, other, clinic.admin).refused(409, "patient.merged_already")
    undone(older, twice.other, clinic.admin).refused(409, "patient.not_merged")


def test_another_house_has_no_such_files(clinic: Clinic, twice: TwoFiles):
    elsewhere = found_clinic()
    applied(elsewhere, twice.person)
    theirs = patient_id_of(twice.person.person.id, elsewhere.id)
    merged(twice.own, theirs, clinic.admin).refused(404, "patient.not_found")
    merged(theirs, twice.own, clinic.admin).refused(404, "patient.not_found")
    merged(twice.own, twice.other, elsewhere.admin).refused(404, "patient.not_found")
    merged(twice.own, twice.other, clinic.admin).ok()
    undone(twice.own, twice.other, elsewhere.admin).refused(404, "patient.not_found")
    asked = f"/patients/{twice.own}/likely-same"
    call(app, "GET", asked, who=elsewhere.admin.caller).refused(404, "patient.not_found")
    assert seen(theirs, elsewhere.admin)["taken_in"] == []


def test_only_who_keeps_files_merges_them(clinic: Clinic, twice: TwoFiles):
    for staff in (clinic.doctor, clinic.nurse, clinic.clerk):
        merged(twice.own, twice.other, staff).refused(403, "policy.refused")
        undone(twice.own, twice.other, staff).refused(403, "policy.refused")


def applied_for(twice: TwoFiles, clinic: Clinic) -> Answer:
    """The helper asks the colleague for them."""
    body = application(clinic, clinic.colleague, family_member_id=twice.member_id)
    return call(apply_for_visit, "POST", "/visits", body, who=twice.helper.caller)
