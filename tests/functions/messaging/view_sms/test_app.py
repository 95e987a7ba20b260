"""Staff see what left the house; other systems send through it; carriers report, each heard only when signed."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from adapters import sms
from hospital import clock, secret_keys
from hospital.caller import Caller
from hospital.due import sweep
from hospital.listings import DAY_ZONE, write_row
from hospital.sms.events import SmsMoved
from hospital.sms.listing import SMS
from hospital.sms.receiving import signature_of
from hospital.sms.store import sms_messages, written
from hospital.systems.proving import signature
from hospital.work import Work
from messaging.keep_sms_systems.app import app as keep_systems
from messaging.take_sms_receipts.app import app as take_receipts
from messaging.take_system_sms.app import app as take_sms
from messaging.view_sms.app import app as view_sms
from tests.builders import tencent
from tests.builders.carriers import CarrierDouble
from tests.builders.cloud import Cloud, client
from tests.builders.delivery import Delivery
from tests.builders.gateway import Answer, call
from tests.builders.inbox import Inbox
from tests.builders.moments import Time
from tests.builders.people import Clinic, found_clinic

pytestmark = pytest.mark.store

PHONE = "13912345678"


@pytest.fixture(autouse=True)
def open_house(deliver: Delivery, clinic: Clinic, inbox: Inbox) -> None:
    deliver.drop()


def a_system(clinic: Clinic, most_a_day: int = 100) -> dict[str, Any]:
    """A system of that organisation, with its key."""
    body = {"name": "检验系统", "most_a_day": most_a_day}
    made: dict[str, Any] = call(keep_systems, "POST", "/sms-systems", body, who=clinic.admin.caller).ok(201)
    return made


def asked(system: dict[str, Any], method: str, path: str, body: object = None, **wrong: str) -> Answer:
    """A request that the system signs, but for what is `wrong` about it."""
    text = json.dumps(body) if body is not None else ""
    moment = wrong.get("moment") or str(clock.epoch(clock.now()))
    signed = signature(wrong.get("key") or system["key"], moment, method, wrong.get("signed_path") or path, text)
    return call(
        take_sms,
        method,
        path,
        text=text or None,
        x_system_id=wrong.get("id") or system["system"]["id"],
        x_system_time=moment,
        x_system_signature=signed,
    )


def sends(system: dict[str, Any], reference: str = "r-1", phone: str = PHONE, text: str = "报告已出") -> Answer:
    """The system sends a text."""
    return asked(system, "POST", "/system-sms", {"reference": reference, "phone": phone, "text": text})


def listed(who: Caller, query: str = "") -> list[dict[str, Any]]:
    """The list of messages that somebody sees."""
    found: list[dict[str, Any]] = call(view_sms, "GET", f"/sms{query}", who=who).ok()["items"]
    return found


@pytest.mark.req("NOTE-06")
def test_a_system_sends_and_reads_its_result_and_is_listed_and_counted(clinic: Clinic, deliver: Delivery, inbox: Inbox):
    system = a_system(clinic)
    sent = sends(system).ok(202)
    assert sends(system).ok(202)["id"] == sent["id"], "the same reference is the same message"
    deliver(twice=True)
    assert [text["text"] for text in inbox.texts] == ["报告已出"]
    assert asked(system, "GET", f"/system-sms/{sent['id']}").ok()["state"] == "delivered"
    admin = clinic.admin.caller
    (row,) = listed(admin, f"?sender={system['system']['id']}")
    assert (row["text"], row["phone"], row["outcome"]) == ("报告已出", "139****5678", "delivered")
    assert listed(admin, "?sender=house") == []
    report = call(view_sms, "GET", f"/sms/report?sender={system['system']['id']}", who=admin).ok()
    (counted,) = report["counts"]
    assert (counted["sender"], counted["outcome"], counted["count"]) == (system["system"]["id"], "delivered", 1)
    assert (report["asked"], report["delivered"], report["in_time"], report["per_mille"]) == (1, 1, 1, 1000)


@pytest.mark.req("NOTE-06")
def test_who_does_not_sign_rightly_is_nobody(clinic: Clinic, inbox: Inbox):
    system, other = a_system(clinic), a_system(clinic)
    path, body = "/system-sms", {"reference": "r-1", "phone": PHONE, "text": "报告已出"}
    call(take_sms, "POST", path, body).refused(401, "identity.missing")
    old = str(clock.epoch(clock.now()) - 301)
    for wrong in (
        {"key": other["key"]},
        {"moment": old},
        {"signed_path": "/other"},
        {"id": "sys_nobody"},
        {"moment": "²"},
    ):
        asked(system, "POST", path, body, **wrong).refused(401, "identity.missing")
    sent = sends(system).ok(202)
    asked(other, "GET", f"/system-sms/{sent['id']}").refused(404, "sms.not_found")


@pytest.mark.req("NOTE-06")
def test_a_system_sends_so_many_a_day_and_nothing_when_it_is_off(clinic: Clinic, time: Time):
    system = a_system(clinic, most_a_day=2)
    sends(system, "r-1").ok(202), sends(system, "r-2").ok(202)
    sends(system, "r-3").refused(429, "sms.quota_used_up")
    sends(system, "r-2").ok(202)  # known already
    sends(system, "r-2", text="另一条").refused(409, "sms.reference_reused")
    time.passes(days=1)
    sends(system, "r-3").ok(202)
    whole = system["system"]
    body = {"name": whole["name"], "most_a_day": 9, "on": False, "version": whole["version"]}
    call(keep_systems, "PUT", f"/sms-systems/{whole['id']}", body, who=clinic.admin.caller).ok()
    sends(system, "r-4").refused(401, "identity.missing")


def test_another_key_ends_the_one_before(clinic: Clinic):
    system = a_system(clinic)
    path = f"/sms-systems/{system['system']['id']}"
    elsewhere = found_clinic().admin.caller
    call(keep_systems, "POST", f"{path}/key", who=elsewhere).refused(404, "sms.system_not_found")
    renewed = call(keep_systems, "POST", f"{path}/key", who=clinic.admin.caller).ok()
    sends(system).refused(401, "identity.missing")
    sends(renewed).ok(202)
    shown = call(keep_systems, "GET", "/sms-systems", who=clinic.admin.caller).ok()["items"]
    assert [set(one) & {"key"} for one in shown] == [set()]


@pytest.mark.req("NOTE-02")
def test_the_list_is_filtered_by_each_field_and_hides_numbers(
    clinic: Clinic, deliver: Delivery, inbox: Inbox, time: Time
):
    system = a_system(clinic)
    sends(system, "r-1", PHONE, "报告已出").ok(202)
    deliver()
    time.passes(hours=1)
    inbox.mood = "refused"
    sends(system, "r-2", "13800000001", "请来取药").ok(202)
    deliver()
    admin = clinic.admin.caller
    assert [row["text"] for row in listed(admin)] == ["请来取药", "报告已出"]
    for query, found in (
        (f"?phone={PHONE}", ["报告已出"]),
        ("?phone=13800000009", []),
        ("?state=queued", ["请来取药"]),
        ("?outcome=delivered", ["报告已出"]),
        ("?channel=sms&occasion=system_sms", ["请来取药", "报告已出"]),
        ("?occasion=visit_accepted", []),
        ("?carrier=inbox", ["报告已出"]),
        ("?text=取药", ["请来取药"]),
        (f"?since={clock.text(clock.now())}", ["请来取药"]),
        (f"?until={clock.text(time.now.replace(hour=7, minute=0))}", ["报告已出"]),
    ):
        assert [row["text"] for row in listed(admin, query)] == found, query
    assert {row["phone"] for row in listed(admin)} == {"139****5678", "138****0001"}
    with_right = replace(admin, permissions=admin.permissions | {"sms:read_numbers"})
    assert {row["phone"] for row in listed(with_right)} == {PHONE, "13800000001"}
    assert listed(found_clinic().admin.caller) == []
    call(view_sms, "GET", f"/sms?organisation_id={clinic.id}", who=found_clinic().admin.caller).refused(
        404, "request.not_found"
    )
    call(view_sms, "GET", "/sms", who=clinic.doctor.caller).refused(403, "policy.refused")
    call(view_sms, "GET", "/sms?since=2026-11-21T00:00:00Z&until=2026-11-20T00:00:00Z", who=admin).refused(
        400, "sms.range_reversed"
    )


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_the_report_counts_what_the_list_shows_for_the_same_filter(clinic: Clinic, by: str, time: Time):
    """NOTE-03 in part, without the page: texts of seven weeks, by day, week and month, of each terminal and of all."""
    places = ("web", "wechat_mini_program", "system")
    first = clock.now()
    for number in range(12):
        sms_ = written(
            "医生已接诊", {}, phone=PHONE, occasion="visit_accepted", now=clock.now(), organisation_id=clinic.id,
            terminal=places[number % 3],
        )  # fmt: skip
        write_row(SMS, SmsMoved.of(sms_.having(state="delivered", late=number % 4 == 0)), clinic.admin.caller)
        with Work(by=clinic.admin.caller) as work:
            work.add(sms_messages, sms_.having(state="delivered", late=number % 4 == 0))
        time.passes(days=4, hours=7)
    admin, span = clinic.admin.caller, (first + timedelta(days=3), first + timedelta(days=45))
    since, until = (moment.astimezone(DAY_ZONE).date() for moment in span)
    for wish in ("", "&terminal=system", "&terminal=wechat_mini_program", "&outcome=delivered_late", "&terminal=web"):
        asked_ = f"?since={since}T00:00:00%2B08:00&until={until}T23:59:59.999%2B08:00&limit=100{wish}"
        shown = Counter(_period(row["asked_at"], by) for row in listed(admin, asked_))
        report = call(view_sms, "GET", f"/sms/report?by={by}&since={since}&until={until}{wish}", who=admin).ok()
        counted = Counter[str]()
        for one in report["counts"]:
            counted[one["period"]] += one["count"]
        assert (counted, report["asked"]) == (shown, shown.total()), wish
        assert (
            set(counted)
            <= set(report["periods"])
            == {_period(f"{since + timedelta(days=n)}T00:00:00+08:00", by) for n in range((until - since).days + 1)}
        )
    assert shown.total() in (3, 4)
    for wrong in (f"?since={until}&until={since}", "?since=2020-01-01"):
        call(view_sms, "GET", f"/sms/report{wrong}", who=admin).refused(400, "sms.range_reversed")


def _period(moment: str, by: str) -> str:
    """What a day, week (from its Monday) or month of the clinic's is called, worked out another way."""
    day = datetime.fromisoformat(moment).astimezone(DAY_ZONE)
    if by == "week":
        year, week, _ = day.isocalendar()
        return datetime.fromisocalendar(year, week, 1).strftime("%Y-%m-%d")
    return day.strftime({"day": "%Y-%m-%d", "month": "%Y-%m"}[by])


