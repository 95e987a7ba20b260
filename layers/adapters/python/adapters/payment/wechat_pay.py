"""WeChat Pay API v3 (微信支付) for a merchant of its own (普通商户), by wechatpayv3 2.0: JSAPI, H5 (`page`) and Native
orders, query, close, refunds, and notifications, with WeChat Pay's public key (平台公钥) and no platform certificates.

Written against pay.weixin.qq.com, read in stored copies of 2024 and 2025 in November 2026: doc/v3/merchant/4012556398
(关闭订单), 4013070356 (商户订单号查询订单), 4012082053 (退款结果通知), docs/merchant/apis/weixin-pay-score/refunds/
refund-result-notice (headers and events of notifications), doc/v3/partner/4012709253 (申请退款), wiki/doc/apiv3 for
error codes; the bodies of orders by the SDK's own source, that of 支付通知 from memory. Tried against a loopback peer
that checks the SDK's signatures and signs as WeChat does, never against WeChat itself.

WeChat takes `notify_url` by https and without a query, wants its callbacks answered within 5 seconds, gives back within
365 days, at most 50 times an order, and a minute apart.

The secret of vendors holds `{"wechat_pay": {...}}`: `id` the merchant (商户号), `key` the APIv3 key, `app_id`,
`private_key` and `serial` of the merchant's certificate, `public_key` and `public_key_id` of WeChat Pay (PEM with or
without its first and last line).

The SDK verifies answers of status 200 and 204 only; what an unsigned refusal says changes no money here.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Literal, NoReturn
from urllib.parse import quote

import requests
from wechatpayv3 import WeChatPay, WeChatPayType

from adapters.payment.callbacks import lowered, refuse_stale
from adapters.payment.port import (
    AlreadyPaid,
    Asked,
    Forged,
    Opened,
    OpenRefusal,
    OpenRefused,
    OrderUnknown,
    RefundRefused,
    RefundSeen,
    Seen,
)
from hospital import clock, secret_keys
from hospital.errors import Unavailable
from hospital.observability import count

NAME = "wechat_pay"
_TIMEOUT_SECONDS = (3.0, 7.0)
_BEIJING = timezone(timedelta(hours=8))
_WAYS: Mapping[str, WeChatPayType] = {
    "jsapi": WeChatPayType.JSAPI,
    "page": WeChatPayType.H5,
    "native": WeChatPayType.NATIVE,
}
_ORDER_STATES: Mapping[str, Literal["open", "paid", "closed"]] = {
    "SUCCESS": "paid",
    "REFUND": "paid",  # paid, and some of it went back
    "NOTPAY": "open",
    "USERPAYING": "open",
    "PAYERROR": "open",
    "CLOSED": "closed",
    "REVOKED": "closed",
}
_REFUND_STATES: Mapping[str, Literal["waiting", "done", "refused"]] = {
    "SUCCESS": "done",
    "PROCESSING": "waiting",
    "CLOSED": "refused",
    "ABNORMAL": "refused",
}
_PASSING = frozenset(
    {"SYSTEM_ERROR", "SYSTEMERROR", "FREQUENCY_LIMITED", "FREQUENCY_LIMIT_EXCEED", "RATELIMIT_EXCEEDED", "RULE_LIMIT",
     "RULELIMIT", "USERPAYING", "USER_PAYING", "BANK_ERROR", "BANKERROR"}
)  # fmt: skip
_OURS = frozenset({"SIGN_ERROR", "NO_AUTH", "NOAUTH", "MCH_NOT_EXISTS", "APPID_MCHID_NOT_MATCH"})
"""A key or a right of the hospital's: somebody has to look, and until then WeChat is as good as away."""
_NO_MONEY = frozenset({"NOT_ENOUGH", "NOTENOUGH"})
"""The hospital's account at WeChat is empty: said again after it was filled, a refund works."""
_UNKNOWN = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
_CLOSED = frozenset({"ORDER_CLOSED", "ORDERCLOSED"})
_OPEN_REASONS: Mapping[str, OpenRefusal] = {
    "ORDERPAID": "paid",
    "ORDER_PAID": "paid",
    "ORDER_CLOSED": "closed",
    "ORDERCLOSED": "closed",
    "OUT_TRADE_NO_USED": "number_used",
}
_SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048"
_HEADERS = ("Signature", "Timestamp", "Nonce", "Serial")
_THANKS = json.dumps({"code": "SUCCESS", "message": "成功"}, ensure_ascii=False).encode()


