"""A patient's file in the HIS, and the cards it holds."""

from __future__ import annotations

import pytest

from hospital.his_files.store import get_link
from hospital.verifications.store import get_identity
from identity.keep_cards.app import app
from infra.local.his.server import HisServer
from tests.builders.cloud import Cloud, together
from tests.builders.delivery import Delivery
from tests.builders.gateway import Answer, Json, call
from tests.builders.journal import Journal
from tests.builders.moments import Time
from tests.builders.people import PatientOf, new_patient

pytestmark = pytest.mark.store

CARDS = [
    {"kind": "visit", "number": "V77", "scannable": True},
    {"kind": "insurance", "number": "6101-77"},
    {"kind": "record", "number": "MR77", "scannable": True},
]


def opens(who: PatientOf, key: str | None = None) -> Answer:
    return call(app, "POST", "/his-file", who=who.caller, key=key)


def cards(who: PatientOf) -> Answer:
    return call(app, "GET", "/cards", who=who.caller)


def known(his: HisServer, who: PatientOf, **more: Json) -> str:
    """The HIS has a file of that person already; its number."""
    identity = get_identity(who.person.id)
    assert identity is not None
    told = {"id_number": identity.id_number, "name": identity.name, **more}
    return str(his.records.open(told, "")["patient_number"])


@pytest.mark.req("ID-20")
def test_a_file_is_opened_and_its_number_kept(patient: PatientOf, his: HisServer, deliver: Delivery):
    assert call(app, "GET", "/his-file", who=patient.caller).ok()["state"] == "none"
    opened = opens(patient).ok()
    assert opened["state"] == "open"
    assert opened["patient_number"].startswith("P")
    assert opens(patient).ok() == opened
    assert his.records.count_files() == 1
    deliver()
    (told,) = deliver.told("his_file.opened.v1")
    assert opened["patient_number"] not in str(told)


@pytest.mark.req("ID-20")
def test_who_has_a_file_there_keeps_its_number(patient: PatientOf, his: HisServer):
    number = known(his, patient)
    assert opens(patient).ok()["patient_number"] == number
    assert his.records.count_files() == 1


def test_the_number_lies_sealed(patient: PatientOf, his: HisServer, cloud: Cloud, journal: Journal):
    number = opens(patient).ok()["patient_number"]
    assert number not in str(cloud.items("people"))
    assert number not in journal.text


@pytest.mark.req("ID-20")
def test_a_his_that_is_down_is_said_and_asked_again_without_doubles(
    patient: PatientOf, his: HisServer, deliver: Delivery, time: Time
):
    his.troubles.change({"mode": "down"})
    waiting = opens(patient).ok()
    assert (waiting["state"], waiting["patient_number"]) == ("waiting", None)
    assert waiting["next_try_at"] == "2026-11-21T06:31:00+00:00"
    deliver()
    assert [told["data"]["state"] for told in deliver.told("his_file.not_opened.v1")] == ["waiting"]
    sweep_after(time, deliver, minutes=1)
    link = get_link(patient.person.id)
    assert link is not None
    assert (link.state, link.attempts) == ("waiting", 2)
    his.troubles.change({"mode": "none"})
    sweep_after(time, deliver, minutes=3, twice=True)
    assert call(app, "GET", "/his-file", who=patient.caller).ok()["state"] == "open"
    sweep_after(time, deliver, minutes=120)
    assert his.records.count_files() == 1


def sweep_after(time: Time, deliver: Delivery, *, minutes: int, twice: bool = False) -> None:
    """So much later, what is due is reported and reacted to."""
    from house.sweep_due.app import app as sweep

    time.passes(minutes=minutes)
    sweep({}, None)
    deliver(twice=twice)


@pytest.mark.req("ID-20")
def test_an_answer_with_somebody_else_is_refused_and_reported(
    patient: PatientOf, his: HisServer, deliver: Delivery, cloud: Cloud
):
    known(his, new_patient("赵别人"))
    his.troubles.change({"mode": "other_patient"})
    assert opens(patient).ok() | {"next_try_at": None} == {
        "state": "disputed",
        "patient_number": None,
        "reason": "answered_another",
        "next_try_at": None,
    }
    assert cloud.counted("his_answered_another") == 1
    cards(patient).refused(409, "his_file.not_open")
    deliver()
    assert [told["data"]["reason"] for told in deliver.told("his_file.not_opened.v1")] == ["answered_another"]
    his.troubles.change({"mode": "none"})
    assert opens(patient).ok()["state"] == "open"


