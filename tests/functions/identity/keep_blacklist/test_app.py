"""The blacklist: what it stops and what it does not, the appeal, and who decides."""

from __future__ import annotations

from typing import Any

import pytest

from consultation.apply_for_visit.app import app as apply_for_visit
from consultation.view_visits.app import app as view_visits
from hospital.people.keys import patient_id_of
from identity.appeal_blacklisting.app import app as appeal_blacklisting
from identity.keep_blacklist.app import app
from tests.builders.cloud import Cloud
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, Staff, found_clinic, hire, new_patient
from tests.builders.visits import application, applied

pytestmark = pytest.mark.store

WORDS = "三次约了不来，也没有告诉我们"


@pytest.fixture
def known(clinic: Clinic) -> PatientOf:
    """A patient with a file at the clinic."""
    patient = new_patient("王小芳")
    applied(clinic, patient)
    return patient


def listed(staff: Staff, patient: PatientOf, **changes: Any) -> Answer:
    body = {"patient_id": patient_id_of(patient.person.id, staff.role.organisation_id), "reason": "no_shows"}
    return call(app, "POST", "/blacklist", body | {"words": WORDS} | changes, who=staff.caller)


def answered(staff: Staff, blacklisting_id: str, act: str, words: str = "我们看过记录了") -> Answer:
    return call(app, "POST", f"/blacklist/{blacklisting_id}/{act}", {"words": words}, who=staff.caller)


def appealed(patient: PatientOf, blacklisting_id: str, words: str = "那几天我在住院，有病历") -> Answer:
    path = f"/blacklistings/{blacklisting_id}/appeal"
    return call(appeal_blacklisting, "POST", path, {"words": words}, who=patient.caller)


def own(patient: PatientOf) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call(appeal_blacklisting, "GET", "/blacklistings", who=patient.caller).ok()["items"]
    return found


def asks(clinic: Clinic, patient: PatientOf) -> Answer:
    """Another doctor of the clinic, so that no open visit stands in the way."""
    return call(apply_for_visit, "POST", "/visits", application(clinic, clinic.colleague), who=patient.caller)


@pytest.mark.req("ID-19")
def test_new_visits_are_refused_with_the_reason_and_taking_off_opens_them_again(clinic: Clinic, known: PatientOf):
    one = listed(clinic.admin, known).ok(201)
    told = asks(clinic, known).refused(403, "patient.blacklisted")
    assert told == {"blacklisting_id": one["id"], "reason": "no_shows", "may_appeal": True}
    (shown,) = own(known)
    assert (shown["organisation_name"], shown["reason"], shown["words"]) == (clinic.name, "no_shows", WORDS)
    answered(clinic.admin, one["id"], "remove", "已经谈过").ok()
    asks(clinic, known).ok(201)
    assert own(known) == []


def test_it_stops_nothing_that_was_before_and_nothing_elsewhere(clinic: Clinic, known: PatientOf):
    listed(clinic.admin, known).ok(201)
    assert len(call(view_visits, "GET", "/visits", who=known.caller).ok()["items"]) == 1
    elsewhere = found_clinic()
    call(apply_for_visit, "POST", "/visits", application(elsewhere), who=known.caller).ok(201)


def test_an_appeal_is_made_once_and_judged_by_another(clinic: Clinic, known: PatientOf, time: Time):
    one = listed(clinic.admin, known).ok(201)
    time.passes(hours=1)
    shown = appealed(known, one["id"]).ok()
    assert (shown["state"], shown["may_appeal"], shown["appealed_at"]) == ("appealed", False, "2026-11-21T07:30:00Z")
    appealed(known, one["id"]).refused(409, "blacklist.moved_on")
    answered(clinic.admin, one["id"], "uphold").refused(403, "blacklist.another_decides")
    second = hire("org_admin", clinic.id)
    assert answered(second, one["id"], "uphold", "记录属实").ok()["decision"] == "记录属实"
    assert asks(clinic, known).refused(403, "patient.blacklisted")["may_appeal"] is False
    (shown,) = own(known)
    assert (shown["state"], shown["decision"]) == ("upheld", "记录属实")
    assert "listed_by" not in shown and "decided_by" not in shown
    answered(second, one["id"], "uphold").refused(409, "blacklist.moved_on")


