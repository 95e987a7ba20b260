"""People keep lists of those for whom they act."""

from __future__ import annotations

from datetime import date

import pytest

from hospital.verifications.store import get_identity, owner_of_number
from identity.check_at_counter.app import app as check_at_counter
from identity.keep_consents.app import app as keep_consents
from identity.keep_family.app import app
from identity.prove_identity.app import app as prove_identity
from tests.builders.cloud import Cloud, together
from tests.builders.delivery import Delivery
from tests.builders.families import (
    PAPER,
    added_adult,
    added_child,
    adds,
    agrees,
    at_counter,
    confirmed_child,
    confirms,
    family,
    member,
)
from tests.builders.gateway import call
from tests.builders.journal import Journal
from tests.builders.moments import Time
from tests.builders.numbers import an_id_number
from tests.builders.people import Clinic, PatientOf, new_patient
from tests.builders.register import Register

pytestmark = pytest.mark.store


def gives_for(who: PatientOf, member_id: str, act: str = "give"):
    body = {"purpose": "face_recognition", "act": act, "text_version": 1, "family_member_id": member_id}
    return call(keep_consents, "POST", "/consents", body, who=who.caller)


@pytest.mark.req("ID-21")
def test_a_child_is_pending_until_staff_have_seen_the_paper(
    patient: PatientOf, clinic: Clinic, register: Register, deliver: Delivery
):
    child = added_child(patient, register)
    assert (child["stage"], child["state"], child["acts"], child["paper"]) == (
        "child",
        "pending",
        False,
        "birth_certificate",
    )
    assert "********" in child["id_number_masked"]
    assert gives_for(patient, child["id"]).refused(403, "family.pending") == {"state": "pending"}
    check = at_counter(patient, clinic)
    path = f"/counter-checks/{check}/children"
    (waiting,) = call(check_at_counter, "GET", path, who=clinic.admin.caller).ok()["items"]
    assert (waiting["id"], waiting["paper"]) == (child["id"], PAPER)
    assert confirms(clinic, check, child["id"]).ok()["state"] == "full"
    seen = member(patient, child["id"]).ok()
    assert (seen["state"], seen["acts"], seen["confirmed_at"]) == ("full", True, "2026-11-21T06:30:00Z")
    assert gives_for(patient, child["id"]).ok()["holds"]
    confirms(clinic, check, child["id"]).refused(409, "family.moved_on")
    deliver()
    told = [one["type"] for one in deliver.envelopes if one["type"].startswith("family_member.")]
    assert told == ["family_member.added.v1", "family_member.joined.v1"]
    assert "王小宝" not in str(deliver.envelopes)


@pytest.mark.req("ID-21")
def test_members_are_edited_and_removed(patient: PatientOf, register: Register):
    child = added_child(patient, register)
    body = {"version": 1, "relation": "grandchild", "called": "宝宝"}
    changed = call(app, "PUT", f"/family/{child['id']}", body, who=patient.caller).ok()
    assert (changed["relation"], changed["called"], changed["name"]) == ("grandchild", "宝宝", "王小宝")
    call(app, "PUT", f"/family/{child['id']}", body, who=patient.caller).refused(409, "request.changed_meanwhile")
    call(app, "DELETE", f"/family/{child['id']}", who=patient.caller).ok(204)
    member(patient, child["id"]).refused(404, "family.member_not_found")
    assert family(patient) == {"members": [], "helpers": []}


@pytest.mark.req("ID-21")
def test_anothers_member_is_not_found(patient: PatientOf, clinic: Clinic, register: Register):
    child, stranger = confirmed_child(patient, clinic, register), new_patient("赵大海")
    path, wished = f"/family/{child['id']}", {"version": 2, "relation": "ward"}
    for method, address, body in (
        ("GET", path, None),
        ("PUT", path, wished),
        ("DELETE", path, None),
        ("POST", f"/family-helpers/{child['id']}/agree", {"text_version": 1}),
        ("DELETE", f"/family-helpers/{child['id']}", None),
    ):
        call(app, method, address, body, who=stranger.caller).refused(404, "family.member_not_found")
    gives_for(stranger, child["id"]).refused(404, "family.member_not_found")
    confirms(clinic, at_counter(stranger, clinic), child["id"]).refused(404, "family.member_not_found")
    assert member(patient, child["id"]).ok()["state"] == "full"


@pytest.mark.parametrize(
    ("guardian_born", "child_born", "reason"),
    [(date(2010, 1, 1), date(2009, 12, 31), "younger"), (date(2009, 1, 1), date(2020, 5, 4), "minor")],
)
def test_who_cannot_be_a_guardian(register: Register, clinic: Clinic, guardian_born, child_born, reason):
    number, guardian = an_id_number(born=guardian_born), new_patient("小王", verified=False)
    register.knows("王小芳", number)
    call(prove_identity, "POST", "/real-name", {"name": "王小芳", "id_number": number}, who=guardian.caller).ok()
    child = an_id_number(born=child_born)
    register.knows("王小宝", child)
    refused = adds(guardian, "王小宝", child, paper=PAPER).refused(422, "family.guardian_unfit")
    assert refused == {"rule": "PIPL-CONSENT", "reason": reason}


