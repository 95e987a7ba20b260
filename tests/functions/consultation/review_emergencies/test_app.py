"""Privacy officers judge what was opened in an emergency; patients see who opened their record."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from consultation.review_emergencies.app import app
from hospital.access.model import Duty, OrganisationAccess
from hospital.access.store import accesses
from hospital.people.store import roles
from hospital.work import Work
from tests.builders.conversations import Talk
from tests.builders.emergencies import WORDS, an_officer, opened_record
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Clinic, Staff, found_clinic, new_patient

pytestmark = pytest.mark.store
VERDICT = {"verdict": "justified", "words": "急诊抢救记录可查"}


def listed(officer: Staff, which: str = "to_review") -> list[dict]:
    items: list[dict] = call(app, "GET", f"/emergency-reviews?which={which}", who=officer.caller).ok()["items"]
    return items


def judged(reading_id: str, officer: Staff, **changes: str) -> Answer:
    return call(app, "POST", f"/emergency-reviews/{reading_id}", VERDICT | changes, who=officer.caller)


def test_an_officer_sees_each_opening_judges_it_once_and_reads_nothing_of_the_record(talk: Talk, time: Time):
    officer = an_officer(talk.clinic)
    assert listed(officer) == []
    first = opened_record(talk.clinic, talk.patient).ok(201)["id"]
    time.passes(minutes=5)
    second = opened_record(talk.clinic, talk.patient, reason="life_in_danger").ok(201)["id"]
    waiting = listed(officer)
    assert [one["id"] for one in waiting] == [first, second]
    row = waiting[0]
    assert (row["patient_name"], row["doctor"]["name"], row["words"], row["late"]) == ("王*", "赵静", WORDS, False)
    assert "胸口" not in json.dumps(waiting, ensure_ascii=False)
    done = judged(first, officer, verdict="not_justified").ok()
    assert (done["verdict"], done["verdict_words"], done["looks"]) == ("not_justified", VERDICT["words"], [])
    assert judged(first, officer).refused(409, "emergency.reviewed_already") == {"verdict": "not_justified"}
    assert [one["id"] for one in listed(officer)] == [second]
    assert [one["id"] for one in listed(officer, "all")] == [second, first]


def test_one_that_waits_for_three_days_is_late(talk: Talk, time: Time):
    officer = an_officer(talk.clinic)
    opened_record(talk.clinic, talk.patient).ok(201)
    time.passes(hours=71, minutes=59)
    assert [one["late"] for one in listed(officer)] == [False]
    time.passes(minutes=1)
    assert [one["late"] for one in listed(officer)] == [True]


def test_nobody_judges_their_own_nor_another_houses_nor_without_the_duty(talk: Talk, clinic: Clinic):
    reading_id = opened_record(clinic, talk.patient).ok(201)["id"]
    officer = an_officer(clinic)
    same = replace(officer, caller=replace(officer.caller, person_id=clinic.colleague.caller.person_id))
    judged(reading_id, same).refused(403, "emergency.own_reading")  # one person, two roles
    stranger = an_officer(found_clinic())
    judged(reading_id, stranger).refused(404, "emergency.not_found")
    call(app, "GET", f"/emergency-reviews/{reading_id}", who=stranger.caller).refused(404, "emergency.not_found")
    assert listed(stranger, "all") == []
    for staff in (clinic.admin, clinic.clerk, clinic.colleague, clinic.auditor):
        judged(reading_id, staff).refused(403, "policy.refused")
        call(app, "GET", "/emergency-reviews", who=staff.caller).refused(403, "policy.refused")
    for body in ({"verdict": "perhaps"}, {"words": ""}, {"words": "  "}):
        judged(reading_id, officer, **body).refused(400, "request.schema_broken")


def test_the_patient_is_told_by_text_and_sees_who_opened_their_record_and_the_verdict(talk: Talk, deliver, inbox):
    """The text leaves though the organisation wrote none for it, and once, however often the event comes."""
    opened_record(talk.clinic, talk.patient).ok(201)
    deliver(twice=True)
    (told,) = inbox.texts
    assert told["phone"] == talk.patient.phone and "赵静医生因紧急情况" in told["text"] and WORDS not in told["text"]
    path = "/my-record-openings"
    (row,) = call(app, "GET", path, who=talk.patient.caller).ok()["items"]
    assert (row["doctor"]["name"], row["reason"], row["verdict"]) == ("赵静", "cannot_answer", None)
    assert WORDS not in json.dumps(row, ensure_ascii=False)
    judged(row["id"], an_officer(talk.clinic)).ok()
    assert call(app, "GET", path, who=talk.patient.caller).ok()["items"][0]["verdict"] == "justified"
    assert call(app, "GET", path, who=new_patient().caller).ok()["items"] == []
    call(app, "GET", path, who=talk.clinic.colleague.caller).refused(403, "policy.refused")


def test_officers_open_pages_are_told_at_once_and_no_other_staff(talk: Talk, deliver, sockets, inbox):
    clinic = talk.clinic
    duty = Duty(name="隐私专员", permissions=("emergency:review",))
    with Work(by=clinic.admin.caller, doing="test.write") as work:
        work.add(accesses, OrganisationAccess(id=clinic.id, duties={"privacy": duty}))
        work.change(roles, clinic.clerk.role, clinic.clerk.role.having(duties=("privacy",)))
    pages = {staff.account: talk.socket(staff) for staff in (clinic.clerk, clinic.nurse)}
    opened = opened_record(clinic, talk.patient).ok(201)
    deliver()
    heard = {account: [frame["subject"] for frame in page.take()] for account, page in pages.items()}
    assert heard == {clinic.clerk.account: [opened["id"]], clinic.nurse.account: []}
