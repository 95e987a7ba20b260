"""A photograph of an identity card, and what comes of it."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from identity.read_id_card.app import LONGEST_PICTURE, app
from tests.builders.cloud import Cloud
from tests.builders.eyes import FUNCTION, PICTURE, Eyes, opened_eyes
from tests.builders.gateway import Answer, call
from tests.builders.id_cards import made_card
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, new_patient

pytestmark = pytest.mark.store

CARD = made_card(7, valid_from="2020-05-06", valid_until="2040-05-06")


@pytest.fixture
def eyes(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Eyes:
    cloud.turn(PICTURES_FUNCTION=FUNCTION)
    opened = opened_eyes(monkeypatch)
    opened.see(CARD)
    return opened


def read(who: PatientOf, side: str = "front", picture: str = PICTURE) -> Answer:
    return call(app, "POST", "/id-card-readings", {"side": side, "picture": picture}, who=who.caller)


def codes(answer: Answer) -> dict[str, str]:
    return {warning["code"]: warning["certainty"] for warning in answer.ok(201)["warnings"]}


def test_both_sides_come_back_as_fields(eyes: Eyes, patient: PatientOf):
    front, back = read(patient).ok(201), read(patient, "back").ok(201)
    assert front["fields"] == CARD.side("front")
    assert back["fields"] == {
        "authority": CARD.authority,
        "valid_from": "2020-05-06",
        "valid_until": "2040-05-06",
    }
    assert (front["passable"], front["warnings"]) == (True, [])
    assert [event["side"] for event in eyes.asked] == ["front", "back"]
    assert eyes.asked[0]["picture"] == PICTURE


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ("id_card.not_found", 422, "id_card.not_found"),
        ("id_card.other_side", 422, "id_card.other_side"),
        ("picture.damaged", 400, "id_card.picture_refused"),
        ("picture.too_many_pixels", 400, "id_card.picture_refused"),
    ],
)
def test_what_is_no_such_side_fills_nothing(cloud: Cloud, eyes: Eyes, patient: PatientOf, said, status, code):
    eyes.refuse(said)
    read(patient).refused(status, code)
    assert not [row for row in cloud.rows("people") if str(row["pk"]).startswith("CARD_READING#")]


def test_what_is_no_picture_at_all_is_not_looked_at(eyes: Eyes, patient: PatientOf):
    for picture in ("not base64!", "一张照片"):
        assert read(patient, picture=picture).refused(400, "id_card.picture_refused") == {"reason": "not_base64"}
    read(patient, "inside").refused(400, "request.schema_broken")
    read(patient, picture="A" * (LONGEST_PICTURE + 4)).refused(400, "request.schema_broken")
    read(patient, picture="A" * (LONGEST_PICTURE + 5000)).refused(413, "request.too_large")
    assert eyes.asked == []


@pytest.mark.parametrize(
    ("code", "how"),
    [("photocopy", "certain"), ("screen", "hint"), ("edited", "hint"), ("cut_off", "certain"), ("covered", "hint"),
     ("temporary", "certain"), ("number_disagrees", "certain")],
)  # fmt: skip
def test_each_warning_is_told_and_nothing_passes_with_one(eyes: Eyes, patient: PatientOf, code: str, how: str):
    eyes.see(CARD, **{code: how})
    answer = read(patient)
    assert codes(answer) == {code: how}
    assert answer.json["passable"] is False


@pytest.mark.parametrize(
    ("first", "last", "warned"),
    [
        ("2006-11-20", "2026-11-20", "expired"),
        ("2026-12-01", "2046-12-01", "not_yet_valid"),
        ("2020-05-06", "2033-05-06", "validity_impossible"),
        ("2020-05-06", "2040-05-07", "validity_impossible"),
        ("2040-05-06", "2020-05-06", "validity_impossible"),
        ("2020-05-06", "长期", None),
        ("2024-02-29", "2034-02-28", None),
        ("2006-11-21", "2026-11-21", None),
    ],
)
def test_validity_is_judged_by_the_day(time: Time, eyes: Eyes, patient: PatientOf, first, last, warned):
    time.now = time.now.replace(year=2026, month=11, day=21, hour=3)
    eyes.see(made_card(7, valid_from=first, valid_until=last))
    assert codes(read(patient, "back")) == ({} if warned is None else {warned: "certain"})


@pytest.mark.req("ID-14")
def test_its_owner_gets_what_was_cut_out_and_each_look_leaves_a_line(cloud: Cloud, eyes: Eyes, patient: PatientOf):
    front, back = read(patient).ok(201)["id"], read(patient, "back").ok(201)["id"]
    cut = base64.b64encode(b"cut out").decode()
    assert look(patient, front).ok() == {"card": cut, "portrait": cut}
    assert look(patient, back).ok() == {"card": cut, "portrait": None}
    looked = [row for row in cloud.rows("people", "audit") if row["pk"] == f"CARD_READING#{front}"]
    assert sorted(act for row in looked for act in row["acts"]) == ["id_card.look", "id_card.read"]


def look(who: Any, reading_id: str) -> Answer:
    return call(app, "GET", f"/id-card-readings/{reading_id}/pictures", who=who.caller)


def test_nobody_else_knows_of_it(eyes: Eyes, clinic: Clinic, patient: PatientOf):
    front = read(patient).ok(201)["id"]
    for other in (new_patient(), clinic.doctor, clinic.admin):
        look(other, front).refused(404, "id_card.reading_not_found")


def test_after_half_an_hour_it_is_gone(time: Time, eyes: Eyes, patient: PatientOf):
    front = read(patient).ok(201)["id"]
    time.passes(minutes=29)
    look(patient, front).ok()
    time.passes(minutes=1)
    look(patient, front).refused(404, "id_card.reading_not_found")


def test_nothing_of_the_card_lies_open(cloud: Cloud, eyes: Eyes, patient: PatientOf, journal):
    read(patient).ok(201)
    lying = str([*cloud.rows("people"), *cloud.rows("requests"), journal.text])
    for told in (CARD.name, CARD.number, CARD.address, base64.b64encode(b"cut out").decode()):
        assert told not in lying


def test_whoever_looks_may_be_away(cloud: Cloud, eyes: Eyes, patient: PatientOf):
    eyes.broken = True
    assert read(patient).refused(503, "edge.unavailable") == {"adapter": "ocr"}
    cloud.turn(PICTURES_FUNCTION="")
    assert read(patient).refused(503, "edge.unavailable") == {"adapter": "ocr", "reason": "not_deployed"}


def test_so_many_an_hour_and_no_more(time: Time, eyes: Eyes, patient: PatientOf):
    for _ in range(30):
        read(patient).ok(201)
    read(patient).refused(429, "id_card.too_many_readings")
