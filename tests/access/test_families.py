"""The access matrix over what families hold: made-up houses, patients and families, each asking for each other's.

Who may is written down here from the words of the requirements, apart from the code. Whoever may not is answered word
for word as if they had asked for something that never was, and nothing has changed by their asking.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from consultation.answer_visit.app import app as answer_visit
from consultation.apply_for_visit.app import app as apply_for_visit
from consultation.view_visits.app import app as view_visits
from hospital.caller import Caller
from hospital.http import App
from identity.check_at_counter.app import app as check_at_counter
from identity.keep_cards.app import app as keep_cards
from identity.keep_consents.app import app as keep_consents
from identity.keep_family.app import app as keep_family
from infra.local.his.server import HisServer
from tests.builders.cloud import Cloud
from tests.builders.consents import agrees_to
from tests.builders.families import added_adult, added_child, agrees, at_counter, confirms
from tests.builders.gateway import Answer, call
from tests.builders.people import Clinic, PatientOf, found_clinic, new_patient
from tests.builders.register import Register
from tests.builders.visits import application

pytestmark = pytest.mark.store

NEVER = "0" * 26
AGREE = {"text_version": 1}
FACE = {"purpose": "face_recognition", "act": "give", "text_version": 1}


@dataclass(frozen=True)
class Kin:
    """Somebody on a list: a child or `adult`; whether more than booking may be done; a visit booked for them."""

    id: str
    owner: PatientOf
    adult: PatientOf | None
    full: bool
    visit_id: str


@dataclass(frozen=True)
class World:
    """Two houses and a few patients, some of whom act for others."""

    clinics: tuple[Clinic, Clinic]
    patients: list[PatientOf]
    kin: list[Kin]

    def staff(self) -> Iterator[tuple[Clinic, Caller]]:
        """Everybody who works there."""
        for clinic in self.clinics:
            for one in (clinic.doctor, clinic.colleague, clinic.nurse, clinic.pharmacist, clinic.admin, clinic.auditor):
                yield clinic, one.caller


def made(seed: int, register: Register) -> World:
    """The world of a seed. Each sort of kin is there once at least; the rest is drawn."""
    rng = random.Random(seed)
    clinics = (found_clinic(), found_clinic())
    patients = [new_patient(f"{surname}秀英") for surname in "赵钱孙李"]
    sorts = [(child, full) for child in (True, False) for full in (True, False)]
    owners = [*patients]
    rng.shuffle(owners)
    kin = []
    for owner, (child, full) in zip(owners, sorts, strict=True):
        adult = None if child else rng.choice([one for one in patients if one is not owner])
        clinic = rng.choice(clinics)
        if adult is None:
            member = added_child(owner, register, born=date(rng.randint(2010, 2025), 5, 4))["id"]
        else:
            member = added_adult(owner, adult, register)["id"]
        if full and adult is None:
            confirms(clinic, at_counter(owner, clinic), member).ok()
        elif full and adult is not None:
            agrees(adult, member).ok()
        visit = call(apply_for_visit, "POST", "/visits", application(clinic, family_member_id=member), who=owner.caller)
        kin.append(Kin(member, owner, adult, full, visit.ok(201)["id"]))
    return World(clinics, patients, kin)


def as_if_it_never_was(app: App, method: str, path: str, thing: str, body: Any, who: Caller) -> Answer:
    """The answer about `thing`, which is the same as about what never was; `{}` stands for the id in path and body."""
    told = []
    for one in (thing, f"{thing[:3]}_{NEVER}"):
        sent = {name: one if value == "{}" else value for name, value in body.items()} if body is not None else None
        told.append(call(app, method, path.replace("{}", one), sent, who=who))
    there, never = told
    assert (there.status, there.json["code"], there.json["facts"]) == (
        never.status,
        never.json["code"],
        never.json["facts"],
    ), f"{method} {path}: what is there is told apart from what never was"
    assert there.status == 404, there.text
    return there


OF_OWNER = (
    ("GET", "/family/{}", None),
    ("PUT", "/family/{}", {"version": 1, "relation": "other"}),
    ("DELETE", "/family/{}", None),
    ("POST", "/family/{}/code", None),
    ("POST", "/family/{}/join", {"code": "123456", "text_version": 1}),
)
OF_ADULT = (("POST", "/family-helpers/{}/agree", AGREE), ("DELETE", "/family-helpers/{}", None))
OF_GUARDIAN = (
    ("GET", "/consents?family_member_id={}", None),
    ("GET", "/consents/history?purpose=face_recognition&family_member_id={}", None),
    ("POST", "/consents", {**FACE, "family_member_id": "{}"}),
)


@pytest.mark.parametrize("seed", [1, 2])
def test_of_others_families_consents_and_visits_nobody_is_told(cloud: Cloud, register: Register, seed: int) -> None:
    """Every patient asks for, and tries to change, everything of every family that is not theirs."""
    world = made(seed, register)
    before = [sorted(map(str, cloud.items(table))) for table in ("people", "clinical")]
    for kin in world.kin:
        for who in world.patients:
            if who is not kin.owner:
                for method, path, body in OF_OWNER:
                    as_if_it_never_was(keep_family, method, path, kin.id, body, who.caller)
                for_them = application(world.clinics[0], family_member_id="{}")
                as_if_it_never_was(apply_for_visit, "POST", "/visits", kin.id, for_them, who.caller)
            if who is not kin.adult:
                for method, path, body in OF_ADULT:
                    as_if_it_never_was(keep_family, method, path, kin.id, body, who.caller)
            if who is not kin.owner or kin.adult:  # nobody decides for an adult
                for method, path, body in OF_GUARDIAN:
                    as_if_it_never_was(keep_consents, method, path, kin.id, body, who.caller)
            if who not in (kin.owner, kin.adult):
                as_if_it_never_was(view_visits, "GET", "/visits/{}", kin.visit_id, None, who.caller)
    assert [sorted(map(str, cloud.items(table))) for table in ("people", "clinical")] == before


def test_who_may_is_answered(cloud: Cloud, register: Register) -> None:
    """The other half of the table: otherwise a house that answers nobody would pass."""
    world = made(3, register)
    for kin in world.kin:
        member = call(keep_family, "GET", f"/family/{kin.id}", who=kin.owner.caller).ok()
        assert (member["state"], member["acts"]) == (("full", True) if kin.full else ("pending", False))
        for who in filter(None, (kin.owner, kin.adult)):
            assert call(view_visits, "GET", f"/visits/{kin.visit_id}", who=who.caller).ok()["id"] == kin.visit_id
        if kin.adult is None:
            asked = call(keep_consents, "GET", f"/consents?family_member_id={kin.id}", who=kin.owner.caller)
            decided = call(
                keep_consents, "POST", "/consents", {**FACE, "family_member_id": kin.id}, who=kin.owner.caller
            )
            for one in (asked, decided):  # one's own child stands on one's own list: what is missing is said
                assert one.ok() if kin.full else one.refused(403, "family.pending") == {"state": "pending"}
        else:
            (helper,) = call(keep_family, "GET", "/family", who=kin.adult.caller).ok()["helpers"]
            assert (helper["id"], helper["state"]) == (kin.id, member["state"])


def test_staff_read_no_family_and_see_at_their_counter_whom_they_serve(cloud: Cloud, register: Register) -> None:
    """No role of any house asks for a family; a doctor reads their own visits, an admin sees their own counter."""
    world = made(4, register)
    for clinic, who in world.staff():
        for kin in world.kin:
            for method, path, body in (*OF_OWNER, *OF_ADULT):
                asked = call(keep_family, method, path.replace("{}", kin.id), body, who=who)
                assert asked.refused(403, "policy.refused") == {"permission": "family:keep"}
            for method, path, body in OF_GUARDIAN:
                sent = {**body, "family_member_id": kin.id} if body else None
                asked = call(keep_consents, method, path.replace("{}", kin.id), sent, who=who)
                assert asked.refused(403, "policy.refused") == {"permission": "consent:keep"}
            if who.role == "doctor" and who is not clinic.doctor.caller:
                as_if_it_never_was(view_visits, "GET", "/visits/{}", kin.visit_id, None, who)
    here, elsewhere = world.clinics
    waiting = next(one for one in world.kin if one.adult is None and not one.full)
    check = at_counter(waiting.owner, here)
    children = "/counter-checks/{}/children"
    as_if_it_never_was(check_at_counter, "GET", children, check, None, elsewhere.admin.caller)
    confirm = f"{children}/{waiting.id}/confirm"
    as_if_it_never_was(check_at_counter, "POST", confirm, check, None, elsewhere.admin.caller)
    others = next(one for one in world.kin if one.owner is not waiting.owner)
    told = as_if_it_never_was(
        check_at_counter, "POST", f"/counter-checks/{check}/children/{{}}/confirm", others.id, None, here.admin.caller
    )
    told.refused(404, "family.member_not_found")
    seen = call(check_at_counter, "GET", children.format(check), who=here.admin.caller).ok()["items"]
    assert [one["id"] for one in seen] == [waiting.id]


def test_a_doctor_of_another_house_neither_reads_nor_answers(cloud: Cloud, register: Register) -> None:
    """Whoever was booked for, by whomever."""
    world = made(5, register)
    for kin in world.kin:
        read = {
            clinic.id: call(view_visits, "GET", f"/visits/{kin.visit_id}", who=clinic.doctor.caller).status
            for clinic in world.clinics
        }
        assert sorted(read.values()) == [200, 404]
        (elsewhere,) = (clinic for clinic in world.clinics if read[clinic.id] == 404)
        as_if_it_never_was(answer_visit, "POST", "/visits/{}/accept", kin.visit_id, {}, elsewhere.doctor.caller)


def test_cards_and_consents_of_others_are_no_ones_to_arrange(cloud: Cloud, register: Register, his: HisServer) -> None:
    """Each sees their own cards and decisions; the cards of another cannot be told from cards that never were."""
    people = [new_patient(name) for name in ("赵秀英", "钱秀英")]
    shelves = []
    for who in people:
        call(keep_cards, "POST", "/his-file", who=who.caller).ok()
        shelves.append({card["id"] for card in call(keep_cards, "GET", "/cards", who=who.caller).ok()["cards"]})
        agrees_to(who.caller, "face_recognition")
    mine, theirs = shelves
    assert mine
    assert theirs
    assert not mine & theirs
    before = sorted(map(str, cloud.items("people")))
    for wished in ([*theirs], [f"crd_{NEVER}"], [*mine, *theirs]):
        told = call(keep_cards, "PUT", "/cards/order", {"card_ids": wished}, who=people[0].caller)
        assert told.refused(400, "his_file.card_not_yours") == {}
    assert sorted(map(str, cloud.items("people"))) == before
    call(keep_consents, "POST", "/consents", {**FACE, "act": "withdraw"}, who=people[0].caller).ok()
    kept = call(keep_consents, "GET", "/consents", who=people[1].caller).ok()["items"]
    assert [one["state"] for one in kept if one["purpose"] == "face_recognition"] == ["given"]
