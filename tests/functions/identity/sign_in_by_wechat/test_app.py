"""Signing in by WeChat, and by the phone once before it: ID-01 and ID-02 in part."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from identity.configure_sign_up.app import app as configure_sign_up
from identity.keep_session.app import app as keep_session
from identity.sign_in_by_wechat.app import app
from identity.sign_in_patient.app import app as sign_in_patient
from tests.builders.cloud import SITE, Cloud, together
from tests.builders.gateway import call
from tests.builders.inbox import Inbox
from tests.builders.journal import Journal
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, new_patient
from tests.builders.wechat import Browser, Peer, added, adding

pytestmark = pytest.mark.store

PHONE = "13912345678"


@pytest.fixture
def browser(small_wechat: Peer) -> Browser:
    return Browser(small_wechat)


def code_to(phone: str, inbox: Inbox) -> str:
    call(sign_in_patient, "POST", "/codes", {"phone": phone}).ok(202)
    return inbox.code(phone)


def kinds(cloud: Cloud, kind: str) -> list[dict[str, Any]]:
    return [row for row in cloud.rows("people", "record") if row["kind"] == kind]


def set_flow(clinic: Clinic, terminal: str, **changes: Any) -> None:
    content = {"asks_name": False, "real_name": "before_first_visit", "ways": ["counter"], "card": "before_first_visit"}
    body = {"terminal": terminal, "version": 0, "family": True, "wechat": True, **content, **changes}
    call(configure_sign_up, "PUT", "/sign-up-flow", body, who=clinic.admin.caller).ok()


def test_a_new_person_shows_their_phone_once_and_then_wechat_is_enough(
    browser: Browser, inbox: Inbox, cloud: Cloud, time: Time
):
    opened = browser.signed_up(inbox, PHONE)
    time.passes(minutes=2)
    assert opened["me"]["phone_masked"] == "139****5678"
    again = Browser(browser.peer).signed_in()
    shown = again.ok()
    assert shown["nick"] == browser.nick
    assert shown["opened"]["me"]["person_id"] == opened["me"]["person_id"]
    assert again.cookies["refresh_patient"]
    (person,) = kinds(cloud, "Person")
    assert person["joined_through"] == "web"
    told = [row["type"] for row in cloud.rows("people", "event")]
    assert told.count("sign_in_method.changed.v1") == 1
    token = shown["opened"]["access_token"]
    log = call(keep_session, "GET", "/sign-ins", token=token).ok()["items"]
    assert [(one["method"], one["outcome"]) for one in log] == [("wechat", "succeeded"), ("code", "succeeded")]


def test_the_session_is_the_one_that_a_phone_opens(browser: Browser, inbox: Inbox, cloud: Cloud):
    browser.signed_up(inbox, PHONE)
    by_wechat = browser.signed_in().ok()["opened"]
    assert by_wechat["expires_in_seconds"] == 600
    sessions = [
        {name: row[name] for name in ("person_id", "audience", "role", "refresh_number", "ip")}
        for row in kinds(cloud, "Session")
    ]
    assert len(sessions) == 2
    assert sessions[0] == sessions[1]


def test_whoever_has_an_account_by_that_phone_gets_into_it(browser: Browser, inbox: Inbox, patient: PatientOf):
    opened = browser.signed_up(inbox, patient.phone)
    assert opened["me"]["person_id"] == patient.person.id
    assert browser.signed_in().ok()["opened"]["me"]["person_id"] == patient.person.id


def test_neither_openid_nor_nick_lies_open_anywhere(browser: Browser, inbox: Inbox, cloud: Cloud, journal: Journal):
    browser.signed_up(inbox, PHONE)
    openid = browser.peer.wechat.redeem(browser.agree())
    assert openid is not None
    everything = repr(cloud.items("people")) + repr(cloud.items("requests")) + journal.text
    for secret in (openid.openid, browser.nick, PHONE):
        assert secret not in everything


def test_the_browser_comes_back_to_a_page_of_ours_whatever_it_asks_for(browser: Browser):
    answer = call(app, "POST", "/wechat-attempts", {"terminal": "web"})
    asked = parse_qs(urlsplit(answer.ok(201)["address"]).query)
    assert asked["redirect_uri"] == [f"{SITE}/patient/sign-in/wechat"]
    body = {"terminal": "web", "redirect_uri": "https://elsewhere.test"}
    call(app, "POST", "/wechat-attempts", body).refused(400, "request.schema_broken")


def test_a_state_is_good_once_in_the_browser_it_was_drawn_for(browser: Browser, inbox: Inbox):
    state = browser.begin()
    other = Browser(browser.peer)
    other.begin()
    other.finish(state, other.agree()).refused(410, "wechat.attempt_over")
    Browser(browser.peer).finish(state, browser.agree()).refused(410, "wechat.attempt_over")
    browser.finish(state, browser.agree()).ok()
    browser.finish(state, browser.agree()).refused(410, "wechat.attempt_over")
    browser.finish("0" * 64, browser.agree()).refused(410, "wechat.attempt_over")
    other.show_phone(state, PHONE, code_to(PHONE, inbox)).refused(410, "wechat.attempt_over")


def test_two_windows_of_one_browser_do_not_disturb_each_other(browser: Browser):
    first, second = browser.begin(), browser.begin()
    browser.finish(first, browser.agree()).ok()
    browser.finish(second, browser.agree()).ok()


def test_of_two_who_show_one_state_at_once_one_comes_through(browser: Browser):
    state, codes = browser.begin(), [browser.agree(), browser.agree()]
    answers = together(2, lambda number: browser.finish(state, codes[number]))
    assert sorted(one.status for one in answers) == [200, 410]


def test_its_time_runs_out(browser: Browser, inbox: Inbox, time: Time):
    state = browser.begin()
    time.passes(minutes=10)
    browser.finish(state, browser.agree()).refused(410, "wechat.attempt_over")
    state = browser.begin()
    browser.finish(state, browser.agree()).ok()
    time.passes(minutes=10)
    browser.show_phone(state, PHONE, code_to(PHONE, inbox)).refused(410, "wechat.attempt_over")


def test_a_code_of_wechat_that_is_old_or_used_opens_nothing(browser: Browser, time: Time):
    used = browser.agree()
    browser.finish(browser.begin(), used).ok()
    browser.finish(browser.begin(), used).refused(410, "wechat.code_refused")
    state, old = browser.begin(), browser.agree()
    time.passes(minutes=5)
    browser.finish(state, old).refused(410, "wechat.code_refused")


def test_while_wechat_is_away_the_phone_still_works(browser: Browser, inbox: Inbox):
    browser.peer.mood = "down"
    browser.signed_in().refused(503, "edge.unavailable")
    call(sign_in_patient, "POST", "/patient-sessions", {"phone": PHONE, "code": code_to(PHONE, inbox)}).ok()


def test_a_wrong_phone_code_binds_nothing(browser: Browser, inbox: Inbox, cloud: Cloud):
    state = browser.begin()
    browser.finish(state, browser.agree()).ok()
    code = code_to(PHONE, inbox)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    browser.show_phone(state, PHONE, wrong).refused(401, "sign_in.code_wrong")
    assert kinds(cloud, "WechatClaim") == kinds(cloud, "Person") == []
    assert [row["outcome"] for row in kinds(cloud, "SignIn")] == ["refused"]
    browser.show_phone(state, PHONE, code).ok()
    browser.show_phone(state, PHONE, code).refused(410, "wechat.attempt_over")


def test_an_identity_that_became_anothers_in_the_meantime_is_refused(
    browser: Browser, inbox: Inbox, patient: PatientOf, cloud: Cloud
):
    state = browser.begin()
    browser.finish(state, browser.agree()).ok()
    added(patient, inbox, browser.peer, browser.nick).ok()
    browser.show_phone(state, PHONE, code_to(PHONE, inbox)).refused(409, "sign_in_method.wechat_taken")
    assert {row["person_id"] for row in kinds(cloud, "WechatClaim")} == {patient.person.id}
    assert [row["id"] for row in kinds(cloud, "Person")] == [patient.person.id], "nobody was signed up by halves"


def test_what_a_terminal_asks_and_offers_counts_there_alone(browser: Browser, inbox: Inbox, clinic: Clinic):
    there = {"terminal": "wechat_official_account", "organisation_id": clinic.id}
    set_flow(clinic, "wechat_official_account", asks_name=True)
    set_flow(clinic, "web", wechat=False)
    state = browser.begin(**there)
    browser.finish(state, browser.agree()).ok()
    code = code_to(PHONE, inbox)
    browser.show_phone(state, PHONE, code).refused(400, "sign_up.name_missing")
    assert browser.show_phone(state, PHONE, code, name="小王").ok()["me"]["name"] == "小王"
    web = {"terminal": "web", "organisation_id": clinic.id}
    call(app, "POST", "/wechat-attempts", web).refused(409, "wechat.not_offered")
    call(app, "POST", "/wechat-attempts", {"terminal": "web"}).ok(201)
    call(app, "POST", "/wechat-attempts", {"terminal": "alipay_mini_program"}).refused(409, "wechat.not_offered")


def test_a_hospital_without_wechat_offers_none(browser: Browser, cloud: Cloud):
    state = browser.begin()
    cloud.turn(WECHAT_ADAPTER="none")
    call(app, "POST", "/wechat-attempts", {}).refused(409, "wechat.not_offered")
    browser.finish(state, browser.agree()).refused(409, "wechat.not_offered")
    assert call(configure_sign_up, "GET", "/sign-up-flow?terminal=web").ok()["wechat_opens"] == "nowhere"


def test_an_attempt_to_add_wechat_signs_nobody_in(browser: Browser, inbox: Inbox):
    state = adding(new_patient(), inbox)
    browser.begin()
    browser.finish(state, browser.agree()).refused(410, "wechat.attempt_over")


@pytest.mark.parametrize("body", [{"state": "x", "code": "y"}, {"state": "0" * 64, "code": "a b"}, {"code": "y"}])
def test_what_wechat_never_sends_is_invalid(browser: Browser, body: dict[str, str]):
    call(app, "POST", "/wechat-sessions", body).refused(400, "request.schema_broken")
