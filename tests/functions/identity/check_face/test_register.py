"""A face is compared with the photograph that the public security's register holds, in either way of asking for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from hospital.face_checks.store import get_check
from hospital.verifications.store import get_identity
from identity.read_id_card.app import app as read_id_card
from tests.builders.cloud import Cloud
from tests.builders.eyes import FUNCTION, PICTURE, Eyes, face_checked, films, opened_eyes
from tests.builders.gateway import call
from tests.builders.id_cards import made_card
from tests.builders.people import PatientOf, new_patient
from tests.builders.tencent import Peer, open_peer, signed_for

pytestmark = pytest.mark.store

CARD = made_card(7, valid_from="2020-05-06", valid_until="2040-05-06")
WAYS = {"hybrid": "ImageRecognitionV2", "tencent": "LivenessRecognition"}
Json = dict[str, Any]


@pytest.fixture(scope="module")
def peer_of_all() -> Iterator[Peer]:
    with open_peer("faceid") as opened:
        yield opened


@pytest.fixture
def register(cloud: Cloud, peer_of_all: Peer) -> Peer:
    """It knows the person of the card, and nobody else; the face before the camera is theirs."""
    peer = signed_for(peer_of_all)
    peer.answers = compared(92.5)
    cloud.turn(PICTURES_FUNCTION=FUNCTION, FACE_URL=peer.url)
    return peer


def compared(score: float) -> Any:
    """What the register says of that card's name and number, and of any other."""

    def answers(action: str, body: Json) -> Json:
        if (body["Name"], body["IdCard"]) != (CARD.name, CARD.number):
            return {"Result": "FailedOperation.IdNameMisMatch"}
        return {"Result": "Success" if score >= 70 else "FailedOperation.CompareLowSimilarity", "Sim": score}

    return answers


@pytest.fixture
def eyes(register: Peer, monkeypatch: pytest.MonkeyPatch) -> Eyes:
    opened = opened_eyes(monkeypatch)
    opened.see(CARD)
    opened.watch(distance=None)
    return opened


@pytest.fixture
def somebody(eyes: Eyes) -> PatientOf:
    return new_patient(verified=False)


@pytest.mark.req("ID-07")
@pytest.mark.parametrize("way", WAYS)
def test_score_and_verdict_are_kept_and_another_persons_face_is_refused(
    cloud: Cloud, register: Peer, somebody: PatientOf, way: str
):
    cloud.turn(FACE_ADAPTER=way)
    passed = face_checked(somebody.caller, films()).ok()
    kept = get_check(passed["id"], somebody.person.id)
    assert (kept.state, kept.score, kept.method) == ("passed", "92.5", way)
    other = new_patient(verified=False)
    register.answers = compared(31.25)
    face_checked(other.caller, films()).refused(422, "face.other_person")
    (refused,) = [
        row for row in cloud.rows("people", "record") if row.get("person_id") == other.person.id and "drawn_at" in row
    ]
    assert (refused["state"], refused["why"], refused["score"]) == ("failed", "other", "31.25")
    assert get_identity(other.person.id) is None


@pytest.mark.req("ID-10")
def test_public_or_hybrid_is_a_setting(cloud: Cloud, register: Peer, eyes: Eyes, somebody: PatientOf):
    register.answers = lambda action, body: {"Result": "Success", "Sim": 88.0}
    for way, who, seed in (("tencent", somebody, 7), ("hybrid", new_patient(verified=False), 8)):
        cloud.turn(FACE_ADAPTER=way)
        eyes.see(made_card(seed, valid_from="2020-05-06", valid_until="2040-05-06"))
        eyes.watch(distance=None)
        assert face_checked(who.caller, films()).ok()["state"] == "passed"
        identity = get_identity(who.person.id)
        assert identity is not None
        assert (identity.level, identity.method) == ("authority", "face")
        action, body = register.heard[-1]
        assert action == WAYS[way]
        assert ("VideoBase64" in body) == (way == "tencent")
    assert len([event for event in eyes.asked if event["do"] == "watch_face"]) == 1
    eyes.watch(live=False, why="not_moved", distance=None)
    face_checked(new_patient(verified=False).caller, films()).refused(422, "face.not_live")
    assert len(register.heard) == 2  # who does not live is no question for the register


def test_where_the_register_rests_nobody_is_verified(cloud: Cloud, register: Peer, somebody: PatientOf):
    cloud.turn(FACE_ADAPTER="tencent")
    register.answers = lambda action, body: {"Error": {"Code": "InternalError.UnKnown", "Message": ""}}
    face_checked(somebody.caller, films()).refused(503, "edge.unavailable")
    assert get_identity(somebody.person.id) is None


def test_a_card_is_read_by_the_vendor_too(cloud: Cloud, eyes: Eyes, somebody: PatientOf):
    """The same route, another setting: the number has to be right whoever read it."""
    with open_peer("ocr") as ocr:
        signed_for(ocr)
        cloud.turn(OCR_ADAPTER="tencent", OCR_URL=ocr.url)
        wrong = CARD.number[:-1] + ("1" if CARD.number[-1] != "1" else "2")
        told = {"Name": CARD.name, "Sex": CARD.sex, "Nation": CARD.ethnicity, "Birth": CARD.birth_date}
        for number, codes in ((CARD.number, []), (wrong, ["number_unreadable"])):
            ocr.answers = lambda action, body, number=number: {**told, "Address": CARD.address, "IdNum": number}
            body = {"side": "front", "picture": PICTURE}
            answer = call(read_id_card, "POST", "/id-card-readings", body, who=somebody.caller).ok(201)
            assert [warning["code"] for warning in answer["warnings"]] == codes
            assert (answer["fields"]["number"], answer["passable"]) == (number, not codes)
        ocr.answers = lambda action, body: {**told, "Sex": "女" if CARD.sex == "男" else "男", "Address": CARD.address,
                                            "IdNum": CARD.number}  # fmt: skip
        answer = call(read_id_card, "POST", "/id-card-readings", body, who=somebody.caller).ok(201)
        assert [warning["code"] for warning in answer["warnings"]] == ["number_disagrees"]
    assert [event["do"] for event in eyes.asked] == []
