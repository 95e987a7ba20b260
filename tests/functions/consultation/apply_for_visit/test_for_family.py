"""Somebody applies for one of their family."""

from __future__ import annotations

import pytest

from consultation.apply_for_visit.app import app
from consultation.view_earlier_visits.app import app as view_earlier_visits
from consultation.view_visits.app import app as view_visits
from hospital.people.keys import patient_id_of
from hospital.people.store import get_patient
from identity.keep_blacklist.app import app as keep_blacklist
from identity.keep_family.app import app as keep_family
from messaging.view_conversations.app import app as view_conversations
from tests.builders.delivery import Delivery
from tests.builders.families import added_adult, added_child, agrees, confirmed_child
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, new_patient
from tests.builders.register import Register
from tests.builders.visits import accepted, application, applied, seen

pytestmark = pytest.mark.store


def apply_for(clinic: Clinic, who: PatientOf, member_id: str) -> Answer:
    return call(app, "POST", "/visits", application(clinic, family_member_id=member_id), who=who.caller)


def test_a_visit_for_a_child_names_the_child_and_who_acts(patient: PatientOf, clinic: Clinic, register: Register):
    child = confirmed_child(patient, clinic, register)
    visit = apply_for(clinic, patient, child["id"]).ok(201)
    assert visit["patient"]["name"] == "王小宝"
    assert visit["patient"]["person_id"] != patient.person.id
    assert visit["acting_for"] == {"member_id": child["id"], "relation": "child", "name": "王芳"}
    assert seen(visit["id"], patient)["patient"] == visit["patient"]
    assert seen(visit["id"], clinic.doctor)["acting_for"] == visit["acting_for"]
    file = get_patient(visit["patient"]["person_id"], clinic.id)
    assert file is not None
    assert file.id == visit["patient"]["patient_id"] == patient_id_of(visit["patient"]["person_id"], clinic.id)
    # A place with the doctor is the patient's: the guardian may ask for themselves as well.
    own = call(app, "POST", "/visits", application(clinic), who=patient.caller).ok(201)
    assert (own["patient"]["name"], own["acting_for"]) == ("王芳", None)
    apply_for(clinic, patient, child["id"]).refused(409, "visit.already_open")


def test_nobody_is_applied_for_who_is_not_in_the_family(patient: PatientOf, clinic: Clinic, register: Register):
    child, stranger = confirmed_child(patient, clinic, register), new_patient("赵大海")
    apply_for(clinic, stranger, child["id"]).refused(404, "family.member_not_found")
    apply_for(clinic, stranger, "fam_" + "0" * 26).refused(404, "family.member_not_found")
    call(keep_family, "DELETE", f"/family/{child['id']}", who=patient.caller).ok(204)
    apply_for(clinic, patient, child["id"]).refused(404, "family.member_not_found")


def test_whom_the_house_does_not_serve_is_not_served_through_family(
    patient: PatientOf, clinic: Clinic, register: Register
):
    mother = new_patient("李秀英")
    applied(clinic, mother)
    added = added_adult(patient, mother, register)
    agrees(mother, added["id"]).ok()
    body = {"patient_id": patient_id_of(mother.person.id, clinic.id), "reason": "abuse", "words": "辱骂医生"}
    listed = call(keep_blacklist, "POST", "/blacklist", body, who=clinic.admin.caller).ok(201)
    again = application(clinic, clinic.colleague, family_member_id=added["id"])
    told = call(app, "POST", "/visits", again, who=patient.caller).refused(403, "patient.blacklisted")
    assert told["blacklisting_id"] == listed["id"]
    # For oneself one is served; and she again through the family, once she is off the list.
    call(app, "POST", "/visits", application(clinic), who=patient.caller).ok(201)
    off = f"/blacklist/{listed['id']}/remove"
    call(keep_blacklist, "POST", off, {"words": "谈过了"}, who=clinic.admin.caller).ok()
    call(app, "POST", "/visits", again, who=patient.caller).ok(201)


def test_a_pending_adult_is_booked_for_and_nothing_else_is_seen(patient: PatientOf, clinic: Clinic, register: Register):
    mother = new_patient("李秀英")
    own = call(app, "POST", "/visits", application(clinic, clinic.colleague), who=mother.caller).ok(201)
    added = added_adult(patient, mother, register)
    visit = apply_for(clinic, patient, added["id"]).ok(201)
    assert visit["patient"] == {
        "person_id": mother.person.id,
        "patient_id": patient_id_of(mother.person.id, clinic.id),
        "name": "李秀英",
    }
    listed = call(view_visits, "GET", "/visits", who=patient.caller).ok()["items"]
    assert [one["id"] for one in listed] == [visit["id"]]
    call(view_visits, "GET", f"/visits/{own['id']}", who=patient.caller).refused(404, "visit.not_found")
    agrees(mother, added["id"]).ok()
    call(view_visits, "GET", f"/visits/{own['id']}", who=patient.caller).refused(404, "visit.not_found")
    # What was booked for her is hers: she sees it too.
    assert seen(visit["id"], mother)["acting_for"]["name"] == "王芳"


def test_the_guardian_talks_and_the_doctor_knows_it(
    patient: PatientOf, clinic: Clinic, register: Register, deliver: Delivery
):
    child = added_child(patient, register)
    visit = apply_for(clinic, patient, child["id"]).ok(201)
    accepted(clinic, visit["id"])
    deliver()
    begun = seen(visit["id"], patient)
    path = f"/conversations/{begun['conversation_id']}"
    talk = call(view_conversations, "GET", path, who=patient.caller).ok()
    assert {one["person_id"]: one["name"] for one in talk["members"]}[patient.person.id] == "王小宝（王芳代）"


def test_the_childs_doctor_opens_no_visits_of_the_guardian(
    patient: PatientOf, clinic: Clinic, register: Register, time: Time
):
    child = added_child(patient, register)
    call(app, "POST", "/visits", application(clinic, clinic.colleague), who=patient.caller).ok(201)
    body = application(clinic, clinic.colleague, family_member_id=child["id"])
    earlier = call(app, "POST", "/visits", body, who=patient.caller).ok(201)
    time.passes(minutes=1)
    visit = apply_for(clinic, patient, child["id"]).ok(201)
    accepted(clinic, visit["id"])
    path = f"/visits/{visit['id']}/earlier"
    items = call(view_earlier_visits, "GET", path, who=clinic.doctor.caller).ok()["items"]
    assert [one["id"] for one in items] == [earlier["id"]]