@pytest.mark.req("NOTE-07")
def test_phones_of_three_operators_see_one_number(clinic: Clinic, deliver: Delivery, cloud: Cloud):
    """As a carrier is told it: Mobile, Unicom and Telecom."""
    keys = {"id": tencent.ID, "key": tencent.KEY, "sign_name": "云诊", "app_id": "14000", "extend_code": "88"}
    secret = json.dumps({"tencent": keys | {"template.system_sms": "1001"}})
    client("secretsmanager").put_secret_value(SecretId="test-vendor", SecretString=secret)
    secret_keys.forget_keys()
    with tencent.open_peer("sms") as peer:
        now = clock.now()
        peer.now = lambda: now
        peer.answers = lambda *_: {"SendStatusSet": [{"Code": "Ok", "SerialNo": f"{len(peer.heard)}"}]}
        cloud.turn(SMS_ADAPTER="tencent", SMS_URL=peer.url)
        system, phones = a_system(clinic), ("13912345678", "18612345678", "18912345678")
        for number, phone in enumerate(phones):
            sends(system, f"r-{number}", phone).ok(202)
        deliver()
        told = {body["PhoneNumberSet"][0]: body["ExtendCode"] for _, body in peer.heard}
    assert told == {f"+86{phone}": "88" for phone in phones}


