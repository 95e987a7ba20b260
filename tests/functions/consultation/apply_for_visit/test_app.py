"""A patient asks a doctor."""

from __future__ import annotations

import pytest

from consultation.answer_visit.app import app as answer_visit
from consultation.apply_for_visit.app import app
from directory.maintain_reference.app import app as maintain_reference
from hospital.people.keys import role_key
from hospital.people.store import get_patient, roles
from hospital.reference.model import Item
from hospital.work import Work
from identity.prove_identity.app import app as prove_identity
from tests.builders.cloud import Cloud, together
from tests.builders.delivery import Delivery
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.notes import doctor as somebody
from tests.builders.numbers import an_id_number
from tests.builders.people import Clinic, PatientOf, Staff, found_clinic, new_patient
from tests.builders.register import Register
from tests.builders.visits import accepted, application, applied, finished, in_progress, seen

pytestmark = pytest.mark.store


def apply(clinic: Clinic, patient: PatientOf, doctor: Staff | None = None, **more: object) -> Answer:
    key = more.pop("key", None)
    return call(app, "POST", "/visits", application(clinic, doctor, **more), who=patient.caller, key=key)


def turn(clinic: Clinic, item: Item, act: str, version: int = 1) -> None:
    path = f"/reference/{item.kind_name}/{item.id}/{act}"
    call(maintain_reference, "POST", path, {"version": version}, who=clinic.admin.caller).ok()


def test_an_application_waits_for_the_doctor(clinic: Clinic, patient: PatientOf):
    visit = apply(clinic, patient).ok(201)
    file = get_patient(patient.person.id, clinic.id)
    assert file is not None
    assert visit == {
        "id": visit["id"],
        "kind": "text_consultation",
        "state": "applied",
        "version": 1,
        "organisation_id": clinic.id,
        "patient": {"person_id": patient.person.id, "patient_id": file.id, "name": "王芳"},
        "doctor": {"id": clinic.doctor.role.id, "name": "李明", "title": "主任医师", "department": "心内科"},
        "complaint": "胸口闷了三天，走快就喘",
        "notice": {"notice_id": clinic.notice.id, "notice_version": 1},
        "applied_at": "2026-11-21T06:30:00Z",
        "answer_by": "2026-11-22T06:30:00Z",
        "accepted_at": None,
        "started_at": None,
        "ended_at": None,
        "refusal": None,
        "summary": None,
        "conversation_id": None,
        "acting_for": None,
        "ahead": 0,
    }
    assert seen(visit["id"], patient) == visit


def test_the_time_to_answer_is_configured(clinic: Clinic, patient: PatientOf, cloud: Cloud):
    cloud.turn(VISIT_ANSWER_WITHIN_MINUTES="30")
    assert apply(clinic, patient).ok(201)["answer_by"] == "2026-11-21T07:00:00Z"


def test_how_many_wait_before(clinic: Clinic, time: Time):
    for number in range(3):
        assert apply(clinic, new_patient()).ok(201)["ahead"] == number
        time.passes(seconds=1)
    assert apply(clinic, new_patient(), clinic.colleague).ok(201)["ahead"] == 0


@pytest.mark.req("ID-03")
def test_only_who_has_shown_who_they_are_applies(clinic: Clinic, cloud: Cloud, register: Register):
    newcomer = new_patient("小王", verified=False)
    assert apply(clinic, newcomer, key="key-of-the-page").refused(403, "identity.not_verified") == {}
    assert get_patient(newcomer.person.id, clinic.id) is None
    number = an_id_number()
    register.knows("王小芳", number)
    body = {"name": "王小芳", "id_number": number}
    call(prove_identity, "POST", "/real-name", body, who=newcomer.caller).ok()
    visit = apply(clinic, newcomer, key="key-of-the-page").ok(201)
    assert visit["patient"]["name"] == "王小芳", "the card's name, whatever was said before"


