"""A doctor looks at who waits, accepts or refuses."""

from __future__ import annotations

import pytest

from consultation.answer_visit.app import app
from directory.maintain_reference.app import app as maintain_reference
from hospital.visits.store import get_visit
from tests.builders.cloud import Cloud, together
from tests.builders.delivery import Delivery
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, Staff, found_clinic, hire, new_patient
from tests.builders.visits import applied, finished, in_progress, seen

pytestmark = pytest.mark.store


def accept(visit_id: str, who: Staff | PatientOf, **more: str) -> Answer:
    return call(app, "POST", f"/visits/{visit_id}/accept", {}, who=who.caller, **more)


def refuse(visit_id: str, who: Staff | PatientOf, reason_id: str, words: str | None = None, **more: str) -> Answer:
    body = {"reason_id": reason_id} | ({} if words is None else {"words": words})
    return call(app, "POST", f"/visits/{visit_id}/refuse", body, who=who.caller, **more)


def queue(who: Staff, query: str = "") -> list[str]:
    return [visit["id"] for visit in call(app, "GET", f"/queue{query}", who=who.caller).ok()["items"]]


# -- the queue ----------------------------------------------------------------------------------------------------


def test_who_waits_is_shown_longest_first(clinic: Clinic, time: Time):
    waiting = []
    for _ in range(3):
        waiting.append(applied(clinic, new_patient())["id"])
        time.passes(seconds=1)
    other = applied(clinic, new_patient(), clinic.colleague)["id"]
    assert queue(clinic.doctor) == waiting
    assert queue(clinic.colleague) == [other]


def test_who_was_answered_or_ran_out_of_time_waits_no_more(clinic: Clinic, time: Time):
    early, taken, declined = (applied(clinic, new_patient())["id"] for _ in range(3))
    accept(taken, clinic.doctor).ok()
    refuse(declined, clinic.doctor, clinic.reasons[0].id).ok()
    time.passes(hours=12)
    late = applied(clinic, new_patient())["id"]
    assert queue(clinic.doctor) == [early, late]
    time.passes(hours=12)
    assert queue(clinic.doctor) == [late]


def test_a_visit_of_the_queue_reads_like_any_other(clinic: Clinic, patient: PatientOf):
    visit = applied(clinic, patient)
    (waiting,) = call(app, "GET", "/queue", who=clinic.doctor.caller).ok()["items"]
    assert waiting | {"ahead": 0} == visit


def test_the_queue_comes_in_pages(clinic: Clinic, time: Time):
    waiting = []
    for _ in range(5):
        waiting.append(applied(clinic, new_patient())["id"])
        time.passes(seconds=1)
    first = call(app, "GET", "/queue?limit=3", who=clinic.doctor.caller).ok()
    rest = call(app, "GET", f"/queue?limit=3&cursor={first['cursor']}", who=clinic.doctor.caller).ok()
    assert [visit["id"] for visit in first["items"] + rest["items"]] == waiting
    assert rest["cursor"] is None
    call(app, "GET", "/queue?cursor=x", who=clinic.doctor.caller).refused(400, "request.cursor_unknown")


def test_who_ran_out_of_time_is_not_counted_among_those_before(clinic: Clinic, patient: PatientOf, time: Time):
    """Whether or not anybody wrote down that they expired."""
    applied(clinic, new_patient())
    time.passes(hours=24, seconds=1)
    assert applied(clinic, patient)["ahead"] == 0


# -- accepting ----------------------------------------------------------------------------------------------------


def test_the_doctor_accepts(clinic: Clinic, patient: PatientOf, time: Time, deliver: Delivery):
    visit = applied(clinic, patient)
    time.passes(minutes=5)
    taken = accept(visit["id"], clinic.doctor).ok()
    expected = {"state": "accepted", "version": 2, "accepted_at": "2026-11-21T06:35:00Z", "ahead": None}
    assert taken == visit | expected
    assert "visit.accepted.v1" in deliver()
    assert deliver.told("visit.accepted.v1")[0]["actor"] == clinic.doctor.caller.stated()


def test_the_same_wish_twice_is_done_once(clinic: Clinic, patient: PatientOf):
    visit_id = applied(clinic, patient)["id"]
    first, again = (accept(visit_id, clinic.doctor, key="key-of-the-page") for _ in range(2))
    assert first.ok() == again.ok()
    assert get_visit(visit_id).version == 2


