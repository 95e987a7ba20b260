"""Another system asks for a face; its person follows the link and passes the check that everybody passes; the system
reads what came of it, and nobody else does."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hospital.verifications.store import get_identity
from identity.ask_for_face.app import app
from identity.review_faces.app import app as review_faces
from messaging.keep_sms_systems.app import app as keep_systems
from tests.builders.cloud import Cloud
from tests.builders.eyes import FUNCTION, Eyes, face_checked, opened_eyes
from tests.builders.faces_in_doubt import a_reviewer
from tests.builders.gateway import Answer, call
from tests.builders.id_cards import made_card
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, new_patient
from tests.builders.sending import System

pytestmark = pytest.mark.store

CARD, OTHER_CARD = (made_card(seed, valid_from="2020-05-06", valid_until="2040-05-06") for seed in (7, 8))
TERMINALS = ("web", "wechat_official_account", "wechat_mini_program")
Json = dict[str, Any]


@pytest.fixture
def eyes(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Eyes:
    cloud.turn(PICTURES_FUNCTION=FUNCTION)
    opened = opened_eyes(monkeypatch)
    opened.see(CARD)
    opened.watch()
    return opened


@pytest.fixture
def system(clinic: Clinic, eyes: Eyes) -> System:
    return System.let_in(clinic, most_faces_a_day=3)


def asks(system: System, reference: str = "r-1", of: Any = CARD, **wrong: str) -> Answer:
    return system.asks_for_face(of.name, of.number, reference, **wrong)


def reads(system: System, request: Json, **wrong: str) -> Answer:
    return system.asks(app, "GET", f"/system-face-requests/{request['id']}", **wrong)


def follows(who: PatientOf, link: str, terminal: str = "web") -> Answer:
    """What the page does that the link leads to."""
    address = urlsplit(link)
    (code,) = parse_qs(address.query)["code"]
    path = address.path.removeprefix("/patient")
    return call(app, "POST", f"{path}/open", {"code": code, "terminal": terminal}, who=who.caller)


def shows_face(who: PatientOf, request: Json) -> Answer:
    return face_checked(who.caller, face_request_id=request["id"])


def test_who_asked_by_key_is_told_what_came_of_it(system: System):
    """ID-09 in part: the pages are not here. Wherever the link is opened, it is the check that the person could have
    begun themselves: they are verified, and the system is told."""
    asked = asks(system).ok(202)
    assert (asked["state"], asked["tries"], asked["terminal"]) == ("asked", 0, None)
    assert asks(system).ok(202) == asked, "the same reference is the same request"
    for terminal in TERMINALS:
        who = new_patient(verified=False)
        seen = follows(who, asked["link"], terminal).ok()
        assert (seen["system_name"], seen["name_masked"][0]) == ("检验系统", CARD.name[0])
        assert CARD.number not in str(seen) and CARD.name not in str(seen)
        assert reads(system, asked).ok()["terminal"] == terminal
    assert shows_face(who, asked).ok()["state"] == "passed"
    told = reads(system, asked).ok()
    assert (told["state"], told["tries"], told["level"]) == ("passed", 1, "card_portrait")
    assert told["judged_at"] is not None
    assert "link" not in told
    identity = get_identity(who.person.id)
    assert identity is not None
    assert identity.id_number == CARD.number
    again = asks(system, "r-2").ok(202)  # who is verified shows it once more
    follows(who, again["link"]).ok()
    assert shows_face(who, again).ok()["state"] == "passed"
    assert reads(system, again).ok()["state"] == "passed"


def test_without_a_key_that_counts_nobody_asks_and_nobody_is_told(clinic: Clinic, system: System):
    asked, other = asks(system).ok(202), System.let_in(clinic, most_faces_a_day=3)
    body = {"reference": "r-1", "name": CARD.name, "id_number": CARD.number}
    call(app, "POST", "/system-face-requests", body).refused(401, "identity.missing")
    call(app, "POST", "/system-face-requests", body, who=clinic.admin.caller).refused(401, "identity.missing")
    call(app, "GET", f"/system-face-requests/{asked['id']}").refused(401, "identity.missing")
    for wrong in ({"key": other.key}, {"id": "sys_nobody"}, {"moment": "1"}):
        asks(system, **wrong).refused(401, "identity.missing")
        reads(system, asked, **wrong).refused(401, "identity.missing")
    reads(other, asked).refused(404, "face_request.not_found")
    path = f"/sms-systems/{system.id}"
    renewed = call(keep_systems, "POST", f"{path}/key", who=clinic.admin.caller).ok()
    reads(system, asked).refused(401, "identity.missing")
    now = System(system.id, renewed["key"])
    assert reads(now, asked).ok()["state"] == "asked"
    off = {"name": "检验系统", "most_a_day": 1, "most_faces_a_day": 3, "on": False}
    version = renewed["system"]["version"]
    call(keep_systems, "PUT", path, {**off, "version": version}, who=clinic.admin.caller).ok()
    asks(now, "r-2").refused(401, "identity.missing")
    reads(now, asked).refused(401, "identity.missing")


def test_so_many_a_day_and_a_reference_is_one_person(clinic: Clinic, system: System, time: Time):
    none = System.let_in(clinic)
    asks(none).refused(429, "face_request.quota_used_up")
    for reference in ("r-1", "r-2", "r-3"):
        asks(system, reference).ok(202)
    asks(system, "r-4").refused(429, "face_request.quota_used_up")
    asks(system, "r-3").ok(202)  # known already
    asks(system, "r-3", of=OTHER_CARD).refused(409, "face_request.reference_reused")
    time.passes(days=1)
    asks(system, "r-4").ok(202)
    wrong = {"reference": "r-5", "name": CARD.name, "id_number": "110101199003070000"}
    system.asks(app, "POST", "/system-face-requests", wrong).refused(400, "identity.id_number_refused")


def test_links_and_results_end(system: System, time: Time):
    asked, who = asks(system).ok(202), new_patient(verified=False)
    follows(who, asked["link"]).ok()
    time.passes(minutes=30)
    assert reads(system, asked).ok()["state"] == "expired"
    follows(who, asked["link"]).refused(410, "face_request.over")
    shows_face(who, asked).refused(410, "face_request.over")
    assert get_identity(who.person.id) is None
    time.passes(days=8)
    reads(system, asked).refused(404, "face_request.not_found")


def test_only_who_was_asked_for_passes(eyes: Eyes, system: System):
    """A wrong code, somebody else's request, card or account: each is refused, and the request stays open."""
    asked, who, other = asks(system).ok(202), new_patient(verified=False), new_patient(verified=False)
    follows(who, asked["link"] + "x").refused(404, "face_request.not_found")
    follows(who, asked["link"].replace("frq_", "frq_0")).refused(404, "face_request.not_found")
    follows(who, asked["link"]).ok()
    shows_face(other, asked).refused(404, "face_request.not_found")
    follows(new_patient(), asked["link"]).refused(422, "face_request.of_other")
    eyes.see(OTHER_CARD)
    shows_face(who, asked).refused(422, "face_request.of_other")
    assert reads(system, asked).ok()["state"] == "opened"
    assert get_identity(who.person.id) is None