def test_in_production_a_compared_portrait_is_not_enough(clinic: Clinic, cloud: Cloud):
    patient = new_patient(level="card_portrait")
    cloud.turn(PROFILE="production")
    assert apply(clinic, patient).refused(403, "identity.not_verified") == {"level": "card_portrait"}
    cloud.turn(PROFILE="staging")
    apply(clinic, patient).ok(201)


@pytest.mark.req("CONS-05")
def test_without_the_notice_as_it_reads_now_nobody_applies(clinic: Clinic, patient: PatientOf):
    """The order stores which version was accepted; without acceptance it is refused."""
    body = application(clinic)
    for missing in ("notice_id", "notice_version"):
        cut = {name: value for name, value in body.items() if name != missing}
        call(app, "POST", "/visits", cut, who=patient.caller).refused(400, "request.schema_broken")
    stranger = found_clinic()
    for changes in (
        {"notice_id": "ref_unknown"},
        {"notice_id": stranger.notice.id},
        {"notice_id": clinic.reasons[0].id},
    ):
        assert apply(clinic, patient, **changes).refused(400, "visit.notice_not_accepted") == {}
    path = f"/reference/consultation_notices/{clinic.notice.id}"
    shown = call(maintain_reference, "GET", path, who=patient.caller).ok()
    assert shown["content"]["text"] == clinic.notice.content["text"]
    content = shown["content"] | {"text": "新的须知：请先测量血压再申请。"}
    call(maintain_reference, "PUT", path, {"version": 1, "content": content}, who=clinic.admin.caller).ok()
    facts = apply(clinic, patient).refused(400, "visit.notice_not_accepted")
    assert facts == {"notice_id": clinic.notice.id, "notice_version": 2}
    visit = apply(clinic, patient, notice_version=2).ok(201)
    assert seen(visit["id"], clinic.doctor)["notice"] == {"notice_id": clinic.notice.id, "notice_version": 2}


def test_a_notice_out_of_use_cannot_be_accepted(clinic: Clinic, patient: PatientOf):
    turn(clinic, clinic.notice, "retire")
    apply(clinic, patient, notice_version=2).refused(400, "visit.notice_not_accepted")


def test_who_is_no_doctor_cannot_be_asked(clinic: Clinic, patient: PatientOf):
    with Work(by=somebody(), doing="test.write") as work:
        role = roles.need(role_key(clinic.colleague.role.id))
        work.change(roles, role, role.having(active=False))
    for staff in (clinic.colleague, clinic.nurse, clinic.admin):
        apply(clinic, patient, staff).refused(404, "visit.doctor_not_found")
    for doctor_id in ("prr_unknown", clinic.doctor.caller.person_id):
        apply(clinic, patient, doctor_id=doctor_id).refused(404, "visit.doctor_not_found")


def test_one_open_visit_with_a_doctor(clinic: Clinic, patient: PatientOf):
    first = apply(clinic, patient).ok(201)
    assert apply(clinic, patient).refused(409, "visit.already_open") == {"visit_id": first["id"]}
    apply(clinic, patient, clinic.colleague).ok(201)
    apply(clinic, new_patient()).ok(201)


def test_eight_applications_at_once_are_one(clinic: Clinic, patient: PatientOf):
    answers = together(8, lambda _: apply(clinic, patient))
    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    waiting = call(answer_visit, "GET", "/queue", who=clinic.doctor.caller).ok()["items"]
    assert len(waiting) == 1


def test_the_same_wish_eight_times_at_once_gets_the_same_visit(clinic: Clinic, patient: PatientOf):
    answers = together(8, lambda _: apply(clinic, patient, key="key-of-the-page"))
    assert [answer.status for answer in answers] == [201] * 8, [answer.text for answer in answers]
    assert len({answer.json["id"] for answer in answers}) == 1


def test_a_new_patient_who_asks_two_doctors_at_once_gets_both(clinic: Clinic, cloud: Cloud):
    newcomer = new_patient()
    doctors = (clinic.doctor, clinic.colleague)
    answers = together(2, lambda number: apply(clinic, newcomer, doctors[number]))
    assert [answer.status for answer in answers] == [201, 201], [answer.text for answer in answers]


