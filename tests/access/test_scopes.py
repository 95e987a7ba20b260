"""The access matrix over data scopes: made-up organisations, departments, doctors and patients, each asking for each
visit. Who may is written down here from the clinic's words, apart from the code; whoever may not is told nothing."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from consultation.answer_visit.app import app as answer_visit
from consultation.view_earlier_visits.app import app as view_earlier_visits
from consultation.view_visits.app import app as view_visits
from hospital.caller import Caller, Role
from hospital.visits.store import visits
from hospital.work import Work
from tests.builders.cloud import Cloud
from tests.builders.gateway import call
from tests.builders.notes import doctor as somebody
from tests.builders.people import caller
from tests.builders.visits import a_visit

SCOPES = ("own", "department", "organisation")
ORGANISATIONS = ("org_1", "org_2")
DEPARTMENTS = ("dep_heart", "dep_skin", "")  # the last: somebody whom no department holds


def doctors(rng: random.Random, count: int) -> list[Caller]:
    """Doctors of random houses, departments and scopes; departments' ids are the same in both houses on purpose."""
    found = []
    for number in range(count):
        one = caller(f"per_d{number}", "doctor", rng.choice(ORGANISATIONS), f"prr_{number}")
        found.append(replace(one, scope=rng.choice(SCOPES), department_id=rng.choice(DEPARTMENTS)))
    return found


def may_read(who: Caller, treats: Caller) -> bool:
    """In the clinic's words: one's own patients always; the department's or the house's if so much was given."""
    if who.organisation_id != treats.organisation_id:
        return False
    same_department = who.department_id != "" and who.department_id == treats.department_id
    wider = {"own": False, "department": same_department, "organisation": True}[who.scope]
    return who.practitioner_role_id == treats.practitioner_role_id or wider


def visit_of(treats: Caller, number: int) -> str:
    """A finished visit with that doctor, stored; its id."""
    made = a_visit("finished")
    doctor = made.doctor.model_copy(
        update={
            "id": treats.practitioner_role_id,
            "person_id": treats.person_id,
            "department_id": treats.department_id,
        }
    )
    mine = made.having(
        id=f"vis_s{number}",
        organisation_id=treats.organisation_id,
        doctor=doctor,
        person_id=f"per_p{number}",
        version=0,
    )
    with Work(by=somebody(), doing="test.write") as work:
        work.add(visits, mine)
    return mine.id


@pytest.mark.store
@pytest.mark.parametrize("seed", [1, 2])
def test_whoever_may_not_read_a_visit_is_answered_as_if_there_were_none(cloud: Cloud, seed: int) -> None:
    """Every doctor asks for every visit; wider reading never lets anybody act on it or read what was said earlier."""
    people = doctors(random.Random(seed), 7)
    treated = {visit_of(one, number): (one, f"per_p{number}") for number, one in enumerate(people)}
    read = 0
    for who in people:
        for visit_id, (treats, _) in treated.items():
            answer = call(view_visits, "GET", f"/visits/{visit_id}", who=who)
            if may_read(who, treats):
                assert answer.ok()["id"] == visit_id
                read += 1
            else:
                assert answer.refused(404, "visit.not_found") == {}
            if who is not treats:
                refused = call(answer_visit, "POST", f"/visits/{visit_id}/accept", {}, who=who)
                assert refused.status in (403, 404), refused.text
                call(view_earlier_visits, "GET", f"/visits/{visit_id}/earlier", who=who).refused(404, "visit.not_found")
    assert len(people) <= read < len(people) ** 2, "the seed must hold both answers"


@pytest.mark.store
@pytest.mark.parametrize("role", ["nurse", "pharmacist", "org_admin", "clerk", "auditor"])
def test_a_scope_gives_no_right_that_the_role_has_not(cloud: Cloud, role: Role) -> None:
    """Not even the whole house's scope opens a visit to somebody who may not read visits at all."""
    (treats,) = doctors(random.Random(3), 1)
    visit_id = visit_of(treats, 0)
    who = replace(caller("per_x", role, treats.organisation_id, "prr_x"), scope="organisation")
    call(view_visits, "GET", f"/visits/{visit_id}", who=who).refused(403, "policy.refused")


@pytest.mark.store
def test_a_patient_reads_their_own_visit_and_no_other(cloud: Cloud) -> None:
    """Whatever scope a forged context might name."""
    people = doctors(random.Random(4), 2)
    ids = [visit_of(one, number) for number, one in enumerate(people)]
    for number in range(2):
        who = replace(caller(f"per_p{number}", "patient"), scope="organisation")
        for other, visit_id in enumerate(ids):
            answer = call(view_visits, "GET", f"/visits/{visit_id}", who=who)
            assert answer.status == (200 if other == number else 404)
