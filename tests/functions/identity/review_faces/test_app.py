"""Faces in doubt: who sees the pictures, what is written down of it, and how long they are there."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest

from hospital.verifications.store import get_identity
from house.search_operations_log.app import app as search_operations_log
from identity.read_id_card.app import app as read_id_card
from identity.review_faces.app import app
from tests.builders.cloud import Cloud
from tests.builders.consents import withdraws
from tests.builders.delivery import Delivery
from tests.builders.eyes import PICTURE, Eyes, opened_eyes
from tests.builders.faces_in_doubt import InDoubt, a_reviewer, in_doubt
from tests.builders.gateway import Answer, call
from tests.builders.id_cards import made_card
from tests.builders.moments import Time
from tests.builders.people import Clinic, Staff, found_clinic, new_patient

pytestmark = pytest.mark.store

CARD = made_card(1)
PORTRAIT = base64.b64encode(b"cut out").decode()


@pytest.fixture(autouse=True)
def eyes(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Eyes:
    return opened_eyes(monkeypatch)


@pytest.fixture
def doubt(clinic: Clinic, eyes: Eyes) -> InDoubt:
    return in_doubt(clinic)


def waiting(staff: Staff) -> list[dict]:
    items: list[dict] = call(app, "GET", "/face-reviews", who=staff.caller).ok()["items"]
    return items


def pictures(staff: Staff, check_id: str) -> Answer:
    return call(app, "GET", f"/face-reviews/{check_id}/pictures", who=staff.caller)


def judged(staff: Staff, check_id: str, *, same: bool = True) -> Answer:
    return call(app, "POST", f"/face-reviews/{check_id}", {"same": same}, who=staff.caller)


def looks_in_log(admin: Staff) -> list[tuple[str, str]]:
    """By whom, and through which route, the organisation's operations log says that somebody looked."""
    lines = call(search_operations_log, "GET", "/operations?limit=100", who=admin.caller).ok()["items"]
    return [(one["who"]["id"], one["route"]) for one in lines if "face_review.look" in one["acts"]]


def kept(cloud: Cloud) -> list[dict]:
    """What lies there of faces in doubt."""
    return [row for row in cloud.rows("people", "record") if row.get("kind") == "DoubtfulFace"]


@pytest.mark.req("ID-11")
def test_pictures_lie_encrypted_are_seen_by_the_duty_alone_and_every_look_stands_in_the_log(
    cloud: Cloud, clinic: Clinic, deliver: Delivery, journal
):
    """Of a face in doubt and of an identity card: sealed in the table, 403 without the duty, 404 elsewhere, and a line
    in the log before anything is given. A refused look gives nothing and is no look."""
    doubt, owner = in_doubt(clinic), new_patient(verified=False)
    body = {"side": "front", "picture": PICTURE}
    card = call(read_id_card, "POST", "/id-card-readings", body, who=owner.caller).ok(201)["id"]
    secrets = [PORTRAIT, doubt.frames[2], CARD.name, CARD.number]
    lying = str([cloud.rows(table) for table in ("people", "requests", "listings")])
    assert not [one for one in [*secrets, *doubt.frames] if one in lying or one in journal.text]
    sealed = [kept(cloud)[0][field] for field in ("name", "number", "portrait", "capture")]
    assert all(one.startswith("AES-256-GCM:") for one in sealed)

    reviewer, elsewhere = a_reviewer(clinic), a_reviewer(found_clinic())
    for staff in (clinic.admin, clinic.clerk, clinic.doctor, clinic.auditor):
        pictures(staff, doubt.check_id).refused(403, "policy.refused")
        call(app, "GET", "/face-reviews", who=staff.caller).refused(403, "policy.refused")
    pictures(elsewhere, doubt.check_id).refused(404, "face.check_not_found")
    assert waiting(elsewhere) == []
    at_card = f"/id-card-readings/{card}/pictures"
    for other in (doubt.who.caller, clinic.admin.caller, reviewer.caller):
        call(read_id_card, "GET", at_card, who=other).refused(404, "id_card.reading_not_found")
    call(read_id_card, "GET", at_card).refused(401, "identity.missing")

    (row,) = waiting(reviewer)
    assert (row["id"], row["score"]) == (doubt.check_id, "0.5")
    assert not [one for one in secrets if one in json.dumps(row, ensure_ascii=False)]
    for _ in range(2):
        shown = pictures(reviewer, doubt.check_id).ok()
        assert (shown["portrait"], shown["capture"], shown["name"]) == (PORTRAIT, doubt.frames[2], CARD.name)
        assert CARD.number not in json.dumps(shown)
    call(read_id_card, "GET", at_card, who=owner.caller).ok()
    deliver()
    line = (reviewer.role.id, "GET /face-reviews/{check_id}/pictures")
    assert looks_in_log(clinic.admin) == [line, line]
    owns = [row for row in cloud.rows("people", "audit") if row["acts"] == ["id_card.look"]]
    assert [row["by"]["person_id"] for row in owns] == [owner.person.id]


def test_a_look_that_cannot_be_written_down_gives_nothing(cloud: Cloud, clinic: Clinic, doubt: InDoubt):
    cloud.store.faults.cause("fail", operations={"TransactWriteItems"})
    answer = pictures(a_reviewer(clinic), doubt.check_id)
    answer.refused(503, "edge.unavailable")
    assert PORTRAIT not in answer.text


@pytest.mark.parametrize("same", [True, False])
def test_a_verdict_is_given_once_and_the_pictures_go_with_it(cloud: Cloud, clinic: Clinic, doubt: InDoubt, same: bool):
    reviewer = a_reviewer(clinic)
    told = judged(reviewer, doubt.check_id, same=same).ok()
    assert told == {"id": doubt.check_id, "state": "passed" if same else "failed"}
    identity = get_identity(doubt.who.person.id)
    assert (identity is not None) == same
    if identity is not None:
        assert (identity.name, identity.id_number, identity.level) == (CARD.name, CARD.number, "card_portrait")
    for answer in (judged(reviewer, doubt.check_id), pictures(reviewer, doubt.check_id)):
        answer.refused(404, "face.check_not_found")
    assert (waiting(reviewer), kept(cloud)) == ([], [])


def test_after_a_week_or_without_consent_there_is_nothing_to_see(
    cloud: Cloud, clinic: Clinic, doubt: InDoubt, time: Time
):
    reviewer, other = a_reviewer(clinic), in_doubt(clinic)
    withdraws(other.who.caller, "face_recognition")
    pictures(reviewer, other.check_id).refused(404, "face.check_not_found")
    assert [one["id"] for one in kept(cloud)] == [doubt.check_id]
    time.passes(days=6, hours=23, minutes=59)
    pictures(reviewer, doubt.check_id).ok()
    time.passes(minutes=1)
    assert waiting(reviewer) == []
    for answer in (pictures(reviewer, doubt.check_id), judged(reviewer, doubt.check_id)):
        answer.refused(404, "face.check_not_found")


def test_nobody_judges_themselves_and_without_an_organisation_nothing_is_kept(cloud: Cloud, clinic: Clinic):
    doubt, nowhere = in_doubt(clinic), in_doubt(None)
    reviewer = a_reviewer(clinic)
    myself = replace(reviewer, caller=replace(reviewer.caller, person_id=doubt.who.person.id))
    pictures(myself, doubt.check_id).refused(403, "face.own")
    judged(myself, doubt.check_id).refused(403, "face.own")
    pictures(reviewer, nowhere.check_id).refused(404, "face.check_not_found")
    assert [one["id"] for one in kept(cloud)] == [doubt.check_id]