@pytest.mark.parametrize("ended", ["refused", "finished"])
def test_after_the_visit_is_over_the_doctor_may_be_asked_again(
    clinic: Clinic, patient: PatientOf, deliver: Delivery, ended: str
):
    if ended == "finished":
        visit = in_progress(clinic, patient, deliver)
        finished(clinic, visit["id"])
    else:
        visit = applied(clinic, patient)
        body = {"reason_id": clinic.reasons[0].id}
        call(answer_visit, "POST", f"/visits/{visit['id']}/refuse", body, who=clinic.doctor.caller).ok()
    apply(clinic, patient).ok(201)


def test_an_application_that_ran_out_of_time_makes_room_before_anybody_swept(
    clinic: Clinic, patient: PatientOf, time: Time, deliver: Delivery
):
    first = apply(clinic, patient).ok(201)
    time.passes(hours=24)
    second = apply(clinic, patient).ok(201)
    assert seen(first["id"], patient)["state"] == "expired"
    assert seen(second["id"], patient)["state"] == "applied"
    deliver()
    assert [envelope["data"]["subject"] for envelope in deliver.told("visit.expired.v1")] == [first["id"]]
    assert apply(clinic, patient).refused(409, "visit.already_open") == {"visit_id": second["id"]}


def test_an_accepted_visit_stays_open_however_long(clinic: Clinic, patient: PatientOf, time: Time):
    visit = applied(clinic, patient)
    accepted(clinic, visit["id"])
    time.passes(days=9)
    assert apply(clinic, patient).refused(409, "visit.already_open") == {"visit_id": visit["id"]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"complaint": "痛"}, "complaint"),
        ({"complaint": "    痛    "}, "complaint"),
        ({"complaint": "痛" * 2001}, "complaint"),
        ({"complaint": None}, "complaint"),
        ({"doctor_id": "x"}, "doctor_id"),
        ({"notice_id": ""}, "notice_id"),
        ({"notice_version": 0}, "notice_version"),
        ({"notice_version": 2**40}, "notice_version"),
        ({"notice_version": "1"}, "notice_version"),
        ({"patient_name": "李四"}, "patient_name"),
        ({"state": "accepted"}, "state"),
    ],
)
def test_what_cannot_be_is_named(clinic: Clinic, patient: PatientOf, changes: dict, field: str):
    facts = apply(clinic, patient, **changes).refused(400, "request.schema_broken")
    assert [problem["field"] for problem in facts["fields"]] == [field]


def test_only_patients_apply(clinic: Clinic):
    for staff in (clinic.doctor, clinic.nurse, clinic.admin):
        call(app, "POST", "/visits", application(clinic), who=staff.caller).refused(403, "policy.refused")
    call(app, "POST", "/visits", application(clinic)).refused(401, "identity.missing")


def test_what_was_said_is_in_neither_table_nor_event_in_clear(clinic: Clinic, patient: PatientOf, cloud: Cloud):
    apply(clinic, patient, key="key-of-the-page").ok(201)
    kept = str([cloud.rows(table) for table in ("clinical", "requests", "people")])
    for words in ("胸口闷", "王芳", patient.phone):
        assert words not in kept


def test_it_is_told_audited_and_remembered_for_its_time(clinic: Clinic, patient: PatientOf, cloud: Cloud):
    visit = apply(clinic, patient).ok(201)
    (event,) = cloud.rows("clinical", "event")
    assert event["type"] == "visit.applied.v1"
    (line,) = cloud.rows("clinical", "audit")
    assert (line["record"], line["acts"], line["organisation_id"]) == (visit["id"], ["visit.applied.v1"], clinic.id)
    (due,) = cloud.rows("clinical", "due")
    assert due["sk"] == f"2026-11-22T06:30:00.000Z#visit.answer_due.v1#{visit['id']}"
    file = next(row for row in cloud.rows("people", "audit") if row["kind"] == "Patient")
    assert file["acts"] == ["patient.open_file"]