def test_an_appeal_that_is_granted_takes_the_patient_off_and_the_next_time_begins_anew(
    clinic: Clinic, known: PatientOf, cloud: Cloud
):
    one = listed(clinic.admin, known).ok(201)
    listed(clinic.admin, known).refused(409, "blacklist.moved_on")
    appealed(known, one["id"]).ok()
    answered(clinic.admin, one["id"], "remove").ok()
    asks(clinic, known).ok(201)
    again = listed(clinic.admin, known, reason="abuse", words="辱骂医生").ok(201)
    assert (again["id"], again["state"], again["appeal"], again["decision"]) == (one["id"], "listed", None, None)
    appealed(known, one["id"]).ok()
    lines = [row for row in cloud.rows("people", "audit") if row["kind"] == "Blacklisting"]
    assert len(lines) == 5
    told = [row["type"] for row in cloud.rows("people", "event")]
    assert told.count("blacklisting.changed.v1") == 5
    kept = str([row for row in cloud.rows("people", "record") if row["kind"] == "Blacklisting"])
    assert "辱骂医生" not in kept and "住院" not in kept


def test_the_blacklist_is_shown_newest_first_and_by_state(clinic: Clinic, known: PatientOf, time: Time):
    other = new_patient("李小满")
    applied(clinic, other)
    first = listed(clinic.admin, known).ok(201)
    time.passes(minutes=1)
    second = listed(clinic.admin, other, reason="other").ok(201)
    appealed(known, first["id"]).ok()

    def shown(asked: str = "") -> list[str]:
        return [one["id"] for one in call(app, "GET", f"/blacklist{asked}", who=clinic.admin.caller).ok()["items"]]

    assert shown() == [second["id"], first["id"]]
    assert shown("?state=appealed") == [first["id"]]
    page = call(app, "GET", "/blacklist?limit=1", who=clinic.admin.caller).ok()
    assert page["items"][0]["name"] == "李小满" and page["items"][0]["listed_by_me"] and page["cursor"]
    answered(clinic.admin, second["id"], "remove").ok()
    assert shown() == [first["id"]]
    assert call(app, "GET", f"/blacklist/{second['id']}", who=clinic.admin.caller).ok()["state"] == "removed"


def test_another_house_and_another_person_find_nothing(clinic: Clinic, known: PatientOf):
    one, stranger = listed(clinic.admin, known).ok(201), found_clinic().admin
    for act in ("uphold", "remove"):
        answered(stranger, one["id"], act).refused(404, "blacklist.not_found")
    call(app, "GET", f"/blacklist/{one['id']}", who=stranger.caller).refused(404, "blacklist.not_found")
    assert call(app, "GET", "/blacklist", who=stranger.caller).ok()["items"] == []
    appealed(new_patient(), one["id"]).refused(404, "blacklist.not_found")
    body = {"patient_id": patient_id_of(known.person.id, clinic.id), "reason": "other", "words": WORDS}
    call(app, "POST", "/blacklist", body, who=stranger.caller).refused(404, "patient.not_found")
    listed(clinic.admin, new_patient()).refused(404, "patient.not_found")


@pytest.mark.parametrize("change", [{"reason": "nonsense"}, {"words": ""}, {"words": "长" * 501}, {"state": "removed"}])
def test_what_cannot_be_a_reason_is_invalid(clinic: Clinic, known: PatientOf, change: dict[str, Any]):
    listed(clinic.admin, known, **change).refused(400, "request.schema_broken")
    assert own(known) == []


def test_who_may_and_who_may_not(clinic: Clinic, known: PatientOf):
    for staff in (clinic.doctor, clinic.auditor, clinic.clerk):
        listed(staff, known).refused(403, "policy.refused")
    call(app, "GET", "/blacklist", who=known.caller).refused(403, "policy.refused")
    call(appeal_blacklisting, "GET", "/blacklistings", who=clinic.doctor.caller).refused(403, "policy.refused")
