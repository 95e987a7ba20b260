"""Alibaba Cloud 短信服务 (Dysmsapi 2017-05-25): SendSms, QuerySendDetails and the pushed SmsReport, as read at
help.aliyun.com/zh/sms/developer-reference and developer.aliyun.com/ask/217899.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters import alibaba
from adapters.sms.vendors import SETTLED, moment_in_china, registered_name
from hospital import clock, secret_keys
from hospital.breaker import Breaker
from hospital.carrying import Outgoing, Receipt, Refused, Taken, Undecided
from hospital.errors import Unavailable
from hospital.listings import DAY_ZONE
from hospital.observability import count

RESTING = Breaker("sms")
_REFUSED: Mapping[str, tuple[str, bool]] = {
    "isv.BLACK_KEY_CONTROL_LIMIT": ("keyword", True),
    "isv.MOBILE_NUMBER_ILLEGAL": ("no_such_number", False),
}
_CAUSES: Mapping[str, str] = {
    "CONTENT_KEYWORD": "keyword",
    "INVALID_NUMBER": "no_such_number",
    "MOBILE_NOT_ON_SERVICE": "out_of_service",
    "MOBILE_IN_BLACK": "unwanted",
    "MOBILE_TERMINAL_ERROR": "switched_off",
}
"""What operators report of a phone; the rest is `unknown`."""


class AlibabaSms:
    """`url` is empty but for a peer in tests."""

    name = "alibaba"

    def __init__(self, url: str = "") -> None:
        self._product = alibaba.Product("dysmsapi.aliyuncs.com", "2017-05-25", url)

    def hand_over(self, outgoing: Outgoing) -> Taken:
        """See `hospital.carrying.Carrier`."""
        keys = secret_keys.vendor_keys(self.name)
        asked = {
            "PhoneNumbers": outgoing.phone,
            "SignName": keys.get("sign_name", ""),
            "TemplateCode": registered_name(self.name, outgoing),
            "TemplateParam": json.dumps(dict(outgoing.variables), ensure_ascii=False),
            "OutId": outgoing.id,
            # One number for phones of all operators.
            **({"SmsUpExtendCode": keys["extend_code"]} if keys.get("extend_code") else {}),
        }
        try:
            with RESTING.through(self.name):
                answer = self._product.call("SendSms", asked)
        except Unavailable as error:
            if "reason" in error.facts:
                raise
            raise Undecided from None
        return self._judged(answer)

    def _judged(self, answer: Mapping[str, Any]) -> Taken:
        code = str(answer.get("Code", ""))
        if code == "OK":
            return Taken(str(answer.get("BizId", "")))
        if code in _REFUSED:
            cause, blocked = _REFUSED[code]
            raise Refused(cause, blocked=blocked)
        if not code or code.startswith(("isp.", "InternalError", "ServiceUnavailable")):
            raise Undecided
        count("vendor_refused", party=self.name, code=code)  # a key, a balance, a template: somebody has to look
        raise Unavailable(adapter="sms", reason=code)

    def look_up(self, outgoing: Outgoing) -> Taken | None:
        """See `hospital.carrying.Carrier`."""
        asked = {
            "PhoneNumber": outgoing.phone,
            "SendDate": outgoing.tried_at.astimezone(DAY_ZONE).strftime("%Y%m%d"),
            "PageSize": "50",
            "CurrentPage": "1",
        }
        with RESTING.through(self.name):
            answer = self._product.call("QuerySendDetails", asked)
        if answer.get("Code") != "OK":
            raise Unavailable(adapter="sms", reason=str(answer.get("Code", "")))
        sent = (answer.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO") or []
        if any(one.get("OutId") == outgoing.id for one in sent):
            return Taken("")  # the receipt, which repeats the id, will tell its number
        if clock.now() - outgoing.tried_at < SETTLED or len(sent) >= 50:
            raise Unavailable(adapter="sms", reason="not_yet")
        return None


def receipts(told: Sequence[Mapping[str, Any]]) -> Iterator[Receipt]:
    """What a pushed SmsReport says."""
    for one in told:
        code = str(one.get("err_code", ""))
        cause = "" if one.get("success") is True else _CAUSES.get(code, "unknown")
        received = moment_in_china(str(one.get("report_time", "")), clock.now())
        yield Receipt(str(one.get("biz_id", "")), str(one.get("out_id", "")), received, cause, cause == "keyword")