@pytest.mark.req("NOTE-08")
@pytest.mark.parametrize("seed", [2])
def test_whatever_carriers_do_each_text_is_taken_once(
    clinic: Clinic, deliver: Delivery, time: Time, seed: int, monkeypatch: pytest.MonkeyPatch
):
    """Two carriers that are down, lose answers, lose texts and keep no books, as the seed says, for two hours, in one
    of them both at once; then they are well. One text holds a word that they block."""
    chance = random.Random(seed)
    carriers = [CarrierDouble("tencent"), CarrierDouble("alibaba")]
    monkeypatch.setattr(sms, "carriers", lambda: carriers)
    system = a_system(clinic)
    asked_for = [f"第 {number} 条" for number in range(9)] + ["含屏蔽词"]
    for step in range(32):
        for carrier in carriers:
            moods = ("well", "down", "breaks_off", "drops", "slow_books")
            carrier.mood = "down" if 6 <= step < 18 else chance.choice(moods) if step < 24 else "well"
        if step < 5:
            for number in (2 * step, 2 * step + 1):
                sends(system, f"r-{number}", f"1391234567{number}", asked_for[number]).ok(202)
        deliver()
        time.passes(minutes=5)
        sweep(clock.now())
    deliver()
    taken = sorted(text for carrier in carriers for text in carrier.texts)
    assert taken == sorted(asked_for[:-1])
    shown = {row["text"]: (row["state"], row["cause"]) for row in listed(clinic.admin.caller)}
    assert shown == dict.fromkeys(asked_for[:-1], ("handed_over", "")) | {"含屏蔽词": ("blocked", "keyword")}


