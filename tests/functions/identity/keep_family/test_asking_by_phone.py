"""An adult agrees by a code to the phone that the hospital's own system holds for them."""

from __future__ import annotations

import pytest

from hospital.consents.store import decided_by
from hospital.families.keys import member_key
from hospital.families.store import members
from identity.keep_family.app import app
from identity.prove_identity.app import app as prove_identity
from infra.local.his.server import HisServer
from tests.builders.cloud import Cloud, together
from tests.builders.families import added_adult, added_child, adds, asks_by_phone, family, file_of, joins, member
from tests.builders.gateway import call
from tests.builders.inbox import Inbox
from tests.builders.journal import Journal
from tests.builders.moments import Time
from tests.builders.numbers import an_id_number
from tests.builders.people import PatientOf, new_patient
from tests.builders.register import Register

pytestmark = pytest.mark.store

PHONE = "13712345678"


@pytest.fixture
def mother(his: HisServer) -> PatientOf:
    """She has a file at the hospital, with a phone."""
    mother = new_patient("李秀英")
    file_of(his, mother, PHONE)
    return mother


@pytest.fixture
def added(patient: PatientOf, mother: PatientOf, register: Register) -> str:
    """She stands on her daughter's list, pending."""
    return str(added_adult(patient, mother, register)["id"])


def test_an_adult_joins_by_the_code_that_came_to_their_phone(
    patient: PatientOf, mother: PatientOf, added: str, inbox: Inbox, journal: Journal, cloud: Cloud
):
    sent = asks_by_phone(patient, added).ok(201)
    assert (sent["phone_ends"], sent["text_version"]) == ("78", 1)
    assert "代办" in sent["title"]
    (text,) = inbox.texts
    assert text["phone"] == PHONE
    assert "王*想替您" in text["text"]
    code = inbox.code(PHONE)
    assert not member(patient, added).ok()["acts"]
    joined = joins(patient, added, code).ok()
    assert (joined["state"], joined["acts"]) == ("full", True)
    assert member(patient, added).ok()["acts"]
    kept = members.need(member_key(patient.person.id, added))
    assert (kept.proof, kept.confirmed_by) == ("phone", mother.person.id)
    (given,) = decided_by(mother.person.id)
    assert (given.purpose, given.state, given.last and given.last.by_person_id) == (
        "family_help",
        "given",
        mother.person.id,
    )
    for secret in (code, PHONE):
        assert secret not in str(cloud.items("people"))
        assert secret not in journal.text
    joins(patient, added, code).refused(409, "family.moved_on")
    # She ends it in her own account, at any time.
    (helper,) = family(mother)["helpers"]
    call(app, "DELETE", f"/family-helpers/{helper['id']}", who=mother.caller).ok(204)
    member(patient, added).refused(404, "family.member_not_found")


def test_a_wrong_or_late_code_shows_nothing(patient: PatientOf, added: str, inbox: Inbox, time: Time):
    joins(patient, added, "123456").refused(422, "family.code_wrong")
    asks_by_phone(patient, added).ok(201)
    code = inbox.code(PHONE)
    wrong = "000000" if code != "000000" else "000001"
    assert joins(patient, added, wrong).refused(422, "family.code_wrong")["tries_left"] > 0
    time.passes(minutes=5)
    joins(patient, added, code).refused(422, "family.code_wrong")
    asks_by_phone(patient, added).ok(201)
    joins(patient, added, inbox.code(PHONE), text_version=7).refused(409, "consent.text_changed")
    assert member(patient, added).ok()["state"] == "pending"


def test_a_code_is_tried_a_few_times_and_asked_for_a_few_times(
    patient: PatientOf, added: str, inbox: Inbox, time: Time
):
    asks_by_phone(patient, added).ok(201)
    asks_by_phone(patient, added).refused(429, "sign_in.too_many_codes")
    wrong = "000000" if inbox.code(PHONE) != "000000" else "000001"
    told = [joins(patient, added, wrong).status for _ in range(6)]
    assert told[-1] == 429
    joins(patient, added, inbox.code(PHONE)).refused(429, "sign_in.too_many_tries")
    for _ in range(4):
        time.passes(minutes=10)
        asks_by_phone(patient, added).ok(201)
    time.passes(minutes=10)
    asks_by_phone(patient, added).refused(429, "family.too_many_tries")
    assert len(inbox.texts) == 5


def test_a_code_is_for_one_membership(patient: PatientOf, mother: PatientOf, added: str, register, inbox: Inbox):
    other = new_patient("李强")
    theirs = added_adult(other, mother, register)["id"]
    asks_by_phone(patient, added).ok(201)
    joins(other, theirs, inbox.code(PHONE)).refused(422, "family.code_wrong")
    assert not member(other, theirs).ok()["acts"]


@pytest.mark.parametrize("reason", ["no_file", "no_phone", "own"])
def test_without_a_phone_of_theirs_nobody_is_asked(
    patient: PatientOf, his: HisServer, register: Register, inbox: Inbox, reason: str
):
    father = new_patient("王建国")
    if reason != "no_file":
        file_of(his, father, patient.phone if reason == "own" else "")
    added = added_adult(patient, father, register)["id"]
    assert asks_by_phone(patient, added).refused(409, "family.no_phone") == {"reason": reason}
    assert inbox.texts == []


def test_a_child_is_asked_by_nobody(patient: PatientOf, register: Register, his: HisServer, inbox: Inbox):
    child = added_child(patient, register)
    asks_by_phone(patient, child["id"]).refused(409, "family.moved_on")
    joins(patient, child["id"], "123456").refused(409, "family.moved_on")


def test_a_his_that_is_down_is_said(patient: PatientOf, added: str, his: HisServer, inbox: Inbox):
    his.troubles.change({"mode": "down"})
    asks_by_phone(patient, added).refused(503, "his.unavailable")
    assert inbox.texts == []


def test_a_text_that_never_left_costs_no_pause(patient: PatientOf, added: str, inbox: Inbox):
    inbox.mood = "refused"
    asks_by_phone(patient, added).refused(503, "edge.unavailable")
    inbox.mood = "taken"
    asks_by_phone(patient, added, key="the-same-wish").ok(201)
    asks_by_phone(patient, added, key="the-same-wish").ok(201)
    assert len(inbox.texts) == 1


def test_of_two_at_once_with_one_code_one_joins(patient: PatientOf, added: str, inbox: Inbox):
    asks_by_phone(patient, added).ok(201)
    code = inbox.code(PHONE)
    told = together(2, lambda _: joins(patient, added, code).status)
    assert told.count(200) == 1
    assert set(told) <= {200, 409, 422}


def test_who_has_no_account_finds_it_when_they_have_one(
    patient: PatientOf, register: Register, his: HisServer, inbox: Inbox
):
    """Until then one acts for them all the same; afterwards they see it, and end it."""
    number = an_id_number()
    register.knows("李秀英", number)
    his.records.open({"id_number": number, "name": "李秀英", "phone": PHONE}, "")
    added = adds(patient, "李秀英", number, "parent").ok(201)["id"]
    asks_by_phone(patient, added).ok(201)
    assert joins(patient, added, inbox.code(PHONE)).ok()["acts"]
    mother = new_patient("李", verified=False)
    call(prove_identity, "POST", "/real-name", {"name": "李秀英", "id_number": number}, who=mother.caller).ok()
    (helper,) = family(mother)["helpers"]
    assert (helper["id"], helper["state"]) == (added, "full")
    call(app, "DELETE", f"/family-helpers/{added}", who=mother.caller).ok(204)
    assert family(patient)["members"] == []
