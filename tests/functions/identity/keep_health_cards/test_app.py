"""E-health cards: applied for through a channel, issued, refused with a reason, asked again; and among one's cards."""

from __future__ import annotations

import pytest

from hospital.health_cards.store import cards_of
from hospital.verifications.store import get_identity
from identity.keep_cards.app import app as keep_cards
from identity.keep_family.app import app as keep_family
from identity.keep_health_cards.app import app
from identity.view_past_visits.app import app as view_past_visits
from infra.local.his.server import HisServer
from tests.builders.cloud import Cloud, together
from tests.builders.delivery import Delivery
from tests.builders.families import added_adult, added_child, agrees, confirmed_child
from tests.builders.gateway import Answer, Json, call
from tests.builders.health_cards import CardServer
from tests.builders.journal import Journal
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, new_patient
from tests.builders.register import Register

pytestmark = pytest.mark.store


@pytest.fixture
def known(patient: PatientOf, register: Register) -> PatientOf:
    """The patient, as the population's register knows them."""
    return registered(patient, register)


def registered(who: PatientOf, register: Register) -> PatientOf:
    identity = get_identity(who.person.id)
    assert identity is not None
    register.knows(identity.name, identity.id_number)
    return who


def applies(who: PatientOf, channel: str = "tencent", member_id: str = "", key: str | None = None) -> Answer:
    body = {"channel": channel, **({"family_member_id": member_id} if member_id else {})}
    return call(app, "POST", "/health-cards", body, who=who.caller, key=key)


def seen(who: PatientOf, member_id: str = "") -> Json:
    query = f"?family_member_id={member_id}" if member_id else ""
    found: Json = call(app, "GET", f"/health-cards{query}", who=who.caller).ok()
    return found


def code(who: PatientOf, card_id: str) -> Answer:
    return call(app, "GET", f"/health-cards/{card_id}/code", who=who.caller)


def sweep_after(time: Time, deliver: Delivery, *, minutes: int, twice: bool = False) -> None:
    """So much later, what is due is reported and reacted to."""
    from house.sweep_due.app import app as sweep

    time.passes(minutes=minutes)
    sweep({}, None)
    deliver(twice=twice)


@pytest.mark.req("ID-26")
@pytest.mark.parametrize("channel", ["tencent", "alipay"])
def test_a_card_is_applied_for_through_a_channel_and_stands_on_the_list(
    known: PatientOf, card_server: CardServer, his: HisServer, channel: str
):
    assert [one["code"] for one in seen(known)["channels"]] == ["tencent", "alipay"]
    card = applies(known, channel).ok()
    assert (card["state"], card["channel"], card["number"][:2]) == ("issued", channel, "EH")
    assert seen(known)["cards"] == [card]
    call(keep_cards, "POST", "/his-file", who=known.caller).ok()
    listed = call(keep_cards, "GET", "/cards", who=known.caller).ok()["cards"]
    assert [one["kind"] for one in listed] == ["visit", "record", "e_health"]
    assert listed[2] == {
        "id": card["id"],
        "kind": "e_health",
        "number": card["number"],
        "scannable": False,
        "active": True,
        "is_default": False,
        "channel": channel,
    }


@pytest.mark.req("ID-26")
def test_a_channel_that_refuses_says_why(known: PatientOf, card_server: CardServer, register: Register):
    identity = get_identity(known.person.id)
    assert identity is not None
    register.knows("李别人", identity.id_number)
    refused = applies(known).ok()
    assert (refused["state"], refused["reason"], refused["said"]) == (
        "refused",
        "name_mismatch",
        "姓名与证件号码不一致",
    )
    assert refused["number"] is None
    assert card_server.registry.count() == 0
    register.knows(identity.name, identity.id_number)
    assert applies(known).ok()["state"] == "issued"  # mended there, it may be applied for again


def test_somebody_the_register_does_not_know_and_a_channel_for_others(patient: PatientOf, card_server: CardServer):
    assert applies(patient).ok()["reason"] == "unknown_person"
    card_server.registry.mood = "refuses"
    assert applies(patient, "alipay").ok()["reason"] == "not_eligible"


def test_applied_for_twice_or_by_two_devices_there_is_one_card(known: PatientOf, card_server: CardServer):
    answers = together(2, lambda _: applies(known).ok()["number"])
    assert answers[0] == answers[1] == applies(known).ok()["number"]
    asked = card_server.asked
    assert applies(known).ok()["state"] == "issued"
    assert (card_server.registry.count(), card_server.asked) == (1, asked)


def test_a_card_issued_under_another_application_is_refused(known: PatientOf, card_server: CardServer):
    identity = get_identity(known.person.id)
    assert identity is not None
    told = {"channel": "tencent", "key": "elsewhere", "name": identity.name, "id_number": identity.id_number}
    assert card_server.registry.answer("", {**told, "phone": ""})[0] == 201
    assert applies(known).ok()["reason"] == "has_card"


@pytest.mark.req("ID-26")
def test_a_channel_that_is_away_is_asked_again_by_itself(
    known: PatientOf, card_server: CardServer, deliver: Delivery, time: Time
):
    card_server.registry.mood = "down"
    waiting = applies(known).ok()
    assert (waiting["state"], waiting["next_try_at"]) == ("waiting", "2026-11-21T06:31:00Z")
    sweep_after(time, deliver, minutes=1)
    (card,) = cards_of(known.person.id)
    assert (card.state, card.attempts) == ("waiting", 2)
    card_server.registry.mood = "well"
    sweep_after(time, deliver, minutes=3, twice=True)
    (issued,) = seen(known)["cards"]
    assert issued["state"] == "issued"
    sweep_after(time, deliver, minutes=120)
    assert (card_server.registry.count(), seen(known)["cards"]) == (1, [issued])


