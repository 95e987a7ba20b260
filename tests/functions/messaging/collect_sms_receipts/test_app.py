"""Texts that leave by SMPP, and what the centre says of them: fetched, counted once, and none lost for being early."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from adapters.sms.smpp import SmppSms
from hospital import secret_keys
from hospital.caller import system as by_function
from hospital.carrying import Receipt
from hospital.sms.store import get_sms, queue, written
from hospital.work import Work
from messaging.collect_sms_receipts.app import app as collect
from messaging.collect_sms_receipts.use_case import collect_sms_receipts
from tests.builders.acting import act
from tests.builders.cloud import Cloud, client
from tests.builders.delivery import Delivery
from tests.builders.moments import START, Time
from tests.builders.people import Clinic
from tests.builders.smpp import Centre, opened_centre

pytestmark = pytest.mark.store

PHONE = "13912345678"


@pytest.fixture(scope="module")
def open_centre() -> Iterator[Centre]:
    with opened_centre() as opened:
        yield opened


@pytest.fixture
def centre(open_centre: Centre, cloud: Cloud, clinic: Clinic, deliver: Delivery, monkeypatch) -> Centre:
    open_centre.begins()
    keys = {"id": "hospital", "key": "secret", "source": "1069", "address": open_centre.url}
    client("secretsmanager").put_secret_value(SecretId="test-vendor", SecretString=json.dumps({"smpp": keys}))
    secret_keys.forget_keys()
    deliver.drop()
    cloud.turn(SMS_ADAPTER="smpp")
    listen = SmppSms.collect
    monkeypatch.setattr(SmppSms, "collect", lambda self, take: listen(self, take, seconds=10, quiet=0.5))
    return open_centre


def a_text(clinic: Clinic) -> str:
    """The id of one that waits to leave."""
    sms = written("报告已出", {}, phone=PHONE, occasion="system_sms", now=START, organisation_id=clinic.id)
    with Work(by=by_function("test")) as work:
        return queue(work, sms).id


def fetched() -> int:
    """How many receipts three runs hear."""
    return sum(act(collect, {})["heard"] for _ in range(3))


def test_a_text_leaves_and_its_receipt_is_fetched_once(centre: Centre, clinic: Clinic, deliver: Delivery):
    sms_id = a_text(clinic)
    deliver(twice=True)
    assert (len(centre.all("text")), get_sms(sms_id).state) == (1, "handed_over")
    assert fetched() == 1
    assert get_sms(sms_id).state == "delivered"


def test_a_number_out_of_reach_is_tried_again(centre: Centre, clinic: Clinic, deliver: Delivery):
    sms_id = a_text(clinic)
    deliver()
    centre.turn(state="UNDELIV")
    assert fetched() == 1
    kept = get_sms(sms_id)
    assert (kept.state, kept.resends, kept.cause) == ("queued", 1, "unreachable")


def test_a_receipt_faster_than_the_note_of_handing_over_waits_and_nobodys_is_forgotten(
    centre: Centre, clinic: Clinic, deliver: Delivery, time: Time, monkeypatch
):
    taken = []
    monkeypatch.setattr(
        "adapters.sms.collect", lambda take: taken.append(take("smpp", Receipt("404", "", START))) or len(taken)
    )
    assert (collect_sms_receipts(), taken) == (1, [False])
    time.passes(minutes=11)
    assert (collect_sms_receipts(), taken) == (2, [False, True])


def test_with_carriers_that_push_there_is_nothing_to_fetch_and_a_centre_that_is_away_is_asked_the_next_time(
    centre: Centre, cloud: Cloud
):
    cloud.turn(SMS_URL="smpp://127.0.0.1:9")
    assert act(collect, {}) == {"heard": 0}
    cloud.turn(SMS_ADAPTER="inbox")
    assert act(collect, {}) == {"heard": 0}
