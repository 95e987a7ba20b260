"""What every adapter of the identity port does, each against what it speaks with."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator

import pytest

from adapters import id_check, tencent
from adapters.id_check.population import PopulationCheck
from adapters.id_check.tencent_faceid import TencentIdCheck
from hospital import secret_keys, settings
from hospital.errors import Unavailable
from tests.builders.cloud import Cloud
from tests.builders.numbers import an_id_number
from tests.builders.register import Register
from tests.builders.tencent import KEY, Peer, open_peer, signed_for

pytestmark = pytest.mark.store

Known = Callable[[str, str], None]


@pytest.fixture(scope="module")
def peer_of_all() -> Iterator[Peer]:
    with open_peer("faceid") as opened:
        yield opened


@pytest.fixture
def peer(cloud: Cloud, peer_of_all: Peer) -> Peer:
    """The vendor, whose keys the hospital has been given, and who knows nobody yet."""
    people: dict[str, str] = {}

    def answers(action: str, body: dict[str, str]) -> dict[str, str]:
        assert (action, set(body)) == ("IdCardVerification", {"IdCard", "Name"})
        known = people.get(body["IdCard"])
        return {"Result": "-5" if known is None else "0" if known == body["Name"] else "-1", "Description": ""}

    signed_for(peer_of_all).answers = answers
    peer_of_all.people = people  # type: ignore[attr-defined]
    return peer_of_all


@pytest.fixture(params=["population", "tencent"])
def adapter(
    request: pytest.FixtureRequest, cloud: Cloud, register: Register, peer: Peer
) -> tuple[id_check.IdCheck, Known]:
    """Each adapter as the settings name it, and how its far end comes to know somebody."""
    if request.param == "population":
        return id_check.checker(), register.knows
    cloud.turn(ID_CHECK_ADAPTER="tencent", ID_CHECK_URL=peer.url)
    return id_check.checker(), lambda name, number: peer.people.update({number: name})  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["王小芳", "买买提·吐尔逊", "㐂田", "𠮷野美"])
def test_it_says_match_of_that_name_and_number_alone(adapter: tuple[id_check.IdCheck, Known], name: str):
    checker, knows = adapter
    number, strangers = an_id_number(), an_id_number()
    knows(name, number)
    knows("赵大海", strangers)
    assert checker.check(name, number).result == "match"
    assert checker.check(name, number).reference
    assert checker.check(name, strangers).result == "mismatch"
    assert checker.check("赵大海", number).result == "mismatch"
    assert checker.check(name, an_id_number()).result == "unknown"


def test_where_nobody_listens_nobody_says_yes(metrics: list[object], cloud: Cloud, peer: Peer):
    for checker in (PopulationCheck("http://127.0.0.1:9/"), TencentIdCheck("http://127.0.0.1:9")):
        with pytest.raises(Unavailable):
            checker.check("王小芳", an_id_number())


def test_a_register_that_is_too_slow_is_not_waited_for(register: Register):
    register.people.mood = "slow"
    register.released.clear()
    with pytest.raises(Unavailable):
        PopulationCheck(register.url, timeout_seconds=0.05).check("王小芳", an_id_number())
    register.released.set()


@pytest.mark.parametrize("mood", ["down", "wrong"])
def test_an_answer_to_another_question_is_none(register: Register, mood: str):
    register.people.mood = mood  # type: ignore[assignment]
    with pytest.raises(Unavailable):
        PopulationCheck(register.url).check("王小芳", an_id_number())


@pytest.mark.parametrize("result", ["-4", "-6", "-7", "1", ""])
def test_what_the_vendor_cannot_say_is_no_answer(peer: Peer, result: str):
    peer.answers = lambda action, body: {"Result": result}
    with pytest.raises(Unavailable):
        TencentIdCheck(peer.url).check("王小芳", an_id_number())


@pytest.mark.parametrize("code", ["RequestLimitExceeded", "InternalError.UnKnown", "UnauthorizedOperation.Arrears"])
def test_a_refused_call_verifies_nobody(peer: Peer, code: str):
    peer.answers = lambda action, body: {"Error": {"Code": code, "Message": ""}}
    with pytest.raises(Unavailable) as refusal:
        TencentIdCheck(peer.url).check("王小芳", an_id_number())
    assert refusal.value.facts["reason"] == code


def test_with_another_key_the_vendor_refuses(peer: Peer):
    signed_for(peer, KEY[::-1])
    with pytest.raises(Unavailable) as refusal:
        TencentIdCheck(peer.url).check("王小芳", an_id_number())
    assert refusal.value.facts["reason"] == "AuthFailure.SignatureFailure"
    assert peer.heard == []


def test_without_keys_it_says_where_they_belong(cloud: Cloud):
    with pytest.raises(secret_keys.VendorKeysMissing, match="test-vendor holds no id and key of tencent"):
        TencentIdCheck("http://127.0.0.1:9").check("王小芳", an_id_number())


def test_the_signature_is_the_one_of_the_vendors_own_kit():
    """Made by tencentcloud-sdk-python-common 3.1 (`AbstractClient._get_tc3_signature`) from the same call."""
    payload = '{"IdCard": "11010119900307002X", "Name": "𠮷田"}'.encode()
    header = tencent.authorization("AKID", KEY, "faceid", "faceid.tencentcloudapi.com", payload, 1795242600)
    assert header == (
        "TC3-HMAC-SHA256 Credential=AKID/2026-11-21/faceid/tc3_request, SignedHeaders=content-type;host, "
        "Signature=a2c4896f130d52036515f856dd85680254e8fa30d19be55038ebe8135de5212a"
    )


@pytest.mark.parametrize("adapter", ["population", "pigeon", ""])
def test_in_production_a_function_does_not_start_with_who_knows_nobody(cloud: Cloud, adapter: str):
    cloud.turn(PROFILE="production", ID_CHECK_ADAPTER=adapter)
    with pytest.raises(settings.EmbeddedDefault, match=rf"ID_CHECK_ADAPTER={adapter} knows nobody who lives"):
        start_again()


@pytest.mark.parametrize(("profile", "adapter"), [("local", "population"), ("production", "tencent")])
def test_otherwise_it_starts(cloud: Cloud, profile: str, adapter: str):
    cloud.turn(PROFILE=profile, ID_CHECK_ADAPTER=adapter)
    start_again()


def test_an_adapter_that_nobody_wrote(cloud: Cloud):
    cloud.turn(ID_CHECK_ADAPTER="pigeon")
    with pytest.raises(id_check.AdapterUnknown, match="ID_CHECK_ADAPTER=pigeon"):
        id_check.checker()


def start_again() -> None:
    """Import the port once more, as a function does that starts; the module that others use stays."""
    spec = importlib.util.find_spec("adapters.id_check")
    assert spec and spec.loader
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
