"""What every carrier by HTTP does, each against a peer that verifies its signatures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters import alibaba, sms
from hospital import clock, secret_keys
from hospital.carrying import Carrier, CarrierUnknown, Outgoing, Refused, Taken, Undecided
from hospital.errors import Unavailable
from tests.builders import alibaba as alibaba_peer
from tests.builders import tencent as tencent_peer
from tests.builders.cloud import Cloud, client
from tests.builders.moments import START, Time

pytestmark = pytest.mark.store

TEXT = Outgoing(
    "sms_1.1", "sms_1", "13912345678", "李明医生已接诊", "visit_accepted", {"doctor": "李明"},
    {"alibaba": "SMS_1", "tencent": "1001"}, START,
)  # fmt: skip
KEYS = {
    "alibaba": {"id": alibaba_peer.ID, "key": alibaba_peer.KEY, "sign_name": "云诊", "extend_code": "88"},
    "tencent": {
        "id": tencent_peer.ID, "key": tencent_peer.KEY, "sign_name": "云诊", "extend_code": "88", "app_id": "14000",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def peers_of_all() -> Iterator[dict[str, Any]]:
    with alibaba_peer.open_peer() as one, tencent_peer.open_peer("sms") as other:
        yield {"alibaba": one, "tencent": other}


@dataclass
class Far:
    """A carrier, and the vendor at its far end, who keeps what it took."""

    name: str
    carrier: Carrier
    peer: Any
    code: str = ""
    took: list[dict[str, Any]] = field(default_factory=list)

    def answers(self, action: str, asked: dict[str, Any]) -> dict[str, Any]:
        """As the vendor's documents say."""
        if action == "SendSms":
            if not self.code:
                self.took.append(asked)
            return self._alibaba_sent() if self.name == "alibaba" else self._tencent_sent()
        if action == "QuerySendDetails":
            assert (asked["PhoneNumber"], asked["SendDate"]) == ("13912345678", "20261121")
            kept = [{"OutId": one["OutId"], "SendStatus": 1} for one in self.took]
            return {"Code": "OK", "SmsSendDetailDTOs": {"SmsSendDetailDTO": kept}}
        assert action == "PullSmsSendStatusByPhoneNumber"
        assert asked["PhoneNumber"] == "+8613912345678"
        kept = [{"SessionContext": one["SessionContext"], "SerialNo": "2001"} for one in self.took]
        return {"PullSmsSendStatusSet": kept}

    def _alibaba_sent(self) -> dict[str, Any]:
        return {"Code": self.code} if self.code else {"Code": "OK", "BizId": "2001"}

    def _tencent_sent(self) -> dict[str, Any]:
        status = {"Code": self.code} if self.code else {"Code": "Ok", "SerialNo": "2001"}
        return {"SendStatusSet": [status]}

    @property
    def numbers(self) -> set[str]:
        """The sender numbers under which texts left."""
        return {one["SmsUpExtendCode" if self.name == "alibaba" else "ExtendCode"] for one in self.took}


@pytest.fixture(params=["alibaba", "tencent"])
def far(request: pytest.FixtureRequest, cloud: Cloud, peers_of_all: dict[str, Any]) -> Far:
    client("secretsmanager").put_secret_value(SecretId="test-vendor", SecretString=json.dumps(KEYS))
    secret_keys.forget_keys()
    peer, now = peers_of_all[request.param], clock.now()  # the peer's thread does not see the test's clock
    cloud.turn(SMS_ADAPTER=request.param, SMS_URL=peer.url)
    opened = Far(request.param, sms.carriers()[0], peer)
    peer.answers, peer.now, peer.heard = opened.answers, lambda: now, []
    if request.param == "alibaba":
        peer.status = 200
    return opened


def test_it_takes_a_text_by_its_registered_name(far: Far):
    assert far.carrier.hand_over(TEXT) == Taken("2001")
    (told,) = far.took
    assert told["SignName"] == "云诊"
    if far.name == "alibaba":
        assert (told["TemplateCode"], json.loads(told["TemplateParam"])) == ("SMS_1", {"doctor": "李明"})
    else:
        assert (told["TemplateId"], told["TemplateParamSet"]) == ("1001", ["李明"])


def test_phones_of_three_operators_see_one_number(far: Far):
    for phone in ("13912345678", "18612345678", "18912345678"):
        far.carrier.hand_over(replace(TEXT, phone=phone))
    assert (len(far.took), far.numbers) == (3, {"88"})


def test_a_text_that_was_not_registered_there_may_go_elsewhere(far: Far):
    with pytest.raises(Unavailable) as refusal:
        far.carrier.hand_over(replace(TEXT, registered={}))
    assert (refusal.value.facts["reason"], far.took) == ("template_unregistered", [])