def test_what_is_refused_when_somebody_is_added(patient: PatientOf, register: Register):
    number, mine = an_id_number(born=date(2020, 5, 4)), get_identity(patient.person.id)
    assert mine is not None
    register.knows("王小宝", number)
    adds(patient, "王小宝", number).refused(400, "family.proof_needed")
    adds(patient, mine.name, mine.id_number, "other").refused(400, "family.oneself")
    adds(patient, "王大宝", number, paper=PAPER).refused(422, "identity.mismatch")
    adds(patient, "王小宝", number[:17] + "?", paper=PAPER).refused(400, "identity.id_number_refused")
    newcomer = new_patient("小王", verified=False)
    adds(newcomer, "王小宝", number, paper=PAPER).refused(403, "identity.not_verified")
    child = adds(patient, "王小宝", number, paper=PAPER).ok(201)
    assert adds(patient, "王小宝", number, paper=PAPER).refused(409, "family.member_taken") == {
        "member_id": child["id"]
    }


def test_of_many_at_once_somebody_is_added_once(patient: PatientOf, register: Register):
    number = an_id_number(born=date(2020, 5, 4))
    register.knows("王小宝", number)
    answers = together(4, lambda _: adds(patient, "王小宝", number, paper=PAPER))
    assert sorted(one.status for one in answers) == [201, 409, 409, 409]
    assert len(family(patient)["members"]) == 1


def test_two_guardians_have_the_same_child(patient: PatientOf, clinic: Clinic, register: Register):
    number, other = an_id_number(born=date(2020, 5, 4)), new_patient("李强")
    register.knows("王小宝", number)
    mine, theirs = (adds(one, "王小宝", number, paper=PAPER).ok(201) for one in (patient, other))
    for guardian, child in ((patient, mine), (other, theirs)):
        confirms(clinic, at_counter(guardian, clinic), child["id"]).ok()
    gives_for(patient, mine["id"]).ok()
    path = f"/consents?family_member_id={theirs['id']}"
    seen = call(keep_consents, "GET", path, who=other.caller).ok()["items"]
    assert {one["purpose"]: one["state"] for one in seen}["face_recognition"] == "given"


def test_a_child_of_18_speaks_for_themselves(patient: PatientOf, clinic: Clinic, register: Register, time: Time):
    child = added_child(patient, register, born=date(2008, 11, 22))
    confirms(clinic, at_counter(patient, clinic), child["id"]).ok()
    gives_for(patient, child["id"]).ok()
    time.passes(hours=24)
    grown = member(patient, child["id"]).ok()
    assert (grown["stage"], grown["state"], grown["acts"]) == ("adult", "pending", False)
    gives_for(patient, child["id"], "withdraw").refused(404, "family.member_not_found")


def test_an_adult_joins_by_their_own_account_and_consent(patient: PatientOf, register: Register, clinic: Clinic):
    mother = new_patient("李秀英")
    added = added_adult(patient, mother, register)
    assert (added["stage"], added["state"], added["acts"]) == ("adult", "pending", False)
    (helper,) = family(mother)["helpers"]
    assert (helper["id"], helper["name"], helper["state"]) == (added["id"], "王芳", "pending")
    agrees(mother, added["id"], 7).refused(409, "consent.text_changed")
    assert not member(patient, added["id"]).ok()["acts"]
    assert agrees(mother, added["id"]).ok()["state"] == "full"
    assert member(patient, added["id"]).ok()["acts"]
    # No guardian decides for an adult, and staff do not confirm one.
    gives_for(patient, added["id"]).refused(404, "family.member_not_found")
    confirms(clinic, at_counter(patient, clinic), added["id"]).refused(409, "family.moved_on")


def test_a_withdrawn_consent_ends_what_may_be_done_at_once(patient: PatientOf, register: Register):
    mother = new_patient("李秀英")
    added = added_adult(patient, mother, register)
    agrees(mother, added["id"]).ok()
    body = {"purpose": "family_help", "act": "withdraw"}
    call(keep_consents, "POST", "/consents", body, who=mother.caller).ok()
    assert not member(patient, added["id"]).ok()["acts"]


@pytest.mark.parametrize("side", ["owner", "member"])
def test_either_side_ends_it(patient: PatientOf, register: Register, side: str):
    mother = new_patient("李秀英")
    added = added_adult(patient, mother, register)
    agrees(mother, added["id"]).ok()
    who, path = (patient, "/family") if side == "owner" else (mother, "/family-helpers")
    call(app, "DELETE", f"{path}/{added['id']}", who=who.caller).ok(204)
    member(patient, added["id"]).refused(404, "family.member_not_found")
    assert family(mother)["helpers"] == family(patient)["members"] == []
    added_adult(patient, mother, register)  # and may begin anew


def test_who_is_added_keeps_their_number_for_themselves(patient: PatientOf, register: Register):
    number, mother = an_id_number(), new_patient("小李", verified=False)
    register.knows("李秀英", number)
    added = adds(patient, "李秀英", number, "parent").ok(201)
    assert owner_of_number(number) is None
    call(prove_identity, "POST", "/real-name", {"name": "李秀英", "id_number": number}, who=mother.caller).ok()
    assert owner_of_number(number) == mother.person.id
    assert agrees(mother, added["id"]).ok()["state"] == "full"


def test_names_and_numbers_lie_sealed(patient: PatientOf, register: Register, cloud: Cloud, journal: Journal):
    number = an_id_number(born=date(2020, 5, 4))
    register.knows("王小宝", number)
    adds(patient, "王小宝", number, paper=PAPER).ok(201)
    for secret in ("王小宝", number, PAPER["number"]):
        assert secret not in str(cloud.items("people"))
        assert secret not in journal.text