def test_three_tries_and_no_more(eyes: Eyes, system: System):
    asked, who = asks(system).ok(202), new_patient(verified=False)
    follows(who, asked["link"]).ok()
    for tried in (1, 2, 3):
        eyes.see(CARD)
        eyes.watch(live=False, why="not_moved", distance=None)
        facts = shows_face(who, asked).refused(422, "face.not_live")
        assert facts == {"why": "not_moved", "tries_left": 3 - tried}
        told = reads(system, asked).ok()
        assert (told["state"], told["tries"]) == ("failed" if tried == 3 else "opened", tried)
    eyes.see(CARD)
    eyes.watch()
    shows_face(who, asked).refused(409, "face_request.judged")
    follows(who, asked["link"]).refused(409, "face_request.judged")


@pytest.mark.parametrize(("same", "state"), [(True, "passed"), (False, "failed")])
def test_where_there_is_doubt_staff_of_the_systems_organisation_look(
    clinic: Clinic, eyes: Eyes, system: System, same: bool, state: str
):
    asked, who = asks(system).ok(202), new_patient(verified=False)
    follows(who, asked["link"]).ok()
    eyes.watch(distance=0.5)
    told = shows_face(who, asked).ok()
    assert (told["state"], told["by_staff"]) == ("doubtful", True)
    assert reads(system, asked).ok()["state"] == "doubtful"
    reviewer = a_reviewer(clinic).caller
    call(review_faces, "POST", f"/face-reviews/{told['id']}", {"same": same}, who=reviewer).ok()
    assert reads(system, asked).ok()["state"] == state


def test_each_step_is_a_line_of_the_log_and_says_nothing_of_anybody(cloud: Cloud, system: System):
    asked, who = asks(system).ok(202), new_patient(verified=False)
    follows(who, asked["link"]).ok()
    shows_face(who, asked).ok()
    lines = [line for line in cloud.rows("people", "audit") if line["pk"].startswith(f"FACE_REQUEST#{asked['id']}")]
    assert len(lines) == 3
    assert not [line for line in lines if CARD.number in str(line) or CARD.name in str(line)]