class WechatPay:
    """`url` is empty but for a peer in tests."""

    def __init__(self, url: str = "", timeout_seconds: tuple[float, float] = _TIMEOUT_SECONDS) -> None:
        self._keys = keys = secret_keys.vendor_keys(NAME)
        missing = {"app_id", "private_key", "serial", "public_key", "public_key_id"} - {n for n in keys if keys[n]}
        if missing:
            raise secret_keys.VendorKeysMissing(f"the secret of vendors lacks of {NAME}: {', '.join(sorted(missing))}")
        self._sdk = WeChatPay(
            wechatpay_type=WeChatPayType.JSAPI,
            mchid=keys["id"],
            private_key=keys["private_key"],
            cert_serial_no=keys["serial"],
            appid=keys["app_id"],
            apiv3_key=keys["key"],
            public_key=keys["public_key"],
            public_key_id=keys["public_key_id"],
            timeout=timeout_seconds,
        )
        if url:
            self._sdk._core._gate_way = url.rstrip("/")  # the SDK has no setting for it

    def open(self, asked: Asked) -> Opened:
        """See `PaymentChannel`."""
        more: dict[str, Any] = {}
        if asked.way == "jsapi":
            more["payer"] = {"openid": asked.payer}
        if asked.way == "page":
            more["scene_info"] = {"payer_client_ip": asked.payer_ip, "h5_info": {"type": "Wap"}}
        status, answer = self._asked(
            self._sdk.pay,
            description=asked.description,
            out_trade_no=asked.number,
            amount={"total": asked.amount, "currency": "CNY"},
            time_expire=asked.expires_at.astimezone(_BEIJING).isoformat(timespec="seconds"),
            notify_url=asked.notify_url,
            pay_type=_WAYS[asked.way],
            **more,
        )
        if status != 200:
            said = _code(answer)
            if said not in _OPEN_REASONS:
                count("vendor_refused", party=NAME, code=said)  # a key, a right, a limit: somebody has to look
            raise OpenRefused(reason=_OPEN_REASONS.get(said, "refused"), said=said)
        if asked.way == "jsapi":
            return Opened(client=self._client(_text(answer, "prepay_id")))
        if asked.way == "native":
            return Opened(code=_text(answer, "code_url"))
        address = _text(answer, "h5_url")
        back = f"&redirect_url={quote(asked.returns_to, safe='')}" if asked.returns_to else ""
        return Opened(address=address + back)

    def look(self, number: str) -> Seen:
        """See `PaymentChannel`."""
        status, answer = self._asked(self._sdk.query, out_trade_no=number)
        if status == 404 and _code(answer) in _UNKNOWN:
            return Seen(number, "unknown")
        if status != 200:
            _refused(answer)
        try:
            return self._seen(answer)
        except (KeyError, TypeError, ValueError):
            raise Unavailable(adapter=NAME, reason="not_understood") from None

    def close(self, number: str) -> None:
        """See `PaymentChannel`. Which code WeChat gives for a paid order its pages do not say: it is looked up."""
        status, answer = self._asked(self._sdk.close, out_trade_no=number)
        if status == 204 or _code(answer) in _UNKNOWN | _CLOSED:
            return
        if self.look(number).state == "paid":
            raise AlreadyPaid
        _refused(answer)

    def refund(
        self, number: str, refund_number: str, amount: int, total: int, reason: str, notify_url: str
    ) -> RefundSeen:
        """See `PaymentChannel`. WeChat tells by no code of its own that it is too much altogether, or not paid."""
        if amount > total:
            raise RefundRefused(reason="too_much", said="")
        status, answer = self._asked(
            self._sdk.refund,
            out_refund_no=refund_number,
            amount={"refund": amount, "total": total, "currency": "CNY"},
            out_trade_no=number,
            reason=reason[:80],
            notify_url=notify_url,
        )
        if status != 200:
            said = _code(answer)
            if said in _NO_MONEY:
                count("vendor_refused", party=NAME, code=said)
                raise Unavailable(adapter=NAME, reason="not_enough")
            if said in _UNKNOWN:
                raise OrderUnknown
            raise RefundRefused(reason="refused", said=said)
        return _refund_of(answer, "status")

    def look_refund(self, refund_number: str) -> RefundSeen:
        """See `PaymentChannel`."""
        status, answer = self._asked(self._sdk.query_refund, out_refund_no=refund_number)
        if status == 404 and _code(answer) in _UNKNOWN:
            return RefundSeen("", refund_number, "unknown")
        if status != 200:
            _refused(answer)
        return _refund_of(answer, "status")

    def heard(self, headers: Mapping[str, str], body: bytes) -> Seen | RefundSeen:
        """See `PaymentChannel`. The serial is checked before the SDK does, which would fetch certificates for another.
        A notification may carry the serial of a certificate while a merchant changes over to the public key: refused
        here, WeChat sends it again."""
        told = lowered(headers)
        try:
            known = {f"Wechatpay-{name}": told[f"wechatpay-{name.lower()}"] for name in _HEADERS}
            base64.b64decode(known["Wechatpay-Signature"], validate=True)  # the SDK reads over what is none
        except (KeyError, ValueError):
            raise Forged(reason="headers") from None
        if told.get("wechatpay-signature-type", _SIGNATURE_TYPE) != _SIGNATURE_TYPE:
            raise Forged(reason="headers")
        if known["Wechatpay-Serial"] != self._keys["public_key_id"]:
            raise Forged(reason="serial")
        refuse_stale(known["Wechatpay-Timestamp"])
        try:
            # WeChat's pages do not name the type among the headers, and the SDK wants it.
            news = self._sdk.callback({**known, "Wechatpay-Signature-Type": _SIGNATURE_TYPE}, body)
        except Exception:  # the SDK's own are of no narrower class
            raise Forged(reason="body") from None
        if not news:
            raise Forged(reason="signature")
        try:
            resource = news["resource"]
            if resource["mchid"] != self._keys["id"]:
                raise Forged(reason="merchant")
            is_refund = str(news["event_type"]).startswith("REFUND.")
            return _refund_seen(resource, "refund_status") if is_refund else self._seen(resource)
        except (KeyError, TypeError, ValueError):
            raise Forged(reason="body") from None

    def thanks(self) -> bytes:
        """See `PaymentChannel`."""
        return _THANKS

    def _client(self, prepay_id: str) -> dict[str, str]:
        """What `WeixinJSBridge` is called with (getBrandWCPayRequest)."""
        package = f"prepay_id={prepay_id}"
        stamp, nonce = str(clock.epoch(clock.machine())), secrets.token_hex(16)
        return {
            "appId": self._keys["app_id"],
            "timeStamp": stamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": self._sdk.sign([self._keys["app_id"], stamp, nonce, package]),
        }

    def _seen(self, told: Mapping[str, Any]) -> Seen:
        if (told["mchid"], told["appid"]) != (self._keys["id"], self._keys["app_id"]):
            raise ValueError("another merchant's")
        number, state = str(told["out_trade_no"]), _ORDER_STATES[told["trade_state"]]
        if state != "paid":
            return Seen(number, state)
        return Seen(
            number, "paid", _fen(told["amount"], "total"), str(told["transaction_id"]), _moment(told["success_time"])
        )

    def _asked(self, call: Any, **told: Any) -> tuple[int, dict[str, Any]]:
        """Status and answer of one call; `Unavailable` for what may be otherwise later."""
        try:
            status, text = call(**told)
            answer = json.loads(text) if text else {}
        except requests.RequestException:
            raise Unavailable(adapter=NAME, reason="unreachable") from None
        except Exception:  # of no narrower class: a signature that does not verify, a header that is not there
            raise Unavailable(adapter=NAME, reason="not_understood") from None
        if not isinstance(answer, dict):
            raise Unavailable(adapter=NAME, reason="not_understood")
        if status not in (200, 204) and _code(answer) in _OURS:
            _refused(answer)
        if status >= 500 or status == 429 or (status not in (200, 204) and _code(answer) in _PASSING):
            raise Unavailable(adapter=NAME, reason=_code(answer) or f"status_{status}")
        if status not in (200, 204) and not _code(answer):
            raise Unavailable(adapter=NAME, reason=f"status_{status}")
        return status, answer


