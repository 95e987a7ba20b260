"""A face, doing what was drawn for this one time, compared with the portrait of a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hospital.face_checks.model import drawn_actions
from hospital.people.store import get_person
from hospital.verifications.store import get_identity
from identity.check_face.app import app
from identity.read_id_card.app import app as read_id_card
from tests.builders.cloud import Cloud, together
from tests.builders.consents import agrees_to, decides, withdraws
from tests.builders.eyes import FUNCTION, PICTURE, Eyes, frames, opened_eyes
from tests.builders.gateway import Answer, call
from tests.builders.id_cards import made_card
from tests.builders.moments import Time
from tests.builders.numbers import an_id_number
from tests.builders.people import PatientOf, new_patient

pytestmark = pytest.mark.store

CARD = made_card(7, valid_from="2020-05-06", valid_until="2040-05-06")


@pytest.fixture
def eyes(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Eyes:
    cloud.turn(PICTURES_FUNCTION=FUNCTION)
    opened = opened_eyes(monkeypatch)
    opened.see(CARD)
    opened.watch()
    return opened


@pytest.fixture
def somebody(eyes: Eyes) -> PatientOf:
    return stranger()


def stranger() -> PatientOf:
    """Nobody knows who they are yet; they agreed to have their face watched."""
    who = new_patient(verified=False)
    agrees_to(who.caller, "face_recognition")
    return who


def asks(who: PatientOf) -> Answer:
    return call(app, "POST", "/face-checks", who=who.caller)


def draw(who: PatientOf) -> dict[str, Any]:
    return asks(who).ok(201)


def read(who: PatientOf, side: str) -> str:
    body = {"side": side, "picture": PICTURE}
    return call(read_id_card, "POST", "/id-card-readings", body, who=who.caller).ok(201)["id"]


def answer(who: PatientOf, check: str, sent: Sequence[str] | None = None, **sides: str) -> Answer:
    front, back = (sides.get(side) or read(who, side) for side in ("front", "back"))
    body = {"frames": list(sent or frames()), "front_reading_id": front, "back_reading_id": back}
    return call(app, "POST", f"/face-checks/{check}/answer", body, who=who.caller)


def test_the_person_of_the_card_is_verified_as_well_as_the_comparison_goes(eyes: Eyes, somebody: PatientOf):
    check = draw(somebody)
    sent = frames()
    assert answer(somebody, check["id"], sent).ok() == {"id": check["id"], "state": "passed", "by_staff": False}
    assert get_person(somebody.person.id).name == CARD.name
    identity = get_identity(somebody.person.id)
    assert identity is not None
    assert (identity.name, identity.id_number) == (CARD.name, CARD.number)
    assert (identity.level, identity.method, identity.reference) == ("card_portrait", "face", check["id"])
    assert (eyes.asked[-1]["frames"], eyes.asked[-1]["actions"]) == (sent, check["actions"])


@pytest.mark.parametrize("why", ["not_moved", "no_face", "several_faces", "face_lost", "other_person"])
def test_what_does_not_live_is_refused_and_the_person_stays_unknown(eyes: Eyes, somebody: PatientOf, why: str):
    eyes.watch(live=False, why=why, distance=None)
    assert answer(somebody, draw(somebody)["id"]).refused(422, "face.not_live") == {"why": why}
    assert get_identity(somebody.person.id) is None


@pytest.mark.parametrize(
    ("distance", "status", "state"),
    [(0.44, 200, "passed"), (0.46, 200, "doubtful"), (0.54, 200, "doubtful"), (None, 200, "doubtful"), (0.56, 422, "")],
)
def test_between_the_same_and_another_somebody_has_to_look(eyes: Eyes, somebody: PatientOf, distance, status, state):
    eyes.watch(distance=distance)
    told = answer(somebody, draw(somebody)["id"])
    if status == 422:
        told.refused(422, "face.other_person")
    else:
        assert told.ok()["state"] == state
    assert (get_identity(somebody.person.id) is not None) == (state == "passed")


def test_without_consent_nothing_is_drawn(eyes: Eyes):
    missing = {"rule": "PIPL-CONSENT", "purpose": "face_recognition", "organisation_id": "", "text_version": 1}
    never_asked, refusing = new_patient(verified=False), new_patient(verified=False)
    decides(refusing.caller, "face_recognition", "refuse", text_version=1).ok()
    for who in (never_asked, refusing):
        assert asks(who).refused(403, "consent.missing") == missing
    agrees_to(refusing.caller, "face_recognition")
    assert answer(refusing, draw(refusing)["id"]).ok()["state"] == "passed"


def test_a_consent_withdrawn_in_the_middle_of_a_session_counts_at_once(eyes: Eyes, somebody: PatientOf):
    check, front, back = draw(somebody)["id"], read(somebody, "front"), read(somebody, "back")
    looks = len(eyes.asked)
    withdraws(somebody.caller, "face_recognition")
    answer(somebody, check, front=front, back=back).refused(403, "consent.missing")
    asks(somebody).refused(403, "consent.missing")
    assert len(eyes.asked) == looks, "a face was looked at without consent"
    assert get_identity(somebody.person.id) is None
    # The check was not used up by it: who agrees again within its minute answers it.
    agrees_to(somebody.caller, "face_recognition")
    assert answer(somebody, check, front=front, back=back).ok()["state"] == "passed"


def test_who_turns_out_to_be_under_14_needs_a_guardian(eyes: Eyes, somebody: PatientOf):
    number = an_id_number(born=date(2013, 5, 6))
    child = {"number": number, "birth_date": "2013-05-06", "sex": "男" if int(number[16]) % 2 else "女"}
    eyes.see(replace(CARD, **child))
    eyes.watch()
    looks = [event for event in eyes.asked if event["do"] == "watch_face"]
    assert answer(somebody, draw(somebody)["id"]).refused(422, "consent.guardian_needed") == {"rule": "PIPL-CONSENT"}
    assert [event for event in eyes.asked if event["do"] == "watch_face"] == looks
    assert get_identity(somebody.person.id) is None


def test_a_check_is_good_for_a_minute_and_once(time: Time, eyes: Eyes, somebody: PatientOf):
    late, used = draw(somebody)["id"], draw(somebody)["id"]
    time.passes(seconds=59)
    eyes.watch(live=False, why="not_moved")
    answer(somebody, used).refused(422, "face.not_live")
    answer(somebody, used).refused(409, "face.check_used")
    time.passes(seconds=1)
    answer(somebody, late).refused(410, "face.check_over")


def test_of_two_answers_at_once_one_counts(eyes: Eyes, somebody: PatientOf):
    check, front, back = draw(somebody)["id"], read(somebody, "front"), read(somebody, "back")
    told = together(2, lambda _number: answer(somebody, check, front=front, back=back).status)
    assert sorted(told) == [200, 409]


def test_frames_that_were_sent_before_are_refused(eyes: Eyes, somebody: PatientOf):
    sent = frames()
    eyes.watch(live=False, why="not_moved")
    answer(somebody, draw(somebody)["id"], sent).refused(422, "face.not_live")
    eyes.watch()
    other = stranger()
    asked = len([event for event in eyes.asked if event["do"] == "watch_face"])
    answer(somebody, draw(somebody)["id"], [*frames(7), sent[3]]).refused(422, "face.frames_replayed")
    answer(other, draw(other)["id"], sent).refused(422, "face.frames_replayed")
    answer(other, draw(other)["id"], frames(1) * 8).refused(422, "face.frames_replayed")
    assert len([event for event in eyes.asked if event["do"] == "watch_face"]) == asked


def test_a_card_with_a_warning_or_of_somebody_else_proves_nothing(eyes: Eyes, somebody: PatientOf):
    eyes.see(CARD, photocopy="certain")
    eyes.watch()
    told = answer(somebody, draw(somebody)["id"]).refused(422, "id_card.not_passable")
    assert told == {"warnings": ["photocopy"]}
    eyes.see(CARD)
    eyes.watch()
    theirs = read(new_patient(verified=False), "front")
    answer(somebody, draw(somebody)["id"], front=theirs).refused(404, "id_card.reading_not_found")
    swapped = read(somebody, "back")
    answer(somebody, draw(somebody)["id"], front=swapped).refused(404, "id_card.reading_not_found")


def test_a_number_that_another_account_was_verified_with_is_refused(eyes: Eyes, somebody: PatientOf):
    first = stranger()
    answer(first, draw(first)["id"]).ok()
    answer(somebody, draw(somebody)["id"]).refused(409, "identity.id_number_taken")


def test_another_persons_check_is_not_there(somebody: PatientOf):
    theirs = draw(stranger())["id"]
    answer(somebody, theirs).refused(404, "face.check_not_found")


@pytest.mark.parametrize("distance", [0.2, 0.9])
def test_what_was_cut_out_goes_with_the_verdict_and_no_frame_was_ever_kept(
    cloud: Cloud, eyes: Eyes, somebody: PatientOf, journal, distance: float
):
    front, back, sent = read(somebody, "front"), read(somebody, "back"), frames()
    eyes.watch(distance=distance)
    answer(somebody, draw(somebody)["id"], sent, front=front, back=back)
    for reading in (front, back):
        looked = call(read_id_card, "GET", f"/id-card-readings/{reading}/pictures", who=somebody.caller)
        looked.refused(404, "id_card.reading_not_found")
    lying = str([*cloud.rows("people"), *cloud.rows("requests"), journal.text])
    assert not [frame for frame in sent if frame in lying]


def test_what_is_drawn_is_three_things_in_any_order():
    import itertools
    import random

    seen = {drawn_actions(random.Random(seed).choice) for seed in range(400)}
    turns = [("blink", "open_mouth", turn) for turn in ("turn_left", "turn_right")]
    assert seen == {order for three in turns for order in itertools.permutations(three)}
