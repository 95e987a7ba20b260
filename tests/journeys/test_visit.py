"""A patient consults a doctor: the whole thin visit, and each way in which it goes differently."""

from __future__ import annotations

import pytest

from tests.journeys.hospital import HospitalProcess, eventually
from tests.journeys.people import Clinic, Patient, a_key, conversation_of, in_progress
from tests.journeys.sockets import online

pytestmark = pytest.mark.journey


@pytest.mark.req("IM-17")
def test_the_whole_thin_visit(hospital: HospitalProcess) -> None:
    """From applying to the summary that the patient keeps; the conversation opens and closes with the visit."""
    clinic = Clinic.founded(hospital)
    patient, doctor = Patient.new(hospital, "李秀英"), clinic.doctor()
    with online(patient, doctor) as (at_patient, at_doctor):
        visit_id = patient.applies_to(doctor, "头晕两天，早上起床时明显。")["id"]
        at_doctor.hears("notice", topic="visit.applied.v1", subject=visit_id)
        waiting = doctor.sees_queue()
        assert [(one["id"], one["patient"]["name"], one["complaint"]) for one in waiting] == [
            (visit_id, "李秀英", "头晕两天，早上起床时明显。")
        ]
        assert patient.sees_visit(visit_id)["conversation_id"] is None

        assert doctor.accepts(visit_id)["state"] == "accepted"
        at_patient.hears("notice", topic="visit.accepted.v1", subject=visit_id)
        conversation_id = conversation_of(patient, visit_id)
        for socket in (at_patient, at_doctor):
            socket.hears("notice", topic="visit.begun.v1", subject=visit_id)
        assert doctor.sees_queue() == []
        assert patient.sees_visit(visit_id)["state"] == "in_progress"

        at_patient.sends(conversation_id, "您好，医生 👋")
        at_doctor.sends(conversation_id, "您好，量过血压吗？")
        conversation = doctor.sees_conversation(conversation_id)
        assert conversation["about"] == {"type": "visit", "id": visit_id}
        assert [(one["role"], one["name"]) for one in conversation["members"]] == [
            ("patient", "李秀英"),
            ("doctor", doctor.me["name"]),
        ]

        doctor.finishes(visit_id, "原发性高血压？建议线下复查", "每天早晚测血压并记录。")
        at_patient.hears("notice", topic="visit.finished.v1", subject=visit_id)
        for device in (patient, doctor):
            finished = device.sees_visit(visit_id)
            assert finished["state"] == "finished"
            assert finished["summary"] == {
                "conclusion": "原发性高血压？建议线下复查",
                "advice": "每天早晚测血压并记录。",
            }

        assert patient.sees_conversation(conversation_id)["state"] == "closed"
        for socket in (at_patient, at_doctor):
            late = a_key()
            socket.puts(conversation_id, "还有一个问题", late)
            assert socket.hears("error", id=late)["code"] == "conversation.closed"
        said = patient.reads_messages(conversation_id)
        assert [message["content"]["text"] for message in said["items"]][1:] == ["您好，医生 👋", "您好，量过血压吗？"]


def test_refused_with_a_reason_from_the_list(hospital: HospitalProcess) -> None:
    """The patient is told why; the visit is over and the doctor may be asked again."""
    clinic = Clinic.founded(hospital)
    patient, doctor = Patient.new(hospital), clinic.doctor()
    visit_id = patient.applies_to(doctor)["id"]
    path = f"/consultation/visits/{visit_id}/refuse"
    doctor.refused(400, "visit.reason_unknown", "POST", path, {"reason_id": "ref_00000000"})
    reason = clinic.reasons[0]
    with online(patient) as (at_patient,):
        doctor.ok("POST", path, {"reason_id": reason["id"], "words": "请到线下急诊。"}, key=a_key())
        at_patient.hears("notice", topic="visit.refused.v1", subject=visit_id)
    seen = patient.sees_visit(visit_id)
    assert seen["state"] == "refused"
    assert seen["refusal"] == {"reason": reason["words"], "words": "请到线下急诊。"}
    assert seen["conversation_id"] is None
    assert doctor.refused(409, "visit.moved_on", "POST", f"/consultation/visits/{visit_id}/accept", {}) == {
        "state": "refused"
    }
    assert doctor.sees_queue() == []
    patient.applies_to(doctor)


def test_another_organisations_reason_is_none(hospital: HospitalProcess) -> None:
    """Reasons belong to the organisation whose doctor was asked."""
    clinic, other = Clinic.founded(hospital), Clinic.founded(hospital)
    patient, doctor = Patient.new(hospital), clinic.doctor()
    visit_id = patient.applies_to(doctor)["id"]
    refusal = {"reason_id": other.reasons[0]["id"]}
    doctor.refused(400, "visit.reason_unknown", "POST", f"/consultation/visits/{visit_id}/refuse", refusal)


