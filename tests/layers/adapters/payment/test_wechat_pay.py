"""What is WeChat Pay's own: its signatures, its words for what goes wrong, and the keys it needs."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from adapters import payment
from adapters.payment import Forged, OpenRefused, RefundRefused
from hospital import secret_keys
from hospital.errors import Unavailable
from tests.builders.cloud import Cloud
from tests.builders.payment_peers.wechat_pay import APP_ID, Peer, key_of, keys
from tests.layers.adapters.payment.conftest import Far, knows, verbs_of

pytestmark = pytest.mark.store


def test_the_script_is_called_with_what_the_merchant_signed(wechat_pay: Far):
    client = wechat_pay.channel.open(wechat_pay.asked("order-1", way="jsapi")).client
    assert client is not None
    assert (client["appId"], client["package"], client["signType"]) == (APP_ID, "prepay_id=wxorder-1", "RSA")
    text = "".join(f"{client[name]}\n" for name in ("appId", "timeStamp", "nonceStr", "package"))
    signature = base64.b64decode(client["paySign"])
    key_of("merchant").public_key().verify(signature, text.encode(), PKCS1v15(), SHA256())


def test_the_browser_comes_back_to_the_hospital(wechat_pay: Far):
    back = "https://hospital.test/patient/pay/order-1?from=wechat&x=1"
    opened = wechat_pay.channel.open(wechat_pay.asked("order-1", returns_to=back))
    assert opened.address is not None
    query = parse_qs(urlsplit(opened.address).query)
    assert (query["prepay_id"], query["redirect_url"]) == (["wxorder-1"], [back])


def test_what_is_asked_is_what_wechat_wants(wechat_pay: Far, wechat_peer: Peer):
    wechat_pay.channel.open(wechat_pay.asked("order-1"))
    wechat_pay.paid("order-2")
    wechat_pay.refund("order-2", "refund-1", 34)
    (_, path, told), (_, _, refund) = wechat_peer.requests[0], wechat_peer.requests[-1]
    assert path == "/v3/pay/transactions/h5"
    assert told["time_expire"] == "2026-11-21T15:00:00+08:00"
    assert told["scene_info"] == {"payer_client_ip": "203.0.113.9", "h5_info": {"type": "Wap"}}
    assert refund["amount"] == {"refund": 34, "total": 1234, "currency": "CNY"}
    assert refund["notify_url"] == wechat_pay.receiver.url


def test_an_answer_that_wechat_did_not_sign_is_none(wechat_pay: Far, wechat_peer: Peer):
    wechat_pay.paid("order-1")
    wechat_pay.refund("order-1", "refund-1", 1)
    wechat_peer.mood = "forged"
    for verb in verbs_of(wechat_pay):
        with pytest.raises(Unavailable) as refusal:
            verb(wechat_pay.hasty)
        assert refusal.value.facts["reason"] == "not_understood"


@pytest.mark.parametrize("name", ["private_key", "id", "serial"])
def test_with_another_key_wechat_refuses_the_hospital(wechat_pay: Far, wechat_peer: Peer, cloud: Cloud, name: str):
    """And it is the hospital's matter: nobody's order or refund was refused."""
    other = {"private_key": keys_of_nobody(), "id": "1900000110", "serial": "0" * 40}[name]
    knows(cloud, "wechat_pay", {**keys(), name: other}, PAYMENT_WECHAT_URL=wechat_peer.url)
    channel = payment.channel("wechat_pay")
    assert channel is not None
    with pytest.raises(Unavailable) as refusal:
        channel.open(wechat_pay.asked("order-1"))
    assert refusal.value.facts["reason"] == "SIGN_ERROR"
    with pytest.raises(Unavailable):
        channel.refund("order-1", "refund-1", 1, 1, "", "https://hospital.test")
    assert cloud.counted("vendor_refused", party="wechat_pay", code="SIGN_ERROR") == 2
    assert wechat_peer.requests == []


def keys_of_nobody() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return made.private_bytes(pem, form, serialization.NoEncryption()).decode()


@pytest.mark.parametrize("missing", sorted(keys()))
def test_keys_that_are_missing_are_named(cloud: Cloud, missing: str):
    knows(cloud, "wechat_pay", {name: value for name, value in keys().items() if name != missing})
    with pytest.raises(secret_keys.VendorKeysMissing, match="wechat_pay" if missing in ("id", "key") else missing):
        payment.channel("wechat_pay")


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [(403, "RULE_LIMIT", None), (429, "FREQUENCY_LIMITED", None), (403, "NOT_ENOUGH", "not_enough"), (502, "", None)],
)
def test_what_works_later_is_unavailable(
    wechat_pay: Far, wechat_peer: Peer, status: int, code: str, reason: str | None
):
    wechat_pay.paid("order-1")
    wechat_peer.refuses = status, code
    with pytest.raises(Unavailable) as refusal:
        wechat_pay.refund("order-1", "refund-1", 1)
    assert refusal.value.facts["reason"] == (reason or code or f"status_{status}")


def test_what_wechat_refuses_for_good_is_refused(wechat_pay: Far, wechat_peer: Peer, cloud: Cloud):
    wechat_pay.paid("order-1")
    wechat_peer.refuses = 403, "USER_ACCOUNT_ABNORMAL"
    with pytest.raises(RefundRefused) as refund:
        wechat_pay.refund("order-1", "refund-1", 1)
    assert refund.value.facts == {"reason": "refused", "said": "USER_ACCOUNT_ABNORMAL"}
    wechat_peer.refuses = 400, "PARAM_ERROR"
    with pytest.raises(OpenRefused) as refusal:
        wechat_pay.channel.open(wechat_pay.asked("order-2"))
    assert refusal.value.facts == {"reason": "refused", "said": "PARAM_ERROR"}
    assert cloud.counted("vendor_refused", party="wechat_pay", code="PARAM_ERROR") == 1


def news(peer: Peer, **changed: object) -> dict[str, object]:
    return {**peer._order_row(peer.orders["order-1"]), **changed}


def test_an_amount_is_told_as_wechat_says_it(wechat_pay: Far, wechat_peer: Peer):
    """Less than was asked is no forgery: whoever is told compares it."""
    wechat_pay.paid("order-1")
    told = news(wechat_peer, amount={"total": 1, "currency": "CNY"})
    assert wechat_pay.channel.heard(*wechat_peer.news("TRANSACTION.SUCCESS", told)).amount == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": {"total": 1234, "currency": "USD"}}, {"amount": {"total": 12.34}}, {"amount": {"total": "1234"}},
        {"amount": {"total": 0}}, {"amount": {"total": True}}, {"amount": None},
        {"success_time": "2026-11-21T06:30:00"}, {"success_time": "soon"}, {"trade_state": "MAYBE"}, {"appid": "wx0"},
    ],
    ids=str,
)  # fmt: skip
def test_news_that_are_none_are_refused(wechat_pay: Far, wechat_peer: Peer, changed: dict[str, object]):
    wechat_pay.paid("order-1")
    with pytest.raises(Forged) as refusal:
        wechat_pay.channel.heard(*wechat_peer.news("TRANSACTION.SUCCESS", news(wechat_peer, **changed)))
    assert refusal.value.facts == {"reason": "body"}


def test_news_sealed_with_another_key_or_signed_by_another_are_forged(wechat_pay: Far, wechat_peer: Peer):
    wechat_pay.paid("order-1")
    for more, reason in (({"key": "f" * 32}, "signature"), ({"whose": "nobody"}, "signature")):
        headers, body = wechat_peer.news("TRANSACTION.SUCCESS", news(wechat_peer), **more)
        with pytest.raises(Forged) as refusal:
            wechat_pay.channel.heard(headers, body)
        assert refusal.value.facts == {"reason": reason}
    headers, body = wechat_peer.news("TRANSACTION.SUCCESS", news(wechat_peer))
    unsealed = json.dumps({**json.loads(body), "resource": news(wechat_peer)}).encode()
    with pytest.raises(Forged):
        wechat_pay.channel.heard(wechat_peer.signed(unsealed), unsealed)


def test_the_type_of_the_signature_may_be_left_out_and_is_no_other(wechat_pay: Far, wechat_peer: Peer):
    wechat_pay.paid("order-1")
    headers, body = wechat_peer.news("TRANSACTION.SUCCESS", news(wechat_peer))
    with pytest.raises(Forged):
        wechat_pay.channel.heard({**headers, "Wechatpay-Signature-Type": "WECHATPAY2-SM2-WITH-SM3"}, body)
    del headers["Wechatpay-Signature-Type"]
    assert wechat_pay.channel.heard(headers, body) == wechat_pay.channel.look("order-1")


def test_a_serial_of_nobody_makes_the_hospital_ask_nobody(wechat_pay: Far, wechat_peer: Peer):
    """The SDK would fetch certificates for it: whoever posts could make the hospital call WeChat at will."""
    wechat_pay.paid("order-1")
    headers, body = wechat_peer.news("TRANSACTION.SUCCESS", news(wechat_peer))
    asked = len(wechat_peer.requests)
    with pytest.raises(Forged) as refusal:
        wechat_pay.channel.heard({**headers, "Wechatpay-Serial": "5157F09EFDC096DE15EBE81A47057A72"}, body)
    assert refusal.value.facts == {"reason": "serial"}
    assert len(wechat_peer.requests) == asked