def test_an_operator_learns_where_carriers_push_and_nobody_else_does(clinic: Clinic):
    operator = Caller(person_id="per_operator", role="operator", asked=clinic.admin.caller.asked)
    shown = call(view_sms, "GET", "/sms/carriers", who=operator).ok()["items"]
    assert {one["carrier"]: one["receipts_path"] for one in shown} == {
        name: f"/api/messaging/sms-receipts/{name}?signature={signature_of(name)}" for name in ("alibaba", "tencent")
    }
    call(view_sms, "GET", "/sms/carriers", who=clinic.admin.caller).refused(403, "policy.refused")


def test_only_what_failed_is_sent_again(clinic: Clinic, deliver: Delivery, inbox: Inbox):
    sent = sends(a_system(clinic)).ok(202)
    path, admin = f"/sms/{sent['id']}/resend", clinic.admin.caller
    call(view_sms, "POST", path, who=admin).refused(409, "sms.not_resendable")
    call(view_sms, "POST", path, who=found_clinic().admin.caller).refused(404, "sms.not_found")


def test_a_carrier_is_heard_only_by_the_address_it_was_given(clinic: Clinic):
    told = [{"sid": "1", "report_status": "SUCCESS", "errmsg": "DELIVRD", "user_receive_time": ""}]
    path = "/sms-receipts/tencent"
    for signature_ in ("", "0" * 64, signature_of("alibaba")):
        call(take_receipts, "POST", f"{path}?signature={signature_}", told).refused(401, "sms.receipt_unsigned")
    assert call(take_receipts, "POST", f"{path}?signature={signature_of('tencent')}", told).ok()["code"] == 0
    call(take_receipts, "POST", f"/sms-receipts/pigeon?signature={signature_of('pigeon')}", told).refused(
        400, "sms.carrier_unknown"
    )


@pytest.mark.req("NOTE-09", "NOTE-10")
def test_what_is_late_or_failed_rings_is_counted_and_listed_with_its_cause(
    clinic: Clinic, deliver: Delivery, time: Time, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
):
    carrier = CarrierDouble("tencent")
    monkeypatch.setattr(sms, "carriers", lambda: [carrier])
    system, admin = a_system(clinic), clinic.admin.caller
    fast, late, failed, silent, away = (
        sends(system, f"r-{number}", text=f"第 {number} 条").ok(202)["id"] for number in range(5)
    )
    deliver()
    path = f"/sms-receipts/tencent?signature={signature_of('tencent')}"

    def tells(sms_id: str, status: str, message: str) -> None:
        told = {"sid": f"tencent-{sms_id}.1", "report_status": status, "errmsg": message, "user_receive_time": ""}
        call(take_receipts, "POST", path, [told]).ok()

    time.passes(seconds=299)
    tells(fast, "SUCCESS", "DELIVRD")
    assert cloud.counted("sms_late") == 0
    time.passes(seconds=2)
    sweep(clock.now())
    deliver()
    assert cloud.counted("sms_late") == 4
    tells(late, "SUCCESS", "DELIVRD")
    tells(failed, "FAIL", "REJECTD")
    tells(away, "FAIL", "UNDELIV")
    deliver()
    seen = {row["id"]: (row["outcome"], row["cause"]) for row in listed(admin)}
    assert seen == {
        fast: ("delivered", ""),
        late: ("delivered_late", ""),
        failed: ("failed", "rejected"),
        silent: ("overdue", ""),
        away: ("queued", "unreachable"),
    }
    assert [row["id"] for row in listed(admin, "?cause=rejected")] == [failed]
    report = call(view_sms, "GET", "/sms/report", who=admin).ok()
    outcomes = {one["outcome"]: one["count"] for one in report["counts"]}
    assert outcomes == {"delivered": 1, "delivered_late": 1, "failed": 1, "overdue": 1, "queued": 1}
    assert (report["asked"], report["delivered"], report["in_time"], report["per_mille"]) == (5, 2, 1, 400)
    time.passes(minutes=1)
    sweep(clock.now())
    deliver()
    assert [row["tries"] for row in listed(admin) if row["id"] == away] == [2], "sent again by rule"
    call(view_sms, "POST", f"/sms/{failed}/resend", who=admin).ok()
    deliver()
    assert [row["tries"] for row in listed(admin) if row["id"] == failed] == [2], "and by a person"