@pytest.mark.req("CONS-05")
def test_the_notice_is_read_and_accepted_as_it_stands_now(hospital: HospitalProcess) -> None:
    """The patient sees the configured rules; without accepting them, or an older text of them, nothing is applied for.
    The version that was accepted is kept with the visit."""
    clinic = Clinic.founded(hospital)
    patient, doctor, admin = Patient.new(hospital), clinic.doctor(), clinic.one("org_admin")
    notices = f"/directory/reference/consultation_notices?organisation_id={clinic.organisation_id}"
    (shown,) = patient.ok("GET", notices)["items"]
    assert (shown["id"], shown["version"]) == (clinic.notice["id"], clinic.notice["version"])

    application = patient.application(doctor)
    without = {name: value for name, value in application.items() if not name.startswith("notice_")}
    facts = patient.refused(400, "request.schema_broken", "POST", "/consultation/visits", without)
    assert [broken["field"] for broken in facts["fields"]] == ["notice_id", "notice_version"]

    content = {**shown["content"], "text": "咨询不能替代线下就诊；急症请立即拨打 120。（新版）"}
    path = f"/directory/reference/consultation_notices/{shown['id']}"
    changed = admin.ok("PUT", path, {"version": shown["version"], "content": content}, key=a_key())
    facts = patient.refused(400, "visit.notice_not_accepted", "POST", "/consultation/visits", application)
    assert facts == {"notice_id": shown["id"], "notice_version": changed["version"]}

    other = Clinic.founded(hospital)
    foreign = {**application, "notice_id": other.notice["id"], "notice_version": other.notice["version"]}
    patient.refused(400, "visit.notice_not_accepted", "POST", "/consultation/visits", foreign)

    visit = patient.ok("POST", "/consultation/visits", {**application, "notice_version": changed["version"]})
    assert doctor.sees_visit(visit["id"])["notice"] == {
        "notice_id": shown["id"],
        "notice_version": changed["version"],
    }


def test_one_open_visit_with_a_doctor_and_as_many_doctors_as_one_likes(hospital: HospitalProcess) -> None:
    """A second application to the same doctor is refused while the first is open, and allowed after it."""
    clinic = Clinic.founded(hospital)
    patient, doctor, colleague = Patient.new(hospital), clinic.doctor(), clinic.doctor(1)
    first = patient.applies_to(doctor)["id"]
    patient.applies_to(colleague)
    again = patient.application(doctor)
    assert patient.refused(409, "visit.already_open", "POST", "/consultation/visits", again) == {"visit_id": first}
    doctor.accepts(first)
    conversation_of(patient, first)
    assert patient.refused(409, "visit.already_open", "POST", "/consultation/visits", again) == {"visit_id": first}
    doctor.finishes(first)
    second = patient.applies_to(doctor)["id"]
    mine = patient.ok("GET", "/consultation/visits")["items"]
    assert [visit["id"] for visit in mine if visit["doctor"]["id"] == doctor.role_id] == [second, first]
    assert [visit["id"] for visit in patient.ok("GET", "/consultation/visits?state=finished")["items"]] == [first]


def test_the_queue_is_in_order_and_everybody_knows_their_place(hospital: HospitalProcess) -> None:
    """Longest waiting first; whoever is behind moves up when somebody is taken."""
    clinic = Clinic.founded(hospital)
    doctor = clinic.doctor()
    patients = [Patient.new(hospital, name) for name in ("赵一", "钱二", "孙三")]
    visits = [patient.applies_to(doctor)["id"] for patient in patients]
    assert [visit["id"] for visit in doctor.sees_queue()] == visits
    places = [patient.sees_visit(visit)["ahead"] for patient, visit in zip(patients, visits, strict=True)]
    assert places == [0, 1, 2]
    doctor.accepts(visits[0])
    assert eventually(lambda: patients[2].sees_visit(visits[2])["ahead"] == 1)
    first_page = doctor.ok("GET", "/consultation/queue?limit=1")
    second_page = doctor.ok("GET", f"/consultation/queue?limit=1&cursor={first_page['cursor']}")
    assert [page["items"][0]["id"] for page in (first_page, second_page)] == visits[1:]


def test_a_wish_that_is_sent_twice_happens_once(hospital: HospitalProcess) -> None:
    """The network ate the answer: the page sends the same key again and gets the same answer."""
    clinic = Clinic.founded(hospital)
    patient, doctor = Patient.new(hospital), clinic.doctor()
    application, key = patient.application(doctor), a_key()
    first = patient.ok("POST", "/consultation/visits", application, key=key)
    again = patient.ok("POST", "/consultation/visits", application, key=key)
    assert again == first
    assert [visit["id"] for visit in doctor.sees_queue()] == [first["id"]]
    accept, key = f"/consultation/visits/{first['id']}/accept", a_key()
    taken = doctor.ok("POST", accept, {}, key=key)
    assert doctor.ok("POST", accept, {}, key=key) == taken
    moved_on = doctor.refused(409, "visit.moved_on", "POST", accept, {}, key=a_key())
    assert moved_on["state"] in ("accepted", "in_progress")


def test_a_visit_is_answered_by_nobody_else(hospital: HospitalProcess) -> None:
    """A colleague learns that it is not theirs; a doctor elsewhere does not learn that it exists."""
    clinic, other = Clinic.founded(hospital), Clinic.founded(hospital)
    patient, doctor, colleague, stranger = Patient.new(hospital), clinic.doctor(), clinic.doctor(1), other.doctor()
    visit_id, _ = in_progress(patient, doctor)
    summary = {"conclusion": "结论", "advice": "建议"}
    acts = {"accept": {}, "refuse": {"reason_id": clinic.reasons[0]["id"]}, "finish": summary}
    for act, body in acts.items():
        path = f"/consultation/visits/{visit_id}/{act}"
        colleague.refused(403, "visit.not_the_doctor", "POST", path, body)
        stranger.refused(404, "visit.not_found", "POST", path, body)
        patient.refused(403, "policy.refused", "POST", path, body)
    for device in (colleague, stranger, Patient.new(hospital)):
        device.refused(404, "visit.not_found", "GET", f"/consultation/visits/{visit_id}")
    assert patient.sees_visit(visit_id)["state"] == "in_progress"
