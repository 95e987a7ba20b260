"""What every adapter of the port to WeChat does, each against what it speaks with."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters import wechat
from adapters.wechat.official_account import OfficialAccount
from adapters.wechat.port import CodeRefused, OnlyLooking
from adapters.wechat.sandbox import SandboxWechat
from hospital import secret_keys, settings
from hospital.errors import Unavailable
from tests.builders.cloud import Cloud
from tests.builders.moments import Time
from tests.builders.official_account import APP_ID, OfficialPeer, keys_of, open_official_peer
from tests.builders.wechat import Peer

pytestmark = pytest.mark.store

STATE = "5f" * 32
BACK = "https://hospital.test/patient/sign-in/wechat"
Goes = Callable[[str, str], tuple[str, str]]
"""A browser is sent to an address as somebody of that nick; (code, state) it comes back with."""


@pytest.fixture(scope="module")
def official_of_all() -> Iterator[OfficialPeer]:
    with open_official_peer() as opened:
        yield opened


@pytest.fixture
def official(cloud: Cloud, official_of_all: OfficialPeer) -> OfficialPeer:
    """WeChat, which knows nobody yet, and whose keys the hospital has been given."""
    official_of_all.begin_anew()
    keys_of()
    return official_of_all


@pytest.fixture(params=["sandbox", "official_account"])
def adapter(
    request: pytest.FixtureRequest, cloud: Cloud, small_wechat: Peer, official: OfficialPeer
) -> tuple[wechat.WechatSignIn, Goes]:
    """Each adapter as the settings name it, and how somebody goes through its page."""

    def through_sandbox(address: str, nick: str) -> tuple[str, str]:
        return small_wechat.wechat.agree(nick), parse_qs(urlsplit(address).query)["state"][0]

    def through_official(address: str, nick: str) -> tuple[str, str]:
        openid = f"o6_bmjrPTlm6_2sgVt7hMZOPf{nick.encode().hex()[:6]}"
        official.people[openid] = nick
        return official.authorize(address, openid)

    cloud.turn(WECHAT_ADAPTER=request.param)
    if request.param == "official_account":
        cloud.turn(WECHAT_URL=official.url)
    party = wechat.wechat()
    assert party is not None
    return party, through_sandbox if request.param == "sandbox" else through_official


def test_who_went_there_is_who_the_code_speaks_of(adapter: tuple[wechat.WechatSignIn, Goes]):
    party, goes = adapter
    address = party.address(STATE, BACK)
    assert parse_qs(urlsplit(address).query)["redirect_uri"] == [BACK]
    code, state = goes(address, "慢慢来")
    assert state == STATE
    found = party.identify(code)
    assert found.nick == "慢慢来"
    again = party.identify(goes(address, "慢慢来")[0])
    other = party.identify(goes(address, "𠮷祥😀")[0])
    assert again == found
    assert (other.app_id, other.nick) == (found.app_id, "𠮷祥😀")
    assert other.openid != found.openid
    assert found.openid not in repr(found)


def test_a_code_is_good_once(adapter: tuple[wechat.WechatSignIn, Goes]):
    party, goes = adapter
    code, _ = goes(party.address(STATE, BACK), "慢慢来")
    party.identify(code)
    for unknown in (code, "never-given-out"):
        with pytest.raises(CodeRefused):
            party.identify(unknown)


def test_a_code_is_good_for_five_minutes(adapter: tuple[wechat.WechatSignIn, Goes], time: Time):
    party, goes = adapter
    late, in_time = (goes(party.address(STATE, BACK), "慢慢来")[0] for _ in range(2))
    time.passes(minutes=4, seconds=59)
    party.identify(in_time)
    time.passes(seconds=1)
    with pytest.raises(CodeRefused):
        party.identify(late)


def test_where_nobody_listens_nobody_is_anybody(cloud: Cloud, official: OfficialPeer):
    for party in (SandboxWechat("http://127.0.0.1:9"), OfficialAccount("http://127.0.0.1:9")):
        with pytest.raises(Unavailable):
            party.identify("code")


@pytest.mark.parametrize("mood", ["down", "wrong"])
def test_an_answer_to_another_question_is_none(small_wechat: Peer, mood: str):
    small_wechat.mood = mood
    with pytest.raises(Unavailable):
        SandboxWechat(small_wechat.url).identify(small_wechat.wechat.agree("慢慢来"))


def test_the_address_is_the_one_that_wechat_publishes(official: OfficialPeer):
    address = OfficialAccount().address(STATE, BACK)
    assert address == (
        f"https://open.weixin.qq.com/connect/oauth2/authorize?appid={APP_ID}"
        "&redirect_uri=https%3A%2F%2Fhospital.test%2Fpatient%2Fsign-in%2Fwechat"
        f"&response_type=code&scope=snsapi_userinfo&state={STATE}#wechat_redirect"
    )


@pytest.mark.parametrize(("app_id", "secret", "code"), [("wx0", None, 40013), (APP_ID, "0" * 32, 40125)])
def test_with_another_id_or_secret_wechat_refuses_the_hospital_and_not_the_person(
    official: OfficialPeer, cloud: Cloud, app_id: str, secret: str | None, code: int
):
    party = OfficialAccount(official.url)
    given, _ = official.authorize(party.address(STATE, BACK), "openid")
    keys_of(app_id, secret or "1" * 32)
    with pytest.raises(Unavailable) as refusal:
        party.identify(given)
    assert refusal.value.facts["reason"] == f"errcode_{code}"
    assert cloud.counted("vendor_refused", party="wechat", code=str(code)) == 1


def test_whoever_only_looks_is_nobody(official: OfficialPeer):
    party = OfficialAccount(official.url)
    code, _ = official.authorize(party.address(STATE, BACK), "openid")
    official.more = {"is_snapshotuser": 1}
    with pytest.raises(OnlyLooking):
        party.identify(code)


def test_nobody_is_kept_out_for_want_of_a_nick(official: OfficialPeer):
    party = OfficialAccount(official.url)
    official.people["openid"] = "慢慢来"
    code, _ = official.authorize(party.address(STATE, BACK), "openid")
    official.more = {"scope": "snsapi_base"}
    assert (found := party.identify(code)).nick == ""
    assert found.openid == "openid"
    assert official.asked == ["/sns/oauth2/access_token"]
    code, _ = official.authorize(party.address(STATE, BACK), "openid")
    official.more = {"access_token": "of nobody"}
    assert party.identify(code).nick == ""


def test_after_five_failures_it_rests_and_codes_that_are_refused_are_no_failures(official: OfficialPeer, time: Time):
    party = OfficialAccount(official.url)
    for _ in range(6):
        with pytest.raises(CodeRefused):
            party.identify("never-given-out")
    official.failing = -1
    for _ in range(5):
        with pytest.raises(Unavailable):
            party.identify("code")
    asked = len(official.asked)
    with pytest.raises(Unavailable) as refusal:
        party.identify("code")
    assert (refusal.value.facts["reason"], len(official.asked)) == ("resting", asked)
    time.passes(minutes=2)
    official.failing = 0
    code, _ = official.authorize(party.address(STATE, BACK), "openid")
    assert party.identify(code).openid == "openid"


def test_without_keys_it_says_where_they_belong(cloud: Cloud):
    with pytest.raises(secret_keys.VendorKeysMissing, match="test-vendor holds no id and key of wechat"):
        OfficialAccount().address(STATE, BACK)


@pytest.mark.parametrize("adapter", ["sandbox", "pigeon", ""])
def test_in_production_a_function_does_not_start_where_one_is_whom_one_chooses(cloud: Cloud, adapter: str):
    cloud.turn(PROFILE="production", WECHAT_ADAPTER=adapter)
    with pytest.raises(settings.EmbeddedDefault, match=rf"WECHAT_ADAPTER={adapter} lets anybody be whom they choose"):
        start_again()


@pytest.mark.parametrize(
    ("profile", "adapter"), [("local", "sandbox"), ("production", "official_account"), ("production", "none")]
)
def test_otherwise_it_starts(cloud: Cloud, profile: str, adapter: str):
    cloud.turn(PROFILE=profile, WECHAT_ADAPTER=adapter)
    start_again()


def test_an_adapter_that_nobody_wrote(cloud: Cloud):
    cloud.turn(WECHAT_ADAPTER="pigeon")
    with pytest.raises(wechat.AdapterUnknown, match="WECHAT_ADAPTER=pigeon"):
        wechat.wechat()


def start_again() -> None:
    """Import the port once more, as a function does that starts; the module that others use stays."""
    spec = importlib.util.find_spec("adapters.wechat")
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