def test_one_key_does_not_answer_two_visits(clinic: Clinic):
    """The body is the same, the visits are not: the second must not get the first one's answer."""
    first, second = (applied(clinic, new_patient())["id"] for _ in range(2))
    accept(first, clinic.doctor, key="key-of-the-page").ok()
    accept(second, clinic.doctor, key="key-of-the-page").refused(409, "request.idempotency_key_reused")
    assert seen(second, clinic.doctor)["state"] == "applied"


@pytest.mark.parametrize("act", ["accept", "refuse"])
def test_who_is_not_the_doctor_cannot_answer(clinic: Clinic, patient: PatientOf, act: str):
    visit_id = applied(clinic, patient)["id"]

    def answer(who: Staff | PatientOf) -> Answer:
        return accept(visit_id, who) if act == "accept" else refuse(visit_id, who, clinic.reasons[0].id)

    answer(clinic.colleague).refused(403, "visit.not_the_doctor")
    answer(found_clinic().doctor).refused(404, "visit.not_found")
    for who in (patient, clinic.nurse, clinic.admin, hire("operator")):
        answer(who).refused(403, "policy.refused")
    assert seen(visit_id, patient)["state"] == "applied"


@pytest.mark.parametrize("visit_id", ["vis_unknown", "x", "per_1"])
def test_a_visit_that_is_not_there(clinic: Clinic, visit_id: str):
    assert accept(visit_id, clinic.doctor).status == 404
    assert refuse(visit_id, clinic.doctor, clinic.reasons[0].id).status == 404


def test_an_answer_in_the_last_second_counts_and_one_later_does_not(
    clinic: Clinic, patient: PatientOf, time: Time, deliver: Delivery
):
    in_time, too_late = applied(clinic, patient)["id"], applied(clinic, new_patient())["id"]
    time.passes(hours=23, minutes=59, seconds=59, milliseconds=999)
    accept(in_time, clinic.doctor).ok()
    time.passes(milliseconds=1)
    assert accept(too_late, clinic.doctor).refused(409, "visit.moved_on") == {"state": "expired"}
    assert refuse(too_late, clinic.doctor, clinic.reasons[0].id).refused(409, "visit.moved_on") == {"state": "expired"}


def test_what_was_answered_cannot_be_answered_again(clinic: Clinic, patient: PatientOf, deliver: Delivery):
    visit_id = applied(clinic, patient)["id"]
    accept(visit_id, clinic.doctor).ok()
    for state in ("accepted", "in_progress", "finished"):
        assert seen(visit_id, patient)["state"] == state
        assert accept(visit_id, clinic.doctor).refused(409, "visit.moved_on") == {"state": state}
        assert refuse(visit_id, clinic.doctor, clinic.reasons[0].id).refused(409, "visit.moved_on") == {"state": state}
        if state == "accepted":
            deliver()
        elif state == "in_progress":
            finished(clinic, visit_id)


def test_of_eight_answers_at_once_one_counts_and_the_others_learn_the_state(clinic: Clinic, patient: PatientOf):
    visit_id = applied(clinic, patient)["id"]

    def answer(number: int) -> Answer:
        return accept(visit_id, clinic.doctor) if number % 2 else refuse(visit_id, clinic.doctor, clinic.reasons[0].id)

    answers = together(8, answer)
    (won,) = [answer.json for answer in answers if answer.status == 200]
    lost = [answer.refused(409, "visit.moved_on") for answer in answers if answer.status != 200]
    assert lost == [{"state": won["state"]}] * 7


@pytest.mark.parametrize("body", [{"x": 1}, [], "x"])
def test_accepting_takes_nothing(clinic: Clinic, body: object):
    call(app, "POST", "/visits/vis_1/accept", body, who=clinic.doctor.caller).refused(400, "request.schema_broken")


# -- refusing -----------------------------------------------------------------------------------------------------