def _refund_of(answer: Mapping[str, Any], state: str) -> RefundSeen:
    try:
        return _refund_seen(answer, state)
    except (KeyError, TypeError, ValueError):
        raise Unavailable(adapter=NAME, reason="not_understood") from None


def _refund_seen(told: Mapping[str, Any], state: str) -> RefundSeen:
    found = _REFUND_STATES[told[state]]
    return RefundSeen(
        str(told["out_trade_no"]),
        str(told["out_refund_no"]),
        found,
        _fen(told["amount"], "refund"),
        str(told["refund_id"]),
        _moment(told["success_time"]) if found == "done" else None,
        str(told[state]) if found == "refused" else "",
    )


def _fen(amount: Mapping[str, Any], name: str) -> int:
    said = amount[name]
    if not isinstance(said, int) or isinstance(said, bool) or said <= 0 or amount.get("currency", "CNY") != "CNY":
        raise ValueError("no amount in fen")
    return said


def _moment(said: str) -> datetime:
    """With its zone, without which it would be nobody's time."""
    moment = datetime.fromisoformat(said)
    if moment.tzinfo is None:
        raise ValueError(said)
    return moment


def _code(answer: Mapping[str, Any]) -> str:
    return str(answer.get("code") or "")[:40]


def _text(answer: Mapping[str, Any], name: str) -> str:
    text = answer.get(name)
    if not isinstance(text, str) or not text:
        raise Unavailable(adapter=NAME, reason="not_understood")
    return text


def _refused(answer: Mapping[str, Any]) -> NoReturn:
    """Counted for who operates; for everybody else it is as if WeChat were away."""
    count("vendor_refused", party=NAME, code=_code(answer))
    raise Unavailable(adapter=NAME, reason=_code(answer))
