"""The time to answer is over."""

from __future__ import annotations

import pytest

from consultation.answer_visit.app import app as answer_visit
from house.sweep_due.app import app as sweep_due
from tests.builders.delivery import Delivery
from tests.builders.gateway import call
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf
from tests.builders.sockets import Sockets
from tests.builders.visits import accepted, applied, seen

pytestmark = pytest.mark.store


def sweep(deliver: Delivery, *, twice: bool = False) -> list[str]:
    """What went over the bus after a sweep of the due-list."""
    before = len(deliver.envelopes)
    sweep_due({}, None)
    deliver(twice=twice)
    types = [envelope["type"] for envelope in deliver.envelopes[before:]]
    return [event_type for event_type in types if event_type.startswith("visit.")]


@pytest.mark.req("CONS-08")
def test_an_unanswered_visit_closes_by_itself_and_both_sides_are_told(
    clinic: Clinic, patient: PatientOf, time: Time, deliver: Delivery, sockets: Sockets
):
    """An answer just before the limit keeps it open."""
    unanswered = applied(clinic, patient)["id"]
    answered = applied(clinic, patient, clinic.colleague)["id"]
    deliver()
    time.passes(hours=23, minutes=59)
    assert sweep(deliver) == []
    pages = [sockets.open(who.caller) for who in (patient, clinic.doctor)]
    call(answer_visit, "POST", f"/visits/{answered}/accept", {}, who=clinic.colleague.caller).ok()
    deliver()
    for page in pages:
        page.take()
    time.passes(minutes=1)
    assert sweep(deliver) == ["visit.answer_due.v1", "visit.answer_due.v1", "visit.expired.v1"]
    assert seen(unanswered, patient)["state"] == seen(unanswered, clinic.doctor)["state"] == "expired"
    assert seen(answered, patient)["state"] == "in_progress"
    for page in pages:
        notices = [frame for frame in page.take("notice") if frame["subject"] == unanswered]
        assert [frame["topic"] for frame in notices] == ["visit.expired.v1"]


def test_the_sweep_reports_what_is_due_once(clinic: Clinic, patient: PatientOf, time: Time, deliver: Delivery):
    applied(clinic, patient)
    deliver()
    time.passes(hours=24)
    assert sweep(deliver) == ["visit.answer_due.v1", "visit.expired.v1"]
    assert sweep(deliver) == []


def test_delivered_twice_it_expires_once(clinic: Clinic, patient: PatientOf, time: Time, deliver: Delivery):
    visit_id = applied(clinic, patient)["id"]
    time.passes(hours=25)
    sweep(deliver, twice=True)
    visit = seen(visit_id, patient)
    assert (visit["state"], visit["version"], visit["ended_at"]) == ("expired", 2, "2026-11-22T06:30:00Z")
    assert len(deliver.told("visit.expired.v1")) == 1


def test_it_makes_room_for_the_next_application(clinic: Clinic, patient: PatientOf, time: Time, deliver: Delivery):
    applied(clinic, patient)
    time.passes(hours=24)
    sweep(deliver)
    second = applied(clinic, patient)["id"]
    assert sweep(deliver) == ["visit.applied.v1"]
    assert seen(second, patient)["state"] == "applied"


def test_a_late_reminder_of_a_visit_that_moved_on_changes_nothing(
    clinic: Clinic, patient: PatientOf, time: Time, deliver: Delivery
):
    visit_id = applied(clinic, patient)["id"]
    accepted(clinic, visit_id)
    time.passes(days=3)
    sweep(deliver)
    assert seen(visit_id, patient)["state"] == "in_progress"
    assert deliver.told("visit.expired.v1") == []


def test_a_reminder_that_comes_too_early_changes_nothing(clinic: Clinic, patient: PatientOf, time: Time, deliver):
    """A clock that runs behind: the reminder is judged by the time here."""
    visit_id = applied(clinic, patient)["id"]
    time.passes(hours=24)
    sweep_due({}, None)
    time.passes(minutes=-5)
    deliver()
    assert seen(visit_id, patient)["state"] == "applied"