def test_only_who_showed_who_they_are_applies(card_server: CardServer):
    stranger = new_patient(verified=False)
    applies(stranger).refused(403, "identity.not_verified")
    call(app, "GET", "/health-cards", who=stranger.caller).refused(403, "identity.not_verified")
    assert card_server.asked == 0


def test_a_channel_that_is_not_offered_is_refused(known: PatientOf, card_server: CardServer, cloud: Cloud):
    applies(known, "pigeon").refused(400, "health_card.channel_not_offered")
    cloud.turn(HEALTH_CARD_CHANNELS="")
    assert seen(known)["channels"] == []
    applies(known).refused(400, "health_card.channel_not_offered")


def test_a_guardian_applies_for_a_child_once_their_paper_was_seen(
    known: PatientOf, clinic: Clinic, card_server: CardServer, register: Register
):
    pending = added_child(known, register, name="王小妹")
    applies(known, member_id=pending["id"]).refused(403, "family.pending")
    child = confirmed_child(known, clinic, register)
    card = applies(known, member_id=child["id"]).ok()
    assert card["state"] == "issued"
    assert seen(known, child["id"])["cards"] == [card]
    assert seen(known)["cards"] == []
    applies(new_patient("赵别人"), member_id=child["id"]).refused(404, "family.member_not_found")
    code(known, card["id"]).refused(404, "health_card.not_found")


def test_who_parted_meanwhile_gets_no_card_for_the_other(
    known: PatientOf, card_server: CardServer, register: Register, deliver: Delivery, time: Time
):
    adult = registered(new_patient("李秀英"), register)
    member = added_adult(known, adult, register)
    agrees(adult, member["id"]).ok()
    card_server.registry.mood = "down"
    assert applies(known, member_id=member["id"]).ok()["state"] == "waiting"
    call(keep_family, "DELETE", f"/family-helpers/{member['id']}", who=adult.caller).ok(204)
    card_server.registry.mood = "well"
    sweep_after(time, deliver, minutes=2)
    (card,) = seen(adult)["cards"]
    assert (card["state"], card["reason"]) == ("refused", "not_acting")
    assert card_server.registry.count() == 0
    assert applies(adult).ok()["state"] == "issued"


def test_its_code_changes_and_is_asked_of_the_channel(known: PatientOf, card_server: CardServer, time: Time):
    card = applies(known).ok()
    first = code(known, card["id"]).ok()
    assert first["text"].startswith(card["number"])
    assert first["expires_at"] == "2026-11-21T06:31:00Z"
    time.passes(minutes=1)
    assert code(known, card["id"]).ok()["text"] != first["text"]
    card_server.registry.mood = "down"
    code(known, card["id"]).refused(503, "edge.unavailable")
    waiting = applies(known, "alipay").ok()
    code(known, waiting["id"]).refused(409, "health_card.not_issued")


def test_the_number_lies_sealed_and_events_hold_none(
    known: PatientOf, card_server: CardServer, cloud: Cloud, deliver: Delivery, journal: Journal
):
    number = applies(known).ok()["number"]
    assert number not in str(cloud.items("people")) + journal.text
    deliver()
    (told,) = deliver.told("health_card.issued.v1")
    assert number not in str(told)


def test_the_card_goes_with_every_call_to_the_hospitals_own_system(
    known: PatientOf, card_server: CardServer, his: HisServer
):
    """ID-27 in part: the calls that there are. Booking and paying have none yet."""
    card = applies(known).ok()
    call(keep_cards, "POST", "/his-file", who=known.caller).ok()
    call(keep_cards, "GET", "/cards", who=known.caller).ok()
    call(view_past_visits, "GET", "/past-visits", who=known.caller).ok()
    assert {one["what"]: one["card"] for one in his.records.calls()} == {
        "files": card["number"],
        "cards": card["number"],
        "visits": card["number"],
    }


def test_it_takes_its_place_and_can_be_the_default(known: PatientOf, card_server: CardServer, his: HisServer):
    number = call(keep_cards, "POST", "/his-file", who=known.caller).ok()["patient_number"]
    first, second = applies(known).ok(), applies(known, "alipay").ok()
    his.records.change_file(number, {"cards": [{"kind": "e_health", "number": first["number"], "scannable": True}]})
    listed = call(keep_cards, "GET", "/cards", who=known.caller).ok()["cards"]
    assert sorted(one["id"] for one in listed) == sorted([first["id"], second["id"]])  # the HIS's own is not doubled
    body = {"card_ids": [second["id"], first["id"]], "default_id": second["id"]}
    ordered = call(keep_cards, "PUT", "/cards/order", body, who=known.caller).ok()["cards"]
    assert [(one["id"], one["is_default"]) for one in ordered] == [(second["id"], True), (first["id"], False)]
    call(view_past_visits, "GET", "/past-visits", who=known.caller).ok()
    assert his.records.calls()[0]["card"] == second["number"]


def test_nobody_applies_all_day(patient: PatientOf, card_server: CardServer):
    for _ in range(20):
        applies(patient).ok()
    applies(patient).refused(429, "health_card.too_many_tries")