def test_a_his_that_says_no_is_told_with_its_word(patient: PatientOf, his: HisServer):
    his.troubles.change({"mode": "refuses"})
    assert (opens(patient).ok()["state"], opens(patient).ok()["reason"]) == ("refused", "refused_on_demand")


def test_asked_by_two_devices_at_once_there_is_one_file(patient: PatientOf, his: HisServer):
    answers = together(2, lambda _: opens(patient).ok()["patient_number"])
    assert answers[0] == answers[1]
    assert his.records.count_files() == 1


@pytest.mark.req("ID-23")
def test_cards_are_shown_to_whom_they_belong(patient: PatientOf, his: HisServer):
    number = known(his, patient, cards=CARDS)
    opens(patient).ok()
    shown = cards(patient).ok()
    assert shown["file"]["patient_number"] == number
    assert [(one["kind"], one["number"]) for one in shown["cards"]] == [
        ("visit", "V77"),
        ("insurance", "6101-77"),
        ("record", "MR77"),
    ]
    assert [one["is_default"] for one in shown["cards"]] == [True, False, False]


@pytest.mark.req("ID-23")
def test_who_did_not_show_who_they_are_sees_no_card(his: HisServer):
    stranger = new_patient(verified=False)
    for answer in (cards(stranger), opens(stranger), call(app, "GET", "/his-file", who=stranger.caller)):
        answer.refused(403, "identity.not_verified")
    assert his.records.count_files() == 0


@pytest.mark.req("ID-23")
def test_a_his_that_is_down_has_no_empty_list(patient: PatientOf, his: HisServer):
    opens(patient).ok()
    his.troubles.change({"mode": "down"})
    cards(patient).refused(503, "his.unavailable")


def test_without_a_his_nothing_is_said_to_be_empty(patient: PatientOf, cloud: Cloud):
    assert opens(patient).ok()["reason"] == "none"
    cards(patient).refused(409, "his_file.not_open")


def test_cards_of_another_file_are_not_shown(patient: PatientOf, his: HisServer):
    known(his, new_patient("赵别人"), cards=CARDS)
    opens(patient).ok()
    his.troubles.change({"mode": "other_patient"})
    answer = cards(patient)
    answer.refused(409, "his.answered_another")
    assert "V77" not in answer.text


def test_cards_are_put_in_order_and_one_is_the_default(patient: PatientOf, his: HisServer):
    known(his, patient, cards=CARDS)
    opens(patient).ok()
    first = [one["id"] for one in cards(patient).ok()["cards"]]
    wished = [first[2], first[0], first[1]]
    body = {"card_ids": wished, "default_id": first[1]}
    call(app, "PUT", "/cards/order", body, who=patient.caller).ok()
    shown = cards(patient).ok()["cards"]
    assert [one["id"] for one in shown] == wished
    assert [one["id"] for one in shown if one["is_default"]] == [first[1]]
    call(app, "PUT", "/cards/order", {"card_ids": wished, "default_id": first[2]}, who=patient.caller).ok()
    assert [one["id"] for one in cards(patient).ok()["cards"] if one["is_default"]] == [first[2]]


def test_a_card_that_is_not_theirs_is_refused(patient: PatientOf, his: HisServer):
    other = new_patient("赵别人")
    for who in (patient, other):
        known(his, who, cards=CARDS)
        opens(who).ok()
    theirs = cards(other).ok()["cards"][0]["id"]
    for body in ({"card_ids": [theirs]}, {"card_ids": [], "default_id": theirs}):
        call(app, "PUT", "/cards/order", body, who=patient.caller).refused(400, "his_file.card_not_yours")
    assert cards(patient).ok()["order_version"] == 0


def test_a_new_card_comes_last_and_a_lost_default_falls_to_the_first(patient: PatientOf, his: HisServer):
    number = known(his, patient, cards=CARDS)
    opens(patient).ok()
    first = [one["id"] for one in cards(patient).ok()["cards"]]
    body = {"card_ids": [first[1], first[0], first[2]], "default_id": first[2]}
    call(app, "PUT", "/cards/order", body, who=patient.caller).ok()
    his.records.change_file(number, {"cards": [*CARDS[:2], {"kind": "e_health", "number": "EH1", "scannable": True}]})
    shown = cards(patient).ok()["cards"]
    assert [one["kind"] for one in shown] == ["insurance", "visit", "e_health"]
    assert [one["is_default"] for one in shown] == [True, False, False]


def test_only_what_the_readers_take_has_a_code(patient: PatientOf, his: HisServer):
    known(his, patient, cards=[*CARDS, {"kind": "visit", "number": "V1", "scannable": True, "active": False}])
    opens(patient).ok()
    assert [one["scannable"] for one in cards(patient).ok()["cards"]] == [True, False, True, False]