BLOCKED = {"alibaba": "isv.BLACK_KEY_CONTROL_LIMIT", "tencent": "FailedOperation.ContainSensitiveWord"}
NOBODYS = {"alibaba": "isv.MOBILE_NUMBER_ILLEGAL", "tencent": "InvalidParameterValue.IncorrectPhoneNumber"}
ELSEWHERE = {"alibaba": "isv.BUSINESS_LIMIT_CONTROL", "tencent": "LimitExceeded.PhoneNumberDailyLimit"}
WHO_KNOWS = {"alibaba": "isp.SYSTEM_ERROR", "tencent": "InternalError.SendAndRecvFail"}


@pytest.mark.parametrize(
    ("codes", "cause", "blocked"), [(BLOCKED, "keyword", True), (NOBODYS, "no_such_number", False)]
)
def test_what_no_carrier_would_take(far: Far, codes: dict[str, str], cause: str, blocked: bool):
    far.code = codes[far.name]
    with pytest.raises(Refused) as refusal:
        far.carrier.hand_over(TEXT)
    assert (refusal.value.cause, refusal.value.blocked) == (cause, blocked)


def test_what_another_carrier_may_take(far: Far):
    far.code = ELSEWHERE[far.name]
    with pytest.raises(Unavailable):
        far.carrier.hand_over(TEXT)


def test_what_nobody_knows(far: Far):
    far.code = WHO_KNOWS[far.name]
    with pytest.raises(Undecided):
        far.carrier.hand_over(TEXT)


def test_with_another_key_the_vendor_refuses(far: Far):
    keys = {**KEYS, far.name: {**KEYS[far.name], "key": "another"}}
    client("secretsmanager").put_secret_value(SecretId="test-vendor", SecretString=json.dumps(keys))
    secret_keys.forget_keys()
    with pytest.raises(Unavailable):
        far.carrier.hand_over(TEXT)
    assert far.peer.heard == []


def test_where_nobody_listens_it_certainly_was_not_taken(far: Far, cloud: Cloud):
    cloud.turn(SMS_URL="http://127.0.0.1:9")
    with pytest.raises(Unavailable) as refusal:
        sms.carriers()[0].hand_over(TEXT)
    assert refusal.value.facts["reason"] == "unreachable"


def test_asked_after_a_text_it_knows_what_it_took(far: Far, time: Time):
    far.carrier.hand_over(TEXT)
    assert far.carrier.look_up(TEXT) is not None
    missing = replace(TEXT, id="sms_1.2")
    with pytest.raises(Unavailable):  # its books may be behind
        far.carrier.look_up(missing)
    time.passes(minutes=11)
    now = clock.now()
    far.peer.now = lambda: now
    assert far.carrier.look_up(missing) is None


def test_the_signature_is_the_one_of_the_vendors_example():
    """The worked example of the specification: RunInstances of ECS, version 2014-05-26."""
    query = alibaba.encoded(
        {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
    )
    headers = alibaba.signed_headers(
        "YourAccessKeyId", "YourAccessKeySecret", "ecs.cn-shanghai.aliyuncs.com", "RunInstances", "2014-05-26", query,
        datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC), "3156853299f313e23d1673dc12e1703d",
    )  # fmt: skip
    assert headers["Authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_alibaba_pushes_what_became_of_texts(time: Time):
    report = {"phone_number": "13912345678", "biz_id": "2001", "out_id": "sms_1.1", "sms_size": "1"}
    delivered = report | {"success": True, "err_code": "DELIVERED", "report_time": "2026-11-21 14:29:58"}
    blocked = report | {"success": False, "err_code": "CONTENT_KEYWORD", "report_time": ""}
    first, second = sms.receipts("alibaba", [delivered, blocked])
    assert (first.id, first.number, first.cause) == ("sms_1.1", "2001", "")
    assert first.received_at == START - timedelta(seconds=2)
    assert (second.cause, second.blocked, second.received_at) == ("keyword", True, START)


def test_tencent_pushes_what_became_of_texts(time: Time):
    delivered = {"sid": "2001", "report_status": "SUCCESS", "errmsg": "DELIVRD", "user_receive_time": "nonsense"}
    failed = {"sid": "2002", "report_status": "FAIL", "errmsg": "UNDELIV", "user_receive_time": "2026-11-21 14:30:00"}
    first, second = sms.receipts("tencent", [delivered, failed])
    assert (first.number, first.cause, second.number, second.cause) == ("2001", "", "2002", "unreachable")


def test_a_carrier_that_nobody_knows(time: Time):
    with pytest.raises(CarrierUnknown):
        sms.receipts("pigeon", [])