def test_the_doctor_refuses_with_a_reason_that_the_patient_reads(
    clinic: Clinic, patient: PatientOf, time: Time, deliver: Delivery
):
    visit = applied(clinic, patient)
    time.passes(minutes=5)
    refused = refuse(visit["id"], clinic.doctor, clinic.reasons[0].id, " 请尽快来院 ").ok()
    assert refused == visit | {
        "state": "refused",
        "version": 2,
        "ended_at": "2026-11-21T06:35:00Z",
        "refusal": {"reason": "病情需要面诊", "words": "请尽快来院"},
        "ahead": None,
    }
    assert seen(visit["id"], patient) == refused
    assert deliver() == ["person.verified.v1", "visit.applied.v1", "visit.refused.v1"]


def test_words_of_ones_own_are_not_needed(clinic: Clinic, patient: PatientOf):
    refused = refuse(applied(clinic, patient)["id"], clinic.doctor, clinic.reasons[1].id).ok()
    assert refused["refusal"] == {"reason": "不属于本专业", "words": ""}


def test_the_reason_is_one_that_the_organisation_uses(clinic: Clinic, patient: PatientOf):
    visit_id = applied(clinic, patient)["id"]
    for reason_id in ("ref_unknown", found_clinic().reasons[0].id, clinic.notice.id):
        refuse(visit_id, clinic.doctor, reason_id).refused(400, "visit.reason_unknown")
    path = f"/reference/refusal_reasons/{clinic.reasons[0].id}/retire"
    call(maintain_reference, "POST", path, {"version": 1}, who=clinic.admin.caller).ok()
    refuse(visit_id, clinic.doctor, clinic.reasons[0].id).refused(400, "visit.reason_unknown")


@pytest.mark.req("DIR-09")
def test_a_reason_that_an_administrator_edits_is_what_forms_show_and_old_records_stay_readable(
    clinic: Clinic, patient: PatientOf
):
    reason = clinic.reasons[0]
    path = f"/reference/refusal_reasons/{reason.id}"
    before = refuse(applied(clinic, patient)["id"], clinic.doctor, reason.id).ok()
    content = {"code": "offline", "words": "请到门诊检查"}
    stranger = found_clinic().admin
    call(maintain_reference, "PUT", path, {"version": 1, "content": content}, who=stranger.caller).refused(
        404, "reference.item_not_found"
    )
    call(maintain_reference, "PUT", path, {"version": 1, "content": content}, who=clinic.admin.caller).ok()
    shown = call(maintain_reference, "GET", "/reference/refusal_reasons", who=clinic.doctor.caller).ok()["items"]
    assert "请到门诊检查" in [item["content"]["words"] for item in shown]
    after = refuse(applied(clinic, patient)["id"], clinic.doctor, reason.id).ok()
    assert after["refusal"]["reason"] == "请到门诊检查"
    call(maintain_reference, "POST", f"{path}/retire", {"version": 2}, who=clinic.admin.caller).ok()
    shown = call(maintain_reference, "GET", "/reference/refusal_reasons", who=clinic.doctor.caller).ok()["items"]
    assert reason.id not in [item["id"] for item in shown]
    assert seen(before["id"], patient)["refusal"]["reason"] == "病情需要面诊"
    assert seen(after["id"], patient)["refusal"]["reason"] == "请到门诊检查"
    assert call(maintain_reference, "GET", path, who=clinic.doctor.caller).ok()["retired"]


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "reason_id"), ({"reason_id": "x"}, "reason_id"), ({"reason_id": "ref_1", "words": "x" * 501}, "words")],
)
def test_a_refusal_that_breaks_its_schema(clinic: Clinic, body: dict, field: str):
    facts = call(app, "POST", "/visits/vis_1/refuse", body, who=clinic.doctor.caller).refused(
        400, "request.schema_broken"
    )
    assert [problem["field"] for problem in facts["fields"]] == [field]


def test_what_a_doctor_writes_is_sealed(clinic: Clinic, patient: PatientOf, cloud: Cloud, deliver: Delivery):
    refuse(applied(clinic, patient)["id"], clinic.doctor, clinic.reasons[0].id, "疑似心梗").ok()
    visit_id = in_progress(clinic, new_patient(), deliver)["id"]
    finished(clinic, visit_id)
    kept = str(cloud.rows("clinical"))
    for words in ("疑似心梗", "紧张性头痛", "规律作息"):
        assert words not in kept
